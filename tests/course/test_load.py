"""What a teacher relies on: a course opens, and each mistake is named with file, line and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnntutor.course.find import courses, find_course
from cnntutor.course.load import load_course
from cnntutor.course.spoken import is_plain_words
from cnntutor.errors import CourseError, UsageError


def test_a_sound_course_opens_without_problems(folder):
    course = folder.load()
    topic = course.topic("edges")
    assert course.problems == ()
    assert (course.slug, course.title, course.hosts) == ("small", "A small course", {"Ada": "asks", "Ben": "builds"})
    assert (topic.title, topic.part, topic.demos) == ("Edges", "Start here", ("convolve",))
    assert [section.id for section in topic.article.sections] == ["edges", "what", "shapes", "breath"]
    assert [card.id for card in topic.cards] == [
        "edge", "kernel/1", "kernel/2", "sharing/1", "sharing/2", "map-size", "stride", "padding",
    ]  # fmt: skip
    assert [question.id for question in topic.questions][:2] == ["q-sharing", "q-ideas"]
    assert len(topic.script.chapters) == len(topic.resources) == 3


def test_a_note_named_in_a_question_stands_for_all_its_cards(folder):
    ideas = next(q for q in folder.topic().questions if q.id == "q-ideas")
    assert ideas.cards == ("edge", "kernel/1", "kernel/2")


def test_byte_order_mark_and_windows_line_ends_change_nothing(folder):
    before = folder.topic()
    for name in ("article.md", "cards.md", "quiz.yaml", "podcast.md", "course.yaml"):
        folder.write(name, b"\xef\xbb\xbf" + folder.file(name).read_bytes().replace(b"\n", b"\r\n"))
    course = folder.load()
    assert course.problems == ()
    assert course.topic("edges").cards == before.cards
    assert course.topic("edges").article == before.article


BROKEN = [
    ("course.yaml", "demos: [convolve]", "demo: [convolve]", 9, "no key `demo`", "demos"),
    ("course.yaml", "slug: edges", "slug: edges\n        needs: [edgse]", 9, "“edgse”, which is no topic", ""),
    ("course.yaml", "slug: edges", "slug: edges\n        needs: [edges]", 9, "a circle: edges → edges", ""),
    ("course.yaml", "Ben: builds", "Ben: bulids", 4, "not “bulids”", "asks or builds"),
    ("course.yaml", "      - slug: edges", "      - slug: A b\n      - slug: edges", 8, "“A b” is no slug", ""),
    ("course.yaml", "      - slug: edges", "      - slug: ../up\n      - slug: edges", 8, "“../up” is no slug", ""),
    ("course.yaml", "      - slug: edges", "      - slug: edges\n      - slug: edges", 9, "listed twice", ""),
    ("course.yaml", "      - slug: edges", "      - slug: absent\n      - slug: edges", 8, "absent has no folder", ""),
    ("article.md", "# Edges", "Edges", 1, "no title", "# Title"),
    ("article.md", "{#shapes}", "{#what}", 14, "anchor what is taken", ""),
    ("article.md", "{#breath}", "{#Breath!}", 23, "is no anchor", ""),
    ("article.md", ">>> 2 * 3\n6\n```", ">>> 2 * 3\n6", 18, "never closed", "```"),
    ("article.md", "$H_{out}$", "$H_{out$", 16, "brace is never closed", "braces"),
    ("article.md", "$H_{out}$", "$\\wdith$", 16, "\\wdith is no command", ""),
    ("article.md", "$H_{out}$", "$$H", 16, "formula is never closed", "$$"),
    ("podcast.md", "Ada: An", "Adda: An", 5, "“Adda” is no host", "Ada"),
    ("podcast.md", "Ada: An", "An", 5, "nobody says this", "Ada"),
    ("podcast.md", "## Chapter 2", "## Chapter 0\n\n## Chapter 2", 9, "“Chapter 0” is empty", ""),
    ("podcast.md", "# Edges", "# Edges\n\nAda: Early.", 3, "before the first chapter", ""),
    ("podcast.md", "finds it.", "finds it. {card: egde}", 5, "there is no card “egde”", "edge"),
    ("podcast.md", "finds it. An", "finds it.\n{demo: convovle} An", 5, "no topic has a demo “convovle”", "convolve"),
    ("podcast.md", "finds it.", "finds it. {demo: convolve kernel}", 5, "“kernel” sets no knob", "knob=value"),
    ("podcast.md", "finds it.", "finds it. {demo: convolve} {demo: convolve}", 5, "two demos for one sentence", "one"),
    ("podcast.md", "finds it.", "finds it. {demo}", 5, "a mark names no demo", "{demo: name"),
    ("podcast.md", "finds it.", "finds it. {crad: edge}", 5, "“crad” is no mark", "{card: …}"),
    ("podcast.md", "Ada: An", "Ada: {card: edge} An", 5, "before the first sentence", "behind"),
    ("podcast.md", "Ada: An edge", "Ada: An edge.\n\nBen: {card: edge}", 7, "before the first sentence", "behind"),
    ("podcast.md", "Ada: An edge", "Ada:\nAn {crad: edge} edge", 6, "“crad” is no mark", ""),
    ("cards.md", "section: what", "section: waht", 2, "no section “waht”", "what"),
    ("cards.md", "section: what\n", "", 1, "names no section", "section:"),
    ("cards.md", "section: what", "sektion: what", 2, "no setting `sektion`", "section"),
    ("cards.md", "## kernel", "## edge", 8, "the id edge is taken", ""),
    ("cards.md", "## kernel", "## The Kernel", 8, "“The Kernel” is no id", ""),
    ("cards.md", "A: An **edge**.", "Answer: An **edge**.", 6, "“Answer:” is no side", "`A:`"),
    ("cards.md", "A: An **edge**.", "", 1, "has no `A:`", ""),
    ("cards.md", "A: An **edge**.", "A:", 6, "`A:` is empty", ""),
    ("cards.md", "A: An **edge**.", "A: An **edge**.\n\nA: Again.", 8, "`A:` stands here twice", ""),
    ("cards.md", "A: An **edge**.", "A: An **edge**.\n\nQ2: Why?", 8, "no `Q2:`", "both: yes"),
    ("cards.md", "both: yes", "both: maybe", 10, "`both` is yes or no", ""),
    ("cards.md", "demo: convolve kernel=sobel-x", "demo: convovle", 11, "no topic has a demo “convovle”", "convolve"),
    ("cards.md", "kernel=sobel-x", "kernel", 11, "“kernel” sets no knob", ""),
    ("cards.md", "kernel=sobel-x", 'weights="1 0', 11, "“0” sets no knob", ""),
    ("cards.md", "{{c1::the same kernel}}", "the same kernel", 26, "", ""),
    ("cards.md", "{{c1::the same kernel}} over {{c2::every position::where?}}", "one", 26, "has no gap", "c1"),
    ("cards.md", "{{c2::every position::where?}}", "{{c2::every position", 26, "never closed", ""),
    ("cards.md", "{{c1::the same kernel}}", "{{c1::}}", 26, "nothing to ask for", ""),
    ("cards.md", "  size: 16..64", "  size: 64..16", 31, "ends before it starts", ""),
    ("cards.md", "  size: 16..64", "  size: some", 31, "no range", "5..64"),
    ("cards.md", "  size: 16..64", "  size: 16..64\n  spare: 1..2", 34, "“spare” is drawn but never used", ""),
    ("cards.md", "  size: 16..64", "  size: 16..64\n  max: 1..2", 32, "“max” already means something", ""),
    ("cards.md", "output_size(size, kernel)", "output_size(size, kernal)", 33, "name “kernal”", "kernel"),
    ("cards.md", "output_size(size, kernel)", "outputsize(size, kernel)", 33, "no function “outputsize”", ""),
    ("cards.md", "output_size(size, kernel)", "output_size(size,", 33, "no arithmetic", ""),
    ("cards.md", "output_size(size, kernel)", "output_size(1, kernel + size)", 33, "every draw is impossible", ""),
    ("cards.md", "output_size(size, kernel)", "output_size(size, kernel, size)", 33, "does not work out", ""),
    ("cards.md", "output_size(size, kernel)", "open('/etc/passwd')", 33, "no function “open”", ""),
    ("cards.md", "A {size}×{size} map", "A {size}×{sizes} map", 36, "name “sizes”; did you mean size", ""),
    ("cards.md", "A {size}×{size} map", "A {= size + x} map", 36, "name “x”", ""),
    ("cards.md", "**{answer}**", "wide", 38, "shows no answer", "{answer}"),
    ("cards.md", "\\rfloor", "\\rflor", 40, "\\rflor is no command", ""),
    ("cards.md", "Q: Which setting", "Q: Which {setting}", 45, "name “setting”", "draw"),
    ("quiz.yaml", "  skill: sharing", "\tskill: sharing", 3, "tab", "spaces"),
    ("quiz.yaml", "ask: What does sharing mean?", "ask: This: what is it?", 6, "colon", "quotes"),
    ("quiz.yaml", "  skill: sharing", "  skill: sharing\n  skill: b", 4, "stands here twice (first on line 3)", ""),
    ("quiz.yaml", "  skill: sharing", "  skil: sharing", 1, "has no `skill`", "skill"),
    ("quiz.yaml", "kind: single", "kind: singel", 2, "“singel” is no kind", "single"),
    ("quiz.yaml", "cards: [sharing]", "cards: [shraing]", 5, "no card “shraing”", "sharing"),
    ("quiz.yaml", "cards: [sharing]", "cards: sharing", 5, "should be a list", "["),
    ("quiz.yaml", "section: what", "section: [what]", 4, "`section` of the question should be text", ""),
    ("quiz.yaml", "section: what", "section: nowhere", 4, "no section “nowhere”", ""),
    ("quiz.yaml", "- wrong: One kernel for", "- right: One for", 7, "2 choices are right", "multiple"),
    ("quiz.yaml", "- right: One kernel", "- wrong: One kernel", 7, "no choice is right", "right:"),
    ("quiz.yaml", "      why: It slides.\n", "", 8, "has no `why`", ""),
    ("quiz.yaml", "why: It slides.", "why:", 9, "`why` of the choice is empty", ""),
    ("quiz.yaml", "id: q-ideas", "id: q-sharing", 12, "the id q-sharing is taken", ""),
    ("quiz.yaml", "answer: output_size(size, kernel)", "answer: (size, kernel)", 45, "is a list", ""),
    ("quiz.yaml", "answer: output_size(size, kernel)", "answer: size +", 45, "no arithmetic", ""),
    ("quiz.yaml", "value: size - kernel", "value: size - kernal", 49, "name “kernal”", "kernel"),
    ("quiz.yaml", "value: size - kernel", "value: (size, kernel)", 49, "is a list", ""),
    ("quiz.yaml", "value: size - kernel", "value: answer", 49, "is the right answer", ""),
    ("quiz.yaml", "value: size - kernel", "value: output_size(size)", 49, "does not work out", ""),
    ("quiz.yaml", "tolerance: 0", "tolerance: some", 71, "“some” is no tolerance", ""),
    ("quiz.yaml", "    - text: activation", "    - text: convolution", 31, "two different items", ""),
    ("resources.yaml", "year: 1991", "year: nineteen", 3, "should be a whole number", ""),
    ("resources.yaml", "kind: paper", "kind: papper", 4, "“papper” is no kind of resource", "paper"),
    ("resources.yaml", "  why: It is the first of its kind.\n", "", 1, "the resource has no `why`", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "line", "message", "fix"), BROKEN, ids=[f"{b[0]}-{b[4] or b[2]}" for b in BROKEN]
)
def test_a_mistake_is_named_with_file_line_and_remedy(folder, name, old, new, line, message, fix):
    folder.edit(name, old, new)
    found = [p for p in folder.load().problems if p.file == folder.file(name)]
    if not message:
        assert found == []
        return
    assert [p.line for p in found if message in p.message and fix in p.fix] == [line], "\n".join(map(str, found))


def opening(folder):
    """The first sentences of the script."""
    return folder.topic().script.chapters[0].lines[0].sentences


def test_marks_belong_to_the_sentence_before_them_and_are_not_said(folder):
    folder.edit(
        "podcast.md",
        "Ada: An edge",
        "Ada: First {card: edge} {card: kernel}. {demo: convolve kernel=sobel-x}\nSecond.\n{card: map-size} An edge",
    )
    first, second, third = opening(folder)[:3]
    assert (first.text, first.cards, first.line) == ("First.", ("edge", "kernel/1", "kernel/2"), 5)
    assert (first.demo.demo, dict(first.demo.knobs)) == ("convolve", {"kernel": "sobel-x"})
    assert (second.text, second.cards, second.demo, second.line) == ("Second.", ("map-size",), None, 6)
    assert (third.cards, third.demo, third.line) == ((), None, 7)


def test_a_turn_of_marks_alone_is_no_turn(folder):
    folder.edit("podcast.md", "Ada: An edge", "Ben: {card: edge}\n\nAda: An edge")
    assert [line.host for line in folder.topic().script.chapters[0].lines] == ["Ada", "Ben"]


def table(folder, text):
    """The course's pronunciation with this table, and the problems found in it."""
    path = folder.path / "pronunciation.yaml"
    path.write_text(text, encoding="utf-8")
    course = folder.load()
    assert all(problem.file == path for problem in course.problems)
    return dict(course.pronunciation), [(problem.line, problem.message) for problem in course.problems]


