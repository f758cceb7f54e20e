"""Go on with a JSON Lines or CSV file whose export was cut off, behind the last entry that is complete in it.

The complete entries are read from the file itself. A file of notes beside it says which export it is: a part of another
one is not continued.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from pipelines.export.formats import PART_SUFFIX
from pipelines.storage.local import os_errors_as_unavailable

NOTES_SUFFIX = ".part.json"
"""The ending of the name of the notes, which are beside a file as long as it is incomplete."""

_ID = {"jsonl": re.compile(rb'\{"id": ?"([0-9a-f-]+)"'), "csv": re.compile(rb"([0-9a-f-]+),")}
"""The beginning of each row, with the id of the capture."""


@frozen(kw_only=True)
class Begun:
    """A file to which rows are added, and what it has: the ids of its captures, the number of their rows, its bytes."""

    file: BinaryIO
    ids: Set[str] = frozenset()
    rows: int = 0
    end: int = 0


@contextmanager
def continued(path: Path, form: str, export: Mapping[str, object]) -> Iterator[Begun]:
    """Open a file behind the entries that an export which was cut off has written; `export` says which export it is.

    The file is there when everything is written. Until then it has another name, which it keeps after an error. Raises
    StoreUnavailable if it cannot be written.
    """
    part, notes = (path.with_name(path.name + suffix) for suffix in (PART_SUFFIX, NOTES_SUFFIX))
    ours = json.dumps({**export, "format": form}, ensure_ascii=False)
    with os_errors_as_unavailable("write", path):
        goes_on = part.exists() and notes.exists() and notes.read_text("utf-8") == ours
        if not goes_on:
            notes.write_text(ours, "utf-8")
        with part.open("r+b" if goes_on else "wb") as file:
            begun = _complete(file, form) if goes_on else Begun(file=file)
            if goes_on:
                file.seek(begun.end)
                file.truncate()
            yield begun
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        notes.unlink()


def _complete(file: BinaryIO, form: str) -> Begun:
    """Return what a file has of complete entries, and where they end.

    The last entry does not count: the file may lack rows of it. Nothing counts behind a row without an id.
    """
    ids, found, last = set[str](), 0, ""
    end = rows = 0
    for number, (start, row) in enumerate(_rows(file, quoted=form == "csv")):
        if form == "csv" and number == 0:  # the header
            end = start + len(row)
            continue
        match = _ID[form].match(row)
        if match is None:
            break
        if match[1].decode() != last:
            ids |= {last} if last else set()
            end, rows, last = start, found, match[1].decode()
        found += 1
    return Begun(file=file, ids=ids, rows=rows, end=end)


def _rows(file: BinaryIO, *, quoted: bool) -> Iterator[tuple[int, bytes]]:
    """Yield the complete rows of a file with their places; with `quoted` there are line breaks in quotation marks."""
    start, row = 0, b""
    for line in file:
        row += line
        if row.endswith(b"\n") and not (quoted and row.count(b'"') % 2):
            yield start, row
            start, row = start + len(row), b""
