"""Copies of records from a WARC file of the archive: byte for byte where possible, or compressed again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from io import BytesIO

import zstandard
from isal import isal_zlib

from pipelines.archive.compression import GZIP_MAGIC, ZSTD_DICTIONARY, ZSTD_MAGIC, read_dictionary
from pipelines.archive.record_reader import Record, exchanges, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import GZIP_LEVEL, GZIP_WINDOW_BITS
from pipelines.errors import StoreCorrupt
from pipelines.export.offsets import CdxjLine, CopiedBytes, Span, own_spans, read_groups
from pipelines.messages import gettext as _
from pipelines.model import Location
from pipelines.storage import Storage

MAX_READ_BYTES = 4 << 20
"""Bytes of one read, with the gaps between wanted records: a request to S3 takes as long as some MB of its response."""


def copy_records(
    storage: Storage, key: str, lines: Sequence[CdxjLine], wanted: Set[int] | None
) -> Iterator[CopiedBytes]:
    """Yield the warcinfo and the captures at the `wanted` offsets with their requests, in file order.

    With `wanted` None, the whole file. Records of our files and gzip members of foreign files are copied byte for byte;
    other records are compressed by gzip, a member each. `lines` are the file's index.
    """
    size = storage.size(key)
    if Location(file=key, offset=0, length=0).own:
        yield from _read(storage, key, own_spans(lines, size, wanted) if wanted is not None else [(0, size)])
    elif wanted is None and storage.read(key, 0, 2) == GZIP_MAGIC:
        yield from _read(storage, key, [(0, size)])
    else:
        yield from _compressed(storage, key, _foreign_spans(storage, key, wanted))


def _read(storage: Storage, key: str, spans: Sequence[Span]) -> Iterator[CopiedBytes]:
    for group in read_groups(spans, MAX_READ_BYTES):
        first = group[0][0]
        data = storage.read(key, first, sum(group[-1]) - first)
        for start, length in group:
            yield CopiedBytes(span=(start, length), data=_whole(data[start - first :][:length], key, length))


def _foreign_spans(storage: Storage, key: str, wanted: Set[int] | None) -> list[Span]:
    """Return the spans of the warcinfo records, the wanted captures and their requests, if they have spans."""
    found: list[Record] = []

    def collecting_warcinfos() -> Iterator[Record]:
        for record in records(RecordStream(file)):
            if record.kind == "warcinfo":
                found.append(record)
            yield record

    with storage.open(key) as file:
        for _, response, request in exchanges(collecting_warcinfos()):
            if response.span and (wanted is None or response.span[0] in wanted):
                found += [response, request] if request else [response]
    return sorted({record.span for record in found if record.span})


def _compressed(storage: Storage, key: str, spans: Sequence[Span]) -> Iterator[CopiedBytes]:
    dictionary = read_dictionary(lambda offset, length: storage.read(key, offset, length))
    loaded = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    zstd = zstandard.ZstdDecompressor(dict_data=loaded)
    for start, length in spans:
        data = _whole(storage.read(key, start, length), key, length)
        if data.startswith((ZSTD_MAGIC, ZSTD_DICTIONARY)):
            data = zstd.stream_reader(BytesIO(data)).read()
        if not data.startswith(GZIP_MAGIC):
            data = isal_zlib.compress(data, GZIP_LEVEL, GZIP_WINDOW_BITS)
        yield CopiedBytes(span=(start, length), data=data)


def _whole(data: bytes, key: str, length: int) -> bytes:
    if len(data) < length:
        raise StoreCorrupt(
            _("{key} is shorter than its index says", key=key),
            hint=_("run `fangzhi verify`: it lists everything that is changed"),
        )
    return data
