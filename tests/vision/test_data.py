from __future__ import annotations

import gzip
import hashlib
import struct
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from cnntutor.errors import UsageError
from cnntutor.vision import data, data_download, data_sources
from cnntutor.vision.data_set import DataSet, Part
from cnntutor.vision.torchvision_import import torchvision

pytestmark = pytest.mark.usefixtures("home")

PARTS = ("train", "t10k")


# Digits


def test_a_fifth_of_every_digit_is_held_out_and_none_is_in_both_parts() -> None:
    digits = data.load("digits")
    assert digits.train.x.shape == (1437, 1, 8, 8)
    assert digits.held_out.x.shape == (360, 1, 8, 8)
    shares = torch.bincount(digits.held_out.y) / torch.bincount(torch.cat([digits.train.y, digits.held_out.y]))
    assert all(0.19 < share < 0.21 for share in shares.tolist())
    seen = {picture.numpy().tobytes() for picture in digits.train.x}
    assert not any(picture.numpy().tobytes() in seen for picture in digits.held_out.x)


def test_digits_are_ink_from_0_to_1_under_their_own_labels() -> None:
    digits = data.load("digits")
    assert (float(digits.train.x.min()), float(digits.train.x.max())) == (0, 1)
    assert digits.class_names == tuple("0123456789")
    zero, one = (digits.train.x[digits.train.y == label].mean(0)[0] for label in (0, 1))
    assert zero[3:5, 3:5].mean() < 0.3 < one[3:5, 3:5].mean()  # a nought is hollow


def test_mean_and_deviation_are_those_of_the_training_pictures() -> None:
    digits = data.load("digits")
    pixels = digits.train.x.double().numpy()
    assert digits.mean == pytest.approx([pixels.mean()], abs=1e-5)
    assert digits.std == pytest.approx([pixels.std()], abs=1e-4)


def test_fewer_pictures_are_the_same_ones_in_every_run_and_leave_the_held_out_alone() -> None:
    one, two = data.load("digits", pictures=100), data.load("digits", pictures=100)
    assert len(one.train) == 100
    assert torch.equal(one.train.x, two.train.x)
    assert len(one.held_out) == 360
    assert len(set(one.train.y.tolist())) == 10


def test_pictures_are_resized_to_the_side_asked_for() -> None:
    large = data.load("digits", side=16)
    assert large.train.x.shape[2:] == large.held_out.x.shape[2:] == (16, 16)
    assert large.mean == pytest.approx(data.load("digits").mean, abs=0.01)


# A folder


