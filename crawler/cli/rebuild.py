"""`fangzhi rebuild`: rebuild the catalogue from the WARC files alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click
from attrs import asdict

from crawler.cli.main import DONE, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError, StoreAway, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from crawler.sites.registry import Registry
    from pipelines.archive import Archive
    from pipelines.catalogue.catalogue import Catalogue

MAX_NAMED_FILES = 5
"""Files outside the archive that are named in the summary; a longer list would hide the other lines."""


@fangzhi_command("rebuild")
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    metavar="N",
    help="Extraction processes; 0: extract in this process.  [default: one per core]",
)
def command(session: Session) -> int:
    """Rebuild the catalogue, and missing or wrong indexes, from the archive.

    The new catalogue is built beside the old one. The old one stays in use, unchanged, until the new one is complete
    and replaces it. An interrupted rebuild resumes where it stopped. No other process may write to the archive
    meanwhile.

    The same version of fangzhi produces the same entries. Entries of WARC files outside the archive are lost; these
    files are named, and a replay of them restores the entries.

    What the old catalogue or the ledger has and the archive no longer has is listed on stdout, as `verify` lists it,
    and recorded in the ledger. The exit code is then 3.
    """
    from crawler.cli.progress import Progress
    from crawler.cli.verify import finding_line
    from crawler.monitoring import Stats
    from crawler.replay.losses import find_losses, record_losses
    from crawler.replay.rebuild import Rebuild
    from crawler.sites.folders import load
    from pipelines.archive import Archive
    from pipelines.catalogue.replacement import Replacement
    from pipelines.line.workers import open_pool
    from pipelines.model import Requisite
    from pipelines.storage import open_storage

    session.check_archive()
    registry, report = load(*session.config.registry), Stats()
    storage = open_storage(session.config.archive, session.config.options)
    storage.check()
    archive = Archive(storage)
    outside = _recover(session, registry, archive)
    with (
        open_pool(session.config.workers) as pool,
        closing(Replacement(session.config.catalogue)) as replacement,
        closing(Rebuild(archive, replacement, registry, pool)) as rebuild,
    ):
        for _captures in rebuild.scan():
            pass
        rebuild.scan_renditions()
        with Progress(session, report, total=rebuild.captures.total()) as progress:
            for entry in rebuild.entries():
                if isinstance(entry, Requisite):
                    progress.requisite(entry)
                else:
                    progress.entry(entry)
        with _old_catalogue(session) as old:
            losses = find_losses(archive, old, replacement.catalogue)
        rebuild.check_unwritten()
        record_losses(archive, losses)
        rebuild.swap()
    missing = losses.findings
    for finding in missing:
        session.emit(asdict(finding)) if session.as_json else session.echo(finding_line(finding))
    counts = {"captures": rebuild.captures.total(), "files": len(rebuild.captures), "indexes": rebuild.indexes}
    _print_summary(session, counts | {"findings": rebuild.findings, "lost": rebuild.lost}, outside)
    if missing:
        session.say(
            ngettext(
                "{count} capture or file that was there before is missing: see the list on stdout",
                "{count} captures or files that were there before are missing: see the list on stdout",
                len(missing),
            )
        )
    unread = report.rejected["parser-error"]
    return SOME_FAILED if rebuild.findings or rebuild.lost or missing or unread else DONE


@contextmanager
def _old_catalogue(session: Session) -> Iterator[Catalogue | None]:
    """Open the catalogue that is about to be replaced; None if there is none that can be read."""
    from pipelines.catalogue.catalogue import Catalogue

    try:
        old = Catalogue(session.config.catalogue, create=False)
    except StoreAway:
        raise
    except (ConfigError, StoreUnavailable):
        yield None
        return
    with closing(old):
        yield old


def _recover(session: Session, registry: Registry, archive: Archive) -> Counter[str]:
    """Publish the WARC files that a killed run left unfinished; return the old catalogue's entries outside the archive.

    Their captures are catalogued first, if the old catalogue can still be opened.
    """
    from crawler.cli.run import opened
    from crawler.replay.rebuild import entries_outside_archive
    from pipelines.catalogue.catalogue import Catalogue

    try:
        with closing(Catalogue(session.config.catalogue, create=False)) as old, opened(session.config, registry):
            return entries_outside_archive(old)
    except ConfigError as error:
        session.say(_("{problem}, so entries of files outside the archive cannot be named", problem=error))
    except StoreAway:
        raise
    except StoreUnavailable as error:
        session.say(
            _(
                "the old catalogue cannot be read, so entries of files outside the archive are not listed: {error}",
                error=error,
            )
        )
    for warc in archive.unfinished():
        warc.publish()
    archive.publish_idle()
    return Counter()


def _print_summary(session: Session, counts: dict[str, int], outside: Counter[str]) -> None:
    if session.as_json:
        session.emit(counts | {"elsewhere": dict(outside)})
        return
    session.say(
        _(
            "{captures}, {files}, {indexes}",
            captures=ngettext("{count} capture catalogued", "{count} captures catalogued", counts["captures"]),
            files=ngettext("{count} WARC file read", "{count} WARC files read", counts["files"]),
            indexes=ngettext("{count} index written", "{count} indexes written", counts["indexes"]),
        )
    )
    if counts["findings"] or counts["lost"]:
        session.say(
            _(
                "{errors}, {bodies}: run `fangzhi verify --deep` for the list",
                errors=ngettext("{count} error in WARC files", "{count} errors in WARC files", counts["findings"]),
                bodies=ngettext(
                    "{count} body of a revisit not found", "{count} bodies of revisits not found", counts["lost"]
                ),
            )
        )
    for file, count in outside.most_common(MAX_NAMED_FILES):
        session.say(
            ngettext(
                "{count} entry of a WARC file outside the archive is missing: run `fangzhi replay {file}`",
                "{count} entries of a WARC file outside the archive are missing: run `fangzhi replay {file}`",
                count,
                file=file,
            )
        )
    if len(outside) > MAX_NAMED_FILES:
        session.say(
            ngettext(
                "and the entries of {count} more file",
                "and the entries of {count} more files",
                len(outside) - MAX_NAMED_FILES,
            )
        )
