"""Runs the crawls that are due, a limited number of sites at a time, for ever or once, until it is asked to stop."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from typing import Any, Protocol

from attrs import frozen

from crawler.frontier import Frontier, Run, skipped_runs
from crawler.schedule.timetable import TimetableRow, read_timetable, timetable
from crawler.sites.site import Site
from pipelines.errors import FangzhiError

POLL_S = 1.0
"""Seconds between checks of the running crawls: a signal waits no longer than that, and a check costs nothing."""

CHECK_INTERVAL = dt.timedelta(minutes=1)
"""Time between checks for due sites: schedules are in minutes. Each check reads the registry again."""


class Clock(Protocol):
    """The time, and waiting."""

    def now(self) -> dt.datetime:
        """Return the current time."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class WallClock:
    """The system's clock."""

    def now(self) -> dt.datetime:
        """Return the current time in UTC."""
        return dt.datetime.now(dt.UTC)

    def sleep(self, seconds: float) -> None:
        """Wait; a signal is handled at once, and the wait continues."""
        time.sleep(seconds)


class StartedCrawl(Protocol):
    """A crawl that was started."""

    def ended(self) -> int | None:
        """Return the exit code, None while the crawl runs."""

    def stop(self) -> None:
        """Ask the crawl to end."""

    def kill(self) -> None:
        """End the crawl at once."""

    def report(self) -> dict[str, Any] | None:
        """Return the report of the ended crawl."""


@frozen(kw_only=True)
class FinishedCrawl:
    """A crawl that has ended: its exit code, its report, how many scheduled runs it skipped, and the next one."""

    row: TimetableRow
    started: dt.datetime
    ended: dt.datetime
    code: int
    report: dict[str, Any] | None
    skipped: int


class Listener(Protocol):
    """Receives the events of a scheduler."""

    def crawl_started(self, row: TimetableRow) -> None:
        """Receive the start of a crawl."""

    def run_skipped(self, row: TimetableRow) -> None:
        """Receive a scheduled run that is skipped, once per crawl: a crawl runs, or another scheduler starts one."""

    def crawl_finished(self, crawl: FinishedCrawl) -> None:
        """Receive the result of a crawl."""

    def start_failed(self, error: FangzhiError) -> None:
        """Receive the reason why no crawl can be started now."""


@frozen
class _RunningCrawl:
    row: TimetableRow
    started: dt.datetime
    crawl: StartedCrawl


