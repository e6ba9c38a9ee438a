"""The guided walk: one demo after the other, each with a few sentences above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from cnntutor.course.reading.walk import read_walk
from cnntutor.demo_shelf import home_of
from cnntutor.errors import UsageError
from cnntutor.services import Services
from cnntutor.tui.guard import guarded
from cnntutor.tui.routes import ToWalk
from cnntutor.tui.screens.lesson.demo import DemoPane
from cnntutor.tui.screens.room import EVERYWHERE, Room
from cnntutor.tui.widgets.walk_bar import WalkBar

if TYPE_CHECKING:
    from cnntutor.course.walk import Stop
    from cnntutor.demos.client import WorkerClient

PLACE = "walk"
"""Under this key the memory keeps the stop where the learner left off."""

MOVED = {"n": "N", "b": "g"}
"""Keys of the Demo tab that lead from stop to stop here, and where they lie instead."""


def _moved(binding: BindingType) -> BindingType:
    assert isinstance(binding, Binding)
    return Binding(
        MOVED.get(binding.key, binding.key), binding.action, binding.description, binding.show, binding.key_display
    )


class WalkPane(DemoPane, inherit_bindings=False):
    """A demo on the walk: as in the Demo tab, but `n` and `b` are the walk's, and there is no next demo of a topic."""

    ASKS: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [
        _moved(binding) for binding in DemoPane.BINDINGS if not (isinstance(binding, Binding) and binding.key == "d")
    ]


class WalkScreen(Room):
    """The stops of `walk.yaml`; the one where the learner leaves is there again next time."""

    HERE = "demos"
    DEFAULT_CSS = """
    WalkScreen {
        .stop { height: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "walk(1)", "Next stop", show=False),
        Binding("b", "walk(-1)", "Stop before", show=False),
        *EVERYWHERE,
    ]

    def __init__(self, route: ToWalk, services: Services, worker: WorkerClient) -> None:
        """Go on where the learner left off, or begin.

        Raises:
            UsageError: the course has no walk.
        """
        self._walk = read_walk(services.course.folder, lambda _: None)
        if not self._walk.stops:
            raise UsageError(f"This course has no guided walk: write {services.course.folder / 'walk.yaml'}.")
        super().__init__(trail=self._walk.title)
        self._services = services
        self._worker = worker
        self._at = 0 if route.again else self._walk.place(services.store.recall(PLACE))

    def body(self) -> ComposeResult:
        yield WalkBar(self._walk, self._at)
        with Container(classes="stop"):
            yield self._pane(self._walk.stops[self._at])

    def on_mount(self) -> None:
        """Torch may start while the first sentences are read."""
        self.run_worker(self._worker.start(), group="warm-up")
        self.call_after_refresh(self._take_focus)

    def _pane(self, stop: Stop) -> WalkPane:
        topic = home_of(self._services.course, stop.link.demo)
        return WalkPane(topic, self._worker, self._services.store, stop.link)

    def _take_focus(self) -> None:
        for pane in self.query(WalkPane):
            pane.focus_first()

    async def action_walk(self, steps: int) -> None:
        """The next stop, or the one before; behind the last the walk is over, and begins anew next time."""
        at = self._walk.step(self._at, steps)
        if at is None:
            self._keep(0)
            self.notify("That was the tour. Every demo is in the gallery (D).")
            self.dismiss()
        elif at != self._at:
            self._at = at
            self._keep(at)
            await self._show()

    async def _show(self) -> None:
        self.query_one(WalkBar).show(self._at)
        with self.app.batch_update():
            stage = self.query_one(".stop", Container)
            await stage.remove_children()
            await stage.mount(self._pane(self._walk.stops[self._at]))
        self.call_after_refresh(self._take_focus)

    def _keep(self, at: int) -> None:
        with guarded(self):
            self._services.store.remember(PLACE, at)
