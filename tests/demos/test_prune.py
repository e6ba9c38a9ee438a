from __future__ import annotations

import ast
import contextlib
import io
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntutor.demos.prune import prune


def printed(script: str) -> str:
    """What a script prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(script, "script", "exec"), {"__name__": "script"})
    return out.getvalue()


def pruned(script: str) -> str:
    return prune(dedent(script).lstrip("\n"))


def text(script: str) -> str:
    return dedent(script).lstrip("\n")


# Branches


CHAIN = """
# How activations are evened out.
if NORM == "batch":
    print("batch")  # over the batch

    print("done")
# one picture at a time
elif NORM == "layer":
    print("layer")
else:
    # nothing at all
    print("none")
print("end")
"""


@pytest.mark.parametrize(
    ("norm", "kept"),
    [
        ("batch", 'print("batch")  # over the batch\n\nprint("done")\n'),
        ("layer", '# one picture at a time\nprint("layer")\n'),
        ("", '# nothing at all\nprint("none")\n'),
    ],
)
def test_of_a_chain_the_branch_that_is_taken_stays_as_it_is_written(norm: str, kept: str) -> None:
    script = f"NORM = {norm!r}\n{CHAIN}"
    assert prune(script).lstrip() == f'# How activations are evened out.\n{kept}print("end")\n'


def test_a_branch_that_is_not_taken_goes_with_the_comment_above_it_and_one_of_the_gaps() -> None:
    script = """
        A = 0
        print(1)

        # What would be done.
        if A:
            print(2)
            # a last word

        print(3)
        """
    assert pruned(script) == "print(1)\n\nprint(3)\n"


def test_a_body_from_which_everything_goes_passes() -> None:
    script = """
        A = False
        def f(x):
            if A:
                return 1

            # never
            if not not A:
                return 2

        print(f(0))
        """
    assert pruned(script) == "def f(x):\n    pass\n\nprint(f(0))\n"


def test_what_is_decided_in_the_middle_of_a_chain_ends_it() -> None:
    script = """
        A, B = 1, 2
        for x in (0, 1):
            if A == 2:
                print("never")
            elif x:
                print("x")
            elif B == 2:  # for sure
                print("B")
            elif x == 3:
                print("late")
        """
    assert pruned(script) == text(
        """
        for x in (0, 1):
            if x:
                print("x")
            else:  # for sure
                print("B")
        """
    )


def test_ifs_within_ifs_move_left_step_by_step() -> None:
    script = """
        A, B = 1, "b"
        if A:
            if B in ("a", "b"):
                if A < 1 or not B:
                    print(0)
                else:
                    print(1)
        """
    assert pruned(script) == "print(1)\n"


def test_strings_over_several_lines_keep_their_blanks() -> None:
    script = 'A = 1\nif A:\n    x = """\n    two\n# no comment\n\n  three"""\n    y = f"""\n    {A}"""\nprint(x, y)\n'
    assert '\nx = """\n    two\n# no comment\n\n  three"""\ny = f"""\n    {A}"""\n' in f"\n{prune(script)}"
    assert printed(prune(script)) == printed(script)


def test_decorators_and_classes_move_along() -> None:
    script = """
        import functools
        CACHED = True
        if CACHED:

            @functools.cache
            def f(x: int) -> int:
                \"\"\"Doc.\"\"\"
                return x

        print(f(1))
        """
    assert "\n@functools.cache\ndef f(x: int)" in pruned(script)
    assert printed(pruned(script)) == "1\n"


def test_a_body_behind_the_colon_is_a_body() -> None:
    assert pruned("A = 1\nif A: print(1); print(2)\nelse: print(3)\n") == "print(1); print(2)\n"