def paint(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (12, 12)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten red and five blue pictures of several sizes and formats."""
    root = tmp_path / "pictures"
    for number in range(10):
        paint(root / "red" / f"{number}.png", (200 + number, 0, 0))
    for number in range(5):
        paint(root / "blue" / f"{number}.jpg", (0, 0, 200 + number), (20, 9))
    return root


def test_a_folder_of_folders_is_a_class_a_folder(folder: Path) -> None:
    found = data.load(str(folder), side=8)
    assert found.class_names == ("blue", "red")
    assert found.train.x.shape == (12, 3, 8, 8)
    assert found.held_out.x.shape == (3, 3, 8, 8)
    for part in (found.train, found.held_out):
        red = part.x[:, 0].mean((1, 2)) > 0.5
        assert torch.equal(red.long(), part.y)


def test_every_class_of_a_folder_is_in_both_parts(folder: Path) -> None:
    found = data.load(str(folder))
    assert set(found.train.y.tolist()) == set(found.held_out.y.tolist()) == {0, 1}


def test_what_is_no_picture_is_skipped_and_counted(folder: Path) -> None:
    (folder / "red" / "notes.txt").write_text("not a picture")
    (folder / "blue" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "blue" / ".hidden.png").write_bytes(b"")
    found = data.load(str(folder))
    assert found.skipped == 2
    assert len(found.train) + len(found.held_out) == 15


def test_reading_a_folder_tells_how_far_it_is(folder: Path) -> None:
    shares = [progress.share for progress in data.loading(str(folder))]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_folder_with_one_class_is_refused(tmp_path: Path) -> None:
    paint(tmp_path / "pictures" / "red" / "1.png", (255, 0, 0))
    with pytest.raises(UsageError, match="needs at least two subfolders of pictures, one a class, not 1"):
        data.load(str(tmp_path / "pictures"))


def test_a_class_with_one_picture_is_refused(folder: Path) -> None:
    paint(folder / "green" / "1.png", (0, 255, 0))
    with pytest.raises(UsageError, match="green needs at least two pictures that can be read, not 1"):
        data.load(str(folder))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("digit", "There is no data set “digit”: did you mean digits?"),
        ("/nowhere/at/all", "There is no data set “/nowhere/at/all”: choose digits, mnist"),
    ],
)
def test_an_unknown_source_is_refused(name: str, line: str) -> None:
    with pytest.raises(UsageError, match=line):
        data_sources.source(name)


def test_a_file_is_no_folder(folder: Path) -> None:
    with pytest.raises(UsageError, match="There is no data set"):
        data_sources.source(str(folder / "red" / "0.png"))


# What is downloaded


def idx(values: np.ndarray) -> bytes:
    """The MNIST files' format: zero, zero, type 8 (bytes), rank, sizes (big-endian), values."""
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.tobytes()


def tiny_mnist() -> dict[str, bytes]:
    """Twenty pictures to learn from and ten held out; each is as bright as its label."""
    files = {}
    for part, count in zip(PARTS, (20, 10), strict=True):
        labels = np.arange(count, dtype=np.uint8) % 10
        pictures = np.broadcast_to(labels[:, None, None] * 25, (count, 28, 28)).astype(np.uint8)
        files[f"{part}-images-idx3-ubyte"] = idx(pictures)
        files[f"{part}-labels-idx1-ubyte"] = idx(labels)
    return files


def put_there(home: Path) -> Path:
    raw = home / "datasets" / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in tiny_mnist().items():
        (raw / name).write_bytes(content)
    return raw


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A server of this machine that has the tiny set, and torchvision told to fetch it there; yields its folder."""
    served = tmp_path / "served"
    served.mkdir()
    resources = []
    for name, content in tiny_mnist().items():
        packed = gzip.compress(content)
        (served / f"{name}.gz").write_bytes(packed)
        resources.append((f"{name}.gz", hashlib.md5(packed).hexdigest()))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(served))) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        kind = torchvision().datasets.FashionMNIST
        monkeypatch.setattr(kind, "mirrors", [f"http://127.0.0.1:{http.server_port}/"])
        monkeypatch.setattr(kind, "resources", resources)
        yield served
        http.shutdown()


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens where torchvision would fetch."""
    monkeypatch.setattr(torchvision().datasets.FashionMNIST, "mirrors", ["http://127.0.0.1:9/"])
    monkeypatch.setattr(torchvision().datasets.CIFAR10, "url", "http://127.0.0.1:9/cifar-10-python.tar.gz")


def check_tiny(found: DataSet) -> None:
    assert found.train.x.shape == (20, 1, 28, 28)
    assert found.held_out.x.shape == (10, 1, 28, 28)
    for part in (found.train, found.held_out):
        assert torch.equal((part.x.mean((1, 2, 3)) * 255 / 25).round().long(), part.y)
    assert found.class_names[9] == "boot"


@pytest.mark.usefixtures("no_network")
def test_what_is_there_needs_no_network(home: Path) -> None:
    put_there(home)
    check_tiny(data.load("fashion-mnist"))


def test_what_is_not_there_is_downloaded_and_unpacked_once(server: Path) -> None:
    told = list(data.loading("fashion-mnist"))
    assert told[0].what.startswith("Downloading Fashion-MNIST: ")
    assert told[-1].share == 1
    check_tiny(data.load("fashion-mnist"))
    assert not list(data.loading("fashion-mnist"))


def test_a_download_with_a_wrong_checksum_is_refused_and_leaves_nothing(home: Path, server: Path) -> None:
    (server / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"something else"))
    with pytest.raises(UsageError, match=r"train-images-idx3-ubyte\.gz cannot be downloaded: its checksum is wrong"):
        data.load("fashion-mnist")
    assert not list((home / "datasets").rglob("*.gz"))


