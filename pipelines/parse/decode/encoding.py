"""Content-encoding taken off: gzip, deflate, br and zstd, several in a row, broken streams as far as they go."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator

import brotli
import zstandard

LIMIT = 64 * 1024 * 1024
"""Bytes of HTML a page may have: the largest page of any survey is under 5 MB, and lxml needs about ten times that."""

STEP = 512
"""Compressed bytes given to zlib at once: what a damaged stream loses is at most what these hold."""

ZSTD_WINDOW = 8 * 1024 * 1024
"""RFC 9659: a zstd content-coding's window is at most 8 MiB."""


class TooLarge(ValueError):
    """The body unpacks to more than the limit."""


def unpack(body: bytes, codings: str, limit: int = LIMIT) -> bytes:
    """Return the body with the codings of a Content-Encoding header taken off, last first; TooLarge over the limit.

    Names are evidence only: bytes that do not begin as their coding says are taken as they are (archives often hold
    bodies unpacked beside the old header), and gzip or zstd that no header names is told by its magic bytes.
    """
    for coding in reversed([name.strip().lower() for name in codings.split(",")]):
        opener = READERS.get(coding)
        if opener:
            body = _joined(opener(body), limit, body)
    for magic, opener in MAGIC:
        if body.startswith(magic):
            body = _joined(opener(body), limit, body)
    if len(body) > limit:
        raise TooLarge(f"the page has more than {limit} bytes")
    return body


def _joined(pieces: Iterator[bytes], limit: int, packed: bytes) -> bytes:
    """Return the pieces as one, or what was packed if there are none."""
    out = io.BytesIO()
    for piece in pieces:
        if out.tell() + len(piece) > limit:
            raise TooLarge(f"{len(packed)} bytes unpack to more than {limit}")
        out.write(piece)
    return out.getvalue() or packed


def _gzip(body: bytes) -> Iterator[bytes]:
    return _inflate(body, 16 + zlib.MAX_WBITS) if body.startswith(b"\x1f\x8b") else iter(())


def _deflate(body: bytes) -> Iterator[bytes]:
    """RFC 9110 means zlib; servers also send raw deflate, which lacks the two bytes of a header divisible by 31."""
    wrapped = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflate(body, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


def _inflate(body: bytes, wbits: int) -> Iterator[bytes]:
    """Yield what zlib makes of a stream, gzip member by member, until its end or the first damage."""
    stream = zlib.decompressobj(wbits)
    for start in range(0, len(body), STEP):
        data = body[start : start + STEP]
        while data:
            try:
                piece = stream.decompress(data, LIMIT)
            except zlib.error:
                return
            yield piece
            data = stream.unconsumed_tail
            if stream.eof:
                data = stream.unused_data
                if wbits <= zlib.MAX_WBITS or not data:
                    return
                stream = zlib.decompressobj(wbits)


def _brotli(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    data = body
    try:
        while not stream.is_finished():
            piece = stream.process(data, output_buffer_limit=1 << 20)
            data = b""
            if not piece and stream.can_accept_more_data():
                return
            yield piece
    except brotli.error:
        return


def _zstd(body: bytes) -> Iterator[bytes]:
    opened = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    reader = opened.stream_reader(io.BytesIO(body), read_across_frames=True)
    try:
        while piece := reader.read(1 << 16):
            yield piece
    except zstandard.ZstdError:
        return


READERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
MAGIC = ((b"\x1f\x8b\x08", _gzip), (b"\x28\xb5\x2f\xfd", _zstd))
