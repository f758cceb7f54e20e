"""Search for the next readable member of a compressed file behind a damaged one."""

from __future__ import annotations

import re

from pipelines.archive.compression import UNPACK_ERRORS, Packing, RecentBytes

PROBE_BYTES = 1 << 13
"""Compressed bytes from which a member's first line is unpacked."""

RECORD_START = re.compile(
    rb"WARC/\d|filedesc:|(?=[a-z][a-z0-9+.-]*:[^\r\n]*[0-9]\r?\n)[^\r\n]* [0-9]{8,17} ", re.IGNORECASE
)
"""The start of a WARC record, of an ARC file, or of an ARC record."""


def next_member(file: RecentBytes, packing: Packing, damaged: int) -> int | None:
    """Return the offset of the first member behind the start of a damaged one that begins with a record, or None."""
    base = max(damaged + 1, file.oldest)
    file.seek(base)
    data, searched = bytearray(), 0
    while True:
        at = data.find(packing.magic, searched)
        if at < 0:
            done = max(len(data) - len(packing.magic) + 1, 0)
            del data[:done]
            base, searched = base + done, 0
            piece = file.read()
            if not piece:
                return None
            data += piece
            continue
        while len(data) < at + PROBE_BYTES and (piece := file.read()):
            data += piece
        if _begins_with_record(packing, bytes(data[at : at + PROBE_BYTES])):
            return base + at
        searched = at + 1


def _begins_with_record(packing: Packing, data: bytes) -> bool:
    try:
        return RECORD_START.match(packing.new().decompress(data, PROBE_BYTES)) is not None
    except UNPACK_ERRORS:
        return False
