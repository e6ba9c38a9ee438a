"""Where a sentence ends."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.sentences import located_sentences, sentences

WORDS = st.lists(st.sampled_from(["one", "Two", "e.g.", "3.5", "end.", "why?", "“yes.”", "ResNet-50."]), max_size=12)
GAPS = st.sampled_from([" ", "\n", "  ", "\n\n", "\t "])
TEXTS = st.lists(st.tuples(GAPS, WORDS.map(" ".join)), max_size=6).map(lambda pieces: "".join(map("".join, pieces)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ("It takes 3.5 million. See ResNet-50. Then go.", ["It takes 3.5 million.", "See ResNet-50.", "Then go."]),
        ("Some nets, e.g. ResNet, i.e. this one.", ["Some nets, e.g. ResNet, i.e. this one."]),
        ("See Fig. 3 of Dr. Y. LeCun. No. Never.", ["See Fig. 3 of Dr. Y. LeCun.", "No.", "Never."]),
        ("Kernels, biases, etc. And a vitamin C. Done.", ["Kernels, biases, etc.", "And a vitamin C.", "Done."]),
        ("He said “yes.” Then (why?) he left.", ["He said “yes.”", "Then (why?) he left."]),
        ("One line\nthat goes  on.\nNext.", ["One line that goes on.", "Next."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_turn_is_split_where_sentences_end(text, expected):
    assert sentences(text) == expected


@given(TEXTS)
def test_splitting_loses_no_word(text):
    assert " ".join(sentences(text)).split() == text.split()


@given(TEXTS)
def test_a_sentence_stands_in_the_text_at_its_offset(text):
    found = list(located_sentences(text))
    bounds = pairwise([*(start for start, _ in found), len(text)])
    assert [" ".join(text[start:end].split()) for start, end in bounds] == [sentence for _, sentence in found]
