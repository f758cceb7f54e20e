"""`fangzhi schedule`: crawl sites whenever they are due."""

from __future__ import annotations

import datetime as dt
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import TYPE_CHECKING

import click

from crawler.cli.completion import complete_site
from crawler.cli.filters import region_option
from crawler.cli.log_events import CRAWL_FINISHED, CRAWL_SKIPPED, CRAWL_STARTED, PAGES_WAIT
from crawler.cli.main import DONE, FAILED, INTERRUPTED, SOME_FAILED, main
from crawler.cli.output import echo
from crawler.cli.session import Session, fangzhi_command
from crawler.config.labels import RUNS
from pipelines.errors import FangzhiError
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _
from pipelines.times import CHINA

if TYPE_CHECKING:
    from crawler.cli.tables import TableLayout
    from crawler.cli.waiting_pages import WaitingPages
    from crawler.schedule import CrawlScheduler, FinishedCrawl, TimetableRow
    from crawler.schedule.messages import MessageRuns
    from crawler.sites.site import Site

DEFAULT_PARALLEL_SITES = 2
"""Sites crawled at the same time.

A crawl mostly waits for its site, but needs 250 MB with its line and a worker: two fit on a small machine, and crawl a
hundred sites of five minutes each in a little over four hours.
"""

_EVERY: dict[str, Callable[[str], Message]] = {
    "m": lambda count: _("every {count}m", count=count),
    "h": lambda count: _("every {count}h", count=count),
    "d": lambda count: _("every {count}d", count=count),
}

_ENDINGS = {DONE: _("done"), SOME_FAILED: _("done, some pages failed"), INTERRUPTED: _("interrupted")}


@fangzhi_command("schedule")
@click.argument("sites", metavar="[SITE]...", nargs=-1, shell_complete=complete_site)
@region_option
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
@click.option(
    "--metrics-port",
    type=click.IntRange(min=1, max=65_535),
    metavar="N",
    help="Serve metrics for Prometheus at http://127.0.0.1:N/metrics: those of the whole archive and all its sites.",
)
@click.option(
    "--metrics-host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address for --metrics-port; others than loopback are for containers, because everyone can read it.",
)
@click.option("--dry-run", is_flag=True, help="Show when each site is due, then exit.")
def command(
    session: Session,
    sites: tuple[str, ...],
    region: str | None,
    parallel: int,
    once: bool,
    metrics_port: int | None,
    metrics_host: str,
    dry_run: bool,
) -> int:
    """Crawl each site whenever it is due, until stopped.

    Only the named sites are crawled or, without names, all enabled ones; with --region, only those of the region. Each
    crawl is a separate process. Crawls that run one after another write to the same WARC file, whatever their site; it
    is published when it is a day old or has 1 GB, and when fangzhi schedule ends (see the setting shared_files). After
    Ctrl-C or SIGTERM no new crawl starts, and fangzhi waits until the running ones have ended; after a second signal it
    does not wait. With --json one object is printed for each crawl that has ended.
    """
    from crawler.cli.regions import region_prefix
    from crawler.cli.site_names import SiteNames, sites_of_region
    from crawler.frontier.uploads import upload_recorder
    from crawler.schedule import CrawlLauncher, CrawlScheduler, WallClock, next_due, read_timetable
    from crawler.schedule.messages import MessageRuns
    from crawler.schedule.systemd import READY, notify
    from crawler.sites.folders import load
    from pipelines.archive import Archive
    from pipelines.storage import open_storage

    prefix = region_prefix(session, region) if region else ""

    def registered() -> list[Site]:
        registry = load(*session.config.registry)
        chosen = SiteNames(registry=registry).sites(sites) or registry.enabled()
        return sites_of_region(registry, prefix, chosen) if prefix else chosen

    config, clock = session.config, WallClock()
    rows = read_timetable(config.frontier, registered(), config.schedule, clock.now())
    if dry_run:
        _show(session, rows)
        return DONE
    options = [*(["--quiet"] if session.quiet else []), *(["--log-format", "json"] if session.json_log else [])]
    crawls = CrawlLauncher(config, parallel, *options, command=main, imports="crawler.cli.crawl_imports")
    messages = MessageRuns(config, options)
    reporter = _CrawlReporter(session, messages)
    storage, on_upload = open_storage(config.archive, config.options), upload_recorder(config.frontier)
    archive = Archive(storage, options=config.options, on_upload=on_upload)
    scheduler = CrawlScheduler(
        *(config.frontier, registered, config.schedule, crawls.start, reporter),
        max_running=parallel,
        clock=clock,
        when_idle=archive.publish_idle,
        alive=reporter.alive,
    )
    signals = _stop_on_signal(scheduler)
    session.say(next_due(rows))
    with _metrics(session, metrics_host, metrics_port):
        notify(READY)
        codes = scheduler.run(once=once)
        messages.close()
    if config.shared_files != "always":
        archive.publish_idle()
    if signals:
        return INTERRUPTED if signals[0] == signal.SIGINT else DONE
    return _exit_code(codes)


def _metrics(session: Session, host: str, port: int | None) -> AbstractContextManager[object]:
    """Serve metrics on a port during a `with` block; without a port, do nothing."""
    if port is None:
        return nullcontext()
    from crawler.cli.metrics import metrics_server

    return metrics_server(session.config, host, port)


