"""`fangzhi replay`: journey 3."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections import Counter
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import click
from attrs import field, frozen

from crawler.cli.filters import DAY
from crawler.cli.main import DONE, FAILED, SOME_FAILED, complain
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import StoreError

KINDS = ("unchanged", "changed", "added")

if TYPE_CHECKING:
    from crawler.compare.entries import Totals
    from crawler.monitoring import Stats
    from crawler.replay.checkpoint import Checkpoint
    from crawler.replay.run import Change, Span
    from crawler.sites.registry import Registry
    from pipelines.archive import Archive, Conversions, MultiReader, Source
    from pipelines.catalogue.catalogue import Catalogue


@frozen(kw_only=True)
class Wanted:
    """What a replay is asked to read, and what to do with it."""

    warcs: tuple[str, ...]
    site: str | None
    since: dt.datetime | None
    until: dt.datetime | None
    into: str | None
    dry_run: bool
    diff: bool
    links: bool
    conversions: str | None
    afresh: bool
    broken: list[StoreError] = field(factory=list)

    @property
    def span(self) -> Span:
        """The days of the captures that are wanted."""
        from crawler.replay.run import Span

        return Span(
            since=self.since.date() if self.since else None,
            until=self.until.date() if self.until else None,
        )


@fangzhi_command("replay")
@click.argument("warcs", metavar="[WARC]...", nargs=-1)
@click.option("--site", metavar="SITE", help="The archive's files of this site only.")
@click.option("--since", type=DAY, metavar="DATE", help="Captured on DATE (UTC) or later.")
@click.option("--until", type=DAY, metavar="DATE", help="Captured on DATE (UTC) or earlier.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes that read.  [default: one a core]")
@click.option("--dry-run", is_flag=True, help="Change nothing in the catalogue.")
@click.option("--diff", is_flag=True, help="Show article by article what comes out otherwise than it is catalogued.")
@click.option("--links", is_flag=True, help="Only show what each list page led to, one JSON object a line.")
@click.option("--into", metavar="ARCHIVE", help="Copy the WARCs named, as they are, into this archive first.")
@click.option("--conversions", metavar="PLACE", help="Write the texts as WARCs into this folder or s3://… as well.")
@click.option("--afresh", is_flag=True, help="Begin anew where the same replay was stopped before.")
def command(session: Session, **options: Any) -> int:
    """Read archived pages again, from the archive itself or from the WARC files named: any program's (WARC or ARC;
    gzip, zstd or plain), by path, http(s) or s3 address; a folder, or an s3 address that ends in /, means all below it.

    The same version of fangzhi gives the same entries; a newer one brings the catalogue up to what it reads. A replay
    that was stopped goes on where it was when it is started in the same way.
    """
    from crawler.cli.run import opened
    from crawler.replay.run import bodies
    from crawler.sites.folders import load
    from pipelines.archive import MultiReader

    wanted = Wanted(**options)
    _check(wanted)
    registry = load(*session.config.registry)
    with opened(session.config, registry) as (archive, catalogue):
        files = _files(archive, wanted)
        several = MultiReader(files, bodies(archive, catalogue), wanted.broken.append)
        read = _links if wanted.links else _replay
        anything = read(session, wanted, several, catalogue, registry, archive)
    for error in wanted.broken:
        complain(error)
    return DONE if not wanted.broken else SOME_FAILED if anything else FAILED


def _check(wanted: Wanted) -> None:
    if wanted.into and not wanted.warcs:
        raise click.UsageError("--into needs the WARC files that are to come into the archive")
    if wanted.into and wanted.dry_run:
        raise click.UsageError("--into brings files into the archive: leave --dry-run out, or --into")
    if wanted.site and wanted.warcs:
        raise click.UsageError("--site is for the archive's own files: leave it out, or the WARC files")
    if wanted.links and (wanted.diff or wanted.conversions):
        raise click.UsageError("--links reads list pages only: leave --diff and --conversions out")


def _files(archive: Archive, wanted: Wanted) -> list[Source]:
    """Return the files to be read, each once; what cannot be found or imported is noted."""
    from pipelines.archive import source_in, sources

    if not wanted.warcs:
        return [source_in(archive, key) for key in archive.files(f"warc/{wanted.site}/" if wanted.site else "warc/")]
    found: dict[str, Source] = {}
    for warc in wanted.warcs:
        try:
            for source in sources(archive, warc):
                taken = _imported(archive, source) if wanted.into else source
                found[taken.name] = taken
        except StoreError as error:
            wanted.broken.append(error)
    return list(found.values())


def _imported(archive: Archive, source: Source) -> Source:
    from pipelines.archive import source_in, take_in
    from pipelines.model import KEPT

    return source if source.name.startswith(KEPT) else source_in(archive, take_in(archive.storage, source))


def _replay(
    session: Session, wanted: Wanted, several: MultiReader, catalogue: Catalogue, registry: Registry, archive: Archive
) -> int:
    """Take everything down the line and tell what came of it; return how many captures there were."""
    from crawler.cli.progress import Progress, Reached
    from crawler.compare.entries import Totals
    from crawler.monitoring import Stats
    from crawler.replay.run import jobs, replay
    from pipelines.line.workers import ExtractionPool

    report, kinds, totals = Stats(), Counter[str](), Totals()
    with ExitStack() as stack:
        out = _conversions(session, wanted, stack)
        journal = None if wanted.dry_run else stack.enter_context(_journal(session, wanted, several, registry, archive))
        readers = stack.enter_context(closing(ExtractionPool(session.config.workers)))
        progress = stack.enter_context(Progress(session, report))
        reached = Reached(several.files if progress.shown else ())
        captured = journal.follow(several) if journal else several.captures()
        for change in replay(jobs(captured, registry, wanted.span), catalogue, readers, dry_run=wanted.dry_run):
            progress.entry(change.after, reached.by(change.capture))
            kinds[change.kind] += 1
            if wanted.diff:
                _show(session, change, totals)
            if change.capture and out:
                out.put(change.capture, change.after.articles)
            if change.capture and journal:
                journal.note(change.capture)
    _summarise(session, report, kinds, totals if wanted.diff else None, out)
    return report.fetched


def _journal(
    session: Session, wanted: Wanted, several: MultiReader, registry: Registry, archive: Archive
) -> Checkpoint:
    from crawler.replay.checkpoint import Checkpoint
    from crawler.sites.serialize import site_json
    from pipelines.line.order import version

    about = [
        *(str(version()), session.config.catalogue, wanted.warcs, wanted.site, wanted.since, wanted.until),
        *(wanted.conversions, [site_json(site) for site in registry.sites.values()]),
    ]
    journal = Checkpoint(archive.storage.spool, about, afresh=wanted.afresh)
    if journal.went_on:
        files = len(several.files)
        done = files - len(journal.left(several.files))
        session.say(f"goes on where it was stopped, {done} of {files} files are done (--afresh begins anew)")
    return journal


def _conversions(session: Session, wanted: Wanted, stack: ExitStack) -> Conversions | None:
    from pipelines.archive import Conversions
    from pipelines.line.order import version
    from pipelines.storage import open_storage

    if not wanted.conversions:
        return None
    storage = open_storage(wanted.conversions, session.config.options)
    storage.check()
    out = Conversions(storage, version(), dt.datetime.now(dt.UTC), session.config.options)
    out.recover()
    return stack.enter_context(closing(out))


def _show(session: Session, change: Change, totals: Totals) -> None:
    """Print what differs in a page, unless nothing does."""
    from crawler.cli.changes import comparison_document, told
    from crawler.compare.entries import compare

    comparison = compare(change.before, change.after)
    totals.add(comparison)
    if comparison.kind == "unchanged":
        return
    if session.machine:
        session.emit(comparison_document(comparison))
    else:
        coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        click.echo("\n".join(told(comparison, coloured=coloured)))


def _summarise(
    session: Session, report: Stats, kinds: Counter[str], totals: Totals | None, out: Conversions | None
) -> None:
    from crawler.cli.changes import summed

    if session.machine:
        compared = {"compared": dict(totals.articles), "fields": dict(totals.fields)} if totals else {}
        written = {"conversions": out.keys} if out else {}
        session.emit(report.summary() | {kind: kinds[kind] for kind in KINDS} | compared | written)
        return
    for line in (
        *(summed(totals) if totals else ()),
        ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS),
        *report.lines(),
        *((f"{out.articles} texts in {', '.join(out.keys)}",) if out else ()),
    ):
        session.say(line)


def _links(
    session: Session, wanted: Wanted, several: MultiReader, catalogue: Catalogue, registry: Registry, _: Archive
) -> int:
    """Print what each list page led to, and of each article the entry that the catalogue has of it."""
    from crawler.replay.outlinks import led_to
    from crawler.replay.run import registered

    pages = found = missing = 0
    for job, known in registered(several.captures(), registry, wanted.span):
        document = led_to(job, known)
        if document is None:
            continue
        for link in document["articles"]:
            entry = catalogue.get(link["url"])
            link["entry"] = entry.id if entry else None
            missing += entry is None and link["site"] == document["site"]
        session.emit(document)
        pages += 1
        found += len(document["articles"])
    session.say(f"{pages} list pages led to {found} articles; {missing} of their own sites are not in the catalogue")
    return pages
