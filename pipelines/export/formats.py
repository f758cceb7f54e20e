"""Entries as JSON lines, CSV and Parquet, and the output file of an export.

A new format for entries is a function here and a case in `crawler/cli/export.py`.
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
from pipelines.export.rows import LISTS, cell_text, columns, rows, rows_with_lists
from pipelines.model import Entry
from pipelines.model.serialize import entry_json
from pipelines.printable import printable_json
from pipelines.storage.local import os_errors_as_unavailable

PART_SUFFIX = ".part"
"""Ending of the name of an incomplete export."""

STDOUT = "-"


ROWS_PER_GROUP = 10_000
"""Rows in a row group of Parquet, in which each column is compressed as a whole: 20 to 60 MB of text."""


@contextmanager
def output(name: str) -> Iterator[BinaryIO]:
    """Open the output of an export: standard output for `-`, else the file `name`, which is replaced at the end.

    After an error the file is as it was. Raises StoreUnavailable if it cannot be written.
    """
    if name == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    part = path.with_name(path.name + PART_SUFFIX)
    with os_errors_as_unavailable("write", path):
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
    """Write each entry as a line of JSON, as `list --json` prints it, and return the number of entries."""
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007 - its last value is the count
        file.write(printable_json(entry_json(entry)).encode() + b"\n")
    return count


def write_csv(entries: Iterable[Entry], file: BinaryIO, *, marked: bool, headed: bool = True) -> int:
    """Write each article as a row of CSV (RFC 4180, UTF-8) after a header row, and return the number of articles.

    Times are in China, with their offset; JSON has them in UTC.
    `marked` writes a byte order mark first: without it, spreadsheets read Chinese in the local encoding of the machine.
    Without `headed` neither is written: rows are added to those of a file.
    """
    file.write(BOM_UTF8 if marked and headed else b"")
    text = TextIOWrapper(file, "utf-8", newline="", write_through=True)
    out = csv.writer(text)
    if headed:
        out.writerow(columns())
    count = 0
    for row in (row for entry in entries for row in rows(entry)):
        out.writerow(cell_text(value) for value in row.values())
        count += 1
    text.detach()
    return count


def write_parquet(entries: Iterable[Entry], file: BinaryIO) -> int:
    """Write each article as a row, and return the number of articles: the columns of the CSV, typed, and two lists.

    `people` has the names of the byline with their roles, `attachments` the files that the article links to. Raises
    ConfigError if pyarrow is not installed.
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
        dt.datetime: pa.timestamp("us", tz="Asia/Shanghai"),
    }
    lists = {
        name: pa.list_(pa.struct([(key, types[kind]) for key, kind in keys.items()])) for name, keys in LISTS.items()
    }
    schema = pa.schema([*((name, types[kind]) for name, kind in columns().items()), *lists.items()])
    found = (row for entry in entries for row in rows_with_lists(entry))
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as out:
        while group := list(islice(found, ROWS_PER_GROUP)):
            out.write_table(pa.Table.from_pylist(group, schema))
            count += len(group)
    return count
