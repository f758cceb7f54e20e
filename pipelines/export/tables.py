"""Entries as JSON lines and CSV."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable
from io import TextIOWrapper
from typing import BinaryIO

from pipelines.export.rows import cell_text, columns, rows
from pipelines.model import Entry
from pipelines.model.serialize import entry_json


def write_jsonl(entries: Iterable[Entry], file: BinaryIO) -> int:
    """Write each entry as a line of JSON, as `list --json` prints it, and return how many there were."""
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007 - the last one is the count
        file.write(entry_json(entry).encode() + b"\n")
    return count


def write_csv(entries: Iterable[Entry], file: BinaryIO, *, marked: bool) -> int:
    """Write each article as a row of CSV (RFC 4180, UTF-8) under a header, and return how many there were.

    `marked` puts a byte order mark before it: without one, spreadsheets read Chinese in the encoding of their country.
    """
    file.write(BOM_UTF8 if marked else b"")
    text = TextIOWrapper(file, "utf-8", newline="", write_through=True)
    out = csv.writer(text)
    out.writerow(columns())
    count = 0
    for row in (row for entry in entries for row in rows(entry)):
        out.writerow(cell_text(value) for value in row.values())
        count += 1
    text.detach()
    return count
