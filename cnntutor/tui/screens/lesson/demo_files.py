"""What leaves a demo: its code to read, files to write, a result to keep. Each is a dialog over the pane."""

from __future__ import annotations

import os
from pathlib import Path

from textual.widget import Widget

from cnntutor.demos.session import DemoSession
from cnntutor.tui.guard import guarded


class DemoFiles:
    """The dialogs of one session. What fails to be written is said, and nothing is lost."""

    def __init__(self, pane: Widget, session: DemoSession) -> None:
        """Nothing is shown yet.

        Args:
            pane: over which the dialogs open.
            session: whose code and frames they are about.
        """
        self._pane = pane
        self._session = session

    def show_code(self) -> None:
        """The PyTorch behind the knobs, to read and to copy."""
        from cnntutor.tui.screens.code import CodeScreen

        with guarded(self._pane):
            self._pane.app.push_screen(CodeScreen(self._session.demo.title, self._session.code()))

    def ask_where_to_write(self) -> None:
        """Write the frame that is looked at into a folder that the learner names."""
        from cnntutor.tui.screens.ask import AskScreen

        text = "The frame you are looking at and its script go into this folder: PNG, CSV, Markdown, Python."
        folder = _fresh_folder(Path.cwd(), self._session.demo.name)
        self._pane.app.push_screen(AskScreen("Write files", text, str(folder)), self._write)

    def ask_for_a_name(self) -> None:
        """Keep what the last run made under a name that the learner gives."""
        from cnntutor.tui.screens.ask import AskScreen

        text = "Keep what the last run made under a name of your own: letters, digits and dashes."
        self._pane.app.push_screen(AskScreen("Name and keep", text), self._keep)

    def _write(self, folder: str | None) -> None:
        if folder is None:
            return
        with guarded(self._pane):
            # Path.expanduser raises where nobody has the name after a `~`.
            written = self._session.export(Path(os.path.expanduser(folder)))  # noqa: PTH111
            self._pane.notify(f"{len(written)} files are in {folder}.")

    def _keep(self, name: str | None) -> None:
        keep = self._session.demo.keep
        if keep is None or name is None:
            return
        with guarded(self._pane):
            self._pane.notify(keep(name))


def _fresh_folder(beside: Path, demo: str) -> Path:
    """A folder that is not there yet: `convolve-1`, `convolve-2` and so on."""
    number = 1
    while (beside / f"{demo}-{number}").exists():
        number += 1
    return beside / f"{demo}-{number}"