# Expressions


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print(1 if A else 2)", "print(1)"),
        ("print(1 if not A else (2, x))", "print((2, x))"),
        ("y = (\n    1\n    if A\n    else 2\n)", "y = 1"),
        ("y = 2 * (x if A else 3)", "y = 2 * x"),
        ("y = 2 * (x + 1 if A else 3)", "y = 2 * (x + 1)"),
        ("y = 1 if A == 3 else 2 if B == 'b' else 3", "y = 2"),
        ("f(bias=B == 'none')", "f(bias=False)"),
        ("f(bias=not A)", "f(bias=False)"),
        ("if A and x:\n    f()", "if x:\n    f()"),
        ("if x and A:\n    f()", "if x:\n    f()"),
        ("if A == 3 or x > 2 or B == 'c':\n    f()", "if x > 2:\n    f()"),
        ("if A == 1 and (x or y):\n    f()", "if x or y:\n    f()"),
        ("while x and A:\n    f()", "while x:\n    f()"),
        ("y = x or A or f()", "y = x or A"),
        ("y = x and A", "y = x and A"),
        ("y = x if x < A else 2", "y = x if x < A else 2"),
        ("y = A < 'a' or x", "y = A < 'a' or x"),
        ("y = 'ä' + ('ö' if A else 'ü') + x", "y = 'ä' + 'ö' + x"),
    ],
)
def test_an_expression_keeps_what_counts(before: str, after: str) -> None:
    assert prune(f"A, B = 1, 'b'\nprint(A, B)\n{before}\n").split("\n", 2)[2] == f"{after}\n"


def test_what_is_assigned_twice_or_worked_out_decides_nothing() -> None:
    for script in (
        "A = 1\nA = 2\nif A == 1:\n    print(A)\n",
        "A = 1\nfor A in range(3):\n    if A:\n        print(A)\n",
        "A = 1\ndef f(A):\n    return 1 if A else 2\n",
        "A = len('x')\nif A:\n    print(A)\n",
        "a = 1\nif a:\n    print(a)\n",
    ):
        assert prune(script) == script


# What nothing uses any more


def test_constants_and_imports_of_what_is_gone_go_too() -> None:
    script = """
        from __future__ import annotations

        import math
        from os import path, sep as separator

        import json, string

        # The size.
        SIZE = 3
        NORM, WIDTH, DEPTH = "batch", 2, 5
        SEED = 1

        if NORM == "layer":
            print(math.pi, separator, SIZE, DEPTH, json.dumps(1))
        print(path.sep, WIDTH, string.digits)
        """
    assert pruned(script) == text(
        """
        from __future__ import annotations

        from os import path

        import string

        WIDTH = 2
        SEED = 1

        print(path.sep, WIDTH, string.digits)
        """
    )


def test_what_nothing_ever_used_is_there_for_a_reason() -> None:
    script = "import this_is_imported_for_its_effect\n\nSEED = 0\n"
    assert prune(script) == script


# Whatever the script


NAMES = ("A", "B", "C")
values = st.sampled_from([0, 1, 2, "a", "", True, False])
tests = st.recursive(
    st.one_of(
        st.sampled_from([*NAMES, "x", "f(1)", "f(0)", "True"]),
        st.builds("{} {} {!r}".format, st.sampled_from(NAMES), st.sampled_from(["==", "!="]), values),
        st.builds("{} in (0, 1, 'a')".format, st.sampled_from(NAMES)),
    ),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not ({})".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
    ),
    max_leaves=5,
)


def indented(body: str) -> str:
    return "".join(f"    {line}\n" for line in body.splitlines())


def chain(arms: list[tuple[str, str]], otherwise: str | None) -> str:
    lines = [f"{'elif' if place else 'if'} {test}:\n{indented(body)}" for place, (test, body) in enumerate(arms)]
    return "".join(["# above\n", *lines, *([f"else:\n{indented(otherwise)}"] if otherwise else [])])


simple = st.builds("print({!r}, {})\n".format, st.integers(0, 99), tests)
bodies = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(chain, st.lists(st.tuples(tests, inner), min_size=1, max_size=3), st.none() | inner),
        st.builds(lambda body: f"for y in range(2):\n{indented(body)}", inner),
        st.builds("{}\n{}".format, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(values, values, values, bodies)
def test_a_pruned_script_prints_the_same_and_has_nothing_left_to_prune(
    a: object, b: object, c: object, body: str
) -> None:
    start = f"A, B = {a!r}, {b!r}\nC = {c!r}  # c\nx = 1\n\ndef f(y):\n    print('f', y)\n    return y\n\n"
    script = start + body
    shorter = prune(script)
    assert printed(shorter) == printed(script)
    assert prune(shorter) == shorter
    names = {"A", "B", "C"}
    for node in ast.walk(ast.parse(shorter)):
        if isinstance(node, ast.If | ast.IfExp):
            found = {part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)}
            assert found - names or any(isinstance(part, ast.Call) for part in ast.walk(node.test))