def test_a_course_may_do_without_pronunciation(folder):
    course = folder.load()
    assert (course.problems, dict(course.pronunciation)) == ((), {})


def test_the_pronunciation_is_read_as_it_is_written(folder):
    read, problems = table(folder, '# signs\n"=": equals\nNO: enn oh\nGrad-CAM: grad cam\n')
    assert (read, problems) == ({"=": "equals", "NO": "enn oh", "Grad-CAM": "grad cam"}, [])


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("GPU:", "`GPU` of the table is empty"),
        ("GPU: GPU", "“GPU” is not plain words"),
        ("GPU: G-P-U 2", "“G-P-U 2” is not plain words"),
        ("GPU: G, P, U", "“G, P, U” is not plain words"),
        ("GPU: [G, P]", "`GPU` of the table should be text"),
        ("CNN: again", "`CNN` stands here twice (first on line 1)"),
        ("batch norm: batch norm", "“batch norm” is no single token"),
        ("? [a]\n: b", "a key of the table is no text"),
    ],
)
def test_a_mistake_in_the_pronunciation_is_named_and_the_rest_is_read(folder, entry, message):
    assert table(folder, f"CNN: C N N\n{entry}\n") == ({"CNN": "C N N"}, [(2, message)])


@pytest.mark.parametrize("text", ["- CNN\n", "", "CNN: [\n", "just words\n"])
def test_a_pronunciation_that_is_no_table_is_one_problem(folder, text):
    read, problems = table(folder, text)
    assert (read, len(problems)) == ({}, 1)


