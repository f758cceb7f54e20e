"""Shell. `fangzhi replay`: journey 3."""

from __future__ import annotations

import datetime as dt
import difflib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.cli.entries import DAY
from crawler.cli.main import DONE, FAILED, SOME_FAILED, complain
from crawler.cli.session import Session, fangzhi_command
from crawler.report import Report
from pipelines.document import entry_document
from pipelines.errors import StoreCorrupt, StoreError, StoreUnavailable
from pipelines.model import Entry

KINDS = ("unchanged", "changed", "added")

if TYPE_CHECKING:
    from crawler.replay import Captured, Change
    from pipelines.archive import Archive, Find


@fangzhi_command("replay")
@click.argument("warcs", metavar="[WARC]...", nargs=-1)
@click.option("--site", metavar="SITE", help="The archive's files of this site only.")
@click.option("--since", type=DAY, metavar="DATE", help="Captured on DATE (UTC) or later.")
@click.option("--until", type=DAY, metavar="DATE", help="Captured on DATE (UTC) or earlier.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes that read.  [default: one a core]")
@click.option("--dry-run", is_flag=True, help="Change nothing in the catalogue.")
@click.option("--diff", is_flag=True, help="Show article by article what comes out otherwise than it is catalogued.")
def command(
    session: Session,
    warcs: tuple[str, ...],
    site: str | None,
    since: dt.datetime | None,
    until: dt.datetime | None,
    dry_run: bool,
    diff: bool,
) -> int:
    """Read archived pages again, from the archive itself or from the WARC files named: any program's, by path,
    http(s) or s3 address.

    The same version of fangzhi gives the same entries; a newer one brings the catalogue up to what it reads.
    """
    from contextlib import closing

    from crawler.cli.progress import Progress
    from crawler.cli.run import opened
    from crawler.replay import Span, bodies, jobs, replay
    from crawler.sites import load
    from pipelines.readers import Readers

    span = Span(since=since.date() if since else None, until=until.date() if until else None)
    report, kinds, broken = Report(), Counter[str](), list[StoreError]()
    with opened(session.config) as (archive, catalogue), closing(Readers(session.config.workers)) as readers:
        wanted = jobs(
            _captured(archive, warcs, site, bodies(archive, catalogue), broken), load(*session.config.registry), span
        )
        with Progress(session, report) as progress:
            for change in replay(wanted, catalogue, readers, dry_run=dry_run):
                progress.entry(change.after)
                kinds[change.kind] += 1
                if diff and change.kind != "unchanged":
                    click.echo("\n".join(_told(change)))
    _summarise(session, report, kinds)
    for error in broken:
        complain(error)
    return DONE if not broken else SOME_FAILED if report.fetched else FAILED


def _captured(
    archive: Archive, warcs: tuple[str, ...], site: str | None, find: Find, broken: list[StoreError]
) -> Iterator[Captured]:
    """Yield what the files hold; one that is cut off or no WARC is noted, and the next one read."""
    keys = archive.files(f"warc/{site}/" if site else "warc/")
    for file in [_named(archive, warc, find) for warc in warcs] or (archive.read(key, find) for key in keys):
        try:
            yield from file
        except (StoreCorrupt, StoreUnavailable) as error:
            broken.append(error)


def _named(archive: Archive, warc: str, find: Find) -> Iterator[Captured]:
    """A file by its address; one of the archive's own is read as such, so that its captures stay where they are."""
    from pipelines.archive import read_source

    key = archive.key(Path(warc))
    return archive.read(key, find) if key else read_source(warc, find, archive.options)


def _summarise(session: Session, report: Report, kinds: Counter[str]) -> None:
    if session.machine:
        session.emit(report.document() | {kind: kinds[kind] for kind in KINDS})
        return
    session.say(", ".join(f"{kinds[kind]} {kind}" for kind in KINDS))
    for line in report.lines():
        session.say(line)


def _told(change: Change) -> list[str]:
    """Return what comes out otherwise, as a unified diff under the capture's address."""
    before = _lines(change.before) if change.before else []
    changed = list(difflib.unified_diff(before, _lines(change.after), lineterm="", n=0))[2:]
    return [f"{change.kind}: {change.after.id} {change.after.final_url}", *changed]


def _lines(entry: Entry) -> list[str]:
    """An entry as lines to compare: every fact and paragraph on its own."""
    document = entry_document(entry)
    articles = document.pop("articles")
    facts = [f"{key}: {value}" for key, value in document.items()]
    for article in articles:
        text = article.pop("text")
        article.pop("text_hans")
        facts += [f"{key}: {value}" for key, value in article.items()] + text.split("\n")
    return facts
