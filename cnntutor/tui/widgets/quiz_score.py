"""What a quiz came to: right by skill, and whether the learner knew what she knew."""

from __future__ import annotations

from rich.table import Table
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from cnntutor.assessment import Assessment
from cnntutor.course.quiz import Score
from cnntutor.tui.widgets.scroller import Scroller
from cnntutor.wording import percent, plural


class QuizScore(Scroller):
    """Score by skill, calibration in words and figures, and what happens next."""

    DEFAULT_CSS = """
    QuizScore {
        height: 1fr;
        align-horizontal: center;
        padding: 1 2;
        .column { width: 100%; max-width: 84; height: auto; }
        .column > Static { height: auto; margin-bottom: 1; }
        .headline { color: $primary; text-style: bold; }
        .next { color: $accent; }
    }
    """

    def compose(self) -> ComposeResult:
        with Vertical(classes="column"):
            yield Static("", classes="headline")
            yield Static("", classes="skills")
            yield Static("", classes="calibration", markup=False)
            yield Static("", classes="next", markup=False)

    def show(self, score: Score, assessment: Assessment) -> None:
        """Show the score of a quiz, finished or stopped early."""
        self.query_one(".headline", Static).update(f"{score.right} of {score.asked} right")
        self.query_one(".skills", Static).update(_skills(score))
        self.query_one(".calibration", Static).update(_calibration(score))
        self.query_one(".next", Static).update(_next(score, assessment))
        self.focus()


def _skills(score: Score) -> Table:
    table = Table.grid(padding=(0, 2))
    for skill in score.skills:
        dots = "[green]●[/] " * skill.right + "[red]○[/] " * (skill.asked - skill.right)
        table.add_row(skill.name, dots, f"{skill.right}/{skill.asked}")
    return table


def _calibration(score: Score) -> str:
    return "\n".join(
        (
            f"You expected {percent(score.mean_confidence)} and had {percent(score.accuracy)}: {score.calibration}.",
            f"Brier score {score.brier:.2f} (0 is perfect; always saying 50 % gives 0.25).",
        )
    )


def _next(score: Score, assessment: Assessment) -> str:
    if assessment.passed:
        return "Passed. The cards of this topic are planned as known; their first reviews will check."
    if assessment.placement:
        return "Not passed this time: the topic stays on your path, and nothing else changed."
    if score.missed_cards:
        return f"{plural(len(score.missed_cards), 'card')} behind what you missed will come up in today's review."
    return "Nothing missed."
