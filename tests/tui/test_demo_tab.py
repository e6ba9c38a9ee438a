"""The Demo tab with the real worker process."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from driving import Drive, press, settle, text_of, until
from PIL import Image
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, Static

from cnntutor.course.cards import DemoLink
from cnntutor.course.load import load_course
from cnntutor.demos.client import WorkerClient
from cnntutor.demos.history import History
from cnntutor.errors import CnntutorError
from cnntutor.services import Services
from cnntutor.tui.routes import ToLesson, ToReview
from cnntutor.tui.screens.lesson.demo import DemoPane
from cnntutor.tui.widgets.frame_view import FrameView
from cnntutor.tui.widgets.knob_panel import KnobPanel
from cnntutor.tui.widgets.knob_row import KnobRow
from cnntutor.tui.widgets.prediction_panel import PredictionPanel
from cnntutor.tui.widgets.stage import Stage
from cnntutor.tui.widgets.table_view import TableView
from cnntutor.tui.widgets.timeline import Moment, Timeline
from cnntutor.tui.widgets.view_bar import ViewName

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[WorkerClient]:
    """One process for all tests of this module: importing torch costs more than any of them."""
    client = WorkerClient()
    yield client
    await client.close()


SMALL = DemoLink("convolve", {"side": "20", "kernel_size": "3"})
LONG = DemoLink("convolve", {"side": "20", "kernel_size": "3", "patch_size": "9"})
"""Its walk over the patch takes half a minute at the normal pace."""


async def to_the_end(pilot: Pilot[CnntutorError]) -> None:
    """Let the run come to its own end, as fast as it may."""
    await until(pilot, "frame ")
    await press(pilot, "plus", "plus", "plus")
    async with asyncio.timeout(90):
        while not pilot.app.screen.query(".demo-done"):
            await pilot.pause(0.05)


async def finished(pilot: Pilot[CnntutorError], *, then: str = "") -> None:
    """Wait for the run to show something, stop it there, and wait for `then` to stand on the screen."""
    await until(pilot, "frame ")
    await until(pilot, then)
    async with asyncio.timeout(90):
        while not pilot.app.screen.query(".demo-done"):
            await pilot.press("e")
            await pilot.pause(0.05)


async def refused(pilot: Pilot[CnntutorError], line: str) -> None:
    """Wait until this is said beside the knobs, however it is broken into lines."""
    async with asyncio.timeout(90):
        while line not in str(pilot.app.screen.query_one(".refusal", Static).content):
            await pilot.pause(0.05)


def focus(pilot: Pilot[CnntutorError], knob: str) -> None:
    pilot.app.screen.query_one(KnobPanel).row(knob).focus()


def pane(pilot: Pilot[CnntutorError]) -> DemoPane:
    return pilot.app.screen.query_one(DemoPane)


def timeline(pilot: Pilot[CnntutorError]) -> Moment:
    return pilot.app.screen.query_one(Timeline).moment


async def test_a_card_opens_the_demo_with_its_own_numbers(drive: Drive, services: Services) -> None:
    for card in ("edges-name", "edges-gaps/1", "edges-gaps/2"):
        services.store.suspend(card)
    async with drive(ToReview(topic="edges", limit=1)) as pilot:
        face = pilot.app.screen._face  # type: ignore[attr-defined]
        await press(pilot, "space", "d")
        side, size = (int(face.demo.knobs[name]) for name in ("side", "kernel_size"))
        await finished(pilot, then=f"= {side - size + 1}")
        assert f"({side} + 2·0 − 1·({size} − 1) − 1)/1⌋ + 1 = {side - size + 1}" in text_of(pilot)


async def test_turning_a_knob_runs_it_again(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot, then="+ 1 = 20")
        focus(pilot, "stride")
        await press(pilot, "right")
        await finished(pilot, then="+ 1 = 10")
        await press(pilot, "x")
        await finished(pilot, then="+ 1 = 64")


async def test_an_arrow_goes_past_whole_numbers_that_cannot_be(drive: Drive) -> None:
    grouped = DemoLink("convolve", {"side": "20", "channels": "4", "filters": "4", "groups": "2"})
    async with drive(ToLesson("edges", tab="demo", demo=grouped)) as pilot:
        await finished(pilot)
        focus(pilot, "groups")
        await press(pilot, "right")
        assert "groups ◂ 4 ▸" in " ".join(text_of(pilot).split())


async def test_an_impossible_value_is_refused_beside_its_knob_and_the_last_picture_stays(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot, then="+ 1 = 20")
        focus(pilot, "stride")
        await press(pilot, "9", "9", "enter")
        panel = pilot.app.screen.query_one(KnobPanel)
        rows = list(panel.children)
        assert rows.index(panel.query_one(".refusal")) == rows.index(panel.row("stride")) + 1
        assert "at most" in text_of(pilot)
        assert "+ 1 = 20" in text_of(pilot)


async def test_the_code_behind_it_is_shown_and_copied(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot)
        await press(pilot, "c")
        assert "import torch" in text_of(pilot)
        await press(pilot, "y")
        assert "SIDE = 20" in pilot.app.clipboard
        await settle(pilot)


async def test_pictures_show_without_colour(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot, then="▀▀▀")


async def test_a_link_that_cannot_be_is_said_and_the_demo_stands_at_its_defaults(drive: Drive) -> None:
    impossible = DemoLink("convolve", {"side": "8", "kernel_size": "11", "padding": "0"})
    async with drive(ToLesson("edges", tab="demo", demo=impossible)) as pilot:
        await until(pilot, "+ 1 = 64")
        assert "kernel_size 11" in " ".join(text_of(pilot).split())


# Pace and place


async def test_a_run_pauses_steps_and_goes_on(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=LONG)) as pilot:
        await until(pilot, "frame ")
        await press(pilot, "space")
        await until(pilot, "paused")
        stood = timeline(pilot).frames
        await press(pilot, "s")
        await until(pilot, f"frame {stood + 1}")
        assert "paused" in text_of(pilot)
        await press(pilot, "space")
        await until(pilot, "running")


async def test_a_stopped_run_keeps_what_it_has_shown_and_is_noted(drive: Drive, home: Path) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot, then="+ 1 = 20")
        assert "· stopped" in text_of(pilot)
        (run,) = History(home / "runs", "convolve").runs()
        assert (run.knobs["side"], run.device, run.figures["output_size"], run.stopped) == (20, "cpu", 20, True)


async def test_a_run_is_scrubbed_like_a_recording(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot, then="+ 1 = 20")
        frames = timeline(pilot).frames
        await press(pilot, "B", "B", "B", "B", "B", "B", "B", "B", "B")
        assert (timeline(pilot).at, timeline(pilot).live) == (0, False)
        await press(pilot, "f")
        assert timeline(pilot).at == 1
        line = pilot.app.screen.query_one(Timeline)
        await pilot.click(line, offset=(len(timeline(pilot).state) + 2, 0))
        await settle(pilot)
        assert timeline(pilot).at == 0
        await press(pilot, *"FFFFFFFFF")
        assert timeline(pilot).live
        assert timeline(pilot).frames == frames


async def test_the_views_of_a_frame_are_gone_through_and_stay_chosen(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot)
        view = pilot.app.screen.query_one(FrameView)
        first = view.view
        await press(pilot, "v")
        second = view.view
        assert second != first
        await press(pilot, "a")
        await finished(pilot)
        assert view.view == second
        await pilot.click(next(name for name in pilot.app.screen.query(ViewName) if name.title == first))
        await settle(pilot)
        assert view.view == first
        await press(pilot, "V", "v")
        assert view.view == first


async def test_the_speed_is_shown_when_it_is_not_the_usual_one(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=LONG)) as pilot:
        await until(pilot, "frame ")
        await press(pilot, "plus")
        assert "×2" in text_of(pilot)
        await press(pilot, "minus", "minus")
        assert "×0.5" in text_of(pilot)


async def test_the_knobs_and_then_the_words_make_room_for_the_picture(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot)

        def room() -> tuple[int, int]:
            return pilot.app.screen.query_one(Stage).size

        least = room()
        await press(pilot, "z")
        wide = room()
        assert wide[0] > least[0]
        await press(pilot, "z")
        assert room()[1] > wide[1]
        await press(pilot, "z")
        assert room() == least


async def test_the_cursor_goes_into_a_table_and_back(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot)
        await press(pilot, "v", "v", "i")
        assert isinstance(pilot.app.focused, TableView)
        await press(pilot, "i")
        assert isinstance(pilot.app.focused, KnobRow)


# What can go wrong


async def test_a_device_that_is_not_there_is_one_clear_line(drive: Drive) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has the device that should be missing")
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot)
        pane(pilot)._turn({"device": "cuda"})
        await refused(pilot, "There is no cuda")
        pane(pilot)._turn({"device": "cpu"})
        await finished(pilot, then="+ 1 = 20")


async def test_a_killed_worker_costs_nothing_but_its_run(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=LONG)) as pilot:
        await until(pilot, "frame ")
        pid = pilot.app._worker.pid  # type: ignore[attr-defined]
        os.kill(pid, signal.SIGKILL)
        await refused(pilot, "SIGKILL")
        await press(pilot, "a")
        await finished(pilot, then="+ 1 = 20")
        assert pilot.app._worker.pid != pid  # type: ignore[attr-defined]


# Pictures, matrices, files


async def test_a_pasted_path_becomes_the_picture(drive: Drive, tmp_path: Path) -> None:
    picture = tmp_path / "red square.png"
    Image.new("RGB", (9, 9), (255, 0, 0)).save(picture)
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot)
        pilot.app.post_message(Paste(f"'{picture}'\n"))
        await until(pilot, "red square.png")
        await finished(pilot)
        text = tmp_path / "no picture.txt"
        text.write_text("hello")
        pilot.app.post_message(Paste(str(text)))
        await refused(pilot, "is no picture")


async def test_a_kernel_is_edited_cell_by_cell(drive: Drive) -> None:
    link = DemoLink("convolve", {"side": "20", "kernel": "own", "kernel_size": "2", "weights": "1 2; 3 4"})
    async with drive(ToLesson("edges", tab="demo", demo=link)) as pilot:
        await finished(pilot)
        focus(pilot, "weights")
        await press(pilot, "enter")
        cells = [cell.value for cell in pilot.app.screen.query(Input)]
        assert cells == ["1", "2", "3", "4"]
        await press(pilot, "down", "x", "enter")
        assert "cannot hold “x”" in text_of(pilot)
        await press(pilot, "backspace", "minus", "5", "enter")
        await finished(pilot)
        assert pane(pilot)._session.values["weights"] == "1 2; -5 4"  # type: ignore[union-attr]


async def test_a_run_and_its_script_are_written_into_a_folder(
    drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "convolve-1").mkdir()
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot)
        await press(pilot, "w")
        assert "convolve-2" in text_of(pilot)
        await press(pilot, "enter")
        assert {"code.py", "caption.md"} <= {path.name for path in (tmp_path / "convolve-2").iterdir()}


async def test_the_last_runs_are_compared_and_gone_back_to(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot, then="+ 1 = 20")
        focus(pilot, "stride")
        await press(pilot, "right")
        await finished(pilot, then="+ 1 = 10")
        await press(pilot, "o")
        assert "stride" in text_of(pilot)
        await press(pilot, "j", "enter")
        await until(pilot, "+ 1 = 20")
        assert pane(pilot)._session.values["stride"] == 1  # type: ignore[union-attr]


# Predict first


async def test_a_demo_asks_first_and_a_confident_miss_makes_its_card_due(drive: Drive, services: Services) -> None:
    async with drive(ToLesson("edges", tab="demo", card="edges-size")) as pilot:
        await until(pilot, "what will happen?")
        panel = pilot.app.screen.query_one(PredictionPanel)
        right = right_choice(panel._prediction.choices, "64")
        await press(pilot, "4", "abcdefgh"[(right + 1) % len(panel._prediction.choices)], "enter")
        await to_the_end(pilot)
        await until(pilot, "but it is 64")
        assert services.store.memory("edges-size").made_due_on is not None


async def test_whoever_would_rather_see_it_at_once_is_not_asked_again(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo")) as pilot:
        await until(pilot, "what will happen?")
        await press(pilot, "escape")
        await finished(pilot, then="+ 1 = 64")
    async with drive(ToLesson("edges", tab="demo")) as pilot:
        await finished(pilot, then="+ 1 = 64")
        await press(pilot, "y")
        await until(pilot, "what will happen?")


async def test_a_guess_that_comes_true_is_said(drive: Drive, services: Services) -> None:
    async with drive(ToLesson("edges", tab="demo")) as pilot:
        await until(pilot, "what will happen?")
        panel = pilot.app.screen.query_one(PredictionPanel)
        await press(pilot, "2", "abcdefgh"[right_choice(panel._prediction.choices, "64")], "enter")
        await to_the_end(pilot)
        await until(pilot, "and so it is")
        assert all(memory.made_due_on is None for memory in services.store.memories())


async def test_a_run_that_is_stopped_leaves_the_guess_open(drive: Drive, services: Services) -> None:
    async with drive(ToLesson("edges", tab="demo", card="edges-size")) as pilot:
        await until(pilot, "what will happen?")
        choices = pilot.app.screen.query_one(PredictionPanel)._prediction.choices
        await press(pilot, "4", "abcdefgh"[(right_choice(choices, "64") + 1) % len(choices)], "enter")
        await finished(pilot)
        await until(pilot, "still open")
        assert services.store.memory("edges-size").made_due_on is None


async def test_a_new_run_takes_no_frame_of_the_old_one(drive: Drive, home: Path) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=LONG)) as pilot:
        await until(pilot, "frame ")
        focus(pilot, "stride")
        for _ in range(3):
            await pilot.press("right")
        await finished(pilot, then="+ 1 = 5")
        (run,) = History(home / "runs", "convolve").runs()
        assert (run.knobs["stride"], run.figures["output_size"]) == (4, 5)


async def test_what_a_run_refuses_is_said_beside_the_knob_that_was_turned(drive: Drive, tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_text("no picture")
    async with drive(ToLesson("edges", tab="demo", demo=SMALL)) as pilot:
        await finished(pilot, then="+ 1 = 20")
        made = timeline(pilot).frames
        panel = pilot.app.screen.query_one(KnobPanel)
        panel.row("image").post_message(KnobRow.Turned(panel.row("image"), str(tmp_path / "cat.png")))
        await refused(pilot, "is no picture")
        rows = list(panel.children)
        assert rows.index(panel.query_one(".refusal")) == rows.index(panel.row("image")) + 1
        assert "+ 1 = 20" in text_of(pilot)
        assert timeline(pilot).frames == made


def right_choice(choices: tuple[str, ...], text: str) -> int:
    return choices.index(text)


# The other flagships


NET = """\
from torch import nn