def test_a_broken_card_is_left_out_and_the_others_stay(folder):
    folder.edit("cards.md", "both: yes", "both: maybe")
    ids = {card.id for card in folder.topic().cards}
    assert {"edge", "sharing/1", "map-size"} <= ids
    assert not {"kernel/1", "kernel/2"} & ids


def test_a_broken_question_is_left_out_and_the_others_stay(folder):
    folder.edit("quiz.yaml", "kind: single", "kind: singel")
    assert [q.id for q in folder.topic().questions] == ["q-ideas", "q-order", "q-size", "q-prints", "q-more"]


@pytest.mark.parametrize("name", ["summary.md", "article.md", "podcast.md", "cards.md", "quiz.yaml", "resources.yaml"])
@pytest.mark.parametrize(
    ("content", "line", "message"),
    [(None, 1, "there is no"), (b"", 1, "is empty"), (b"# one\ntwo \xff\n", 2, "not UTF-8")],
    ids=["missing", "empty", "not UTF-8"],
)
def test_a_file_that_cannot_be_read_leaves_its_piece_empty(folder, name, content, line, message):
    if content is None:
        folder.file(name).unlink()
    else:
        folder.write(name, content)
    course = folder.load()
    (problem,) = [p for p in course.problems if p.file == folder.file(name)]
    assert (problem.line, message in problem.message) == (line, True)
    topic = course.topic("edges")
    piece = {
        "summary.md": topic.summary, "article.md": topic.article.sections, "podcast.md": topic.script.chapters,
        "cards.md": topic.cards, "quiz.yaml": topic.questions, "resources.yaml": topic.resources,
    }[name]  # fmt: skip
    assert not piece


