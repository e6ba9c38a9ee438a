"""Speech engines: real ones speak, and what they say is measured."""

from __future__ import annotations

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest

from cnntutor.errors import SpeechError
from cnntutor.listen.child_engine import Child
from cnntutor.listen.engines.choose import choose_engine
from cnntutor.listen.engines.espeak import Espeak
from cnntutor.listen.engines.flite import Flite
from cnntutor.listen.engines.piper import Piper

SENTENCE = "Nine numbers find an upright edge anywhere."

needs_flite = pytest.mark.skipif(not Flite.available(), reason="flite is not installed")
needs_scripts = pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for flite")


@pytest.fixture
def flite_that(tmp_path, monkeypatch):
    """Puts a script that calls itself flite on PATH."""

    def install(script):
        program = tmp_path / "bin" / "flite"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(program.parent))

    return install


@pytest.fixture
def child(tmp_path, monkeypatch):
    """A child that does what its requests say."""
    (tmp_path / "parrot.py").write_text(
        "import os, sys\n"
        "from cnntutor.listen.child_engine import serve\n"
        "def speak(request):\n"
        "    print('chatter on standard output')\n"
        "    if request['do'] == 'die':\n"
        "        print('out of seeds', file=sys.stderr, flush=True)\n"
        "        os._exit(3)\n"
        "    if request['do'] == 'refuse':\n"
        "        raise ValueError('not that word\\nreally')\n"
        "    return bytes.fromhex('0000004000c0'), 8000\n"
        "serve(speak)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    child = Child("Parrot", "parrot")
    yield child
    child.close()


def test_a_child_answers_in_samples_whatever_its_libraries_print(child):
    samples, rate = child.ask(do="speak")
    assert samples.tolist() == [0, 0.5, -0.5]
    assert (samples.dtype, rate) == (np.float32, 8000)


def test_a_childs_complaint_is_one_line_and_it_lives_on(child):
    with pytest.raises(SpeechError, match=r"^Parrot cannot speak: not that word$"):
        child.ask(do="refuse")
    assert len(child.ask(do="speak")[0]) == 3


def test_a_child_that_dies_leaves_its_last_words_and_a_successor(child):
    with pytest.raises(SpeechError, match=r"^Parrot stopped while it was speaking \(status 3: out of seeds\)"):
        child.ask(do="die")
    assert len(child.ask(do="speak")[0]) == 3


def test_a_child_without_its_module_is_an_error(tmp_path):
    with pytest.raises(SpeechError, match=r"No module named cnntutor\.no_such_engine"):
        Child("Nobody", "cnntutor.no_such_engine").ask(text="hello")


def test_espeak_speaks_at_22050_hertz_for_as_long_as_a_person_would(espeak):
    samples, rate = espeak.say("asks", SENTENCE)
    assert rate == 22_050
    assert 2 < len(samples) / rate < 4
    assert 0.05 < np.abs(samples).max() <= 1


def test_espeak_gives_the_roles_voices_far_apart(espeak, pitch):
    asks, builds = (pitch(*espeak.say(role, SENTENCE)) for role in ("asks", "builds"))
    assert 170 < asks < 250
    assert 80 < builds < 130


def test_espeak_takes_threads_and_letters_from_abroad(espeak):
    texts = ["Léon naïvely asks…", "Nine numbers travel.", "“Why?”", "Yes."]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: len(espeak.say("builds", text)[0]), texts))
    alone = [len(espeak.say("builds", text)[0]) for text in texts]
    assert together == pytest.approx(alone, rel=0.1)
    assert min(alone[0], alone[1]) > alone[3] > 0


def test_espeak_stays_out_of_the_apps_process_and_leaves_no_process_behind():
    before = set(psutil.Process().children())
    with Espeak() as engine:
        engine.say("asks", "Hello.")
        (started,) = set(psutil.Process().children()) - before
    assert not started.is_running()
    assert "espeakng_loader" not in sys.modules


@needs_flite
def test_flite_speaks_at_16000_hertz_with_voices_far_apart(pitch):
    with Flite() as engine:
        said = {role: engine.say(role, SENTENCE) for role in ("asks", "builds")}
    assert {rate for _, rate in said.values()} == {16_000}
    assert all(2 < len(samples) / rate < 5 for samples, rate in said.values())
    assert 150 < pitch(*said["asks"]) < 200
    assert 85 < pitch(*said["builds"]) < 125


@needs_flite
@pytest.mark.parametrize("text", ["-- Why not?", "Yes", "Léon naïvely asks…"])
def test_flite_takes_any_words_for_words(text):
    samples, _ = Flite().say("asks", text)
    assert np.abs(samples).max() > 0.1


@needs_scripts
def test_a_flite_that_lacks_a_voice_counts_as_none(flite_that):
    flite_that("echo Voices available: kal slt")
    assert not Flite.available()


