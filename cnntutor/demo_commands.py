"""`cnntutor demo …` and `cnntutor inspect`: demos in the app, or without a screen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cnntutor.command_line import AsJson, CommandGroup, load_the_course, path_given, print_json
from cnntutor.errors import DemoError, UsageError
from cnntutor.progress_bar import ProgressBar
from cnntutor.start import has_terminal, run_app
from cnntutor.wording import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnntutor.demos.run import RunResult


class OpenByName(CommandGroup):
    """`cnntutor demo convolve` opens a demo; `list` and `run` are commands beside it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["open", *args]
        return super().parse_args(ctx, args)


demo_app = typer.Typer(help="Demos: open one by its name, list, run.", cls=OpenByName, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="The demo's name; `cnntutor demo list` gives them.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="knob=value; may be repeated.")]
Image = Annotated[str | None, typer.Option(help="A picture of your own.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same run.")]
Save = Annotated[str | None, typer.Option(help="Write pictures, tables and the code into this folder.")]
Yes = Annotated[bool, typer.Option("--yes", help="Run the code of a file of yours without asking.")]


@demo_app.command("open", hidden=True)
def demo_open(name: Name, settings: Set = None, image: Image = None, device: Device = "auto", seed: Seed = 0) -> None:
    """Open a demo in the app."""
    from cnntutor.demos.catalogue import parse_settings

    _open_in_app(name, {**parse_settings(settings or []), "device": device, "seed": str(seed)}, image)


@demo_app.command("tour")
def demo_tour(
    context: typer.Context,
    again: Annotated[bool, typer.Option("--again", help="From the first stop on, wherever you left off.")] = False,
) -> None:
    """Walk through the best demos in ten minutes; without a terminal, print the stops.

    `demo open tour` opens the demo of that name by itself, and `demo run tour` runs it.
    """
    from cnntutor.course.reading.walk import read_walk

    course = load_the_course()
    walk = read_walk(course.folder, lambda _: None)
    if not walk.stops:
        raise UsageError(f"This course has no guided walk: write {course.folder / 'walk.yaml'}.")
    if has_terminal() and not context.obj:
        from cnntutor.tui.routes import ToWalk

        run_app(ToWalk(again))
        return
    for line in walk.lines():
        print(line)


@demo_app.command("list")
def demo_list(as_json: AsJson = False) -> None:
    """List the demos and their knobs."""
    from cnntutor.demos.catalogue import all_demos
    from cnntutor.demos.catalogue import as_json as document

    if as_json:
        print_json(document())
        return
    for demo in all_demos():
        print(f"{demo.name:12} {sentence(demo.title)} {demo.promise}")
        for knob in demo.controls:
            print(f"  {knob.name}={knob.default}  {knob.description} ({knob.allowed})")


@demo_app.command("run")
def demo_run(
    name: Name,
    settings: Set = None,
    image: Image = None,
    device: Device = "auto",
    seed: Seed = 0,
    as_json: AsJson = False,
    save: Save = None,
    yes: Yes = False,
) -> None:
    """Run a demo without a screen."""
    from cnntutor.demos.catalogue import parse_settings

    _report(_run(name, parse_settings(settings or []), image, device, seed, save, yes), as_json)


def inspect(
    model: Annotated[str, typer.Argument(help="FILE.py:NAME, a torchvision classifier, or a trained net's name.")],
    image: Image = None,
    layer: Annotated[str, typer.Option(help="The layer to look into; by default the demo chooses.")] = "",
    settings: Set = None,
    device: Device = "auto",
    seed: Seed = 0,
    as_json: AsJson = False,
    save: Save = None,
    yes: Yes = False,
) -> None:
    """Take a net apart: its layers and their cost, feature maps, one cell down to its dot product, Grad-CAM.

    In a terminal this opens the app; with --json or --save, or without a terminal, it prints the report.
    """
    from cnntutor.demos.catalogue import parse_settings

    values = {"model": _with_whole_path(model), **({"layer": layer} if layer else {}), **parse_settings(settings or [])}
    if has_terminal() and not (as_json or save):
        _open_in_app("inspect", {**values, "device": device, "seed": str(seed)}, image)
        return
    _report(_run("inspect", values, image, device, seed, save, yes), as_json)


def _with_whole_path(model: str) -> str:
    """`net.py:Net` with the file's whole path: the worker process may stand in another folder."""
    file, colon, name = model.rpartition(":")
    return f"{Path(file).absolute()}:{name}" if colon and file.endswith(".py") else model


def _open_in_app(name: str, values: Mapping[str, str], image: str | None) -> None:
    from cnntutor.course.cards import DemoLink
    from cnntutor.demo_shelf import home_of
    from cnntutor.demos.catalogue import load, parse_knobs
    from cnntutor.demos.knobs import values_of
    from cnntutor.demos.session import RUN_KNOBS
    from cnntutor.tui.routes import ToLesson

    demo = load(name)
    own = {knob: value for knob, value in values.items() if knob not in {run.name for run in RUN_KNOBS}}
    knobs = parse_knobs(demo, own)
    picture = path_given("--image", image)
    if picture is not None:
        own = {knob: str(value) for knob, value in values_of(knobs.with_picture(picture)).items()}
    course = load_the_course()
    home = home_of(course, name)
    run_app(ToLesson(home.slug, tab="demo", demo=DemoLink(demo.name, {**values, **own})))


def _run(
    name: str, values: Mapping[str, str], image: str | None, device: str, seed: int, save: str | None, yes: bool
) -> RunResult:
    from cnntutor.demos.catalogue import load, parse_knobs
    from cnntutor.demos.run import run_headless

    picture, folder = path_given("--image", image), path_given("--save", save)
    code = parse_knobs(load(name), values).code_to_run
    trusted = code is None or yes or _trusts(code)  # asked before the bar moves over the question
    with ProgressBar() as bar:
        result = run_headless(
            name,
            values,
            device=device,
            seed=seed,
            image=picture,
            save_dir=folder,
            consent=lambda _: trusted,
            on_frame=bar.show,
        )
    _keep(result)
    return result


def _keep(result: RunResult) -> None:
    """Note the run beside those of the app, to compare."""
    from datetime import UTC, datetime

    from cnntutor import paths
    from cnntutor.demos.history import History, PastRun
    from cnntutor.demos.knobs import values_of

    run = PastRun(
        datetime.now(UTC), values_of(result.knobs), result.seed, result.device, dict(result.figures), result.seconds
    )
    try:
        History(paths.runs_dir(), result.demo).add(run)
    except DemoError as error:
        print(f"cnntutor: the run is not kept: {error}", file=sys.stderr)


def _trusts(code: Path) -> bool:
    """Ask whether a file of the learner's may be run; where nobody can be asked, it may not."""
    if not sys.stdin.isatty():
        raise UsageError(f"This would run the Python code in {code}: add --yes if you trust it.")
    return typer.confirm(f"This runs the Python code in {code}. Do you trust it?", err=True)


def _report(result: RunResult, as_json: bool) -> None:
    if as_json:
        print_json(result.as_json())
        return
    from cnntutor.demos.frame import cell_text

    for line in result.last.formulas:
        print(line)
    for figure, value in result.figures.items():
        print(f"{figure}: {cell_text(value)}")
    for title, table in result.last.tables.items():
        print(f"\n{title}")
        for line in table.lines():
            print(line)
    for path in result.saved:
        print(f"saved {path}")
