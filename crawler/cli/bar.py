"""A progress bar on stderr for commands that take long; nothing where stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from crawler.cli.session import Session
from pipelines.messages import Message
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from rich.progress import Progress

Item = TypeVar("Item")

TIME_WIDTH = len("0:00:00")
"""Columns of a time of less than ten hours."""

SEPARATOR = " · "


class ProgressBar:
    """A spinner, a bar and the time that is left if the total is known, else the time that has passed, and a text.

    The text is made of parts; those at its end are left out where the terminal is too narrow. What is written to stdout
    and stderr meanwhile appears above the bar.
    """

    def __init__(self, session: Session, total: float | None = None) -> None:
        """Show nothing unless stderr is a terminal, and nothing with --quiet or --json.

        With a `total` there is a bar and the time that is left; 0 if the total is only known later.
        """
        self._session, self._total = session, total
        self._clock = session.text(_("elapsed") if total is None else _("time left"))
        self._progress: Progress | None = None
        self._shown = ExitStack()
        if sys.stderr.isatty() and not (session.quiet or session.as_json or session.json_log):
            from crawler.cli.bar_display import progress

            self._progress = progress(total, session.text(_("starting")), self._clock)

    def __enter__(self) -> Self:
        if self._progress:
            from crawler.cli.bar_display import lines_above

            self._shown.enter_context(self._progress)
            self._shown.enter_context(lines_above(self._progress))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shown.__exit__(kind, error, trace)

    @property
    def shown(self) -> bool:
        """Whether the bar is visible."""
        return self._progress is not None

    def show(self, parts: Sequence[str], done: float | None = None, total: float | None = None) -> None:
        """Show a text, and how much is done: one more than before, unless `done` says it."""
        if self._progress is None:
            return
        (task,) = self._progress.task_ids
        self._total = total or self._total
        advance = 1.0 if done is None else None
        text = self._fitting(parts)
        self._progress.update(task, description=text, completed=done, advance=advance, total=self._total or None)

    def over(self, items: Iterable[Item], total: Callable[[], int], text: Callable[[int], Message]) -> Iterator[Item]:
        """Yield items and count them; `total` counts them in advance, only if the bar is visible."""
        number = total() if self.shown else 0
        for done, item in enumerate(items, 1):
            self.show([text(done)], done=done, total=number)
            yield item

    def _fitting(self, parts: Sequence[str]) -> str:
        from rich.cells import cell_len

        from crawler.cli.bar_display import BAR_WIDTH

        width, _ = self._session.terminal(sys.stderr)
        time = 1 + cell_len(self._clock) + 1 + TIME_WIDTH
        room = width - time - len("- ") - (BAR_WIDTH + 1 if self._total else 0)
        shown = [self._session.text(part) for part in parts]
        while len(shown) > 1 and cell_len(SEPARATOR.join(shown)) > room:
            shown.pop()
        return SEPARATOR.join(shown)