def test_a_second_address_is_tried_where_the_first_fails(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = torchvision().datasets.FashionMNIST
    monkeypatch.setattr(kind, "mirrors", ["http://127.0.0.1:9/", *kind.mirrors])
    check_tiny(data.load("fashion-mnist"))


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["fashion-mnist", "cifar-10"])
def test_without_a_network_one_line_says_what_works(name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be downloaded: .*The data set digits needs no network\.$"):
        data.load(name)


@pytest.mark.usefixtures("no_network")
def test_damaged_files_are_told_in_one_line(home: Path) -> None:
    raw = put_there(home)
    for part in PARTS:
        (raw / f"{part}-images-idx3-ubyte").write_bytes(b"\0" * 10)
    with pytest.raises(UsageError, match=r"The files of fashion-mnist in .* are damaged: delete them"):
        data.load("fashion-mnist")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar-10"])
def test_every_downloaded_set_says_where_it_lies_and_how_to_check_it(name: str) -> None:
    for path, addresses, md5 in data_download._archives(name):
        assert all(address.endswith(path.name) for address in addresses)
        assert len(md5) == 32


def test_colour_pictures_come_channels_first() -> None:
    pixels = torch.zeros(2, 4, 4, 3, dtype=torch.uint8)
    pixels[..., 2] = 255
    planes = data_download._planes(pixels)
    assert planes.shape == (2, 3, 4, 4)
    assert planes.mean((0, 2, 3)).tolist() == [0, 0, 1]


# The value


def test_too_few_pictures_are_refused() -> None:
    one = Part(torch.zeros(1, 1, 2, 2), torch.zeros(1, dtype=torch.long))
    with pytest.raises(UsageError, match="tiny has too few pictures"):
        DataSet.of("tiny", one, one, ("a", "b"))


def test_a_channel_that_never_changes_can_still_be_divided_by_its_deviation() -> None:
    flat = Part(torch.full((3, 1, 2, 2), 0.5), torch.zeros(3, dtype=torch.long))
    assert DataSet.of("flat", flat, flat, ("a", "b")).std[0] > 0


def good_part(count: int = 4, **instead: Any) -> Part:
    values = {"x": torch.rand(count, 1, 3, 3), "y": torch.arange(count) % 2}
    return Part(**values | instead)


@pytest.mark.parametrize(
    ("instead", "line"),
    [
        (
            {"x": torch.ones(4, 1, 3, 3, dtype=torch.uint8)},
            r"needs pictures as float .*, not torch.uint8 \[4, 1, 3, 3\]",
        ),
        ({"x": torch.rand(4, 3, 3)}, r"needs pictures as float \[N, C, side, side\], not torch.float32 \[4, 3, 3\]"),
        ({"x": torch.rand(4, 1, 3, 5)}, r"needs pictures as float .* \[4, 1, 3, 5\]"),
        ({"x": torch.rand(4, 1, 3, 3) * 255}, "needs pictures from 0 to 1, not from"),
        ({"x": torch.full((4, 1, 3, 3), torch.nan)}, "needs pictures from 0 to 1, not from nan to nan"),
        ({"x": torch.rand(4, 3, 3, 3)}, r"has pictures of \[3, 3, 3\] and \[1, 3, 3\]"),
        ({"y": torch.tensor([0, 1, 0])}, r"needs one whole number a picture as its label, not torch.int64 \[3\]"),
        ({"y": torch.rand(4)}, r"needs one whole number a picture as its label, not torch.float32 \[4\]"),
        ({"y": torch.tensor([0, 1, 0, 2])}, "has labels from 0 to 2, but names for 2 classes"),
        ({"y": torch.tensor([0, -1, 0, 1])}, "has labels from -1 to 1, but names for 2 classes"),
    ],
)
def test_tensors_that_are_no_labelled_pictures_are_refused(instead: dict[str, torch.Tensor], line: str) -> None:
    with pytest.raises(UsageError, match=f"mine {line}"):
        DataSet.of("mine", good_part(**instead), good_part(), ("a", "b"))


def test_other_precisions_become_the_usual_one() -> None:
    data = DataSet.of(
        "mine", good_part(x=torch.rand(4, 1, 3, 3).double()), good_part(y=torch.ones(4).int()), ("a", "b")
    )
    assert data.train.x.dtype == torch.float32
    assert data.held_out.y.dtype == torch.int64


@pytest.mark.parametrize("name", ["", " ", "a\0b"])
def test_a_name_that_can_be_no_folder_does_not_mean_the_current_one(name: str) -> None:
    with pytest.raises(UsageError, match="There is no data set “"):
        data_sources.source(name)
