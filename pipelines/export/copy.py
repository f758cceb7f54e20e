"""Records copied out of a WARC of the archive: member by member as they are, or packed anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from io import BytesIO

import zstandard
from isal import isal_zlib

from pipelines.archive.compression import GZIP_MAGIC, ZSTD_DICTIONARY, ZSTD_MAGIC, dictionary
from pipelines.archive.record_reader import Record, exchanges, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import GZIP, LEVEL
from pipelines.errors import StoreCorrupt
from pipelines.export.excerpt import Line, Piece, Span, own_spans, windows
from pipelines.model import Location
from pipelines.storage import Storage

AT_ONCE = 4 << 20
"""Bytes read in one go, gaps of what is not wanted included: a request to S3 takes as long as some MB of its answer."""


def pieces(storage: Storage, key: str, lines: Sequence[Line], wanted: Set[int] | None) -> Iterator[Piece]:
    """Yield what is wanted of a file, in its order; all of it where `wanted` is None.

    Of a file that we wrote that is the warcinfo and each capture wanted with its request, byte for byte. Of others'
    files likewise; those that are not gzip, a member a record, are packed so. `lines` are the file's index.
    """
    size = storage.size(key)
    if Location(file=key, offset=0, length=0).own:
        yield from _read(storage, key, own_spans(lines, size, wanted) if wanted is not None else [(0, size)])
    elif wanted is None and storage.read(key, 0, 2) == GZIP_MAGIC:
        yield from _read(storage, key, [(0, size)])
    else:
        yield from _packed(storage, key, _foreign_spans(storage, key, wanted))


def _read(storage: Storage, key: str, spans: Sequence[Span]) -> Iterator[Piece]:
    for group in windows(spans, AT_ONCE):
        first = group[0][0]
        data = storage.read(key, first, sum(group[-1]) - first)
        for start, length in group:
            yield Piece(span=(start, length), data=_whole(data[start - first :][:length], key, length))


def _foreign_spans(storage: Storage, key: str, wanted: Set[int] | None) -> list[Span]:
    """Return where the warcinfo records lie, and the captures wanted with their requests, as far as each can be."""
    found: list[Record] = []

    def seen() -> Iterator[Record]:
        for record in records(RecordStream(file)):
            if record.kind == "warcinfo":
                found.append(record)
            yield record

    with storage.open(key) as file:
        for _, answer, question in exchanges(seen()):
            if answer.span and (wanted is None or answer.span[0] in wanted):
                found += [answer, question] if question else [answer]
    return sorted({record.span for record in found if record.span})


def _packed(storage: Storage, key: str, spans: Sequence[Span]) -> Iterator[Piece]:
    words = dictionary(lambda offset, length: storage.read(key, offset, length))
    known = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(words) if words else None)
    for start, length in spans:
        data = _whole(storage.read(key, start, length), key, length)
        if data.startswith((ZSTD_MAGIC, ZSTD_DICTIONARY)):
            data = known.stream_reader(BytesIO(data)).read()
        gzip = data.startswith(GZIP_MAGIC)
        yield Piece(span=(start, length), data=data if gzip else isal_zlib.compress(data, LEVEL, GZIP))


def _whole(data: bytes, key: str, length: int) -> bytes:
    if len(data) < length:
        raise StoreCorrupt(f"{key} is shorter than its index says", hint="`fangzhi verify` lists what is changed")
    return data
