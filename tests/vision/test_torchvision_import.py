from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ALL_OF_IT = """
import torch
from cnntutor.vision.torchvision_import import torchvision

found = torchvision()
assert found is torchvision(), "a second call gives the same module"
image = torch.arange(48.0).reshape(3, 4, 4) / 48
assert torch.equal(found.transforms.v2.functional.horizontal_flip(image), image.flip(-1))
assert found.models.get_model("squeezenet1_1", weights=None).eval()(torch.zeros(1, 3, 32, 32)).shape == (1, 1000)
assert len(found.datasets.FakeData(size=2, image_size=(3, 4, 4))) == 2
"""

BROKEN = """
from cnntutor.errors import UsageError
from cnntutor.vision.torchvision_import import torchvision

try:
    torchvision()
except UsageError as error:
    print(error)
"""


def run(code: str, *before: Path) -> str:
    """The code in a Python of its own, where nothing has imported torchvision yet."""
    paths = [str(path) for path in before]
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}\n{code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_transforms_models_and_datasets_work_beside_this_torch() -> None:
    run(ALL_OF_IT)


def test_a_torchvision_that_breaks_otherwise_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text("raise RuntimeError('built for another torch')\n")
    line = run(BROKEN, tmp_path)
    assert line.startswith("torchvision cannot be used here (built for another torch): install the version")
