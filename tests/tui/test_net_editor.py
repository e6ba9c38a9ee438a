"""The editor of nets in the Demo tab, by keys and by mouse, on a small and on a large screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from driving import Drive, press, settle, text_of, type_keys
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from cnntutor.course.cards import DemoLink
from cnntutor.errors import CnntutorError
from cnntutor.tui.routes import ToLesson
from cnntutor.tui.screens.lesson.demo import DemoPane
from cnntutor.tui.screens.net_editor import NetEditor
from cnntutor.tui.widgets.knob_panel import KnobPanel
from cnntutor.tui.widgets.net_rows import NetRows
from cnntutor.vision.net_bill import Task

pytestmark = pytest.mark.asyncio(loop_scope="module")

DIGITS = Task(1, 8, classes=10)
NET = "conv 8 k3 p1 | relu | pool 2 | flatten | linear 10"
NOTHING = "nothing yet"

Editing = Pilot[CnntutorError]


class Host(App[CnntutorError]):
    """An app of nothing but the editor."""

    given: str | None = NOTHING
    """What it gave back."""

    def __init__(self, net: str, task: Task) -> None:
        super().__init__()
        self._editor = NetEditor("net", net, task)

    def on_mount(self) -> None:
        self.push_screen(self._editor, lambda text: setattr(self, "given", text))


@asynccontextmanager
async def editing(size: tuple[int, int] = (80, 24), net: str = NET, task: Task = DIGITS) -> AsyncIterator[Editing]:
    async with Host(net, task).run_test(size=size) as pilot:
        await settle(pilot)
        yield pilot


def field(pilot: Editing) -> Input:
    return pilot.app.screen.query_one(Input)


def given(pilot: Editing) -> str | None:
    assert isinstance(pilot.app, Host)
    return pilot.app.given


async def click(pilot: Editing, word: str) -> None:
    """Click where this stands on the screen."""
    lines = text_of(pilot).splitlines()
    row, line = next((row, line) for row, line in enumerate(lines) if word in line)
    await pilot.click(offset=(line.index(word), row))
    await pilot.pause()


async def test_the_demo_tab_opens_the_editor_and_runs_what_it_gives(drive: Drive) -> None:
    async with drive(ToLesson("edges", tab="demo", demo=DemoLink("calculator", {"side": "8"}))) as pilot:
        pilot.app.screen.query_one(KnobPanel).row("net").focus()
        await press(pilot, "enter", "2", "enter")
        session = pilot.app.screen.query_one(DemoPane)._session
        assert session is not None
        assert str(session.values["net"]).startswith("conv 2 k3 s2 p1 | relu | conv 32")
        assert session.needs_new_run() is False  # it has begun


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_net_is_put_together_by_keys_alone(size: tuple[int, int]) -> None:
    async with editing(size) as pilot:
        await type_keys(pilot, "right", "shift+right")  # 8 → 9 → 18 filters
        await type_keys(pilot, "tab", "5", "tab", "tab", "2")  # the kernel, over the stride, to the padding
        assert "1 conv 18 k5 p2" in text_of(pilot)
        await type_keys(pilot, "down", "a", "n", "K")  # a norm behind the relu, then before it
        assert field(pilot).value == "conv 18 k5 p2 | norm | relu | pool 2 | flatten | linear 10"
        await type_keys(pilot, "j", "j", "d")
        assert field(pilot).value == "conv 18 k5 p2 | norm | relu | flatten | linear 10"
        await type_keys(pilot, "u", "u", "shift+down")
        assert field(pilot).value == "conv 18 k5 p2 | relu | pool 2 | norm | flatten | linear 10"
        assert "18×8×8" in text_of(pilot)
        await type_keys(pilot, "enter")
        assert given(pilot) == "conv 18 k5 p2 | relu | pool 2 | norm | flatten | linear 10"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_net_is_put_together_by_mouse_alone(size: tuple[int, int]) -> None:
    async with editing(size) as pilot:
        await click(pilot, "3 pool 2")
        await click(pilot, "→ turns")
        await click(pilot, "stride 3")
        await click(pilot, "← ")
        await click(pilot, "← ")
        assert "3 pool 3 s1" in text_of(pilot)
        await click(pilot, "2 relu")
        await click(pilot, "a adds")
        await click(pilot, "dropout")
        await click(pilot, "J moves")
        assert field(pilot).value == "conv 8 k3 p1 | relu | pool 3 s1 | dropout 0.5 | flatten | linear 10"
        await click(pilot, "K  J")
        await click(pilot, "u undoes")
        await click(pilot, "u undoes")
        await click(pilot, "d removes")
        assert field(pilot).value == "conv 8 k3 p1 | relu | pool 3 s1 | flatten | linear 10"
        await click(pilot, "conv 8 k3 p1 |")
        await type_keys(pilot, "end", "backspace", "enter")
        assert given(pilot) == NOTHING
        await type_keys(pilot, "0")
        await click(pilot, "takes it")
        assert given(pilot) == "conv 8 k3 p1 | relu | pool 3 s1 | flatten | linear 10"


async def test_what_is_typed_is_worked_out_at_once_and_a_mistake_is_pointed_at() -> None:
    async with editing() as pilot:
        await type_keys(pilot, "t")
        field(pilot).value = "c4k3 r f l10"
        await settle(pilot)
        assert "conv 4 k3" in text_of(pilot)
        field(pilot).value = "c4k3 | cnv 8 | flatten"
        await settle(pilot)
        assert "at character 8: there is no block “cnv”: did you mean conv?" in text_of(pilot)
        assert "c4k3 | ▸cnv 8" in text_of(pilot)
        await type_keys(pilot, "enter")
        assert given(pilot) == NOTHING
        await type_keys(pilot, "escape")  # back to the blocks: the net as it was last understood
        assert field(pilot).value == "conv 4 k3 | relu | flatten | linear 10"
        await type_keys(pilot, "enter")
        assert given(pilot) == "conv 4 k3 | relu | flatten | linear 10"


async def test_what_cannot_be_is_said_at_its_block_and_is_not_taken() -> None:
    async with editing(net="conv 8 k3 p1 | pool 4 | conv 8 k5 | flatten | linear 10") as pilot:
        assert "3 conv 8 k5  ✗ its window spans 5, and the padded map has only 2" in text_of(pilot)
        assert "1 conv 8 k3 p1       8×8×8 " in text_of(pilot)  # the rest is shown
        await type_keys(pilot, "enter")
        assert given(pilot) == NOTHING
        await type_keys(pilot, "tab", "1")  # the cursor has gone to the block at fault
        assert "✗" not in text_of(pilot)
        await type_keys(pilot, "enter")
        assert given(pilot) == "conv 8 k3 p1 | pool 4 | conv 8 k1 | flatten | linear 10"


async def test_a_net_without_its_classifier_says_so() -> None:
    async with editing(net="conv 8 k3 p1 | relu") as pilot:
        assert "the net ends with 8×8×8, but there are 10 classes" in text_of(pilot)
        await type_keys(pilot, "enter")
        assert given(pilot) == NOTHING
        await click(pilot, "closes")
        assert given(pilot) is None


async def test_a_long_net_scrolls_with_its_cursor_and_leaves_room_for_the_text() -> None:
    async with editing(net="conv 8 k3 p1 | " * 39 + "relu", task=Task(1, 8)) as pilot:
        rows = pilot.app.screen.query_one(NetRows)
        assert " 1 conv 8" in text_of(pilot)
        assert "40 relu" not in text_of(pilot)
        rows.post_message(NetRows.Chosen(38))
        await type_keys(pilot, "down")
        assert "40 relu" in text_of(pilot)
        assert "all" in text_of(pilot)
        assert field(pilot).region.bottom < 24
        await pilot.click(NetRows, offset=(5, 1))
        await settle(pilot)
        assert rows.has_focus
        assert rows._at == 40 - (rows.size.height - 2)


async def test_a_click_on_a_key_counts_although_the_cursor_is_in_the_text() -> None:
    async with editing() as pilot:
        await type_keys(pilot, "t")
        assert field(pilot).has_focus
        await click(pilot, "→ turns")
        await settle(pilot)
        assert not field(pilot).has_focus
        assert field(pilot).value.startswith("conv 9 k3 p1")


async def test_a_text_that_is_no_net_begins_anew() -> None:
    async with editing(net="no net at all", task=Task(3, 8)) as pilot:
        await type_keys(pilot, "enter")
        assert given(pilot) == "conv 16 k3"


async def test_the_text_goes_on_where_it_ends() -> None:
    async with editing(net="conv 8 k3", task=Task(1, 8)) as pilot:
        await type_keys(pilot, "t", *"p1", "enter")
        assert given(pilot) == "conv 8 k3 p1"
