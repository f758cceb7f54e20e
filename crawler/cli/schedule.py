"""`fangzhi schedule`: crawl sites whenever they are due."""

from __future__ import annotations

import datetime as dt
import signal
from collections import Counter
from types import FrameType
from typing import TYPE_CHECKING

import click

from crawler.cli.main import DONE, FAILED, INTERRUPTED, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command

if TYPE_CHECKING:
    from crawler.schedule import CrawlScheduler, FinishedCrawl, TimetableRow
    from crawler.sites.site import Site
    from pipelines.errors import FangzhiError

DEFAULT_PARALLEL_SITES = 2
"""Sites crawled at the same time.

A crawl mostly waits for its site, but needs 230 MB with its extraction process: two fit on a small machine, and crawl
a hundred sites of five minutes each in a little over four hours.
"""

_ENDINGS = {DONE: "done", SOME_FAILED: "done, some pages failed", INTERRUPTED: "interrupted"}


@fangzhi_command("schedule")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@click.option(
    "--workers",
    "parallel",
    type=click.IntRange(min=1),
    metavar="N",
    default=DEFAULT_PARALLEL_SITES,
    show_default=True,
    help="Number of sites crawled at the same time.",
)
@click.option("--once", is_flag=True, help="Crawl the sites that are due now, then exit.")
@click.option("--dry-run", is_flag=True, help="Show when each site is due, then exit.")
def command(session: Session, sites: tuple[str, ...], parallel: int, once: bool, dry_run: bool) -> int:
    """Crawl each site whenever it is due, until stopped.

    Only the named sites are crawled or, without names, all enabled ones. Each crawl is a separate process. After Ctrl-C
    or SIGTERM no new crawl starts, and fangzhi waits until the running ones have closed their files; after a second
    signal it does not wait. With --json one object is printed for each crawl that has ended.
    """
    from crawler.cli.site_names import SiteNames
    from crawler.schedule import CrawlLauncher, CrawlScheduler, WallClock, next_due, read_timetable
    from crawler.sites.folders import load

    def registered() -> list[Site]:
        registry = load(*session.config.registry)
        return SiteNames(registry=registry).sites(sites) or registry.enabled()

    config, clock = session.config, WallClock()
    rows = read_timetable(config.frontier, registered(), config.schedule, clock.now())
    if dry_run:
        _show(session, rows)
        return DONE
    crawls = CrawlLauncher(config, parallel, *(["--quiet"] if session.quiet else []))
    reporter = _CrawlReporter(session)
    scheduler = CrawlScheduler(
        config.frontier, registered, config.schedule, crawls.start, reporter, max_running=parallel, clock=clock
    )
    signals = _stop_on_signal(scheduler)
    session.say(next_due(rows))
    codes = scheduler.run(once=once)
    if signals:
        return INTERRUPTED if signals[0] == signal.SIGINT else DONE
    return _exit_code(codes)


class _CrawlReporter:
    """Prints a line for each event or, with --json, one object for each crawl that has ended."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def crawl_started(self, row: TimetableRow) -> None:
        self._session.say(f"{row.site.slug}: crawl started.")

    def run_skipped(self, row: TimetableRow) -> None:
        process = row.last and row.last.process
        self._session.say(f"{row.site.slug}: skipped this time, process {process} is still crawling it.")

    def crawl_finished(self, finished: FinishedCrawl) -> None:
        from crawler.schedule.timetable import in_china, moment

        if self._session.as_json:
            crawl = {
                "site": finished.row.site.slug,
                "started": moment(finished.started),
                "ended": moment(finished.ended),
            }
            result = {
                "exit": finished.code,
                "outcome": finished.row.last and finished.row.last.outcome,
                "skipped": finished.skipped,
            }
            self._session.emit(crawl | result | {"due": moment(finished.row.due), "report": finished.report})
            return
        ending = _ENDINGS.get(finished.code, f"failed with exit code {finished.code}")
        fetched = (
            f", {finished.report['fetched']} fetched, {finished.report['articles']} articles" if finished.report else ""
        )
        duration = f" in {dt.timedelta(seconds=round((finished.ended - finished.started).total_seconds()))}"
        skipped = f"; scheduled crawls skipped meanwhile: {finished.skipped}" if finished.skipped else ""
        self._session.say(
            f"{finished.row.site.slug}: {ending}{fetched}{duration}{skipped}; next due {in_china(finished.row.due)}."
        )

    def start_failed(self, error: FangzhiError) -> None:
        self._session.complain(error)


def _stop_on_signal(scheduler: CrawlScheduler) -> list[int]:
    """Stop the scheduler on SIGINT and SIGTERM; return the list to which the signals received are appended."""
    received: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        received.append(number)
        scheduler.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return received


def _exit_code(codes: Counter[int]) -> int:
    """Return one exit code for all crawls: FAILED only if every crawl failed."""
    if not codes.keys() - {DONE}:
        return DONE
    return SOME_FAILED if codes.keys() & {DONE, SOME_FAILED} else FAILED


def _show(session: Session, rows: list[TimetableRow]) -> None:
    for row in rows:
        if session.as_json:
            session.emit(row.document())
        else:
            click.echo(f"{row.site.slug:<24}  {row.line()}")