class CrawlScheduler:
    """Starts the crawls that are due and follows those that are running."""

    def __init__(
        self,
        frontier: str,
        sites: Callable[[], Iterable[Site]],
        default: str,
        start: Callable[[str], StartedCrawl],
        listener: Listener,
        *,
        max_running: int,
        clock: Clock,
        when_idle: Callable[[dt.datetime], None] = lambda _now: None,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        """`sites` is called at each check, `default` is the schedule of sites without one, `start` starts a crawl.

        `when_idle` is called at each check at which no crawl runs, `alive` every second.
        """
        self._frontier, self._sites, self._default = frontier, sites, default
        self._start_crawl, self._listener, self._max_running, self._clock = start, listener, max_running, clock
        self._running: dict[str, _RunningCrawl] = {}
        self._when_idle, self._alive = when_idle, alive
        self._name = uuid.uuid4().hex  # in reservations
        self._reported_skips: set[tuple[str, dt.datetime]] = set()
        self._checked_at: dt.datetime | None = None
        self._stop_requests = self._stops_passed_on = 0

    def stop(self) -> None:
        """Start no more crawls and ask the running ones to end; the second call ends them at once.

        A signal handler may call it.
        """
        self._stop_requests += 1

    def run(self, *, once: bool) -> Counter[int]:
        """Run what is due until asked to stop, or with `once` what is due now; return the number of each exit code.

        Raises FangzhiError if the timetable cannot be read at the start.
        """
        remaining = {row.site.slug for row in self._timetable() if row.is_due} if once else None
        codes: Counter[int] = Counter()
        while True:
            self._alive()
            codes.update(self._collect())
            if not self._running and (self._stop_requests or remaining == set()):
                return codes
            self._pass_on_stops()
            if not self._stop_requests and not self._checked_recently():
                remaining = self._start_due(remaining)
                self._work_between_crawls()
            self._clock.sleep(POLL_S)

    def _work_between_crawls(self) -> None:
        """Call `when_idle` if no crawl runs; its errors are reported, and the next check calls it again."""
        if not self._running:
            try:
                self._when_idle(self._clock.now())
            except FangzhiError as error:
                self._listener.start_failed(error)

    def _timetable(self) -> list[TimetableRow]:
        return read_timetable(self._frontier, self._sites(), self._default, self._clock.now())

    def _checked_recently(self) -> bool:
        """Tell whether it is too early for the next check; it is not if the clock was put back."""
        checked_at = self._checked_at
        return checked_at is not None and dt.timedelta() <= self._clock.now() - checked_at < CHECK_INTERVAL

    def _start_due(self, remaining: set[str] | None) -> set[str] | None:
        """Start due crawls up to the limit; return which of the `remaining` sites are still to be started."""
        self._checked_at = self._clock.now()
        try:
            rows = self._timetable()
            due = [row for row in rows if row.is_due and row.site.slug not in self._running]
            due = [row for row in due if remaining is None or row.site.slug in remaining]
            reserved, left = self._reserved(due)
        except FangzhiError as error:
            if remaining is not None and not self._running:
                raise
            self._listener.start_failed(error)
            return remaining
        self._report_skips(rows)
        done = {row.site.slug for row in reserved if self._start(row, once=remaining is not None)}
        if remaining is None:
            return None
        for row in left:
            self._listener.run_skipped(row)
        return {row.site.slug for row in due} - done - {row.site.slug for row in left}

    def _reserved(self, due: list[TimetableRow]) -> tuple[list[TimetableRow], list[TimetableRow]]:
        """Reserve as many of these sites as crawls may be started; return them, and those that another one starts."""
        free = self._max_running - len(self._running)
        ours, left = list[TimetableRow](), list[TimetableRow]()
        if not due or not free:
            return ours, left
        with closing(Frontier(self._frontier)) as frontier:
            for row in due:
                if len(ours) == free:
                    break
                is_ours = frontier.reserve_site(row.site.slug, self._name, row.last)
                (ours if is_ours else left).append(row)
        return ours, left

    def _start(self, row: TimetableRow, *, once: bool) -> bool:
        """Start a crawl, and tell whether that succeeded; a failed start is retried at the next check, if any."""
        try:
            crawl = self._start_crawl(row.site.slug)
        except FangzhiError as error:
            if once and not self._running:
                raise
            self._listener.start_failed(error)
            self._end_reservation(row.site)
            return False
        self._running[row.site.slug] = _RunningCrawl(row, self._clock.now(), crawl)
        self._listener.crawl_started(row)
        return True

    def _end_reservation(self, site: Site) -> None:
        """End a reservation; if the frontier is away it ends by itself, after a minute."""
        with suppress(FangzhiError), closing(Frontier(self._frontier)) as frontier:
            frontier.end_reservation(site.slug, self._name)

    def _report_skips(self, rows: Iterable[TimetableRow]) -> None:
        late = [row for row in rows if row.is_running and row.due <= self._clock.now()]
        skips = {(row.site.slug, row.last.started): row for row in late if row.last}
        for key in sorted(skips.keys() - self._reported_skips):
            self._listener.run_skipped(skips[key])
        self._reported_skips = set(skips)

    def _collect(self) -> list[int]:
        """Return the exit codes of the crawls that have ended since the last call."""
        codes = []
        for slug, running in list(self._running.items()):
            if (code := running.crawl.ended()) is not None:
                del self._running[slug]
                self._checked_at = None  # check at once: the next crawl may start
                codes.append(code)
                try:
                    self._listener.crawl_finished(self._finished(running, code))
                except FangzhiError as error:
                    self._listener.start_failed(error)
        return codes

    def _finished(self, running: _RunningCrawl, code: int) -> FinishedCrawl:
        """Return the result of a crawl; one that left no run in the frontier is recorded there as failed."""
        now, site = self._clock.now(), running.row.site
        with closing(Frontier(self._frontier)) as frontier:
            frontier.end_reservation(site.slug, self._name)  # if the crawl did not claim the site
            (row,) = timetable([site], frontier.runs(), self._default, now)
            if row.is_due and not self._stop_requests and not _is_recorded(row.last, running.started):
                # without a record, the crawl would start again at once, and for ever
                frontier.record_failed_run(site.slug, running.started, now)
                (row,) = timetable([site], frontier.runs(), self._default, now)
        last, report = row.last, running.crawl.report()
        skipped = skipped_runs(row.parsed_schedule, last, last.ended or now, site.windows) if last else 0
        return FinishedCrawl(row=row, started=running.started, ended=now, code=code, report=report, skipped=skipped)

    def _pass_on_stops(self) -> None:
        while self._stops_passed_on < self._stop_requests:
            self._stops_passed_on += 1
            for running in self._running.values():
                if self._stops_passed_on == 1:
                    running.crawl.stop()
                else:
                    running.crawl.kill()


def _is_recorded(run: Run | None, since: dt.datetime) -> bool:
    """Tell whether the frontier has a crawl that was running since then, ours or another's."""
    return run is not None and (run.process is not None or (run.ended or run.started) >= since)
