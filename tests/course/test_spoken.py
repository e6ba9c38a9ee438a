"""What a listener relies on: whatever a script says is said in words."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shipped import COURSE

from cnntutor.course.spoken import entries_used, is_plain_words, spoken, unspeakable

TABLE = {
    "=": "equals",
    "+": "plus",
    "≈": "about",
    "→": "to",
    "·": "times",
    "CNN": "C N N",
    "GPU": "G P U",
    "ReLU": "ray loo",
    "ResNet": "rez net",
    "U-Net": "you net",
    "Conv2d": "konve two D",
    "softmax": "soft max",
    "conv": "konve",
    "e.g.": "for example",
    "torch.compile": "torch compile",
    "x̂": "X hat",
    "ms": "milliseconds",
}

SAID = [
    # numbers
    ("0 and 7 and 64", "zero and seven and sixty-four"),
    ("73,728 weights", "seventy-three thousand seven hundred and twenty-eight weights"),
    ("231,211,008", "two hundred and thirty-one million two hundred and eleven thousand and eight"),
    ("4096 units", "four thousand and ninety-six units"),
    ("0.5, .25 and 1,000.05", "zero point five, zero point two five and one thousand point zero five"),
    ("version 2.10.1", "version two point ten point one"),
    ("99.4 % or 5%", "ninety-nine point four percent or five percent"),
    ("the 1st, 2nd, 3rd, 21st", "the first, second, third, twenty-first"),
    ("1e-3 or 2e5", "one E minus three or two E five"),
    ("10⁻³, k², n³, 10⁶", "ten to the minus three, k squared, n cubed, ten to the six"),
    ("x₁₂", "x twelve"),
    ("12345678901234567", "one two three four five six seven eight nine zero one two three four five six seven"),
    # years
    ("in 1989.", "in nineteen eighty-nine."),
    ("2012, 2000, 2009, 2020", "twenty twelve, two thousand, two thousand and nine, twenty twenty"),
    ("1905, 1900, 1100", "nineteen oh five, nineteen hundred, eleven hundred"),
    ("2,012", "two thousand and twelve"),
    ("the 1990s, the ’60s, 2012’s", "the nineteen nineties, the sixties, twenty twelve's"),
    # signs between
    ("3×3 and 3x3", "three by three and three by three"),
    ("H×W×C", "H by W by C"),
    ("9 × 64, 10× cheaper", "nine times sixty-four, ten times cheaper"),
    ("−1, -1, k − 1, k−1", "minus one, minus one, k minus one, k minus one"),
    ("1/k² + 1/2", "one over k squared plus one over two"),
    ("3–5, 3-5, 2012–2015", "three to five, three to five, twenty twelve to twenty fifteen"),
    ("H_out = (H + 2p) / s", "H out equals H plus two p over s"),
    ("64→128", "sixty-four to one hundred and twenty-eight"),
    # names
    ("ResNet-50 and ReLU6", "rez net fifty and ray loo six"),
    ("CNNs, a CNN’s eye, GPU-based", "C N N's, a C N N's eye, G P U based"),
    ("Softmax, convs", "soft max, konve's"),
    ("a U-Net, a Conv2d-like thing", "a you net, a konve two D like thing"),
    ("1-D, 3D", "one D, three D"),
    ("torch.compile, e.g., or (e.g. x̂).", "torch compile, for example, or for example X hat."),
    ("16 ms.", "sixteen milliseconds."),
    # what stands around
    ("“Why?” (Because.)", "Why? Because."),
    ("edge-preserving, pre- and post-war", "edge-preserving, pre and post-war"),
    ("a train–test gap", "a train-test gap"),
    ("so—well…no – yes", "so — well… no — yes"),
    ("don’t, O’Neill's, café", "don't, O'Neill's, café"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), SAID, ids=[case[0] or "nothing" for case in SAID])
def test_it_is_said_the_way_people_say_it(text, words):
    assert spoken(text, TABLE) == words
    assert unspeakable(text, TABLE) == []


UNKNOWN = [
    ("An IoU of XYZ.", ["IoU", "XYZ"], "An IoU of XYZ."),
    ("the α and ¿qué?", ["α", "¿qué"], "the and qué?"),
    ("ReLU6, LeakyReLU6", ["LeakyReLU6"], "ray loo six, LeakyReLU six"),
    ("$k$ *so* {x}", ["$k$", "*so*", "{x}"], "k so x"),
    ("train/test, 1,2 and 3:20", ["train/test", "1,2", "3:20"], "train test, one two and three twenty"),
    ("a - b -- c", ["-", "--"], "a b c"),
    ("end.Next", ["end.Next"], "end Next"),
    ("٣", ["٣"], ""),
]


@pytest.mark.parametrize(("text", "tokens", "words"), UNKNOWN, ids=[case[0] for case in UNKNOWN])
def test_what_nobody_can_say_is_found_and_passed_on_without_its_odd_signs(text, tokens, words):
    assert unspeakable(text, TABLE) == tokens
    assert spoken(text, TABLE) == words


def test_the_table_overrules_the_rules():
    assert spoken("3×3, 5 % of R-50", {"×": "cross", "%": "in a hundred", "R-50": "rez fifty"}) == (
        "three cross three, five in a hundred of rez fifty"
    )


def test_entries_used_are_those_that_the_texts_are_said_with():
    assert entries_used(["Two CNNs.", "Softmax = 1, plain words"], TABLE) == {
        "CNN": "C N N", "softmax": "soft max", "=": "equals",
    }  # fmt: skip
    assert entries_used([], TABLE) == {}


ALPHABET = re.compile(r"[A-Za-zÀ-ÖØ-öø-ſ'\- .,;:?!—…]*")
SCRAPS = st.sampled_from([*TABLE, *"0123456789.,-–−×/_%²⁻₃'’“”()…— xsABab", "1st", "e-3", "{card: x}", "ReLU's"])


@given(st.text() | st.lists(SCRAPS).map("".join))
@example(".0.0")
def test_nothing_but_words_and_melody_reaches_an_engine(text):
    said = spoken(text, TABLE)
    assert ALPHABET.fullmatch(said)
    assert said == " ".join(said.split())


WORDS = st.from_regex(r"[A-Z]?[a-z]{1,9}(?:-[a-z]{2,6})?(?:'(?:ll|t|re|s))?[,.;:?!]?", fullmatch=True)


@given(st.lists(WORDS, min_size=1))
def test_plain_words_stay_as_they_are(words):
    sentence = " ".join(words)
    assert spoken(sentence, {}) == sentence
    assert unspeakable(sentence, {}) == []


SMALL = {
    word: number
    for number, word in enumerate(
        [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
        ]
    )
} | {
    word: 10 * number
    for number, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}  # fmt: skip
LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9}


def heard(words: str) -> int:
    """The number that a listener writes down."""
    total = group = 0
    for word in words.replace("-", " ").replace(" and ", " ").split():
        if word in LARGE:
            total, group = total + group * LARGE[word], 0
        else:
            group = group * 100 if word == "hundred" else group + SMALL[word]
    return total + group


@given(st.integers(0, 10**9))
@example(10**9)
@example(1_000_001)
def test_a_listener_hears_the_whole_number_that_was_written(number):
    said = spoken(f"{number:,}", {})
    assert heard(said) == number
    assert is_plain_words(said)
    if number not in range(1100, 2100):
        assert spoken(str(number), {}) == said


@given(st.decimals(0, 10**6, places=3))
def test_the_digits_behind_the_point_are_said_one_by_one(number):
    whole, _, decimals = f"{number:f}".partition(".")
    said = spoken(f"{number:,}", {})
    assert said.startswith(spoken(f"{int(whole):,}", {}) + " point ")
    assert len(said.partition(" point ")[2].split()) == len(decimals)


@given(st.integers(1100, 2099))
def test_every_year_is_said_in_words_of_its_own(year):
    said = spoken(str(year), {})
    assert is_plain_words(said)
    assert said not in {spoken(str(other), {}) for other in (year - 1, year + 1, year - 100)}


def test_neither_the_module_nor_a_course_loads_the_library_of_numbers():
    code = (
        "import sys; from cnntutor import paths; from cnntutor.course.find import find_course\n"
        "from cnntutor.course.load import load_course\n"
        "from cnntutor.course.spoken import unspeakable\n"
        "table = load_course(find_course(paths.content_dir())).pronunciation\n"
        "assert unspeakable('3×3 CNN 73,728', table) == []\n"
        "sys.exit('inflect' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_entry_of_the_shipped_table_is_heard_and_said_in_plain_words():
    for written, words in COURSE.pronunciation.items():
        assert spoken(written, COURSE.pronunciation) == words
        assert spoken(words, {}) == words
        assert not re.search(r"\bA\b", words), f"{written}: engines take a lone A for the article; write eigh"


@pytest.mark.parametrize(
    "sentence",
    [
        "A 3×3 kernel from 64 to 128 channels has 73,728 weights.",
        "H_out = (H + 2p − k) / s + 1, rounded down.",
        "AlexNet won ILSVRC in 2012; ResNet-50 and ResNeXts came later.",
        "Its mAP at an IoU ≥ 0.5 is ≈ 41.2 %, at 30 fps on a GPU.",
        "SGD with momentum, AdamW, ReLU6 and GELU: who wins on CIFAR-10?",
        "The cost is 1/C_out + 1/k² of a plain conv.",
        "Grad-CAM’s weights α are averages of ∂y/∂A over H·W places.",
    ],
)
def test_the_shipped_table_covers_what_lessons_write(sentence):
    assert unspeakable(sentence, COURSE.pronunciation) == []


def test_the_shipped_table_holds_no_plain_word_that_says_itself():
    assert [word for word, words in COURSE.pronunciation.items() if word == words] == []
