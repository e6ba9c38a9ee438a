from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from cnntutor.errors import UsageError
from cnntutor.vision import own_code
from cnntutor.vision.own_code import OwnCode

NET = """\
from torch import nn


class Net(nn.Linear):
    def __init__(self, classes=3):
        super().__init__(4, classes)


def make():
    return Net(5)


def needy(classes):
    return Net(classes)


def careless():
    return {}[
        "missing"
    ]


made = make()
words = "no net"
lazy = lambda: words
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my_net.py").write_text(NET)
    return tmp_path


def load(path: Path, name: str) -> nn.Module:
    return own_code.load(OwnCode(path, name))


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        ("net.py:Net", "net.py", "Net"),
        (" models/net.py:make ", "models/net.py", "make"),
        ("a:b.py:Net", "a:b.py", "Net"),
        ("net.py:", "net.py", ""),
    ],
)
def test_a_file_and_a_name_are_told_apart(text: str, path: str, name: str) -> None:
    assert own_code.parse(text) == OwnCode(Path(path), name)


@pytest.mark.parametrize("text", ["", "resnet18", "net.py", "net:py", "net.txt:Net", ":Net"])
def test_other_texts_are_no_code(text: str) -> None:
    assert own_code.parse(text) is None


@pytest.mark.parametrize(("name", "classes"), [("Net", 3), ("make", 5), ("made", 5)])
def test_a_class_a_function_and_an_instance_make_a_net(folder: Path, name: str, classes: int) -> None:
    net = load(folder / "my_net.py", name)
    assert net(torch.zeros(1, 4)).shape == (1, classes)
    assert type(net).__module__ == "own_code.my_net"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Nett", "my_net.py has no “Nett”: did you mean Net?"),
        ("zzz", "my_net.py has no “zzz”: it has Net, make, needy, careless, made, lazy."),
        ("words", "my_net.py:words is a str, no net: name an nn.Module or a function that makes one."),
        ("lazy", "my_net.py:lazy is a str, no net: name an nn.Module or a function that makes one."),
        ("careless", "my_net.py, line 18: KeyError: 'missing'"),
        (
            "needy",
            "my_net.py:needy cannot be made (missing a required argument: 'classes'):"
            " name a function that makes it without arguments.",
        ),
    ],
)
def test_what_gives_no_net_is_said_in_one_line(folder: Path, name: str, line: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(folder / "my_net.py", name)
    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\ny = (\n", "bad.py, line 2: SyntaxError: '(' was never closed"),
        ("\nimport nowhere_at_all\n", "bad.py, line 2: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("import sys\nsys.exit(3)\n", "bad.py, line 2: SystemExit: 3"),
        ("raise ValueError('first\\nsecond')\n", "bad.py, line 1: ValueError: first"),
        ("import torch\n\ntorch.zeros(2) @ torch.zeros(3)\n", "bad.py, line 3: RuntimeError: inconsistent tensor size"),
        ("import broken_helper\n", "broken_helper.py, line 3: ZeroDivisionError: division by zero"),
    ],
)
def test_the_learners_error_is_told_with_its_file_and_line(tmp_path: Path, source: str, line: str) -> None:
    (tmp_path / "bad.py").write_text(source)
    (tmp_path / "broken_helper.py").write_text("\n\n1 / 0\n")
    with pytest.raises(UsageError) as caught:
        load(tmp_path / "bad.py", "Net")
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no file .*/none\.py: write model as FILE\.py:NAME"):
        load(tmp_path / "none.py", "Net")


@pytest.mark.parametrize("line", ["import helper", "from helper import Part", "from .helper import Part"])
def test_what_lies_beside_the_file_can_be_imported(tmp_path: Path, line: str) -> None:
    (tmp_path / "helper.py").write_text("from torch import nn\n\n\nclass Part(nn.Linear):\n    pass\n")
    part = "helper.Part" if line == "import helper" else "Part"
    (tmp_path / "net.py").write_text(f"{line}\n\nnet = {part}(2, 3)\n")
    assert load(tmp_path / "net.py", "net")(torch.zeros(1, 2)).shape == (1, 3)


def test_a_file_inside_packages_keeps_its_place_in_them(tmp_path: Path) -> None:
    inner = tmp_path / "project" / "nets"
    inner.mkdir(parents=True)
    (tmp_path / "project" / "__init__.py").write_text("")
    (inner / "__init__.py").write_text("")
    (tmp_path / "project" / "sizes.py").write_text("CLASSES = 7\n")
    (inner / "net.py").write_text(
        "from torch import nn\nfrom ..sizes import CLASSES\nimport project.sizes\n\nnet = nn.Linear(2, CLASSES)\n"
    )
    assert load(inner / "net.py", "net")(torch.zeros(1, 2)).shape == (1, 7)


@pytest.mark.parametrize("name", ["Net", "careless", "zzz"])
def test_the_world_is_left_as_it_was(folder: Path, name: str) -> None:
    (folder / "beside.py").write_text("")
    (folder / "my_net.py").write_text(f"import beside\nfrom . import beside as again\n{NET}")
    paths, modules = sys.path[:], sys.modules.copy()
    try:
        load(folder / "my_net.py", name)
    except UsageError:
        assert name != "Net"
    assert sys.path == paths
    assert sys.modules == modules


def test_libraries_that_the_file_imports_stay_imported(tmp_path: Path) -> None:
    sys.modules.pop("this", None)
    (tmp_path / "net.py").write_text("import this\nfrom torch import nn\n\nnet = nn.Identity()\n")
    load(tmp_path / "net.py", "net")
    assert sys.modules.pop("this")


def test_an_edited_file_is_read_anew(tmp_path: Path) -> None:
    for classes in (2, 3, 4):
        (tmp_path / "net.py").write_text(f"from torch import nn\n\nnet = nn.Linear(1, {classes})\n")
        assert load(tmp_path / "net.py", "net")(torch.zeros(1, 1)).shape == (1, classes)


def test_what_the_file_prints_stays_out_of_the_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.py").write_text("from torch import nn\n\nprint('hello')\nnet = nn.Identity()\n")
    load(tmp_path / "net.py", "net")
    assert capsys.readouterr() == ("", "hello\n")