def test_a_missing_folder_is_one_problem(folder):
    shutil.rmtree(folder.topic_path)
    (problem,) = folder.load().problems
    assert (problem.file.name, problem.line) == ("course.yaml", 8)
    assert folder.topic().title == "Edges"


def test_control_characters_are_reported_and_dropped(folder):
    folder.edit("cards.md", "An **edge**.", "An **edge**.\x1b[2J")
    course = folder.load()
    assert [(p.line, "U+001B" in p.message) for p in course.problems] == [(6, True)]
    assert "\x1b" not in course.card("edge").draw(0).back


@pytest.mark.parametrize("text", ["", "- a list\n", "title: [\n", "\tparts: 1\n"])
def test_a_course_file_that_cannot_be_used_is_one_line_of_error(folder, text):
    folder.write("course.yaml", text)
    with pytest.raises(CourseError) as error:
        folder.load()
    assert "course.yaml:" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_without_course_is_an_error(tmp_path):
    with pytest.raises(CourseError, match=r"course\.yaml"):
        load_course(tmp_path)


def test_needs_that_form_a_longer_circle_are_cut(folder):
    shutil.copytree(folder.topic_path, folder.path / "pooling")
    folder.edit(
        "course.yaml",
        "      - slug: edges\n",
        "      - slug: pooling\n        needs: [edges]\n      - slug: edges\n        needs: [pooling]\n",
    )
    course = folder.load()
    (problem,) = [p for p in course.problems if "circle" in p.message]
    assert (problem.line, "edges → pooling → edges" in problem.message) == (11, True)
    assert (course.topic("pooling").needs, course.topic("edges").needs) == (("edges",), ())


