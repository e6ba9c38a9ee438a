from __future__ import annotations

import pytest

from cnntutor.demos import catalogue
from cnntutor.demos.protocol import Frame, demo


def test_a_demo_must_say_what_its_knobs_are() -> None:
    with pytest.raises(TypeError, match="annotate `knobs`"):

        @demo("nameless", topic="history", title="", promise="")
        def nameless(knobs, device):  # type: ignore[no-untyped-def]
            yield Frame()


def test_a_file_whose_demo_has_another_name_is_refused(gallery: str) -> None:
    with pytest.raises(TypeError, match=r'misnamed must define `misnamed` with @demo\("misnamed"'):
        catalogue.load("misnamed", gallery)


def test_the_same_seed_gives_the_same_frames_in_this_process(gallery: str) -> None:
    counts = catalogue.load("counts", gallery)

    def drawn(seed: int) -> list[float]:
        return [float(frame.figures["drawn"]) for frame in counts.frames(counts.knobs(), "cpu", seed)]

    assert drawn(1) == drawn(1) != drawn(2)
