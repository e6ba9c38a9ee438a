from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.demos import catalogue
from cnntutor.demos.show_code import fill, show_code
from cnntutor.demos.source_text import assigned, is_literal
from cnntutor.errors import UsageError

SCRIPT = '''"""Doc."""

SIZE = 3  # taps
NAME, KERNEL = "é", [
    [1],
]
MODE = "zeros"
BANK = [
    [1, 2],
    [3, 4],
]
other = SIZE
'''

values = st.one_of(
    st.integers(), st.booleans(), st.text(), st.lists(st.lists(st.integers(), min_size=1), min_size=1, max_size=3)
)


def constants_of(script: str) -> dict[str, object]:
    found: dict[str, object] = {}
    exec(compile(script, "script", "exec"), found)  # what a learner would do with it
    return found


@given(values, values, values)
def test_only_the_values_of_the_constants_change(size: object, mode: object, bank: object) -> None:
    filled = fill(SCRIPT, {"SIZE": size, "MODE": mode, "BANK": bank, "ELSEWHERE": 1, "other": 2})
    found = constants_of(filled)
    assert (found["SIZE"], found["MODE"], found["BANK"]) == (size, mode, bank)
    assert found["other"] == size
    assert "  # taps\n" in filled
    assert "ELSEWHERE" not in filled


def test_nothing_to_fill_in_leaves_the_script_as_it_is() -> None:
    assert fill(SCRIPT, {}) == SCRIPT


def test_single_precision_comes_back_exactly() -> None:
    kernel = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)
    found = constants_of(fill("KERNEL = [[0]]\n", {"KERNEL": kernel}))
    assert np.array_equal(np.array(found["KERNEL"], np.float32), kernel)


def test_text_is_quoted_as_python_wants_it() -> None:
    assert fill('PATH = "a"\n', {"PATH": 'C:\\new "folder"'}) == 'PATH = "C:\\\\new \\"folder\\""\n'


def test_every_demo_shows_code_of_at_most_a_screen_that_names_each_knob() -> None:
    for demo in catalogue.all_demos():
        code = show_code(demo, demo.knobs(), seed=5)
        ast.parse(code)
        if "manual_seed" in code:  # where nothing is drawn, the seed is pruned away
            assert constants_in(code)["SEED"] == 5
        assert len(code.splitlines()) <= 60


def constants_in(code: str) -> dict[str, object]:
    return {name: ast.literal_eval(value) for name, value in assigned(ast.parse(code)) if is_literal(value)}


def test_constants_that_stand_together_are_filled_in_one_by_one() -> None:
    assert fill('WIDTH, NAME = 1, "é"; SIDE = 2\n', {"NAME": "ö", "SIDE": 3}) == 'WIDTH, NAME = 1, "ö"; SIDE = 3\n'


def test_a_learnt_kernel_is_shown_without_torch() -> None:
    code = (
        "import sys; from cnntutor.demos import catalogue, show_code; demo = catalogue.load('convolve');"
        "show_code.show_code(demo, demo.knobs(kernel='learnt')); print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_shipped_pictures_become_files_that_are_there() -> None:
    convolve = catalogue.load("convolve")
    knobs = catalogue.parse_knobs(convolve, {"image": "coffee"})
    line = next(line for line in show_code(convolve, knobs).splitlines() if line.startswith("IMAGE = "))
    assert Path(ast.literal_eval(line.removeprefix("IMAGE = "))).is_file()


def test_a_demo_without_a_script_says_so(gallery: str) -> None:
    counts = catalogue.load("counts", gallery)
    with pytest.raises(UsageError, match="counts has no code to show"):
        show_code(counts, counts.knobs())
