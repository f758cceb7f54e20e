"""Small valid files: PDF, PNG, JPEG, GIF, icons and JavaScript. Each contains its own name: no two are equal."""

from __future__ import annotations

import functools
import struct
import zlib
from importlib.resources import files

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "css": "text/css",
    "js": "text/javascript",
}


def asset(name: str) -> bytes:
    """Return a valid file of the format that the extension of `name` gives, with the name inside it.

    Raises:
        KeyError: the extension is not in MEDIA_TYPES.
    """
    makers = {"pdf": pdf, "png": png, "jpg": jpeg, "gif": gif, "ico": icon, "css": _comment, "js": _comment}
    return makers[name.rpartition(".")[2]](name)


def pdf(name: str) -> bytes:
    """Return a PDF 1.4 file: one A4 page that shows the name."""
    drawing = f"BT /F1 18 Tf 72 760 Td ({name}) Tj ET".encode("ascii", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + tail


def png(name: str) -> bytes:
    """Return a PNG file of 96 by 64 grey pixels, with the name in a text chunk."""
    width, height = 96, 64
    rows = b"".join(b"\0" + bytes((x + 2 * y) % 256 for x in range(width)) for y in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Title\0" + name.encode("ascii", "replace")),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def gif(name: str) -> bytes:
    """Return a GIF file of one grey pixel, with the name in a comment."""
    comment = name.encode("utf-8")[:255]
    head = b"GIF89a\1\0\1\0\x80\0\0\xcc\xcc\xcc\xff\xff\xff"
    pixel = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return head + b"\x21\xfe" + bytes([len(comment)]) + comment + b"\0" + pixel + b";"


def icon(name: str) -> bytes:
    """Return an icon file (ICO) with one PNG picture."""
    picture = png(name)
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 96, 64, 0, 0, 1, 8, len(picture), 22) + picture


def checksum(body: bytes) -> str:
    """Return a text that differs for different files, for their ETag."""
    return f"{zlib.crc32(body):08x}-{len(body):x}"


def jpeg(name: str) -> bytes:
    """Return the picture of the demo city as JPEG, with the name in a comment segment."""
    comment = name.encode("ascii", "replace")
    picture = _picture()
    return picture[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + picture[2:]


@functools.cache
def _picture() -> bytes:
    return files("crawler.demo").joinpath("picture.jpg").read_bytes()


def _comment(name: str) -> bytes:
    return f"/* {name} */\n".encode()
