"""Which screen edits which kind of knob; each gives back the knob's new text, or None if it stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.knobs import Knob, KnobKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import ModalScreen

    from cnntutor.demos.session import DemoSession


def editor(knob: Knob, session: DemoSession, turn: Callable[[str], None]) -> ModalScreen[str | None]:
    """The screen that edits a knob as it stands.

    Args:
        knob: which one.
        session: where it stands.
        turn: turns it at once, for a screen that shows what comes of it while one edits.

    Raises:
        ValueError: knobs of this kind are edited in their row.
    """
    values, title = session.values, knob.name.replace("_", " ")
    text = str(values[knob.name])
    match knob.kind:
        case KnobKind.MATRIX:
            from cnntutor.tui.screens.matrix import MatrixScreen

            return MatrixScreen(title, text, int(values[knob.size_from]))
        case KnobKind.DRAWING:
            from cnntutor.tui.screens.drawing import DrawingScreen

            return DrawingScreen(title, text, turn)
        case KnobKind.PROGRAM:
            from cnntutor.tui.screens.program import ProgramScreen

            return ProgramScreen("Mend one line", getattr(session.knobs, knob.lines_from), text)
        case KnobKind.NET:
            from cnntutor.tui.screens.net_editor import NetEditor

            return NetEditor("Put a net together", text, getattr(session.knobs, knob.task_from))
        case _:
            raise ValueError(f"a knob of kind {knob.kind} has no screen of its own")
