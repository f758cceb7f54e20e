"""Copies of records from a WARC file of the archive: byte for byte where possible, or compressed again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence, Set
from io import BytesIO

from isal import isal_zlib

from pipelines.archive.checks import RENDERING_TYPE
from pipelines.archive.compression import GZIP_MAGIC, read_dictionary, unpacked
from pipelines.archive.record_reader import Record, exchanges, joined_segments, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import GZIP_LEVEL, GZIP_WINDOW_BITS
from pipelines.archive.shared import SHARED_FILES
from pipelines.errors import StoreCorrupt
from pipelines.export.offsets import ByteSpan, CdxjLine, CopiedBytes, own_spans, read_groups
from pipelines.messages import gettext as _
from pipelines.model import Location
from pipelines.storage import Storage

WARC_START = b"WARC/"

START_BYTES = 1 << 13
"""Bytes of a file from which its first line is unpacked."""

MAX_READ_BYTES = 4 << 20
"""Bytes of one read, with the gaps between wanted records: a request to S3 takes as long as some MB of its response."""


def copy_records(
    storage: Storage, key: str, lines: Sequence[CdxjLine], wanted: Set[int] | None
) -> Iterator[CopiedBytes]:
    """Yield the warcinfo and the captures at the `wanted` offsets with their requests, in file order.

    With `wanted` None, the whole file. Records of our files and gzip members of foreign WARC files are copied byte for
    byte; others are compressed by gzip, a member each, and those of ARC files become WARC records. `lines` are the
    file's index.
    """
    size = storage.size(key)
    if key.startswith(SHARED_FILES) and wanted is not None:
        yield from _read(storage, key, _shared_spans(storage, key, wanted))
    elif Location(file=key, offset=0, length=0).own:
        yield from _read(storage, key, own_spans(lines, size, wanted) if wanted is not None else [(0, size)])
    elif wanted is None and _is_gzipped_warc(storage.read(key, 0, min(size, START_BYTES))):
        yield from _read(storage, key, [(0, size)])
    else:
        yield from _compressed(storage, key, _foreign_spans(storage, key, wanted))


def _is_gzipped_warc(start: bytes) -> bool:
    return start.startswith(GZIP_MAGIC) and not _is_arc(unpacked(start))


def _read(storage: Storage, key: str, spans: Sequence[ByteSpan]) -> Iterator[CopiedBytes]:
    for group in read_groups(spans, MAX_READ_BYTES):
        first = group[0][0]
        data = storage.read(key, first, sum(group[-1]) - first)
        for start, length in group:
            yield CopiedBytes(span=(start, length), data=_whole(data[start - first :][:length], key, length))


def _shared_spans(storage: Storage, key: str, wanted: Set[int]) -> list[ByteSpan]:
    """Return the spans of the wanted captures in a shared file, of their requests, and of their warcinfo records.

    No index line names a warcinfo record, so the whole file is read.
    """
    found: set[ByteSpan] = set()
    infos: dict[str, ByteSpan] = {}
    wants = False
    with storage.open(key) as file:
        for record in records(RecordStream(file)):
            if record.span is None:
                continue
            if record.kind == "warcinfo":
                infos[record.fields.get("warc-record-id", "")], wants = record.span, False
                found |= set() if found else {record.span}
            elif record.kind != "request":
                wants = record.span[0] in wanted or (wants and record.kind == RENDERING_TYPE)
            if wants:
                found |= {record.span, infos.get(record.warcinfo, record.span)}
    return sorted(found)


def _foreign_spans(storage: Storage, key: str, wanted: Set[int] | None) -> list[ByteSpan]:
    """Return the spans of the warcinfo records, the wanted captures and their requests, if they have spans."""
    found: list[Record] = []

    def collecting_warcinfos() -> Iterator[Record]:
        for record in records(RecordStream(file)):
            if record.kind == "warcinfo":
                found.append(record)
            yield record

    with storage.open(key) as file:
        for _, response, request in exchanges(joined_segments(collecting_warcinfos())):
            if response.span and (wanted is None or response.span[0] in wanted):
                found += [response, request] if request else [response]
    return sorted({record.span for record in found if record.span})


def _compressed(storage: Storage, key: str, spans: Sequence[ByteSpan]) -> Iterator[CopiedBytes]:
    dictionary = read_dictionary(lambda offset, length: storage.read(key, offset, length))
    for start, length in spans:
        data = _whole(storage.read(key, start, length), key, length)
        plain = unpacked(data, dictionary)
        if _is_arc(plain):
            yield CopiedBytes(span=(start, length), data=_packed(_as_warc(plain)))
        else:
            yield CopiedBytes(span=(start, length), data=data if data.startswith(GZIP_MAGIC) else _packed(plain))


def _packed(plain: bytes) -> bytes:
    return isal_zlib.compress(plain, GZIP_LEVEL, GZIP_WINDOW_BITS)


def _is_arc(plain: bytes) -> bool:
    return not plain[: len(WARC_START)].upper().startswith(WARC_START)


def _as_warc(plain: bytes) -> bytes:
    """Return an ARC record as a WARC record: the block as it is, and its line as fields."""
    record = next(records(RecordStream(BytesIO(plain))))
    kind = "application/warc-fields" if record.kind == "warcinfo" else "application/http;msgtype=response"
    fields = {name: value for name, value in record.fields.items() if name != "content-length"}
    if record.kind == "warcinfo":
        fields.pop("warc-target-uri", None)
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{fields.get('warc-target-uri')} {fields.get('warc-date')}")
    fields |= {"warc-record-id": f"<urn:uuid:{identity}>", "content-type": kind}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    header = f"WARC/1.1\r\n{lines}content-length: {len(record.block)}\r\n\r\n"
    return header.encode() + record.block + b"\r\n\r\n"


def _whole(data: bytes, key: str, length: int) -> bytes:
    if len(data) < length:
        raise StoreCorrupt(
            _("{key} is shorter than its index says", key=key),
            hint=_("run `fangzhi verify`: it lists everything that is changed"),
        )
    return data
