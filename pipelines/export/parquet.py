"""Articles as Parquet, by pyarrow, which is an extra."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import islice
from typing import BinaryIO

from pipelines.errors import ConfigError
from pipelines.export.rows import columns, rows
from pipelines.model import Entry

GROUP = 10_000
"""Rows written at a time, 20 to 60 MB of text: Parquet packs each column of so many together."""


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
    schema = pa.schema([(name, types[kind]) for name, kind in columns().items()])
    found = (row for entry in entries for row in rows(entry))
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as out:
        while group := list(islice(found, GROUP)):
            out.write_table(pa.Table.from_pylist(group, schema))
            count += len(group)
    return count
