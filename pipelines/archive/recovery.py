"""A segment that a crash left behind is cut back to its last whole capture."""

from __future__ import annotations

import os
from typing import BinaryIO

from isal import isal_zlib

from pipelines.archive.compression import GZIP_MAGIC, READ_SIZE, GzipError
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import GZIP
from pipelines.errors import StoreCorrupt


def recover(file: BinaryIO, name: str) -> int:
    """Cut a segment after its last whole capture and return how many bytes that took away.

    A capture is whole once its request stands behind its response, a rendering is one record; a segment without any is
    cut to nothing. Only a torn tail is cut. Raises StoreCorrupt, and changes nothing, if whole members stand behind the
    broken one: no crash of the writer does that.
    """
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    source = RecordStream(file)
    ends = (sum(each.span) for each in records(source) if each.span and each.kind in ("request", "conversion"))
    whole = max(ends, default=0)
    if source.damage is not None and _goes_on(file, source.damage):
        raise StoreCorrupt(
            f"{name} is broken at byte {source.damage}, and more records follow there",
            hint="move it away and repair it by hand; the disk may be failing",
        )
    if whole < size:
        os.ftruncate(file.fileno(), whole)
        os.fdatasync(file.fileno())
    return size - whole


def _goes_on(file: BinaryIO, damage: int) -> bool:
    """Tell whether a whole gzip member begins anywhere behind a broken one."""
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
        member = isal_zlib.decompressobj(wbits=GZIP)
        for at in range(0, len(data), READ_SIZE):
            member.decompress(data[at : at + READ_SIZE])
            if member.eof:
                return True
    except GzipError:
        pass
    return False
