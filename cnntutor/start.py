"""Starting the app in a terminal, or saying in one line why it cannot be."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from cnntutor.errors import CnntutorError

if TYPE_CHECKING:
    from cnntutor.tui.routes import Route

PATIENCE = 0.5
"""Seconds that the app waits while another program writes to the database: it must not freeze meanwhile."""


def start() -> None:
    """Open the app; without a terminal (a pipe, a cron job) print today's plan instead.

    Raises:
        CnntutorError: the app cannot be opened, or an error ended it.
    """
    if has_terminal():
        run_app()
        return
    from cnntutor.plain.plan import print_plan
    from cnntutor.services import open_services

    print_plan(open_services())


def run_app(route: Route | None = None) -> None:
    """Run the app until the learner leaves it.

    Args:
        route: where to begin; Today by default.

    Raises:
        CnntutorError: there is no terminal, it is too small, or an error ended the app.
    """
    if not has_terminal():
        raise CnntutorError("This needs a terminal; `--plain` works without one.")
    from cnntutor import paths
    from cnntutor.memory.glance import glance
    from cnntutor.services import open_services
    from cnntutor.tui import graphics
    from cnntutor.tui.app import CnntutorApp
    from cnntutor.tui.screens.room import SMALLEST

    _check_size(*SMALLEST)
    graphics.image_widget()  # asks the terminal, which cannot be done once the app has it
    app = CnntutorApp(partial(open_services, patience=PATIENCE), glance(paths.database_path()), route)
    error = app.run()
    if error is not None:
        raise error
    if app.return_code:
        raise SystemExit(app.return_code)


def has_terminal() -> bool:
    """Whether someone can type at us and see what we draw."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _check_size(least_columns: int, least_rows: int) -> None:
    columns, rows = os.get_terminal_size()
    if 0 < columns < least_columns or 0 < rows < least_rows:
        wanted = f"at least {least_columns}×{least_rows}"
        raise CnntutorError(f"This terminal is {columns}×{rows}; make it {wanted}, or use `cnntutor --plain`.")
