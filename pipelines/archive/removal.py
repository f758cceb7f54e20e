"""Removal of captures that a person has ordered: a WARC file is written again without them, then it is removed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import PurePosixPath

from pipelines.archive.cdxj import cdxj_key
from pipelines.archive.checks import RENDERING_TYPE, RESPONSE_TYPES, RecordFields
from pipelines.archive.compression import unpacked
from pipelines.archive.headers import parse_warc_date, parse_warc_fields
from pipelines.archive.ledger import append, read_ledger
from pipelines.archive.ledger.entries import RecordedObject
from pipelines.archive.locks import write_locked
from pipelines.archive.manifest import manifest_key
from pipelines.archive.publish import WARC_FOLDER, publish
from pipelines.archive.records import warcinfo_member
from pipelines.archive.rendition_index import RENDITION_FOLDER
from pipelines.archive.verify import CheckedMember, checked_members
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.model import Location
from pipelines.storage import Storage, spool_path
from pipelines.storage.local import os_errors_as_unavailable

CAPTURE_TYPES = (*RESPONSE_TYPES, RENDERING_TYPE)

_REVISION = re.compile(r"(?:-r(?P<number>\d+))?\.warc\.gz$")


def revised_key(key: str) -> str:
    """Return the key of a WARC file after the next removal of captures from it.

    >>> revised_key("warc/x/a.warc.gz"), revised_key("warc/x/a-r1.warc.gz")
    ('warc/x/a-r1.warc.gz', 'warc/x/a-r2.warc.gz')
    """
    return _REVISION.sub(lambda found: f"-r{int(found['number'] or 0) + 1}.warc.gz", key)


def write_without(storage: Storage, key: str, offsets: Collection[int]) -> dict[int, Location]:
    """Publish a WARC file without the captures at some offsets, under its revised key.

    Returns the new location of each other capture by its old offset; without any, no file is published. All records but
    the warcinfo records, which name the file, are copied byte for byte; that of a site without captures is left out.
    Raises StoreCorrupt if the file is damaged.
    """
    with storage.open(key) as file:
        members = list(checked_members(file, key))
    if damage := next((each for each in members if each.problems), None):
        raise StoreCorrupt(
            _("{file} is damaged at byte {offset}", file=key, offset=damage.location.offset),
            hint=_("run `fangzhi verify --deep`; a damaged file can only be removed as a whole"),
        )
    name: str = revised_key(key)
    moved: dict[int, Location] = {}
    if not any(kept for _member, kept in _kept(members, offsets)):
        return moved
    with write_locked(spool_path(storage, name), _warcinfo(storage, members[0], name)) as path:
        with os_errors_as_unavailable("write", path), path.open("ab") as new, storage.open(key) as old:
            described = {member.record.warcinfo for member, kept in _kept(members, offsets) if kept and member.record}
            for member, kept in _kept(members, offsets):
                content = old.read(member.location.length)
                if member.fields and member.fields.kind == "warcinfo" and member.fields.id in described:
                    new.write(_warcinfo(storage, member, name, member.fields.id))
                if not kept:
                    continue
                moved[member.location.offset] = Location(file=name, offset=new.tell(), length=len(content))
                new.write(content)
        publish(storage, name)
    return moved


def remove_file(storage: Storage, key: str, captures: Collection[str], reason: str) -> None:
    """Record in the ledger that a file is removed, with the ids of its removed captures; then remove it and its index.

    A file that is missing already is recorded as removed, so that `verify` does not report it any more.
    """
    ledger = read_ledger(storage)
    indexed = key.startswith((WARC_FOLDER, RENDITION_FOLDER))
    there = [key, cdxj_key(key)] if indexed else [key]
    objects = [ledger.objects.get(each) or RecordedObject(key=each, size=0, sha256="") for each in there]
    append(storage, "forget", objects, captures=sorted(captures), reason=reason)
    for each in reversed(there):
        storage.remove(manifest_key(each))
        storage.remove(each)


def fields_at(storage: Storage, location: Location) -> RecordFields | None:
    """Return the fields of the record at a location, None if there is none."""
    with suppress(StoreCorrupt):
        data = BytesIO(storage.read(location.file, location.offset, location.length))
        for member in checked_members(data, location.file, location.offset):
            return member.fields
    return None


def _kept(members: list[CheckedMember], offsets: Collection[int]) -> Iterator[tuple[CheckedMember, bool]]:
    """Yield each member with whether it stays; a request goes with the response before it."""
    kept = False
    for member in members:
        if member.fields and member.fields.kind == "warcinfo":
            kept = False  # it is written anew
        if member.fields and member.fields.kind in CAPTURE_TYPES:
            kept = member.location.offset not in offsets
        yield member, kept


def _warcinfo(storage: Storage, member: CheckedMember, key: str, record_id: str | None = None) -> bytes:
    """Return a warcinfo record for the revised name of its file, with the same fields and date."""
    place = member.location
    plain = unpacked(storage.read(place.file, place.offset, place.length))
    head, _end, block = plain.partition(b"\r\n\r\n")
    date = parse_warc_date(parse_warc_fields(head).get("warc-date", "")) or dt.datetime.now(dt.UTC)
    lines = (line.partition(b": ") for line in block.strip().split(b"\r\n"))
    fields = {name.decode(): value.decode() for name, _, value in lines}
    return warcinfo_member(PurePosixPath(key).name, date, fields, record_id)
