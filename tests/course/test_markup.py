"""Markdown in pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnntutor.course.markup import PieceKind, blank_fences, count_words, is_closed, pieces, plain

TEXT = "Prose `code` $x$ and\n\n$$y$$\n\n```python\n>>> 1 # `$`\n```\nend \\$5"
SIGNS = st.text(alphabet="a `$\\~\n#>", max_size=60)


def test_each_stretch_has_its_kind():
    kinds = [(piece.kind, piece.body) for piece in pieces(TEXT) if piece.kind is not PieceKind.PROSE]
    assert kinds == [
        (PieceKind.CODE, "code"),
        (PieceKind.FORMULA, "x"),
        (PieceKind.FORMULA_BLOCK, "y"),
        (PieceKind.FENCE, ">>> 1 # `$`\n"),
    ]
    assert next(piece.info for piece in pieces(TEXT) if piece.kind is PieceKind.FENCE) == "python"


@given(SIGNS)
def test_the_pieces_joined_are_the_text(text):
    found = list(pieces(text))
    assert "".join(piece.source for piece in found) == text
    assert all(text.startswith(piece.source, piece.start) for piece in found)


@given(SIGNS)
def test_blanking_fences_keeps_every_line_and_offset(text):
    blank = blank_fences(text)
    assert [len(line) for line in blank.split("\n")] == [len(line) for line in text.split("\n")]


def test_prices_are_no_formula():
    assert [piece.kind for piece in pieces("It costs $5, or $6 at most.")] == [PieceKind.PROSE]


def test_a_code_span_ends_with_its_paragraph():
    assert [p.kind for p in pieces("a lone ` tick\n\nand ` another $x$")][-1] is PieceKind.FORMULA


def test_an_open_fence_is_told_from_a_closed_one():
    closed, opened = (next(pieces(text)) for text in ("```\na\n```", "```\na\n"))
    assert (is_closed(closed), is_closed(opened)) == (True, False)


def test_words_are_those_of_prose():
    assert count_words("**Nine** numbers: a 3×3 [kernel](https://a.b/c), `code` and $x + y$.\n\n```\nno no\n```") == 6


def test_plain_text_has_no_marks():
    assert plain("The `nn.Conv2d` of **$H_{out}$**, see [this](https://x.y) *now* snake_case") == (
        "The nn.Conv2d of Hₒᵤₜ, see this now snake_case"
    )
