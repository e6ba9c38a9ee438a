"""signals: a convolution slides over a voice, or over a series, as it slides over a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnntutor.demos.gallery import _signals_words as words
from cnntutor.demos.gallery._signals_knobs import RATE, SignalsKnobs
from cnntutor.demos.protocol import Curve, Frame, Table, demo
from cnntutor.vision import colour
from cnntutor.vision.heat import heat

if TYPE_CHECKING:
    import torch

    from cnntutor.demos.gallery._signals_voices import Hearing
    from cnntutor.demos.gallery._signals_waves import Waves

ACCURACY = "right of 100"
COLUMNS_AS_ONE, ROW_AS = 3, 2
"""A long stretch of sound is a flat picture: columns are taken together and rows drawn twice."""

LIFTED = 6
"""By how much the upper of two series is drawn above the lower."""


def _constants(knobs: SignalsKnobs, seed: int) -> Mapping[str, object]:
    del seed
    return {"WINDOW": knobs.samples}


@demo(
    "signals",
    topic="applications",
    title="Listen with a convolution",
    promise="See the podcast's two voices as pictures, and train a net on half seconds until it knows who speaks.",
    constants=_constants,
    predict=words.predict,
)
def signals(knobs: SignalsKnobs, device: torch.device) -> Iterator[Frame]:
    """The picture or the series at once; then a frame after every epoch."""
    yield from _voices(knobs, device) if knobs.scene == "voices" else _waves(knobs, device)


# Voices


def _voices(knobs: SignalsKnobs, device: torch.device) -> Iterator[Frame]:
    from cnntutor.demos.gallery import _signals_voices as made

    sound, truth = made.stretch(knobs)
    images = {"spectrogram": _picture(knobs, sound)}
    yield Frame(images, formulas=words.voice_formulas(knobs), caption=words.hearing(), progress=0)
    heard = made.hearing(knobs, device)
    tables = {"voices": _spectra(knobs, heard)}

    def frame(epoch: int, caption: str) -> Frame:
        chances = heard.chances(sound).tolist()
        curves = _learning({"held out": heard.accuracies}) | _speaking(chances, truth)
        first = knobs.first_view
        views = {"spectrogram": ("spectrogram",), "who speaks": ("who speaks",), "learning": (ACCURACY,)}
        views |= {"voices": ("voices",)}
        return Frame(
            images,
            curves=curves,
            tables=tables,
            views={first: views[first], **views},
            figures=_voice_figures(knobs, heard, chances, truth),
            formulas=words.voice_formulas(knobs),
            caption=caption,
            progress=epoch / knobs.epochs,
        )

    for epoch in heard.learn():
        last = epoch == knobs.epochs
        accuracy = heard.accuracies[-1]
        yield frame(epoch, words.voices(knobs, accuracy, made.HOSTS) if last else words.learning(epoch, accuracy))


def _picture(knobs: SignalsKnobs, sound: torch.Tensor) -> colour.Pixels:
    """Time to the right, pitch upwards."""
    from torch.nn.functional import avg_pool1d

    from cnntutor.demos.gallery._signals_voices import pictures

    rows = avg_pool1d(pictures(sound[None], knobs)[0, 0], COLUMNS_AS_ONE).flip(0)
    return heat(rows / rows.max()).repeat(ROW_AS, axis=0)


def _spectra(knobs: SignalsKnobs, heard: Hearing) -> Table:
    """How loud each host is on average, by frequency."""
    from cnntutor.demos.gallery._signals_voices import HIGHEST, HOSTS

    means = [(heard.x[heard.y == host] * heard.std + heard.mean).mean((0, 1, 3)) for host in (0, 1)]
    bands = range(0, HIGHEST, 250)
    rows = []
    for low in bands:
        first, last = (hertz * knobs.samples // RATE for hertz in (low, low + 250))
        loud = [float(mean[first : max(first + 1, last)].mean()) for mean in means]
        rows.append((f"{low}–{low + 250}", *(value for one in loud for value in (round(one, 2), "█" * round(2 * one)))))
    first_host, second_host = HOSTS
    return Table(("Hz", first_host, "", second_host, " "), tuple(rows))


def _speaking(chances: list[float], truth: list[int]) -> dict[str, Curve]:
    from cnntutor.demos.gallery._signals_voices import CLIP, HOSTS

    times = tuple((piece + 0.5) * CLIP / RATE for piece in range(len(chances)))
    spoken = [(time, float(host)) for time, host in zip(times, truth, strict=True) if host >= 0]
    second = HOSTS[1]
    return {
        f"{second}, says the net": Curve(times, tuple(chances), "who speaks", "seconds"),
        f"{second}, says the script": Curve(
            tuple(time for time, _ in spoken), tuple(host for _, host in spoken), "who speaks", "seconds"
        ),
    }


def _voice_figures(knobs: SignalsKnobs, heard: Hearing, chances: list[float], truth: list[int]) -> dict[str, float]:
    right = [round(chance) == host for chance, host in zip(chances, truth, strict=True) if host >= 0]
    return {
        "accuracy": heard.accuracies[-1],
        "stretch_right": sum(right) / len(right) if right else float("nan"),
        "pieces": len(heard.y),
        "new_pieces": len(heard.new_y),
        "rows": heard.x.shape[2],
        "row_hertz": RATE / knobs.samples,
        "window_ms": 1000 * knobs.samples / RATE,
        "parameters": sum(weights.numel() for weights in heard.net.parameters()),
    }


# Waves


def _waves(knobs: SignalsKnobs, device: torch.device) -> Iterator[Frame]:
    from cnntutor.demos.gallery import _signals_waves as made

    run = made.waves(knobs, device)
    rivals = {"linear": run.linear(), "random": run.random()}

    def frame(epoch: int, caption: str) -> Frame:
        first = knobs.first_view
        views = {"series": ("series",), "learning": (ACCURACY,), "kernels": ("kernels",)}
        return Frame(
            {"kernels": colour.signed(run.kernels)},
            curves=_examples(run) | _learning({"learnt": run.accuracies}, rivals),
            views={first: views[first], **views},
            figures={"accuracy": run.accuracies[-1], **{f"{name}_accuracy": share for name, share in rivals.items()}},
            formulas=words.wave_formulas(),
            caption=caption,
            progress=epoch / knobs.epochs,
        )

    yield frame(0, words.watching())
    for epoch in run.learn():
        last = epoch == knobs.epochs
        accuracy = run.accuracies[-1]
        yield frame(epoch, words.waves(knobs, accuracy, rivals) if last else words.learning(epoch, accuracy))


def _examples(run: Waves) -> dict[str, Curve]:
    from cnntutor.vision.bursts import PERIODS

    found = {}
    for kind, period in enumerate(PERIODS):
        values = run.new_x[run.new_y == kind][0, 0].cpu().tolist()
        lifted = tuple(value + LIFTED * (1 - kind) for value in values)
        found[f"period {period}"] = Curve(tuple(map(float, range(len(values)))), lifted, "series", "moment")
    return found


def _learning(learnt: Mapping[str, list[float]], fixed: Mapping[str, float] | None = None) -> dict[str, Curve]:
    curves = {}
    for name, shares in learnt.items():
        epochs = tuple(map(float, range(len(shares))))
        curves[name] = Curve(epochs, tuple(100 * share for share in shares), ACCURACY, "epoch")
    for name, share in (fixed or {}).items():
        curves[name] = Curve((0.0, max(1.0, epochs[-1])), (100 * share, 100 * share), ACCURACY, "epoch")
    return curves
