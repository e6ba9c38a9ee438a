"""Run the benchmarks, or those named on the command line, and print one table."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from benchmarks import Row


def names() -> list[str]:
    """The benchmarks there are."""
    found = (module.name for module in iter_modules([str(Path(__file__).parent)]))
    return sorted(name for name in found if not name.startswith("_"))


def table(rows: list[Row]) -> str:
    """The rows in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def main(arguments: list[str]) -> int:
    """Measure and print; 2 if a name is unknown."""
    unknown = sorted(set(arguments) - set(names()))
    if unknown:
        print(f"There is no benchmark “{unknown[0]}”; there are {', '.join(names())}.", file=sys.stderr)
        return 2
    rows = [row for name in arguments or names() for row in import_module(f"benchmarks.{name}").run()]
    print(table([("what", "median", "against"), *rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
