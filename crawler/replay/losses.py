"""What the old catalogue or the ledger has and the archive lacks, found before a new catalogue replaces the old one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from pipelines.archive import Archive
from pipelines.archive.ledger import Ledger, append, read_ledger
from pipelines.archive.ledger.compare import lost_captures, missing_objects
from pipelines.archive.verify import Finding
from pipelines.catalogue.catalogue import Catalogue
from pipelines.messages import gettext as _
from pipelines.model import Entry, Requisite


@frozen(kw_only=True)
class Losses:
    """Every object and capture that is missing, and what is wrong with the ledger; new captures also by file."""

    findings: Sequence[Finding]
    captures: Mapping[str, Sequence[str]]


def find_losses(archive: Archive, old: Catalogue | None, new: Catalogue) -> Losses:
    """Return what the old catalogue or the ledger has and the archive lacks."""
    ledger = read_ledger(archive.storage)
    findings = [*ledger.findings, *missing_objects(ledger, set(archive.storage.keys()), ()), *lost_captures(ledger)]
    by_file: dict[str, list[str]] = defaultdict(list)
    for entry in _not_in(old, new, ledger) if old else ():
        file = entry.location.file if entry.location else ""
        by_file[file].append(entry.id)
        what = _("the old catalogue has capture {id} of {url}, but the archive does not", id=entry.id, url=entry.url)
        findings.append(Finding(file=file, kind="lost-capture", what=what))
    return Losses(findings=findings, captures=by_file)


def record_losses(archive: Archive, losses: Losses) -> None:
    """Record missing captures in the ledger.

    The old catalogue is their last witness: `verify` names them from then on, until `fangzhi forget` removes them.
    """
    for file, captures in losses.captures.items():
        append(archive.storage, "lost", (), captures=captures, source=file)


def _not_in(old: Catalogue, new: Catalogue, ledger: Ledger) -> Iterator[Entry | Requisite]:
    """Yield what the old catalogue has of this archive and the new one lacks; known losses are left out."""
    for entry in old.indexed():
        file = entry.location.file if entry.location else ""
        known = entry.id in ledger.lost or file in ledger.forgotten
        if file.startswith("warc/") and not known and new.get(entry.id) is None and new.requisite(entry.id) is None:
            yield entry
