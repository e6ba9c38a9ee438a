"""What the panes of a lesson have in common."""

from __future__ import annotations

from textual.widget import Widget


class Pane(Widget):
    """The content of one tab. Panes are containers first: Textual takes the looks from the first base."""

    def focus_first(self) -> None:
        """Put the cursor where it is wanted when the tab is shown."""
        inside = [widget for widget in self.screen.focus_chain if self in widget.ancestors]
        if inside and self.screen.focused not in inside:
            inside[0].focus()

    def leave(self) -> None:
        """Keep what should be there again next time; called before the lesson is left."""
