"""Taking a quiz."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnntutor.course.questions import Answer, QuestionKind
from cnntutor.course.quiz import Confidence, QuizSession, placement_session
from cnntutor.errors import UsageError

RIGHT = {
    "q-sharing": ("One kernel for all places.",),
    "q-ideas": ("Looking locally.", "Sharing weights."),
    "q-order": ("convolution", "activation", "pooling"),
    "q-prints": "[1, 2]",
    "q-more": "9",
}


@pytest.fixture
def session(folder):
    return QuizSession(folder.topic().questions, seed=7)


def right_answer(posed) -> Answer:
    known = RIGHT.get(posed.question.id)
    if isinstance(known, tuple):
        return Answer(picks=tuple(posed.options.index(text) for text in known))
    return Answer(text=known or posed.grade(Answer(text="999999")).right_answer)


def wrong_answer(posed) -> Answer:
    picks = right_answer(posed).picks
    match posed.question.kind:
        case QuestionKind.SINGLE:
            return Answer(picks=(1 - picks[0],))
        case QuestionKind.MULTIPLE:
            return Answer(picks=picks[:1])
        case QuestionKind.ORDER:
            return Answer(picks=picks[::-1])
        case _:
            return Answer(text="12345")


def take(session, wrong=(), confidence=Confidence.SURE):
    """Take the whole quiz, the questions in `wrong` wrongly."""
    while (posed := session.current) is not None:
        give = wrong_answer if posed.question.id in wrong else right_answer
        session.answer(give(posed), confidence)
        session.advance()
    return session.result()


def test_a_quiz_asks_every_question_once(session, folder):
    asked = []
    while (posed := session.current) is not None:
        assert session.progress == (len(asked), 6)
        asked.append(posed.question.id)
        session.answer(right_answer(posed), 0.5)
        session.advance()
    assert sorted(asked) == sorted(q.id for q in folder.topic().questions)
    assert session.progress == (6, 6)


def test_a_seed_gives_the_same_quiz_again(folder):
    questions = folder.topic().questions
    prompts = [[p.prompt for p in QuizSession(questions, seed)._posed] for seed in (1, 1, 2)]
    assert prompts[0] == prompts[1] != prompts[2]


def test_a_question_stays_until_its_verdict_was_read(session):
    posed = session.current
    assert not session.is_graded
    with pytest.raises(UsageError):
        session.advance()
    session.answer(right_answer(posed), Confidence.SURE)
    assert session.current is posed
    assert session.is_graded
    with pytest.raises(UsageError, match="go on"):
        session.answer(right_answer(posed), Confidence.SURE)
    session.advance()
    assert session.current is not posed


def test_an_unreadable_answer_is_not_graded(session):
    with pytest.raises(UsageError):
        session.answer(Answer(), Confidence.SURE)
    with pytest.raises(UsageError, match="0 to 1"):
        session.answer(right_answer(session.current), 1.5)
    assert session.answered == ()


def test_all_right_misses_nothing(session):
    score = take(session)
    assert (score.right, score.asked, score.accuracy, score.missed_cards) == (6, 6, 1.0, ())
    assert score.brier == pytest.approx(0.05**2)
    assert score.mean_confidence == pytest.approx(0.95)
    assert score.calibration == "well calibrated"
    with pytest.raises(UsageError, match="over"):
        session.answer(Answer(text="1"), 0.5)


def test_the_score_goes_by_skill_and_names_the_cards_behind_what_was_missed(session):
    score = take(session, wrong=("q-size", "q-ideas", "q-more"))
    assert {(s.name, s.right, s.asked) for s in score.skills} == {
        ("sharing", 1, 1), ("ideas", 0, 1), ("architecture", 1, 1), ("shapes", 1, 3),
    }  # fmt: skip
    assert sorted(score.missed_cards) == ["edge", "kernel/1", "kernel/2", "map-size"]
    assert score.calibration == "overconfident"
    assert score.surely_wrong == 3


def test_what_was_answered_so_far_has_a_score(session):
    assert session.result().asked == 0
    session.answer(right_answer(session.current), 0.5)
    assert (session.result().asked, session.result().right) == (1, 1)


def test_only_a_typed_answer_graded_wrong_can_be_claimed(session):
    while (posed := session.current) is not None:
        session.answer(wrong_answer(posed), Confidence.UNSURE)
        typed = posed.question.kind in (QuestionKind.NUMBER, QuestionKind.PRINTS)
        assert session.can_claim == typed
        if typed:
            session.claim()
            assert not session.can_claim
            assert (session.answered[-1].claimed, session.answered[-1].correct) == (True, True)
        else:
            with pytest.raises(UsageError):
                session.claim()
        session.advance()
    assert session.result().right == 3


def test_each_answer_keeps_what_the_log_needs(session):
    posed = session.current
    session.answer(right_answer(posed), Confidence.FAIRLY_SURE)
    item = session.answered[0]
    assert (item.question, item.confidence, item.claimed) == (posed.question, 0.75, False)
    assert item.given == posed.in_words(right_answer(posed))
    assert posed.question.pose(item.seed).prompt == posed.prompt


def test_a_guess_claims_no_more_than_chance(folder):
    session = QuizSession([q for q in folder.topic().questions if q.id == "q-sharing"], 0)
    session.answer(right_answer(session.current), Confidence.GUESS)
    assert session.answered[0].confidence == pytest.approx(1 / 2)


def test_confidence_in_words():
    assert [level.label for level in Confidence] == ["guess", "unsure", "fairly sure", "sure"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 8))
def test_a_placement_covers_every_skill_before_any_comes_twice(folder, seed, size):
    questions = folder.topic().questions
    session = placement_session(questions, seed, size)
    asked = [posed.question for posed in session._posed]
    assert len(asked) == min(size, len(questions)) == len({q.id for q in asked})
    assert len({q.skill for q in asked}) == min(size, len({q.skill for q in questions}))


@pytest.mark.parametrize(
    ("wrong", "confidence", "passed"),
    [
        ((), Confidence.SURE, True),
        (("q-more",), Confidence.FAIRLY_SURE, True),
        (("q-more",), Confidence.SURE, False),
        (("q-more", "q-prints"), Confidence.UNSURE, False),
    ],
)
def test_a_placement_is_passed_with_five_of_six_and_nothing_surely_wrong(folder, wrong, confidence, passed):
    assert take(placement_session(folder.topic().questions, 3), wrong, confidence).passed is passed


def test_an_unanswered_placement_is_not_passed(folder):
    assert not placement_session(folder.topic().questions, 0).result().passed
