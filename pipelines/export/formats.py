"""Entries as JSON lines, CSV and Parquet, and the file that an export is written to.

A new format of entries is a function here, and a row of `crawler/cli/export.py`.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from pipelines.errors import ConfigError
from pipelines.export.rows import COLUMNS, cell_text, rows
from pipelines.model import Entry
from pipelines.model.serialize import entry_json
from pipelines.storage.local import unavailable

PART_SUFFIX = ".part"
"""Ending of an export that is being written."""

STDOUT = "-"


GROUP = 10_000
"""Rows written at a time, 20 to 60 MB of text: Parquet packs each column of so many together."""


@contextmanager
def output(name: str) -> Iterator[BinaryIO]:
    """Open what an export is written to: `-` is standard output, else the file `name`, replaced when all is written.

    After an error the file is as it was. Raises StoreUnavailable where it cannot be written.
    """
    if name == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    part = path.with_name(path.name + PART_SUFFIX)
    with unavailable("write", path):
        try:
            with part.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


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
    out.writerow(COLUMNS)
    count = 0
    for row in (row for entry in entries for row in rows(entry)):
        out.writerow(cell_text(value) for value in row.values())
        count += 1
    text.detach()
    return count


def write_parquet(entries: Iterable[Entry], file: BinaryIO) -> int:
    """Write each article as a row of the columns that the CSV has, typed, and return how many there were.

    Raises ConfigError where pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ConfigError("Parquet needs pyarrow, which is not installed", "pip install 'fangzhi[parquet]'") from error
    types = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        dt.date: pa.date32(),
        dt.datetime: pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
    found = (row for entry in entries for row in rows(entry))
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as out:
        while group := list(islice(found, GROUP)):
            out.write_table(pa.Table.from_pylist(group, schema))
            count += len(group)
    return count