@needs_scripts
@pytest.mark.parametrize("script", ["echo no space left >&2", "echo no space left >&2; exit 1"])
def test_a_flite_that_writes_nothing_is_an_error(flite_that, script):
    flite_that(script)
    with pytest.raises(SpeechError, match="flite"):
        Flite().say("asks", SENTENCE)


@pytest.mark.usefixtures("fake_piper")
@pytest.mark.parametrize("between", [";", " ; ", "\n"])
def test_piper_speaks_with_the_two_voices_of_the_setting(piper_voice, between, pitch):
    amy, joe = piper_voice("zz-amy", pitch=200), piper_voice("joe", pitch=100, rate=16_000)
    with Piper(f"{amy}{between}{joe}") as engine:
        asks, builds = engine.say("asks", SENTENCE), engine.say("builds", SENTENCE)
    assert engine.name == "piper zz-amy, joe"
    assert (asks[1], builds[1]) == (22_050, 16_000)
    assert len(asks[0]) / 22_050 == pytest.approx(7 * 0.2, abs=0.01)
    assert pitch(*asks) == pytest.approx(200, rel=0.02)
    assert pitch(*builds) == pytest.approx(100, rel=0.02)


@pytest.mark.usefixtures("fake_piper")
def test_piper_takes_the_first_two_voices_of_a_folder_and_loads_each_once(piper_voice, pitch):
    models = [piper_voice(name, pitch=hertz) for name, hertz in (("b", 100), ("c", 300), ("a", 200))]
    with Piper(str(models[0].parent)) as engine:
        said = [engine.say("asks", SENTENCE) for _ in range(3)]
    assert engine.name == "piper a, b"
    assert pitch(*said[-1]) == pytest.approx(200, rel=0.02)
    assert models[2].with_suffix(".loads").read_text() == "x"


@pytest.mark.usefixtures("fake_piper")
def test_a_voice_of_many_speakers_does_for_both_roles_and_loads_once(piper_voice, pitch):
    crowd = piper_voice("crowd", pitch=100, speakers=900)
    with Piper(str(crowd)) as engine:
        pitches = [pitch(*engine.say(role, SENTENCE)) for role in ("asks", "builds")]
    assert engine.name == "piper crowd #0, crowd #1"
    assert pitches == pytest.approx([100, 200], rel=0.02)
    assert crowd.with_suffix(".loads").read_text() == "x"


@pytest.mark.parametrize("times", [1, 2])
def test_one_voice_cannot_be_two_hosts(piper_voice, times):
    with pytest.raises(SpeechError, match="name a second"):
        Piper(";".join([str(piper_voice("alone"))] * times))


def test_three_voices_are_too_many(piper_voice):
    with pytest.raises(SpeechError, match="one or two Piper voices, not 3"):
        Piper(";".join(str(piper_voice(name)) for name in "abc"))


def test_a_voice_that_is_not_there_is_named(tmp_path):
    for setting in (tmp_path / "none.onnx", tmp_path):
        with pytest.raises(SpeechError, match="There is no Piper voice"):
            Piper(str(setting))


@pytest.mark.parametrize(("about", "complaint"), [(None, "missing"), ("{", "damaged"), ("[]", "damaged")])
def test_a_voice_whose_description_is_missing_or_damaged_is_named(piper_voice, about, complaint):
    model = piper_voice("amy")
    file = model.with_name("amy.onnx.json")
    file.unlink() if about is None else file.write_text(about)
    with pytest.raises(SpeechError, match=rf"amy\.onnx\.json.* is {complaint}"):
        Piper(f"{model};{model}")


@pytest.mark.usefixtures("fake_piper")
def test_a_damaged_model_is_one_line(piper_voice):
    piper_voice("amy").write_text("rubbish")
    with Piper(str(piper_voice("joe").parent)) as engine:
        with pytest.raises(SpeechError, match=r"amy\.onnx does not open \(Protobuf parsing failed\); fetch it again$"):
            engine.say("asks", SENTENCE)
        assert len(engine.say("builds", SENTENCE)[0])


def test_piper_that_is_not_installed_says_how_to_get_it(piper_voice, monkeypatch):
    monkeypatch.setattr(Piper, "available", staticmethod(lambda: False))
    with pytest.raises(SpeechError, match="pip install piper-tts"), Piper(str(piper_voice("a", speakers=2))):
        pass


@needs_scripts
def test_the_learners_voices_come_first_then_flite(flite_that, piper_voice):
    flite_that("echo Voices available: kal rms slt")
    assert choose_engine().name == choose_engine(" \n").name == Flite.name
    assert choose_engine(str(piper_voice("crowd", speakers=2))).name == "piper crowd #0, crowd #1"


def test_espeak_speaks_where_flite_is_not(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert choose_engine().name == Espeak.name


def test_a_machine_without_an_engine_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(Espeak, "available", staticmethod(lambda: False))
    with pytest.raises(SpeechError, match="pip install espeakng-loader"):
        choose_engine()
