"""What the old catalogue or the ledger has and the archive lacks, found before a new catalogue replaces the old one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pipelines.archive import Archive
from pipelines.archive.ledger import Ledger, append, read_ledger
from pipelines.archive.ledger.compare import lost_captures, missing_objects
from pipelines.archive.verify import Finding
from pipelines.catalogue.catalogue import Catalogue
from pipelines.messages import gettext as _
from pipelines.model import Entry


def record_losses(archive: Archive, old: Catalogue | None, new: Catalogue) -> list[Finding]:
    """Return every object and capture that is missing and what is wrong with the ledger; record the captures in it.

    The old catalogue is their last witness: `verify` names them from then on, until `fangzhi forget` removes them.
    """
    ledger = read_ledger(archive.storage)
    findings = [*ledger.findings, *missing_objects(ledger, set(archive.storage.keys()), ()), *lost_captures(ledger)]
    by_file: dict[str, list[Entry]] = defaultdict(list)
    for entry in _not_in(old, new, ledger) if old else ():
        file = entry.location.file if entry.location else ""
        by_file[file].append(entry)
        what = _("the old catalogue has capture {id} of {url}, but the archive does not", id=entry.id, url=entry.url)
        findings.append(Finding(file=file, kind="lost-capture", what=what))
    for file, entries in by_file.items():
        append(archive.storage, "lost", (), captures=[entry.id for entry in entries], source=file)
    return findings


def _not_in(old: Catalogue, new: Catalogue, ledger: Ledger) -> Iterator[Entry]:
    """Yield the old catalogue's entries of this archive that the new one lacks; known losses are left out."""
    for entry in old.entries():
        file = entry.location.file if entry.location else ""
        known = entry.id in ledger.lost or file in ledger.forgotten
        if file.startswith("warc/") and not known and new.get(entry.id) is None:
            yield entry
