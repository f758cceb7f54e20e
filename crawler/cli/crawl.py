"""Shell. `fangzhi crawl`: journey 1."""

from __future__ import annotations

import datetime as dt

import click

from crawler.cli.session import Session, fangzhi_command
from crawler.report import Report
from pipelines.errors import FangzhiError


@fangzhi_command("crawl")
@click.argument("sites", metavar="[SITE]...", nargs=-1)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N articles of each site.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Only what the lists date DATE or later."
)
@click.option("--full", is_flag=True, help="Walk every list to its end.")
def command(session: Session, sites: tuple[str, ...], limit: int | None, since: dt.datetime | None, full: bool) -> int:
    """Crawl sites of the registry; none named: every enabled one.

    Each page's bytes are archived, its article read, compared with what is there, and catalogued. Ends with a report
    that adds up. Ctrl-C once finishes what is in flight.
    """
    return crawl(session, sites, limit=limit, since=since.date() if since else None, full=full)


def crawl(
    session: Session,
    slugs: tuple[str, ...],
    *,
    limit: int | None = None,
    since: dt.date | None = None,
    full: bool = False,
) -> int:
    """Crawl, report, and return the exit code; an unknown site raises RegistryError, a store that fails StoreError."""
    from crawler.cli.progress import Progress
    from crawler.cli.run import exit_code, scrape
    from crawler.sites import load
    from crawler.spiders.site import SiteSpider

    registry = load(*session.config.registry)
    chosen = [registry.get(slug).slug for slug in slugs] or [site.slug for site in registry.enabled()]
    if not session.config.contact and not session.config.allow_private:
        session.say("The sites will not know whom to write to: set contact in fangzhi.toml or FANGZHI_CONTACT.")
    report = Report()
    arguments = {"sites": ",".join(chosen), "limit": limit, "since": since.isoformat() if since else None, "full": full}
    try:
        with Progress(session, report) as progress:
            interrupted = scrape(session, SiteSpider, arguments, progress.entry, progress.failure)
    except FangzhiError:
        if report.fetched:
            show_report(session, report)
        raise
    show_report(session, report)
    return exit_code(report, interrupted=interrupted)


def show_report(session: Session, report: Report) -> None:
    """Write a report: lines for people to stderr, or one JSON object to stdout."""
    if session.machine:
        session.emit(report.document())
        return
    for line in report.lines():
        session.say(line)
