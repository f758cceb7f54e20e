"""Truncation of a WARC file that a crash left incomplete to its last whole capture."""

from __future__ import annotations

import os
from typing import BinaryIO

from isal import isal_zlib

from pipelines.archive.compression import GZIP_MAGIC, READ_BYTES, GzipError
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import GZIP_WINDOW_BITS
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _


def recover(file: BinaryIO, name: str) -> int:
    """Truncate a WARC file after its last whole capture, and return the number of bytes that were cut off.

    A capture is whole if its request follows its response; a rendering is one record. A file without a whole capture
    becomes empty. Only an incomplete end is cut off: if whole members follow the damaged one, which no crash of the
    writer causes, raises StoreCorrupt and changes nothing.
    """
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    stream = RecordStream(file, strict=True)
    ends = (sum(each.span) for each in records(stream) if each.span and each.kind in ("request", "conversion"))
    whole = max(ends, default=0)
    if stream.damage is not None and _goes_on(file, stream.damage):
        raise StoreCorrupt(
            _(
                "{name} is damaged at byte {damage}, and whole records follow after that",
                name=name,
                damage=stream.damage,
            ),
            hint=_("move the file away and repair it by hand; check the disk"),
        )
    if whole < size:
        os.ftruncate(file.fileno(), whole)
        os.fdatasync(file.fileno())
    return size - whole


def _goes_on(file: BinaryIO, damage: int) -> bool:
    """Tell whether a whole gzip member begins anywhere after a damaged one."""
    file.seek(damage + 1)
    rest = file.read()
    at = rest.find(GZIP_MAGIC)
    while at >= 0:
        if _is_member(rest[at:]):
            return True
        at = rest.find(GZIP_MAGIC, at + 1)
    return False


def _is_member(data: bytes) -> bool:
    try:
        member = isal_zlib.decompressobj(wbits=GZIP_WINDOW_BITS)
        for at in range(0, len(data), READ_BYTES):
            member.decompress(data[at : at + READ_BYTES])
            if member.eof:
                return True
    except GzipError:
        pass
    return False