class _CrawlReporter:
    """Prints a line for each event or, with --json, one object for each crawl that has ended."""

    def __init__(self, session: Session, messages: MessageRuns) -> None:
        self._session, self._messages = session, messages

    def alive(self) -> None:
        """Tell systemd that the schedule works, and send messages if it is time; called every second."""
        from crawler.schedule.systemd import ALIVE, notify

        notify(ALIVE)
        try:
            self._messages.check()
        except FangzhiError as error:
            self.start_failed(error)

    def crawl_started(self, row: TimetableRow) -> None:
        self._session.say(_("{site}: crawl started.", site=row.site.slug), event=CRAWL_STARTED, site=row.site.slug)

    def run_skipped(self, row: TimetableRow) -> None:
        slug, process = row.site.slug, row.last and row.last.process
        message = _("{site}: skipped this time, another schedule starts it.", site=slug)
        if row.is_running:
            message = _(
                "{site}: skipped this time, process {process} is still crawling it.", site=slug, process=row.process
            )
        self._session.say(
            message,
            event=CRAWL_SKIPPED,
            site=slug,
            process=process,
        )

    def crawl_finished(self, finished: FinishedCrawl) -> None:
        from crawler.schedule.timetable import moment

        self._messages.want()
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
        self._session.say(
            _finished_line(finished), event=CRAWL_FINISHED, site=finished.row.site.slug, exit=finished.code
        )
        for waiting in _waiting_pages(finished):
            self._session.say(waiting.line(), event=PAGES_WAIT, site=waiting.site)

    def start_failed(self, error: FangzhiError) -> None:
        self._session.complain(error)


def _waiting_pages(finished: FinishedCrawl) -> list[WaitingPages]:
    """Return which pages the crawl left to a later one: all of them, if its time window closed before the first."""
    from crawler.cli.waiting_pages import WaitingPages

    return [WaitingPages.of_document(each) for each in (finished.report or {}).get("waiting", ())]


def _finished_line(finished: FinishedCrawl) -> Message:
    from crawler.schedule.timetable import in_china

    report, seconds = finished.report or {}, round((finished.ended - finished.started).total_seconds())
    parts = [_ENDINGS.get(finished.code) or _("failed with exit code {code}", code=finished.code)]
    if report:
        parts.append(_("{count} fetched", count=report["fetched"]))
        parts.append(ngettext("{count} article", "{count} articles", report["articles"]))
    message = _(
        "{site}: {parts} in {duration}; next due {at}.",
        site=finished.row.site.slug,
        parts=parts,
        duration=dt.timedelta(seconds=seconds),
        at=in_china(finished.row.due),
    )
    if not finished.skipped:
        return message
    return _("{message} Scheduled crawls skipped meanwhile: {count}.", message=message, count=finished.skipped)


def _stop_on_signal(scheduler: CrawlScheduler) -> list[int]:
    """Stop the scheduler on SIGINT and SIGTERM; return the list to which the signals received are appended."""
    from crawler.schedule.systemd import STOPPING, notify

    received: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        scheduler.stop()
        notify(STOPPING)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return received


def _exit_code(codes: Counter[int]) -> int:
    """Return one exit code for all crawls: FAILED only if every crawl failed."""
    if not codes.keys() - {DONE}:
        return DONE
    return SOME_FAILED if codes.keys() & {DONE, SOME_FAILED} else FAILED


def _show(session: Session, rows: list[TimetableRow]) -> None:
    if session.as_json:
        for row in rows:
            session.emit(row.document())
        return
    for line in timetable_lines(rows, session.layout(sys.stdout)):
        echo(line, styled=True)


def timetable_lines(rows: list[TimetableRow], layout: TableLayout) -> list[str]:
    """Return a timetable as lines: the last crawl of each site, and when the next one is due."""
    from crawler.cli.tables import TextColumn

    endings = [
        layout.translate(_("last crawl {ending}", ending=RUNS[row.last.outcome])) if row.last else _("never crawled")
        for row in rows
    ]
    columns = (
        TextColumn(head=_("site"), cells=[row.site.slug for row in rows], is_text=True),
        TextColumn(head=_("last crawl"), cells=endings, is_text=True),
        TextColumn(
            head=_("at"),
            cells=[_minute(row.last.ended or row.last.started) if row.last else "" for row in rows],
            is_text=True,
            meaning=_("end of the last crawl, in China's time"),
            rank=2,
        ),
        TextColumn(
            head=_("next crawl"),
            cells=[_("due now") if row.is_due else _minute(row.due) for row in rows],
            is_text=True,
            meaning=_("in China's time"),
        ),
        TextColumn(head=_("schedule"), cells=[_schedule_text(row.schedule) for row in rows], is_text=True, rank=1),
    )
    return layout.table(columns) if rows else []


def _schedule_text(schedule: str) -> str:
    """Return a schedule for people; a cron expression is the same in every language."""
    from crawler.sites.schedule import EVERY_RULE

    match = EVERY_RULE.fullmatch(schedule.strip().removesuffix("Asia/Shanghai").strip())
    if not match:
        return schedule
    number, unit, begin, end = match.groups()
    every = _EVERY[unit](number)
    return _("{every} between {begin} and {end}", every=every, begin=begin, end=end) if begin else every


def _minute(time: dt.datetime) -> str:
    return f"{time.astimezone(CHINA):%Y-%m-%d %H:%M}"
