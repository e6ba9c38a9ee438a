"""Which screen edits which kind of knob; each gives back the knob's new text, or None if it stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntutor.demos.knobs import Knob, KnobKind

if TYPE_CHECKING:
    from textual.screen import ModalScreen

    from cnntutor.demos.session import DemoSession


def editor(knob: Knob, session: DemoSession) -> ModalScreen[str | None]:
    """The screen that edits a knob as it stands.

    Raises:
        ValueError: knobs of this kind are edited in their row.
    """
    values, title = session.values, knob.name.replace("_", " ")
    text = str(values[knob.name])
    match knob.kind:
        case KnobKind.MATRIX:
            from cnntutor.tui.screens.matrix import MatrixScreen

            return MatrixScreen(title, text, int(values[knob.size_from]))
        case KnobKind.PROGRAM:
            from cnntutor.tui.screens.program import ProgramScreen

            return ProgramScreen("Mend one line", getattr(session.knobs, knob.lines_from), text)
        case _:
            raise ValueError(f"a knob of kind {knob.kind} has no screen of its own")
