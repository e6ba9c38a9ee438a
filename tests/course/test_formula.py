r"""Formulas as a reader sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cnntutor.course.formula import faults, render_formulas, to_unicode

READABLE = {
    r"H_{out} = \lfloor (H + 2p - d(k-1) - 1)/s \rfloor + 1": "Hₒᵤₜ = ⌊(H + 2p − d(k−1) − 1)/s⌋ + 1",
    r"\left\lfloor \frac{H + 2p - d(k - 1) - 1}{s} \right\rfloor + 1": "⌊(H + 2p − d(k − 1) − 1)/s⌋ + 1",
    r"RF_l = RF_{l-1} + (k_l - 1) \cdot d_l \cdot j_{l-1}": "RFₗ = RFₗ₋₁ + (kₗ − 1)·dₗ·jₗ₋₁",
    r"\frac{1}{C_{out}} + \frac{1}{k^2}": "1/Cₒᵤₜ + 1/k²",
    r"y = x + F(x)": "y = x + F(x)",
    r"H \cdot W": "H·W",
    r"128 \cdot 64 \cdot 3 \cdot 3 = 73{,}728": "128·64·3·3 = 73,728",
    r"3 \times 3": "3 × 3",
    r"3\times3": "3×3",
    r"27 C^2": "27C²",
    r"x_{i,j}": "x[i, j]",
    r"d_{model}": "d_model",
    r"2^{k/3}": "2^(k/3)",
    r"10^{-3}": "10⁻³",
    r"\mathbb{R}^{H \times W}": "ℝ^(H×W)",
    r"\sum_{i=1}^{n} x_i": "∑ᵢ₌₁ⁿ xᵢ",
    r"\sum_{c=1}^{C} w_c x_c": "∑[c=1…C] w_c x_c",
    r"\max_{i \in R} x_i": "max[i∈R] xᵢ",
    r"\mathrm{ReLU}(x) = \max(0, x)": "ReLU(x) = max(0, x)",
    r"\text{if } x > 0": "if x > 0",
    r"-\log p_t": "−log pₜ",
    r"2\log x": "2 log x",
    r"\frac{e^{z_i}}{\sum_j e^{z_j}}": "e^(zᵢ)/(∑ⱼ e^(zⱼ))",
    r"\frac{\hat{x} - \mu}{\sqrt{\sigma^2 + \varepsilon}}": "(x̂ − μ)/√(σ² + ε)",
    r"\alpha_k^c = \frac{1}{Z} \sum_i \sum_j \frac{\partial y^c}{\partial A_{ij}^k}": "αₖᶜ = 1/Z ∑ᵢ ∑ⱼ ∂yᶜ/∂Aᵢⱼᵏ",
    r"\mathrm{IoU} = \frac{|A \cap B|}{|A \cup B|}": "IoU = |A ∩ B|/|A ∪ B|",
    r"\left( \frac{a}{b} \right)^2": "(a/b)²",
    r"\frac{a}{b}^2": "(a/b)²",
    r"\frac{1}{2}x": "(1/2)x",
    r"\frac{a}{2b}": "a/(2b)",
    r"\frac12": "1/2",
    r"\sqrt[3]{x + 1}": "∛(x + 1)",
    r"W^\top x": "Wᵀx",
    r"\lVert x \rVert_2^2": "‖x‖₂²",
    r"x \mapsto x'": "x ↦ x′",
    r"f \ast g": "f ∗ g",
    r"x_iw_i": "xᵢwᵢ",
    r"{16}^2 \cdot {10,000}": "16²·10,000",
    r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}": "[1, 2; 3, 4]",
    r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise}\end{cases}": "{ x if x > 0; 0 otherwise }",
    r"\begin{aligned} a &= b \\ c &= d \end{aligned}": "a = b\nc = d",
    r"\lceil n/2 \rceil \le n": "⌈n/2⌉ ≤ n",
    r"p(y | x)": "p(y | x)",
    r"a \not= b": "a ≠ b",
}


@pytest.mark.parametrize("latex", READABLE)
def test_a_formula_reads_well(latex):
    assert to_unicode(latex) == READABLE[latex]
    assert faults(latex) == ()


@pytest.mark.parametrize(
    ("latex", "fault"),
    [
        (r"\wdith", r"\wdith is no command we can show"),
        (r"\frac{a}", r"\frac lacks what it applies to"),
        (r"x_{i", "an opening brace is never closed"),
        (r"x}", "a closing brace has no opening one"),
        (r"\begin{cases} x", r"\begin{cases} is never ended"),
        (r"\end{cases}", r"\end{cases} has no \begin"),
        ("{" * 5000, "the braces are nested too deeply"),
    ],
)
def test_a_faulty_formula_is_named(latex, fault):
    assert fault in faults(latex)


@given(st.text(alphabet=r"abx12{}_^\,'&|()+-*/= ", max_size=40))
def test_no_formula_ends_in_an_error(latex):
    assert isinstance(to_unicode(latex), str)


def html(markdown: str) -> str:
    return MarkdownIt().render(render_formulas(markdown)).strip()


def test_letters_are_emphasised_and_bare_numbers_are_not():
    assert render_formulas("A $k$ of $3 \\times 3$.") == "A *k* of 3 × 3."


def test_code_fences_and_dollars_stay():
    text = "`$x$` costs \\$5 or $5 and\n\n```python\n$x$\n```\n"
    assert render_formulas(text) == text


def test_a_displayed_formula_becomes_a_fence():
    assert render_formulas("See\n\n$$H_{out} = 1$$\n\nnow") == "See\n\n```math\nHₒᵤₜ = 1\n```\n\nnow"
    assert html("- item\n\n  $$\n  x_i\n  $$\n") == (
        '<ul>\n<li>\n<p>item</p>\n<pre><code class="language-math">xᵢ\n</code></pre>\n</li>\n</ul>'
    )


def test_no_sign_of_a_formula_is_a_mark_of_markdown():
    assert html("$x_{i,j} * y_{model}$ and $a < b$") == "<p><em>x[i, j] ∗ y_model</em> and <em>a &lt; b</em></p>"
    assert html("x$(a)$y and $[1](2)$") == "<p>x(a)y and [1](2)</p>"
    assert html("$+1$ more") == "<p>+1 more</p>"


def test_formulas_live_inside_bold_type_and_tables():
    assert html("**the $k$ of $C_{in}$**") == "<p><strong>the <em>k</em> of <em>Cᵢₙ</em></strong></p>"
    table = MarkdownIt().enable("table").render(render_formulas("| a | b |\n|---|---|\n| $p(a|b)$ | 1 |\n"))
    assert "<em>p(a|b)</em>" in table
    assert table.count("<td>") == 2


@given(st.text(alphabet="ab12+()", min_size=1, max_size=8), st.sampled_from("a .,("), st.sampled_from("a .,)"))
def test_a_rendered_formula_shows_its_own_text_wherever_it_stands(latex, before, after):
    expected = f"{before}{to_unicode(latex)}{after}"
    shown = html(f"x{before}${latex}${after}x").removeprefix("<p>").removesuffix("</p>")
    assert shown.replace("<em>", "").replace("</em>", "") == f"x{expected}x"


def test_faults_come_with_their_place():
    found: list[tuple[int, str]] = []
    text = "fine $x$\nand $\\foo$"
    render_formulas(text, lambda offset, fault: found.append((offset, fault)))
    assert found == [(text.index("$\\foo"), "\\foo is no command we can show")]
