"""What the checker says about a lesson that opens but is not good enough."""

from __future__ import annotations

from datetime import date

import pytest

from cnntutor.course.check import check
from cnntutor.course.check_ids import IDS, note_ids

SENTENCE = "An edge is a place where neighbouring pixels differ, and a kernel finds it. "


def test_a_good_course_is_clean(folder):
    assert folder.check() == []


LACKING = [
    ("summary.md", SENTENCE * 6, "", 1, "summary has"),
    ("article.md", SENTENCE * 10, "", 1, "article has"),
    ("article.md", "```python\n>>> 2", "```text\n>>> 2", 1, "there are 1 runnable examples"),
    ("article.md", "## In one", "## More {#more}\n\nText.\n\n## In one", 23, "nothing asks about “More”"),
    ("podcast.md", "## Chapter 3\n", "", 1, "there are 2 chapters"),
    ("podcast.md", "a kernel finds it.", "$k$ finds it.", 5, "nobody knows how to say “$k$”"),
    ("podcast.md", "a kernel finds it.", "a kernel\nfinds it. ReLU6 too.", 6, "nobody knows how to say “ReLU6”"),
    ("podcast.md", "a kernel finds it.", "so does 3×3, to 99.4 % in 2012.", 5, ""),
    ("podcast.md", "Ada: An edge", "Ada: Hm. {card: edge An edge", 5, "nobody knows how to say “{card”"),
    ("podcast.md", SENTENCE * 6, "Yes.", 1, "script has"),
    ("cards.md", "A: An **edge**.", "A: Yes, an **edge**.", 1, "edge: yes or no can be guessed"),
    ("cards.md", "Q: What is a place", "Q: What edge is a place", 1, ""),
    ("cards.md", "Q: What is a place", "Q: What is an edge, a place", 1, "edge: the answer stands in its question"),
    ("cards.md", "A: An **edge**.", "A: " + "An edge of a thing. " * 9, 1, "more than one fact"),
    ("cards.md", "Q: What is a place", "Q: " + "Mind this. " * 31 + "What is a place", 1, "too long"),
    ("cards.md", "{{c2::every position::where?}}.", "{{c2::places}}, yes, places.", 23, "sharing/2: what fills"),
    ("cards.md", "## padding", "## strides\nsection: shapes\n\nQ: Which setting of a convolution skips the "
     "positions?\n\nA: Its stride.\n\n## padding", 49, "strides asks nearly what stride asks"),
    ("cards.md", "## stride", "<!-- ## stride", 1, "there are 6 cards"),
    ("quiz.yaml", "  cards: [sharing]\n", "", 1, "missing q-sharing makes no card due"),
    ("course.yaml", "        demos: [convolve]\n", "        demos: []\n", 8, "edges has no demo"),
    ("course.yaml", "  Ben: builds", "  Ben: builds\n  Cleo: asks", 1, "Cleo says nothing"),
    ("resources.yaml", "https://doi.org/10.1/1", "http://doi.org/10.1/1", 1, "is no https address"),
    ("resources.yaml", "https://doi.org/10.1/2", "https://doi.org/10.1/1", 8, "stands on line 1 too"),
    ("resources.yaml", "year: 1991", "year: 2091", 1, "cannot be of 2091"),
    ("resources.yaml", "minutes: 30", "minutes: 0", 1, "takes no time"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "message"), LACKING, ids=[f"{case[0]}-{case[4] or 'fine'}" for case in LACKING]
)
def test_what_a_lesson_lacks_is_named_with_its_line(folder, name, old, new, line, message):
    folder.edit(name, old, new)
    if name == "cards.md" and "<!--" in new:
        folder.write(name, folder.file(name).read_text(encoding="utf-8") + "-->")
    found = folder.check()
    if message:
        assert [p.line for p in found if message in p.message] == [line], "\n".join(map(str, found))
    else:
        assert found == []


def test_problems_of_loading_come_along(folder):
    folder.edit("quiz.yaml", "kind: single", "kind: singel")
    assert any("no kind of question" in problem.message for problem in folder.check())


def test_a_right_choice_that_is_always_the_longest_gives_itself_away(folder):
    one = """\
- id: q{0}
  kind: single
  skill: s
  section: what
  cards: [edge]
  ask: Which is right in case {0}?
  choices:
    - {1}: This one here.
      why: So.
    - {2}: This other one, at great length.
      why: Not so.
"""
    fair = "".join(one.format(n, *(("right", "wrong") if n % 2 else ("wrong", "right"))) for n in range(6))
    folder.write("quiz.yaml", fair)
    assert not [p for p in folder.check() if "longest" in p.message]
    folder.write("quiz.yaml", "".join(one.format(n, "wrong", "right") for n in range(6)))
    whole, quiz = [p for p in folder.check() if "longest" in p.message]
    assert whole.file == folder.path / "course.yaml"
    assert "6 of 6" in quiz.message


