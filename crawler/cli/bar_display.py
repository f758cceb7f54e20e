"""What rich shows of a progress bar, and the streams that print above it; imported only if a bar is visible."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout

from rich.console import Console
from rich.file_proxy import FileProxy
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

BAR_WIDTH = 16
"""Columns of the bar: one step is 6 %."""


class LinesAboveBar(FileProxy):
    """A stream of the terminal on which a bar is shown: a line that is written to it appears above the bar.

    click writes to the file below a stream that does not name its encoding, which would print into the bar.
    """

    encoding = "utf-8"
    errors = "replace"


def progress(total: float | None, text: str, clock: str) -> Progress:
    """Return rich's display with one task: a bar if there is a total, a text, and one time with its label.

    The time is the time that is left if there is a total, else the time that has passed.
    """
    time = TimeElapsedColumn() if total is None else TimeRemainingColumn()
    columns: list[ProgressColumn] = [
        SpinnerColumn(),
        *([] if total is None else [BarColumn(bar_width=BAR_WIDTH)]),
        TextColumn("{task.description}"),
        TextColumn(clock),
        time,
    ]
    # Values are never broken to fit the terminal: a URL must remain one that can be copied.
    console = Console(stderr=True, soft_wrap=True)
    # Its own redirection would send stdout to stderr where only stderr is a terminal.
    shown = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    shown.add_task(text, total=total or None)
    return shown


@contextmanager
def lines_above(shown: Progress) -> Iterator[None]:
    """Print what is written to stdout and stderr above the bar, for those of them that are terminals."""
    with ExitStack() as stack:
        if sys.stdout.isatty():
            stack.enter_context(redirect_stdout(LinesAboveBar(shown.console, sys.stdout)))
        stack.enter_context(redirect_stderr(LinesAboveBar(shown.console, sys.stderr)))
        yield