print("this ran")


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))


def broken():
    raise ValueError("no net today")
"""


async def test_a_learners_own_file_runs_only_if_she_says_so(drive: Drive, tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(NET.replace("nn.Flatten(), nn.LazyLinear(2)", "nn.AdaptiveAvgPool2d(1)"))
    link = DemoLink("inspect", {"model": f"{file}:Net", "side": "16"})
    async with drive(ToLesson("edges", tab="demo", demo=link)) as pilot:
        await until(pilot, "Run this file?")
        await press(pilot, "n")
        await refused(pilot, "net.py was not run")
        await press(pilot, "a")
        await until(pilot, "Run this file?")
        await press(pilot, "y")
        await finished(pilot, then="Conv2d")
        await press(pilot, "a")
        await finished(pilot, then="Conv2d")


async def test_an_error_in_the_learners_file_is_said_with_its_line(drive: Drive, tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(NET)
    link = DemoLink("inspect", {"model": f"{file}:broken", "side": "16"})
    async with drive(ToLesson("edges", tab="demo", demo=link)) as pilot:
        await until(pilot, "Run this file?")
        await press(pilot, "y")
        await refused(pilot, "no net today")
        await refused(pilot, "line 12")


@pytest.mark.parametrize("worker", [None], ids=["a worker that knows this home"])
async def test_a_trained_net_is_kept_by_name_and_offered_to_the_next_run(drive: Drive, home: Path) -> None:
    link = DemoLink("train", {"epochs": "2", "pictures": "200", "width": "4"})
    async with drive(ToLesson("edges", tab="demo", demo=link)) as pilot:
        await finished(pilot, then="steps per epoch")
        await press(pilot, "n", *"mine", "enter")
        assert (home / "checkpoints" / "mine.pt").is_file()
        await press(pilot, "a")
        await finished(pilot, then="steps per epoch")
        focus(pilot, "start")
        await press(pilot, *["right"] * 9)
        offered = pilot.app.screen.query_one(KnobPanel).row("start").knob.choices
        assert "mine" in offered


async def test_layers_are_offered_once_the_net_is_open(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=DemoLink("grad-cam", {"layout": "stacked"}))) as pilot:
        await finished(pilot, then="map side")
        focus(pilot, "layer")
        await press(pilot, "right")
        await finished(pilot, then="map side")
        assert pane(pilot)._session.values["layer"] != ""  # type: ignore[union-attr]


async def test_a_topics_demos_follow_each_other(drive: Drive, services: Services, tmp_path: Path) -> None:
    manifest = tmp_path / "content" / "small" / "course.yaml"
    manifest.write_text(
        manifest.read_text().replace("slug: edges, demos: [convolve]", "slug: edges, demos: [convolve, grad-cam]")
    )
    course = load_course(manifest.parent)
    async with drive(ToLesson("edges", tab="demo", demo=SMALL), course=course) as pilot:
        await finished(pilot, then="+ 1 = 20")
        await press(pilot, "d")
        await until(pilot, "See where a net looks")
        assert pilot.app.screen.query(PredictionPanel)
        await press(pilot, "d")
        await until(pilot, "Slide a kernel")
