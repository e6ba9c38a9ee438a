"""The clinic in the Demo tab: from the curves over a line of code to the card."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from driving import Drive, press, text_of, type_keys, until
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from cnntutor.course.cards import BasicCard, CardId, DemoLink, Face
from cnntutor.demos.client import WorkerClient
from cnntutor.errors import CnntutorError
from cnntutor.memory.models import CardSlot, Rating
from cnntutor.services import Services
from cnntutor.tui.routes import ToLesson
from cnntutor.tui.screens.lesson.demo import DemoPane
from cnntutor.tui.widgets.knob_panel import KnobPanel
from cnntutor.vision.clinic.faults import Fault
from cnntutor.vision.clinic.program import admit, cases_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

STALE, LATER = cases_of(Fault.ZERO_GRAD, 2)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[WorkerClient]:
    client = WorkerClient()
    yield client
    await client.close()


@pytest.fixture
def card(services: Services) -> str:
    """A card of the small course about the fault, known already and not due."""
    edges = services.course.topic("edges")
    face = Face("?", "!", demo=DemoLink("clinic", {"case": str(LATER)}))
    made = BasicCard(CardId("clinic-zero-grad"), "clinic-zero-grad", "what", 1, face)
    services.store.enrol([CardSlot(made.id, made.note, edges.slug)])
    services.store.answer(made.id, Rating.EASY)
    object.__setattr__(edges, "cards", (*edges.cards, made))
    return made.id


async def to_the_end(pilot: Pilot[CnntutorError], *, then: str) -> None:
    await pilot.press("plus", "plus", "plus", "plus")
    async with asyncio.timeout(90):
        while not (pilot.app.screen.query(".demo-done") and then in text_of(pilot)):
            await pilot.pause(0.1)


def focus(pilot: Pilot[CnntutorError], knob: str) -> None:
    pilot.app.screen.query_one(KnobPanel).row(knob).focus()


def opened(case: int) -> ToLesson:
    return ToLesson("edges", tab="demo", demo=DemoLink("clinic", {"case": str(case)}))


async def test_a_line_is_written_and_hidden_checks_answer_its_card(drive: Drive, services: Services, card: str) -> None:
    services.store.make_due([card])
    lines = admit(STALE).lines
    before = next(at for at, line in enumerate(lines) if "model.train()" in line)
    async with drive(opened(STALE)) as pilot:
        await until(pilot, "frame ")
        await press(pilot, "v", "v")  # a table is drawn faster than charts
        await to_the_end(pilot, then="Say what ails it")
        focus(pilot, "line")
        await press(pilot, "enter")
        pilot.app.screen.query_one(OptionList).highlighted = before
        await type_keys(pilot, "a", *"optimiser", "full_stop", *"zero", "underscore", *"grad()", "enter")
        assert "diagnosis comes before a mend" in text_of(pilot)
        focus(pilot, "diagnosis")
        await press(pilot, "right")
        await to_the_end(pilot, then="You say: stale gradients")
        focus(pilot, "line")
        await press(pilot, "enter")
        pilot.app.screen.query_one(OptionList).highlighted = before
        await type_keys(pilot, "a", *"optimiser", "full_stop", *"zero", "underscore", *"grad()", "enter")
        await to_the_end(pilot, then="hidden checks hold")
        assert "Its card is answered" in text_of(pilot)
    assert services.store.log()[-1].source == "demo"


async def test_the_first_grade_counts_and_a_miss_makes_the_card_due(
    drive: Drive, services: Services, card: str
) -> None:
    async with drive(opened(STALE)) as pilot:
        await until(pilot, "frame ")
        await press(pilot, "v", "v")  # a table is drawn faster than charts
        await to_the_end(pilot, then="Say what ails it")
        focus(pilot, "diagnosis")
        await press(pilot, "right", "right")
        await to_the_end(pilot, then="You say: softmax twice")
        focus(pilot, "mend")
        await press(pilot, "right", "right")
        await to_the_end(pilot, then="Not cured")
        assert services.store.memory(card).made_due_on is not None
        await press(pilot, "left")
        await to_the_end(pilot, then="hidden checks hold")
        assert services.store.memory(card).made_due_on is not None
        await press(pilot, "y")
        await to_the_end(pilot, then="Say what ails it")
        session = pilot.app.screen.query_one(DemoPane)._session
        assert session is not None
        assert (session.values["case"], session.values["mend"]) == (LATER, "none yet")


async def test_a_program_is_changed_by_keys_alone_and_left_as_it_was(drive: Drive) -> None:
    async with drive(opened(STALE)) as pilot:
        await until(pilot, "frame ")
        focus(pilot, "line")
        await press(pilot, "enter", "j", "enter")
        assert pilot.app.screen.query_one(Input).value == admit(STALE).lines[1].strip()
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen.focused, OptionList)
        await press(pilot, "escape")
        assert pilot.app.screen.query(DemoPane)
