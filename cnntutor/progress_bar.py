"""A bar for whoever waits for a command."""

from __future__ import annotations

import sys


class ProgressBar:
    """A bar with the time left on standard error, where somebody sees it and it takes more than a second."""

    def __init__(self, doing: str = "running") -> None:
        """Nothing is shown yet.

        Args:
            doing: the word before the bar.
        """
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task(doing, total=1.0, visible=False)

    def __enter__(self) -> ProgressBar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, progress: float | None) -> None:
        """Take in how much is done, from 0 to 1; None where there is no end."""
        elapsed = self._bar.tasks[0].elapsed or 0.0
        self._bar.update(self._task, completed=progress or 0.0, visible=elapsed > 1 or bool(progress and progress < 1))
