"""Reading the ledger: what the archive must have, and what is wrong with the chain."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from attrs import define, field

from pipelines.archive.ledger.entries import (
    LEDGER_FOLDER,
    LedgerEntry,
    RecordedObject,
    entry_digest,
    entry_key,
    entry_number,
    parse_entry,
)
from pipelines.archive.manifest import MANIFEST_FOLDER, manifest_key, read_manifest
from pipelines.archive.verify import Finding
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.storage import Storage

INDEX_PREFIX = "cdx/"
"""Indexes are derived from WARC files and may be replaced; every other object keeps its first content."""


@define(kw_only=True)
class Ledger:
    """What the entries of a ledger say together; `head` is the digest of the last one."""

    entries: int = 0
    head: str | None = None
    objects: dict[str, RecordedObject] = field(factory=dict)
    """Every object that must be there."""

    numbers: dict[str, int] = field(factory=dict)
    """The entry that recorded an object."""

    forgotten: dict[str, int] = field(factory=dict)
    """Objects that a person removed, with the entry that records it."""

    lost: dict[str, tuple[str, int]] = field(factory=dict)
    """Captures that a rebuild missed, with a file that had them, and the entry that records it."""

    findings: list[Finding] = field(factory=list)

    def add(self, entry: LedgerEntry) -> None:
        """Take in the next entry."""
        key = entry_key(entry.number)
        match entry.act:
            case "forget":
                for each in entry.objects:
                    self.objects.pop(each.key, None)
                    self.forgotten[each.key] = entry.number
                for capture in entry.captures:
                    self.lost.pop(capture, None)
            case "lost":
                file = entry.source or ""
                self.lost |= dict.fromkeys(entry.captures, (file, entry.number))
            case _:
                for each in entry.objects:
                    self._put(each, entry.number, key)

    def _put(self, new: RecordedObject, number: int, key: str) -> None:
        old = self.objects.get(new.key)
        if old and not new.key.startswith(INDEX_PREFIX) and (old.size, old.sha256) != (new.size, new.sha256):
            what = _(
                "it records {file} with another content than entry {number}", file=new.key, number=self.numbers[new.key]
            )
            self.findings.append(Finding(file=key, kind="wrong-ledger", what=what))
            return
        self.objects[new.key] = new if not old or new.sm3 or new.sha256 != old.sha256 else old
        self.numbers[new.key] = number
        self.forgotten.pop(new.key, None)


def read_ledger(storage: Storage, until: int | None = None) -> Ledger:
    """Read every entry, or those `until` a number; an archive that is older than the ledger has none."""
    ledger = Ledger()
    numbers = set(filter(None, map(entry_number, storage.keys(LEDGER_FOLDER))))
    manifests = set(storage.keys(f"{MANIFEST_FOLDER}{LEDGER_FOLDER}"))
    known = numbers | {number for name in manifests if (number := _number_of_manifest(name))}
    previous: str | None = None
    for number in range(1, min(max(known, default=0), sys.maxsize if until is None else until) + 1):
        if number not in numbers:
            what = _("this entry of the ledger is missing")
            ledger.findings.append(Finding(file=entry_key(number), kind="missing", what=what))
            previous = "?"
            continue
        content = storage.read(entry_key(number))
        entry = parse_entry(content)
        ledger.findings += _problems(storage, content, entry, number, previous, manifests)
        if entry:
            ledger.add(entry)
        previous = entry_digest(content)
        ledger.entries, ledger.head = number, previous
    return ledger


def _problems(
    storage: Storage,
    content: bytes,
    entry: LedgerEntry | None,
    number: int,
    previous: str | None,
    manifests: set[str],
) -> Iterator[Finding]:
    """Yield what is wrong with one entry; a missing predecessor was reported already."""
    key = entry_key(number)
    if entry is None or entry.number != number:
        yield Finding(file=key, kind="wrong-ledger", what=_("this is not the entry that fangzhi wrote"))
    elif previous != "?" and entry.previous != previous:
        what = _("it does not follow entry {number}: one of the two was changed or replaced", number=number - 1)
        yield Finding(file=key, kind="wrong-ledger", what=what)
    name = manifest_key(key)
    if name in manifests:
        try:
            fixity = read_manifest(storage.read(name), name)
        except StoreCorrupt as error:
            yield Finding(file=name, kind="wrong-manifest", what=error.message)
            return
        if (fixity.size, fixity.digest) != (len(content), entry_digest(content)):
            what = _("it is not the entry of which {manifest} has the digest", manifest=name)
            yield Finding(file=key, kind="wrong-ledger", what=what)


def _number_of_manifest(name: str) -> int | None:
    return entry_number(name.removeprefix(MANIFEST_FOLDER).removesuffix(".sha256"))
