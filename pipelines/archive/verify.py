"""A strict reading of a WARC file of this archive, from its first byte to its last, that reports every defect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from pipelines.archive.cdxj import cdxj_line
from pipelines.archive.checks import (
    RENDERING_TYPE,
    RESPONSE_TYPES,
    Problem,
    RecordFields,
    check_member,
    check_pair,
    record_fields,
)
from pipelines.archive.members import OWN_GZIP_HEADER, gzip_members
from pipelines.archive.record_index import RecordIndex
from pipelines.archive.record_reader import Record
from pipelines.messages import gettext as _
from pipelines.model import Location

if TYPE_CHECKING:
    from _typeshed import SupportsRead

UNINDEXED_TYPES = (RENDERING_TYPE, "warcinfo")
"""Types of records that can follow a capture and have no index line; a shared file has a warcinfo for each site."""


@frozen(kw_only=True)
class Finding:
    """A defect: in which file, at which byte, in which record, and what is wrong."""

    file: str
    kind: str
    what: str
    offset: int | None = None
    record: str | None = None


@frozen(kw_only=True)
class CheckedMember:
    """A gzip member: its location, its record and the fields of it, its index line without a request, its defects."""

    location: Location
    fields: RecordFields | None
    line: str
    record: Record | None = field(repr=False)
    problems: tuple[Problem, ...]


class FileCheck:
    """The check of one file; its records are added to a record index, which has those of the other files."""

    def __init__(self, key: str, record_index: RecordIndex) -> None:
        self.records = 0
        self.lines: list[str] = []
        self.captures: list[Location] = []
        self._key, self._record_index = key, record_index

    def findings(self, file: SupportsRead[bytes]) -> Iterator[Finding]:
        """Yield the defects of the file in the order of its bytes."""
        response: CheckedMember | None = None
        for member in checked_members(file, self._key):
            yield from _findings(member, [*member.problems, *self._problems(member)])
            yield from _pair_findings(response, member)
            self.records += 1
            if response and member.fields and member.fields.kind == "request":
                self.lines[-1] = cdxj_line(response.record, self._key, member.record) if response.record else ""
            self.lines.append(member.line)
            response = member if member.fields and member.fields.kind in RESPONSE_TYPES else None
            if member.line or (member.fields and member.fields.kind == RENDERING_TYPE):
                self.captures.append(member.location)
        yield from _pair_findings(response, None)
        if not self.records:
            yield Finding(file=self._key, kind="empty", what=_("the file is empty"), offset=0)

    def _problems(self, member: CheckedMember) -> Iterator[Problem]:
        """Yield the contradictions between a record, its file, and the other records of the archive."""
        fields = member.fields
        if fields is None:
            return
        other = self._record_index.add(fields, member.location)
        if other:
            yield Problem(
                kind="repeated-id",
                what=_("{file} has a record with its id at byte {offset}", file=other.file, offset=other.offset),
            )
        if self.records == 0 and fields.kind != "warcinfo":
            yield Problem(kind="no-warcinfo", what=_("the file begins with a record of type {kind}", kind=fields.kind))
        if fields.filename is not None and fields.filename != PurePosixPath(self._key).name:
            yield Problem(
                kind="wrong-name", what=_("the file name in its warcinfo is {filename}", filename=fields.filename)
            )


def check_range(data: bytes, location: Location) -> Iterator[Finding]:
    """Yield the defects of a response or revisit and its request, which must be all that `data` holds."""
    found = list(checked_members(BytesIO(data), location.file, location.offset))
    for member in found:
        yield from _findings(member, member.problems)
    first = found[0] if found else None
    if first is None or first.location != location or not first.fields or first.fields.kind not in RESPONSE_TYPES:
        what = _("no response or revisit of {length} bytes lies where the index has one", length=location.length)
        yield Finding(file=location.file, offset=location.offset, kind="wrong-place", what=what)
        return
    yield from _pair_findings(first, found[1] if len(found) > 1 else None)
    for member in found[2:]:
        if member.fields and member.fields.kind in UNINDEXED_TYPES:
            continue
        yield from _findings(member, [Problem(kind="unexpected", what=_("the index has no record here"))])


def checked_members(file: SupportsRead[bytes], key: str, start: int = 0) -> Iterator[CheckedMember]:
    """Yield each member of a file, or of a part of it that begins at byte `start`."""
    for member in gzip_members(file):
        location = Location(file=key, offset=start + member.offset, length=member.length)
        if member.plain is None:
            what = _(
                "{length} bytes are not a whole gzip member: truncated, changed, or put between the records",
                length=member.length,
            )
            broken = Problem(kind="broken-member", what=what)
            yield CheckedMember(location=location, fields=None, line="", record=None, problems=(broken,))
            continue
        record, problems = check_member(member.plain)
        if member.header != OWN_GZIP_HEADER:
            problems.append(
                Problem(kind="wrong-header", what=_("its gzip header is {header}", header=member.header.hex()))
            )
        record = evolve(record, span=(location.offset, location.length)) if record else None
        yield CheckedMember(
            location=location,
            fields=record_fields(record.fields) if record else None,
            line=cdxj_line(record, key) if record else "",
            record=record,
            problems=tuple(problems),
        )


def _pair_findings(response: CheckedMember | None, following: CheckedMember | None) -> Iterator[Finding]:
    if response and response.fields:
        yield from _findings(response, check_pair(response.fields, following.fields if following else None))


def _findings(member: CheckedMember, problems: Iterable[Problem]) -> Iterator[Finding]:
    for problem in problems:
        yield Finding(
            file=member.location.file,
            offset=member.location.offset,
            record=member.fields.id if member.fields else None,
            kind=problem.kind,
            what=problem.what,
        )
