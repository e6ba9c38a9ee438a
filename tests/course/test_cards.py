"""Cards as they are shown."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnntutor.course.cards import DemoLink
from cnntutor.vision.arithmetic import output_size


def test_a_basic_card_shows_what_was_written(folder):
    face = folder.face(
        "## k\nsection: what\ndemo: convolve kernel=sobel-x side=32\n\nQ: What is $k^2$?\n\nIn short.\n\n"
        "A: A **number**.\n\n- one\n- two\n\nWhy: Because.\n\nHint: Think.\n"
    )
    assert face.front == "What is *k²*?\n\nIn short."
    assert face.back == "A **number**.\n\n- one\n- two"
    assert (face.why, face.hint) == ("Because.", "Think.")
    assert face.demo == DemoLink("convolve", {"kernel": "sobel-x", "side": "32"})


def test_a_knob_between_quotes_may_hold_blanks(folder):
    text = '## k\nsection: what\ndemo: convolve weights="1 0; 0 1" side=32\n\nQ: What?\n\nA: That.\n'
    assert folder.face(text).demo == DemoLink("convolve", {"weights": "1 0; 0 1", "side": "32"})


def test_a_drawn_grid_reaches_the_demo_as_the_matrix_that_the_card_shows(folder):
    text = (
        "## k\nsection: what\ndraw:\n  patch: grid 2x2 -3..9\nanswer: sum(patch)\n"
        "demo: convolve numbers={patch}\n\nQ: Add up.\n\n{patch}\n\nA: {answer}\n"
    )
    (card,) = folder.cards(text)
    for seed in range(20):
        face = card.draw(seed)
        rows = [row.split() for row in face.front.split("```text\n")[1].split("\n```")[0].splitlines()]
        assert face.demo.knobs == {"numbers": "; ".join(" ".join(row) for row in rows)}


def test_both_directions_are_two_siblings(folder):
    cards = folder.cards(
        "## k\nsection: what\nboth: yes\n\nQ: There?\n\nA: Here.\n\nQ2: Back?\n\nA2: Again.\n\nHint: Left.\n"
    )
    assert [(card.id, card.note) for card in cards] == [("k/1", "k"), ("k/2", "k")]
    there, back = (card.draw(0) for card in cards)
    assert (there.front, there.back, there.hint) == ("There?", "Here.", "Left.")
    assert (back.front, back.back, back.hint) == ("Back?", "Again.", "")


def test_each_gap_of_a_cloze_is_a_sibling(folder):
    cards = folder.cards("## k\nsection: what\n\nC: {{c2::Two}} and {{c1::one::a number}}.\n\nWhy: So.\n")
    assert [(card.id, card.note) for card in cards] == [("k/1", "k"), ("k/2", "k")]
    assert [card.draw(0).front for card in cards] == ["Two and **[a number]**.", "**[…]** and one."]
    assert [card.draw(0).back for card in cards] == ["Two and **one**.", "**Two** and one."]
    assert cards[0].draw(0).why == "So."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(seed=st.integers())
def test_a_computed_card_answers_with_the_demos_own_function(folder, seed):
    face = folder.topic().cards[5].draw(seed)
    size = int(face.front.split("A ")[1].split("×")[0])
    assert face.demo is not None
    kernel = int(face.demo.knobs["kernel_size"])
    assert face.back == f"**{output_size(size, kernel)}**"
    assert face.why == f"⌊{size} − {kernel}⌋ + 1 = {output_size(size, kernel)}"


def test_fresh_seeds_give_fresh_numbers_and_a_seed_its_own(folder):
    card = folder.topic().cards[5]
    assert card.draw(3) == card.draw(3)
    assert len({card.draw(seed).front for seed in range(30)}) > 20


def test_variants_of_a_computed_card_are_siblings(folder):
    text = "## {0}\nsection: what\nnote: size\ndraw:\n  a: 1..9\nanswer: a + 1\n\nQ: After {{a}}?\n\nA: {{answer}}\n\n"
    cards = folder.cards(text.format("forward") + text.format("backward"))
    assert [(card.id, card.note) for card in cards] == [("forward", "size"), ("backward", "size")]


def test_a_drawn_grid_is_shown_and_worked_with(folder):
    face = folder.face(
        "## k\nsection: what\ndraw:\n  patch: grid 2x2 1..1\n  kernel: grid 2x2 3..3\n"
        "answer: cross_correlation(patch, kernel)\n\nQ: Of\n\n{patch}\n\nand {kernel}\n\nA: {answer}\n"
    )
    assert face.front == "Of\n\n```text\n1  1\n1  1\n```\n\nand \n\n```text\n3  3\n3  3\n```"
    assert face.back == "12"


def test_headings_and_labels_in_code_are_text(folder):
    face = folder.face("## k\nsection: what\n\nQ: What?\n\n```python\n## no note\nA: int = 1\n```\n\nA: Code.\n")
    assert face.front == "What?\n\n```python\n## no note\nA: int = 1\n```"


def test_comments_are_skipped(folder):
    text = "<!-- Q: not -->\n## k\nsection: what\n<!-- and\nA: nor -->\nQ: What?\n\nA: That."
    assert folder.face(text).back == "That."
