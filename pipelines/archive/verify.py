"""A WARC of this archive read strictly from its first byte to its last, and everything wrong with it named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from pipelines.archive.cdxj import cdxj_line
from pipelines.archive.checks import ANSWERS, RENDERING, Facts, Problem, check_member, check_pair, facts
from pipelines.archive.members import OURS, members
from pipelines.archive.record_index import RecordIndex
from pipelines.model import Location

if TYPE_CHECKING:
    from _typeshed import SupportsRead


@frozen(kw_only=True)
class Finding:
    """One thing that is wrong: with which file, at which byte, in which record, and what."""

    file: str
    kind: str
    what: str
    offset: int | None = None
    record: str | None = None


@frozen(kw_only=True)
class Look:
    """One member as it was found: where, what its record says, its line of the index, and what is wrong with it."""

    place: Location
    facts: Facts | None
    line: str
    problems: tuple[Problem, ...]


class FileCheck:
    """A whole file looked at; its records go into the register, which knows those of other files."""

    def __init__(self, key: str, register: RecordIndex) -> None:
        self.records = 0
        self.lines: list[str] = []
        self.captures: list[Location] = []
        self._key, self._register = key, register

    def findings(self, file: SupportsRead[bytes]) -> Iterator[Finding]:
        """Yield what is wrong with the file, from its first byte to its last."""
        answer: Look | None = None
        for look in looks(file, self._key):
            problems = [*look.problems, *(self._problems(look, look.facts) if look.facts else ())]
            yield from _found(look, problems)
            yield from _paired(answer, look)
            answer = look if look.facts and look.facts.kind in ANSWERS else None
            self.records += 1
            self.lines.append(look.line)
            if look.line or (look.facts and look.facts.kind == RENDERING):
                self.captures.append(look.place)
        yield from _paired(answer, None)
        if not self.records:
            yield Finding(file=self._key, kind="empty", what="the file is empty", offset=0)

    def _problems(self, look: Look, facts: Facts) -> Iterator[Problem]:
        other = self._register.add(facts, look.place)
        if other:
            yield Problem(kind="repeated-id", what=f"{other.file} has a record with its id at byte {other.offset}")
        if self.records == 0 and facts.kind != "warcinfo":
            yield Problem(kind="no-warcinfo", what=f"the file begins with a {facts.kind}")
        if facts.filename is not None and facts.filename != PurePosixPath(self._key).name:
            yield Problem(kind="wrong-name", what=f"the file calls itself {facts.filename}")


def check_range(data: bytes, place: Location) -> Iterator[Finding]:
    """Yield what is wrong with a response or revisit and its request, which alone must fill `data`."""
    found = list(looks(BytesIO(data), place.file, place.offset))
    for look in found:
        yield from _found(look, look.problems)
    first = found[0] if found else None
    if first is None or first.place != place or first.facts is None or first.facts.kind not in ANSWERS:
        what = f"no response or revisit of {place.length} bytes lies where the index has one"
        yield Finding(file=place.file, offset=place.offset, kind="wrong-place", what=what)
        return
    yield from _paired(first, found[1] if len(found) > 1 else None)
    for look in found[2:]:
        if look.facts and look.facts.kind == RENDERING:
            continue
        yield from _found(look, [Problem(kind="unexpected", what="the index knows of no record here")])


def looks(file: SupportsRead[bytes], key: str, start: int = 0) -> Iterator[Look]:
    """Yield each member of a file, or of a part of it that begins at byte `start`."""
    for member in members(file):
        place = Location(file=key, offset=start + member.offset, length=member.length)
        if member.plain is None:
            what = f"{member.length} bytes are no whole gzip member: torn, changed, or put between the records"
            yield Look(place=place, facts=None, line="", problems=(Problem(kind="broken-member", what=what),))
            continue
        record, problems = check_member(member.plain)
        if member.header != OURS:
            problems.append(Problem(kind="wrong-header", what=f"its gzip header is {member.header.hex()}"))
        yield Look(
            place=place,
            facts=facts(record.fields) if record else None,
            line=cdxj_line(evolve(record, span=(place.offset, place.length)), key) if record else "",
            problems=tuple(problems),
        )


def _paired(answer: Look | None, behind: Look | None) -> Iterator[Finding]:
    if answer and answer.facts:
        yield from _found(answer, check_pair(answer.facts, behind.facts if behind else None))


def _found(look: Look, problems: Iterable[Problem]) -> Iterator[Finding]:
    for problem in problems:
        yield Finding(
            file=look.place.file,
            offset=look.place.offset,
            record=look.facts.id if look.facts else None,
            kind=problem.kind,
            what=problem.what,
        )
