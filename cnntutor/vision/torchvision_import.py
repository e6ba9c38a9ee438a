"""The one place that imports torchvision, so that it also comes up beside a CPU build of torch.

The torchvision wheel of the package index is built for CUDA. Beside a CPU torch its compiled operators do not load, and
the import stops where torchvision gives `nms` a second implementation: the operator is not there. Declaring the two
operators that it asks for lets the import finish. transforms.v2, models and datasets then work; the compiled
operators (`ops.nms`, `roi_align`) do not.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from cnntutor.errors import UsageError

_NO_OPERATORS = "operator torchvision::nms does not exist"
_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def torchvision() -> ModuleType:
    """torchvision, whichever build of torch it lies beside; `transforms.v2` is imported with it.

    Raises:
        UsageError: it is not installed, or does not fit the installed torch.
    """
    try:
        return _imported()
    except Exception as error:
        raise UsageError(_advice(error)) from error


def _imported() -> ModuleType:
    try:
        return _import()
    except RuntimeError as error:
        if str(error) != _NO_OPERATORS:
            raise
    # Never before that error: beside a CUDA build a second definition of the operators aborts the process.
    _forget()
    _declare_operators()
    return _import()


def _import() -> ModuleType:
    module = import_module("torchvision")
    import_module("torchvision.transforms.v2")
    return module


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]


@cache  # the definitions last as long as the Library that made them
def _declare_operators() -> Any:
    from torch.library import Library

    library: Any = Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    library.define(f"nms{_SIGNATURE}")
    library.define(f"qnms{_SIGNATURE}")
    return library


def _advice(error: Exception) -> str:
    import torch

    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return f"torchvision cannot be used here ({reason}): install the version made for torch {torch.__version__}."
