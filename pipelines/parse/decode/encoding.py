"""Removes content-encodings: gzip, deflate, br and zstd, several in a row; a broken stream up to the break."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from typing import cast

import brotli
import zstandard
from isal import isal_zlib

_IsalError = cast("type[Exception]", isal_zlib.error)
"""The exception of isal; its type stub declares the class as an instance."""

MAX_PAGE_BYTES = 64 * 1024 * 1024
"""Maximum size of a page: the largest page of any survey is under 5 MB, and lxml needs about ten times the size."""

CHUNK_BYTES = 512
"""Compressed bytes passed to zlib at once: a damaged stream loses at most the content of one chunk."""

MAX_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
"""Maximum window of the content-coding zstd (RFC 9659)."""


class TooLarge(ValueError):
    """The unpacked body is larger than the limit."""


def unpack(body: bytes, codings: str, limit: int = MAX_PAGE_BYTES) -> bytes:
    """Return the body without the codings of a Content-Encoding header, which are removed in reverse order.

    The header is only evidence. Bytes that do not begin as their coding requires stay unchanged, because archives often
    contain an unpacked body with the old header. Without a header, gzip and zstd are recognised by their magic bytes.

    Raises:
        TooLarge: the unpacked body is larger than `limit` bytes.
    """
    for coding in reversed([name.strip().lower() for name in codings.split(",")]):
        decoder = DECODERS.get(coding)
        if decoder:
            body = _join(decoder(body), limit, body)
    for magic, decoder in DECODERS_BY_MAGIC:
        if body.startswith(magic):
            body = _join(decoder(body), limit, body)
    if len(body) > limit:
        raise TooLarge(f"the page has more than {limit} bytes")
    return body


def _join(pieces: Iterator[bytes], limit: int, packed: bytes) -> bytes:
    """Return the pieces as one body, or the packed body if there are none."""
    out = io.BytesIO()
    for piece in pieces:
        if out.tell() + len(piece) > limit:
            raise TooLarge(f"{len(packed)} bytes unpack to more than {limit}")
        out.write(piece)
    return out.getvalue() or packed


def _gzip(body: bytes) -> Iterator[bytes]:
    return _inflate(body, 16 + zlib.MAX_WBITS) if body.startswith(b"\x1f\x8b") else iter(())


def _deflate(body: bytes) -> Iterator[bytes]:
    """Decode the zlib format of RFC 9110, or raw deflate, which lacks zlib's two header bytes (a multiple of 31)."""
    has_header = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflate(body, zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


def _inflate(body: bytes, wbits: int) -> Iterator[bytes]:
    """Yield the decompressed pieces of a zlib stream or of all gzip members, up to the end or the first damage."""
    if whole := _intact(body, wbits):
        yield whole
        return
    stream = zlib.decompressobj(wbits)
    for start in range(0, len(body), CHUNK_BYTES):
        data = body[start : start + CHUNK_BYTES]
        while data:
            try:
                piece = stream.decompress(data, MAX_PAGE_BYTES)
            except zlib.error:
                return
            yield piece
            data = stream.unconsumed_tail
            if stream.eof:
                data = stream.unused_data
                if wbits <= zlib.MAX_WBITS or not data:
                    return
                stream = zlib.decompressobj(wbits)


def _intact(body: bytes, wbits: int) -> bytes:
    """Return what a single intact stream has, in a third of the time of its pieces; empty for anything else."""
    stream = isal_zlib.decompressobj(wbits)
    try:
        whole = stream.decompress(body, MAX_PAGE_BYTES)
    except _IsalError:
        return b""
    return whole if stream.eof and not stream.unused_data and _has_intact_header(body, wbits) else b""


def _has_intact_header(body: bytes, wbits: int) -> bool:
    """Return whether a gzip member has the method and the flags of RFC 1952, which zlib checks and isal does not."""
    return wbits <= zlib.MAX_WBITS or (body[2] == zlib.DEFLATED and not body[3] & 0xE0)


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
    decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_ZSTD_WINDOW_BYTES)
    reader = decompressor.stream_reader(io.BytesIO(body), read_across_frames=True)
    try:
        while piece := reader.read(1 << 16):
            yield piece
    except zstandard.ZstdError:
        return


DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
DECODERS_BY_MAGIC = ((b"\x1f\x8b\x08", _gzip), (b"\x28\xb5\x2f\xfd", _zstd))
