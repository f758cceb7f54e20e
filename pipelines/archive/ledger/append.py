"""Appending to the ledger, and beginning it in an archive that is older than the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import secrets
import socket
from collections.abc import Iterable, Sequence

from attrs import evolve

from pipelines import __version__
from pipelines.archive.ledger.entries import (
    LEDGER_FOLDER,
    Act,
    LedgerEntry,
    RecordedObject,
    entry_content,
    entry_digest,
    entry_key,
    parse_entry,
)
from pipelines.archive.locks import lock_existing, write_locked
from pipelines.archive.manifest import MANIFEST_FOLDER, MANIFEST_SUFFIX, Fixity, manifest_key, read_manifest
from pipelines.archive.manifest import write_manifest as manifest_content
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.storage import OPEN_SUFFIX, Storage, spool_path
from pipelines.times import rfc3339

logger = logging.getLogger(__name__)

MAX_OBJECTS_PER_ENTRY = 1_000
"""Objects in an entry of what was there before: such an entry has about 200 kB."""

MAX_TRIES = 100
"""Tries to find a free number. Each failed try means that another writer has appended an entry in that moment."""


def append(
    storage: Storage,
    act: Act,
    objects: Iterable[RecordedObject],
    *,
    captures: Iterable[str] = (),
    reason: str | None = None,
    source: str | None = None,
) -> LedgerEntry:
    """Append an entry, which is durable on return; an older archive gets its first entries before it.

    An entry that repeats the last one is not appended: after a crash or a failure the same act is recorded again.
    Raises StoreUnavailable.
    """
    draft = evolve(_draft(act, tuple(objects)), captures=tuple(captures), reason=reason, source=source)
    _remove_leftovers(storage)
    last = last_number(storage)
    if not last:
        begin(storage, without={each.key for each in draft.objects})
        last = last_number(storage)
    return _append(storage, draft, last)


def begin(storage: Storage, without: set[str] | frozenset[str] = frozenset()) -> int:
    """Write the first entries of a ledger: the objects that have a manifest. Returns how many objects these are.

    Their digests are those of the manifests; nothing else is read. `without` are keys that are recorded afterwards.
    """
    names = [name for name in storage.keys(MANIFEST_FOLDER) if not name.startswith(f"{MANIFEST_FOLDER}{LEDGER_FOLDER}")]
    keys = {name: name.removeprefix(MANIFEST_FOLDER).removesuffix(MANIFEST_SUFFIX) for name in names}
    objects = [_from_manifest(storage, name) for name, key in keys.items() if key not in without]
    found = [each for each in objects if each]
    last = 0
    for start in range(0, len(found), MAX_OBJECTS_PER_ENTRY):
        last = _append(storage, _draft("begin", found[start : start + MAX_OBJECTS_PER_ENTRY]), last).number
    if found:
        logger.warning(
            _("the ledger of this archive begins now, with the {count} objects that are there", count=len(found))
        )
    return len(found)


def last_number(storage: Storage) -> int:
    """Return the number of the last entry, 0 if there is none: twice as many requests as the number has binary digits.

    A gap, which only tampering leaves, can be taken for the end. The entry written there does not fit to the one after
    the gap, so `verify` still finds it.
    """
    beyond = 1
    while _exists(storage, entry_key(beyond)):
        beyond *= 2
    low, high = beyond // 2, beyond
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _exists(storage, entry_key(middle)) else (low, middle)
    return low


def _draft(act: Act, objects: Sequence[RecordedObject]) -> LedgerEntry:
    """Return an entry that has no place in the chain yet."""
    software = f"fangzhi/{__version__}"
    return LedgerEntry(
        number=0,
        previous=None,
        at="",
        host=socket.gethostname(),
        software=software,
        act=act,
        objects=tuple(objects),
    )


def _append(storage: Storage, draft: LedgerEntry, last: int) -> LedgerEntry:
    """Append an entry after the one with the number `last`, or after those that other writers have appended to it."""
    for _try in range(MAX_TRIES):
        previous = storage.read(entry_key(last)) if last else None
        if previous is not None:
            _put_manifest(storage, entry_key(last), previous)  # a crash can have happened before it was put
            written = parse_entry(previous)
            if written and evolve(written, number=0, previous=None, at="") == draft:
                return written
        entry = evolve(
            draft,
            number=last + 1,
            previous=entry_digest(previous) if previous is not None else None,
            at=rfc3339(dt.datetime.now(dt.UTC), "microseconds"),
        )
        if _put(storage, entry):
            return entry
        last += 1
    raise StoreCorrupt(
        _("no entry could be appended to the ledger in {count} tries", count=MAX_TRIES),
        hint=_("run `fangzhi verify`: it says what is wrong with the ledger"),
    )


def _put(storage: Storage, entry: LedgerEntry) -> bool:
    """Put an entry and its manifest; False if another writer has taken the number."""
    key, content = entry_key(entry.number), entry_content(entry)
    name = f"{LEDGER_FOLDER}{os.getpid()}-{secrets.token_hex(8)}"
    with write_locked(spool_path(storage, name), content) as path:
        try:
            storage.put(key, path)
        except StoreCorrupt:
            return False
        finally:
            path.unlink(missing_ok=True)
    _put_manifest(storage, key, content)
    return True


def _put_manifest(storage: Storage, key: str, content: bytes) -> None:
    name = manifest_key(key)
    if _exists(storage, name):
        return
    fixity = Fixity(key=key, size=len(content), digest=f"sha256:{hashlib.sha256(content).hexdigest()}")
    unique = f"{LEDGER_FOLDER}{os.getpid()}-{secrets.token_hex(8)}"
    with write_locked(spool_path(storage, unique), manifest_content(fixity)) as path:
        try:
            storage.put(name, path)
        finally:
            path.unlink(missing_ok=True)


def _remove_leftovers(storage: Storage) -> None:
    """Remove unfinished entries that killed processes left: no entry was made of them."""
    for path in (storage.spool / LEDGER_FOLDER).glob(f"*{OPEN_SUFFIX}"):
        with lock_existing(path) as file:
            if file:
                path.unlink(missing_ok=True)


def _from_manifest(storage: Storage, name: str) -> RecordedObject | None:
    try:
        fixity = read_manifest(storage.read(name), name)
    except StoreCorrupt:
        return None  # `verify` reports it
    return RecordedObject(key=fixity.key, size=fixity.size, sha256=fixity.digest.removeprefix("sha256:"))


def _exists(storage: Storage, key: str) -> bool:
    try:
        storage.size(key)
    except StoreCorrupt:
        return False
    return True