def test_right_choices_that_all_stand_in_one_place_give_themselves_away(folder):
    one = """\
- id: q{0}
  kind: single
  skill: s
  section: what
  cards: [edge]
  ask: Which is right in case {0}?
  choices:
    - {1}: This one here.
      why: So.
    - {2}: That one there.
      why: Not so.
"""
    folder.write("quiz.yaml", "".join(one.format(n, "right", "wrong") for n in range(8)))
    (problem,) = [p for p in folder.check() if "written as number" in p.message]
    assert problem.message == "8 of 8 right choices are written as number 1"
    folder.write("quiz.yaml", "".join(one.format(n, *sorted(["right", "wrong"], reverse=n % 2)) for n in range(8)))
    assert not [p for p in folder.check() if "written as number" in p.message]


def test_a_script_that_is_hard_to_hear_is_named(folder):
    folder.edit("podcast.md", "a kernel finds it. ", "a kernel finds it, " + "and so on " * 10 + "here. ")
    assert [(p.line, "words is spoken here" in p.message) for p in folder.check()] == [(5, True)]
    heavy = "Equivariant differentiability characterises convolutional representations. "
    folder.write("podcast.md", folder.file("podcast.md").read_text(encoding="utf-8").replace(SENTENCE, heavy * 2))
    assert any("hard to follow by ear" in p.message for p in folder.check())


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("[x](topic:edges)", ""),
        ("[x](topic:edges#what)", ""),
        ("[x](#shapes)", ""),
        ("[x](https://example.org/#anything)", ""),
        ("[x](topic:edgs)", "“edgs”, which is no topic"),
        ("[x](topic:edges#whet)", "the article of edges has no such section"),
        ("[x](#nowhere)", "the article of edges has no such section"),
    ],
)
def test_links_within_the_course_must_lead_somewhere(folder, link, message):
    folder.edit("article.md", "The size is", f"See {link}. The size is")
    found = folder.check()
    assert [message in p.message for p in found] == ([True] if message else [])


@pytest.mark.parametrize(
    ("formulas", "unexplained"),
    [
        ("With a kernel of side $k$ it is $H - k + 1$.", []),
        ("It is $H - k + 1$, where $k$ is the side of the kernel.", []),
        ("It is $H - k + 1$.", ["k"]),
        (r"It is $\gamma H + \beta$ with a factor $\gamma$.", [r"\beta"]),
        (r"$$\text{cost} = m \cdot H$$", ["m"]),
        (r"$$m = 2 \cdot H$$", []),
        (r"It grows as $H \to \infty$ and $\log H$.", []),
    ],
)
def test_a_symbol_is_explained_in_the_section_that_uses_it(folder, formulas, unexplained):
    folder.edit("article.md", "The size is $H_{out}$.", f"The side is $H$. {formulas}")
    folder.edit("article.md", "## In one breath {#breath}", "## In one breath {#breath}\n\nAgain $k$, $m$, $\\beta$.")
    assert [p.message for p in folder.check()] == [f"nobody says what “{s}” stands for" for s in unexplained]


def test_ids_are_kept_for_good(folder):
    note_ids(folder.load())
    assert folder.check() == []
    folder.edit("cards.md", "## padding", "## rim")
    fresh, lost = (p for p in folder.check() if p.file.name == IDS)
    assert lost.message == "padding is gone, and learners' memories with it"
    assert fresh.message == "rim is not written down yet"
    ids = folder.path / "ids.txt"
    ids.write_text(ids.read_text().replace("padding\n", "padding retired\n"))
    assert note_ids(folder.load()) == 1
    assert not [p for p in folder.check() if p.file == ids]
    folder.edit("cards.md", "## rim", "## padding")
    assert {p.message for p in folder.check()} == {
        "padding was retired, but is used again",
        "rim is gone, and learners' memories with it",
    }


def test_the_table_teaches_the_hosts_a_token(folder):
    folder.edit("podcast.md", "a kernel finds it.", "a ReLU6 finds it.")
    (problem,) = folder.check()
    assert (problem.file, problem.line) == (folder.file("podcast.md"), 5)
    assert "pronunciation.yaml" in problem.fix
    (folder.path / "pronunciation.yaml").write_text("ReLU: ray loo\n")
    assert folder.check() == []


def test_the_year_is_judged_by_the_day(folder):
    folder.edit("resources.yaml", "year: 1991", "year: 2030")
    course = folder.load()
    assert check(course, date(2030, 1, 1)) == []
    assert check(course, date(2029, 12, 31))
