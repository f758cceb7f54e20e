"""The CDXJ index of a package against the records of its WARC files."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import IO, Protocol, cast

from attrs import frozen

from pipelines.archive.compression import read_dictionary
from pipelines.archive.headers import target_uri
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.verify import Finding
from pipelines.errors import StoreCorrupt
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.verify.packages.description import ZIP_ERRORS, read_range

INDEX_NAME = re.compile(r"indexes/[^/]+\.cdxj?(\.gz)?", re.IGNORECASE)
WARC_FOLDER = "archive/"

MAX_LINE_BYTES = 1 << 20
"""Longest index line that is read; those of pages with long addresses have some KB."""

MAX_OFFSET = 1 << 62
"""No file is longer; larger numbers do not fit into the temporary database."""

MAX_RECORD_BYTES = 1 << 20
"""Bytes read of a record: its headers have some KB, the body need not be read."""


class LineCounts(Protocol):
    """Counts of index lines: all, and those whose record was read."""

    lines: int
    lines_read: int


@frozen(kw_only=True)
class _IndexLine:
    """An index line: its number, the place of its record in a WARC file, and the URL that it states."""

    number: int
    warc: str
    offset: int
    length: int
    url: str


def index_findings(package: zipfile.ZipFile, sample: int | None, counts: LineCounts) -> Iterator[Finding]:
    """Yield one finding for each index and WARC file between which lines and records do not fit.

    `sample` random lines are checked for each WARC file, or all of them.
    """
    for name in package.namelist():
        if not INDEX_NAME.fullmatch(name):
            continue
        with closing(_Lines()) as lines:
            try:
                unreadable = lines.read(package, name)
            except ZIP_ERRORS as error:
                what = _("it cannot be read: {error}", error=error)
                yield Finding(file=name, kind="wrong-index", what=what)
                continue
            counts.lines += lines.count
            if unreadable:
                what = _("line {line} is no CDXJ with file name, offset and length", line=unreadable)
                yield Finding(file=name, kind="wrong-index", what=what)
            for warc in lines.warcs():
                if problem := _warc_problem(package, warc, lines.of(warc, sample), counts):
                    yield Finding(file=name, kind="wrong-index", what=problem)


class _Lines:
    """The lines of an index in a temporary database: those of a large package do not fit into memory."""

    def __init__(self) -> None:
        self.count = 0
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE lines (number INTEGER PRIMARY KEY, warc, start, length, url)")
        self._db.execute("BEGIN")  # never committed: the database is temporary

    def close(self) -> None:
        self._db.close()

    def read(self, package: zipfile.ZipFile, name: str) -> int:
        """Read an index, and return the number of the first line that is no CDXJ, or 0."""
        wrong = 0
        with package.open(name) as stored:
            file = cast("IO[bytes]", gzip.GzipFile(fileobj=stored) if name.lower().endswith(".gz") else stored)
            for number, text in enumerate(iter(lambda: file.readline(MAX_LINE_BYTES), b""), 1):
                self.count += 1
                line = _line(number, text)
                if line:
                    values = (line.number, line.warc, line.offset, line.length, line.url)
                    self._db.execute("INSERT INTO lines VALUES (?, ?, ?, ?, ?)", values)
                wrong = wrong or (0 if line or not text.strip() else number)
        return wrong

    def warcs(self) -> list[str]:
        """Return the names of the WARC files, sorted."""
        return [name for (name,) in self._db.execute("SELECT DISTINCT warc FROM lines ORDER BY warc")]

    def of(self, warc: str, sample: int | None) -> Iterator[_IndexLine]:
        """Yield the lines of a WARC file, or a random sample of them, in the order of their records."""
        chosen = "SELECT * FROM (SELECT * FROM lines WHERE warc = ? ORDER BY random() LIMIT ?) ORDER BY start"
        found = self._db.execute(chosen, (warc, -1 if sample is None else sample))
        return (
            _IndexLine(number=number, warc=warc, offset=offset, length=length, url=url)
            for number, warc, offset, length, url in found
        )


def _line(number: int, text: bytes) -> _IndexLine | None:
    """Return the line of an index, or None if it is not one."""
    try:
        values = json.loads(text.split(b" ", 2)[2])
        place = (str(values["filename"]), int(values["offset"]), int(values["length"]))
        url = str(values.get("url", ""))
        is_place = min(place[1:]) >= 0 and max(place[1:]) < MAX_OFFSET
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    warc, offset, length = place
    return _IndexLine(number=number, warc=warc, offset=offset, length=length, url=url) if is_place else None


def _warc_problem(
    package: zipfile.ZipFile, warc: str, lines: Iterator[_IndexLine], counts: LineCounts
) -> Message | None:
    """Return what is wrong with the index lines of a WARC file."""
    name = next((each for each in (WARC_FOLDER + warc, warc) if each in package.NameToInfo), None)
    if name is None:
        return _("it has lines of {warc}, which is not in the package", warc=warc)
    checked, wrong = 0, 0
    first: Message | None = None
    try:
        with package.open(name) as file:
            dictionary = read_dictionary(lambda offset, length: read_range(file, offset, length))
            for line in lines:
                checked += 1
                problem = _problem(read_range(file, line.offset, min(line.length, MAX_RECORD_BYTES)), line, dictionary)
                wrong += problem is not None
                first = first or problem
    except ZIP_ERRORS as error:
        return _("{warc} cannot be read: {error}", warc=warc, error=error)
    counts.lines_read += checked
    if first is None:
        return None
    return _(
        "{wrong} of {checked} lines of {warc} that were checked do not lead to their records; {first}",
        wrong=wrong,
        checked=checked,
        warc=warc,
        first=first,
    )


def _problem(data: bytes, line: _IndexLine, dictionary: bytes) -> Message | None:
    """Return what is wrong with a line whose record these bytes must be."""
    try:
        record = next(records(RecordStream(BytesIO(data), dictionary, strict=True)), None)
    except StoreCorrupt:
        record = None
    if record is None:
        return _("line {line}: no record lies at byte {offset}", line=line.number, offset=line.offset)
    url = target_uri(record.fields)
    if line.url and url != line.url:
        return _(
            "line {line}: the record at byte {offset} is of {url}, not of {stated}",
            line=line.number,
            offset=line.offset,
            url=url or "-",
            stated=line.url,
        )
    return None
