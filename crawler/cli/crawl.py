"""`fangzhi crawl`: crawl registered sites."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from crawler.cli.columns import terminal_columns
from crawler.cli.completion import complete_site
from crawler.cli.days import FIRST_DAY
from crawler.cli.filters import region_option
from crawler.cli.main import DONE
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from crawler.cli.crawl_renditions import RenditionCounts
    from crawler.cli.run import Ended, FallbackLists
    from crawler.cli.waiting_pages import WaitingPages
    from crawler.monitoring import Health, Stats
    from crawler.sites.registry import Registry
    from crawler.sites.site import Site
    from crawler.spiders.options import CrawlOptions


@fangzhi_command("crawl")
@click.argument("sites", metavar="[SITE]...", nargs=-1, shell_complete=complete_site)
@region_option
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Fetch at most N new articles of each site.")
@click.option(
    "--since",
    type=FIRST_DAY,
    metavar="DATE",
    help="Only articles that their list page dates DATE or later: 2023-04-05, 2023-04, 7d, yesterday.",
)
@click.option("--full", is_flag=True, help="Read every list to its last page, also for sites that are not due.")
@click.option(
    "--recheck", is_flag=True, help="Request every known article again, to find edits and deletions before it is due."
)
@click.option(
    "--page",
    type=click.Choice(["whole", "text"]),
    help="Archive pages with all that shows them, or their text alone.  [default: as each site says, or whole]",
)
@click.option("--due", is_flag=True, help="Crawl only what is due: of the sites named, and of their sections.")
@click.option("--yes", is_flag=True, help="Do not ask before the first crawl of all sites.")
def command(session: Session, since: dt.date | None, *, region: str | None, yes: bool, **options: Any) -> int:
    """Crawl the named sites, or every enabled site that is due.

    With --region, only sites of the region and of those below it are crawled. The bytes of each page are archived; its
    article is extracted, compared with earlier captures, and catalogued. At the end a report and the health of each
    site are printed. A site that used to yield articles and now yields none is reported as dead or blocked, with exit
    code 3. Ctrl-C finishes the requests in flight and stops; a second one stops at once.

    For sites with `rendition = "png"` or "pdf" in their TOML, a picture or a PDF of each new or changed article is made
    after the last request, in at most ten minutes. What is left is made after the next crawl. The exit code is 3 if
    the browser failed on some pages, or is not there.
    """
    from crawler.spiders.options import CrawlOptions

    crawl_options = CrawlOptions(since=since, **options)
    if crawl_options.full and crawl_options.due:
        raise click.UsageError(_("--full reads every list, --due only those that are due: leave one of them out"))
    if not (crawl_options.sites or region or yes):
        _confirm(session)
    due = crawl_options.due or not (crawl_options.sites or crawl_options.full)
    return crawl(session, evolve(crawl_options, due=due), region)


def _confirm(session: Session) -> None:
    """Ask a person at a terminal before the first crawl of all enabled sites: these are real sites.

    A crawl without a terminal, as from cron, and a crawl that is not the first one go on without a question.
    """
    from crawler.frontier import frontier_exists
    from crawler.sites.folders import load

    if frontier_exists(session.config.frontier) or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    sites = len(load(*session.config.registry).enabled())
    question = ngettext(
        "No site is named: crawl the {count} enabled site, on the internet?",
        "No site is named: crawl all {count} enabled sites, on the internet?",
        sites,
    )
    click.confirm(session.text(question), abort=True, err=True)


def crawl(session: Session, options: CrawlOptions, region: str | None = None) -> int:
    """Crawl, print a report, and return the exit code.

    Raises RegistryError for an unknown site or a region without sites, StoreError if the archive or the catalogue
    fails.
    """
    from crawler.cli.crawl_log import kept_log
    from crawler.cli.crawl_records import record_crawls, record_killed
    from crawler.cli.progress import Progress
    from crawler.cli.regions import region_prefix
    from crawler.cli.run import exit_code, scrape
    from crawler.cli.site_names import SiteNames, sites_of_region
    from crawler.monitoring import Stats
    from crawler.sites.folders import load
    from crawler.spiders.site import SiteSpider

    registry = load(*session.config.registry)
    sites = SiteNames(registry=registry).sites(options.sites) or registry.enabled()
    sites = sites_of_region(registry, region_prefix(session, region), sites) if region else sites
    if not (chosen := _due(session, sites) if options.due else sites):
        _recover_spool(session, registry)
        if session.as_json:
            show_report(session, Stats())
        return DONE
    for site in chosen:
        if not site.enabled:
            session.say(
                _(
                    "{site} is disabled in the registry ({reason}); crawling it because it was named.",
                    site=site.slug,
                    reason=site.reason,
                )
            )
    if not session.config.contact and not session.config.allow_private:
        session.say(_("No contact address is sent to the sites: set contact in fangzhi.toml or FANGZHI_CONTACT."))
    report = Stats()
    stats_by_site: dict[str | None, Stats] = {site.slug: Stats() for site in chosen}
    arguments = {"options": evolve(options, sites=tuple(site.slug for site in chosen))}
    started = dt.datetime.now(dt.UTC)
    record_killed(session.config)
    try:
        with (
            kept_log(session.config, [site.slug for site in chosen], registry.slug_of),
            Progress(session, report, stats_by_site=stats_by_site, site_of=registry.slug_of) as progress,
        ):
            ended = scrape(session, registry, SiteSpider, arguments, progress.entry, progress.failure, progress)
        crawled = {site: stats for site, stats in stats_by_site.items() if site not in ended.busy}
        record_crawls(session.config, crawled)
        drawn = None if ended.interrupted else _render(session, chosen, ended)
        healths = _health(session, registry, crawled, started)
    except FangzhiError:
        if report.fetched:
            show_report(session, report)
        raise
    show_report(session, report, healths, ended.waiting, ended.fallbacks, drawn)
    alarm = any(each.status.needs_attention for each in healths) or bool(drawn and (drawn.failed or drawn.broken))
    return exit_code(report, interrupted=ended.interrupted, alarm=alarm)


def _render(session: Session, sites: Sequence[Site], ended: Ended) -> RenditionCounts | None:
    """Make the renditions of the sites that were crawled; without an archive there are none."""
    from crawler.cli.crawl_renditions import render_articles

    crawled = [site for site in sites if site.slug not in ended.busy]
    return render_articles(session, crawled) if session.config.archive else None


def _recover_spool(session: Session, registry: Registry) -> None:
    """Catalogue and publish what killed crawls left in the spool, also if no site is due.

    The spool can be that of a machine that is lost. Nothing is loaded for it unless it has such a file.
    """
    from pipelines.archive.open_files import open_files
    from pipelines.archive.shared import idle_file
    from pipelines.storage import open_storage

    storage = open_storage(session.config.archive, session.config.options)
    if any(idle_file(storage, key) is None for key in open_files(storage)):
        from crawler.cli.run import recover_killed

        recover_killed(session, registry)


def _due(session: Session, sites: list[Site]) -> list[Site]:
    """Return the sites that are due, and print when the others are due."""
    from crawler.schedule import next_due, read_timetable
    from crawler.schedule.timetable import in_china

    rows = read_timetable(session.config.frontier, sites, session.config.schedule, dt.datetime.now(dt.UTC))
    due = [row.site for row in rows if row.is_due]
    if not due:
        session.say(next_due(rows))
        return []
    for row in rows:
        if not row.is_due:
            site, at = row.site.slug, in_china(row.due)
            if row.last and row.is_running:
                message = _(
                    "{site} is skipped: process {process} is crawling it; it is next due {at}.",
                    site=site,
                    process=row.process,
                    at=at,
                )
            else:
                message = _("{site} is skipped: it is due {at}.", site=site, at=at)
            session.say(message)
    return due


def _health(
    session: Session, registry: Registry, stats_by_site: dict[str | None, Stats], started: dt.datetime
) -> list[Health]:
    from crawler.frontier import Frontier
    from crawler.monitoring import Monitor
    from pipelines.catalogue.catalogue import Catalogue

    with closing(Frontier(session.config.frontier)) as frontier:
        looks = frontier.list_statuses()
    with closing(Catalogue(session.config.catalogue)) as catalogue:
        monitor = Monitor(catalogue=catalogue, registry=registry, now=dt.datetime.now(dt.UTC), lists=looks)
        return monitor.after_crawl(stats_by_site, started)


def show_report(
    session: Session,
    report: Stats,
    sites: Sequence[Health] = (),
    waiting: Sequence[WaitingPages] = (),
    fallbacks: Sequence[FallbackLists] = (),
    drawn: RenditionCounts | None = None,
) -> None:
    """Print a report: lines for people to stderr, or one JSON object to stdout."""
    if session.as_json:
        details: dict[str, Any] = {
            "waiting": [each.document() for each in waiting],
            "fallbacks": [each.document() for each in fallbacks],
            "sites": [site.document() for site in sites],
        }
        details |= {"renditions": drawn.document()} if drawn else {}
        session.emit(report.summary() | details)
        return
    from crawler.cli.health import tables
    from crawler.cli.report import folded, report_lines

    columns = terminal_columns(sys.stderr)
    counts = [folded(session.text(line), columns) for line in report_lines(report)]
    counts += [session.text(drawn.line())] if drawn else []
    lines = [*counts, *(each.line() for each in waiting), *(each.line() for each in fallbacks)]
    for line in (*lines, "", *tables(sites, session.layout(sys.stderr))) if sites else lines:
        session.say(line)