def test_ids_are_unique_across_topics(folder):
    shutil.copytree(folder.topic_path, folder.path / "pooling")
    folder.edit("course.yaml", "      - slug: edges\n", "      - slug: pooling\n      - slug: edges\n")
    taken = [p for p in folder.load().problems if "is taken" in p.message]
    assert {p.file.parent.name for p in taken} == {"edges"}
    assert {p.file.name for p in taken} == {"cards.md", "quiz.yaml"}


def test_find_course_takes_the_first_by_name_unless_told(tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "course.yaml").write_text("title: x")
    (tmp_path / "notes").mkdir()
    assert find_course(tmp_path) == tmp_path / "a"
    assert find_course(tmp_path, "b") == tmp_path / "b"
    assert find_course(tmp_path / "b") == tmp_path / "b"
    assert courses(tmp_path / "nowhere") == []
    with pytest.raises(UsageError):
        find_course(tmp_path, "c")
    with pytest.raises(CourseError):
        find_course(tmp_path / "notes")


FILES = ("course.yaml", "summary.md", "article.md", "podcast.md", "cards.md", "quiz.yaml", "resources.yaml")
SCRAPS = st.sampled_from([
    "{{c1::", "}}", "```", "$", "$$", "\\frac{", "{= ", "::", "- ", "\t", "&a *a", "draw:", "  x: 1..9", "Q:", "## ",
    "- - -", "{a: {b: [", "answer: 9**9**9", "\x00", "é", "| x", "kind: number", "? k\n: v", "!!python/name:os.walk x",
])  # fmt: skip


def assert_one_line_about(error: CourseError, name: str) -> None:
    assert name == "course.yaml"
    assert "\n" not in str(error)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(FILES), place=st.floats(0, 1), length=st.integers(0, 80), scrap=SCRAPS | st.text(max_size=20)
)
def test_no_damage_to_a_file_ends_in_a_traceback(folder, name, place, length, scrap):
    whole = folder.file(name).read_bytes()
    at = int(place * len(whole))
    folder.write(name, whole[:at] + scrap.encode() + whole[at + length :])
    try:
        course = folder.load()
    except CourseError as error:
        assert_one_line_about(error, name)
    else:
        for problem in course.problems:
            lines = problem.file.read_bytes().count(b"\n") + 2 if problem.file.is_file() else 2
            assert 1 <= problem.line <= lines
        for topic in course.topics():
            for card in topic.cards:
                card.draw(1)
            for question in topic.questions:
                question.pose(1)
    finally:
        folder.write(name, whole)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text()
    | st.lists(st.sampled_from(["CNN", ": ", "C N N", "\n", '"', "- ", "{", "? ", "&a ", "2"])).map("".join)
)
def test_whatever_stands_in_the_pronunciation_only_plain_words_are_read(folder, text):
    path = folder.path / "pronunciation.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    course = folder.load()
    assert all(is_plain_words(words) for words in course.pronunciation.values())
    assert {problem.file for problem in course.problems} <= {path}


def test_where_the_files_lie_is_kept(folder):
    course = folder.load()
    topic = course.topic("edges")
    assert course.folder == folder.path
    assert (topic.folder, topic.line) == (Path(folder.topic_path), 8)
    assert [e.line for e in topic.article.examples] == [10, 19]
    assert [s.line for s in topic.article.sections] == [1, 5, 14, 23]
    assert [c.line for c in topic.script.chapters] == [3, 9, 15]
    assert [r.line for r in topic.resources] == [1, 8, 15]
