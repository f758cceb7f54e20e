"""Making a seal of what the ledger records, and keeping it in the archive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from pipelines import __version__
from pipelines.archive.index import put_object
from pipelines.archive.ledger import Ledger, RecordedObject, append, begin, read_ledger
from pipelines.archive.ledger.append import MAX_OBJECTS_PER_ENTRY
from pipelines.archive.ledger.read import INDEX_PREFIX
from pipelines.archive.ledger.recorded import recorded_in
from pipelines.archive.locks import lock_existing
from pipelines.archive.manifest import MANIFEST_FOLDER
from pipelines.archive.seals.statement import SEALS_FOLDER, Seal, list_content, roots, seal_content
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.storage import OPEN_SUFFIX, Storage
from pipelines.storage.local import os_errors_as_unavailable
from pipelines.times import rfc3339


def sealed_objects(objects: Iterable[RecordedObject]) -> list[RecordedObject]:
    """Return the objects that a seal covers, sorted by key: all but indexes, which are derived and may be replaced."""
    return sorted((each for each in objects if not each.key.startswith(INDEX_PREFIX)), key=lambda each: each.key)


def make_seal(storage: Storage, captures: int) -> tuple[Seal, list[RecordedObject]]:
    """Return a seal, not signed yet, of all objects that the ledger records, and these objects.

    Nothing is read but the ledger, and once the objects that are older than the ledger: these have no SM3 there yet.
    Raises StoreCorrupt if the ledger or one of these objects was changed.
    """
    ledger = read_ledger(storage)
    if not ledger.entries and not ledger.findings:
        begin(storage)
        ledger = read_ledger(storage)
    _require_whole(ledger)
    older = [each for each in ledger.objects.values() if each.sm3 is None]
    if older:
        _add_digests(storage, older)
        ledger = read_ledger(storage)
    objects = sealed_objects(ledger.objects.values())
    root = roots(objects)
    seal = Seal(
        at=rfc3339(dt.datetime.now(dt.UTC), "seconds"),
        software=f"fangzhi/{__version__}",
        objects=len(objects),
        bytes=sum(each.size for each in objects),
        captures=captures,
        entries=ledger.entries,
        head=ledger.head,
        sha256=root["sha256"],
        sm3=root["sm3"],
    )
    return seal, objects


def keep_seal(storage: Storage, seal: Seal, objects: Iterable[RecordedObject]) -> None:
    """Put a seal and its list of objects into the archive, from where `show --proof` reads them.

    What a killed seal left in the spool is removed first: each seal has names of its own, so nothing else would.
    """
    _remove_unfinished(storage)
    put_object(storage, f"{SEALS_FOLDER}{seal.name}.objects", list_content(objects))
    put_object(storage, f"{SEALS_FOLDER}{seal.name}.json", seal_content(seal))


def _remove_unfinished(storage: Storage) -> None:
    """Remove the files in the spool that seals were putting into the archive when they were killed."""
    for folder in (SEALS_FOLDER, f"{MANIFEST_FOLDER}{SEALS_FOLDER}"):
        for path in storage.spool.glob(f"{folder}*{OPEN_SUFFIX}"):
            with lock_existing(path) as file, os_errors_as_unavailable("remove", path):
                if file:
                    path.unlink()


def _require_whole(ledger: Ledger) -> None:
    if ledger.findings:
        first = ledger.findings[0]
        raise StoreCorrupt(
            _("the ledger is not whole, so no seal was made: {file}: {what}", file=first.file, what=first.what),
            hint=_("run `fangzhi verify --deep`: it lists what is wrong"),
        )


def _add_digests(storage: Storage, older: list[RecordedObject]) -> None:
    """Read objects from before the ledger and record all their digests."""
    found = []
    for each in older:
        full = recorded_in(storage, each.key)
        if full.sha256 != each.sha256:
            raise StoreCorrupt(
                _("{file} is not what its manifest says, so no seal was made", file=each.key),
                hint=_("run `fangzhi verify --deep`: it lists what is wrong"),
            )
        found.append(full)
    for start in range(0, len(found), MAX_OBJECTS_PER_ENTRY):
        append(storage, "digests", found[start : start + MAX_OBJECTS_PER_ENTRY])
