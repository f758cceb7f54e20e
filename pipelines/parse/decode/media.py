"""Recognises responses that are not HTML, by their media type and their first bytes."""

from __future__ import annotations

import re

PAGE_TYPES = ("", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream", "unknown/unknown")
"""Media types with which servers send HTML; the last three are misconfigurations, so the bytes decide."""

DATA_TYPE = re.compile(r"^(?:application|text)/(?:[\w.+-]+\+|x-)?(?:json|xml|javascript)$")
"""Media types of the responses of list APIs."""

SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"Rar!", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
)
CONTAINER_TYPES = ("application/zip", "application/x-ole-storage")
"""Container formats of other media types, which the header may name: DOCX and OFD are ZIP, DOC and WPS are OLE."""

LOOSE_TYPES = ("", "text/plain", "application/octet-stream", "unknown/unknown")
"""Media types that say little: the response is a file if it contains bytes that texts do not contain."""

BINARY_BYTE = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""Binary data bytes of the MIME Sniffing Standard (§3)."""

SNIFFED_BYTES = 1445
"""First bytes of a response that the MIME Sniffing Standard examines."""

HTML_TAG_BYTES = 1024
"""First bytes of a response in which an `<html` tag shows that it is a page: as many as browsers read for a charset."""

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def foreign_type(content_type: str, body: bytes) -> str | None:
    """Return the media type of a body that is not a page, or None for a page; the bytes outvote the header.

    >>> foreign_type("text/html", b"%PDF-1.4 ...")
    'application/pdf'
    >>> foreign_type("application/json; charset=utf-8", b"{}")
    'application/json'
    """
    declared = content_type.partition(";")[0].strip().lower()
    for signature, media_type in SIGNATURES:
        if body.startswith(signature):
            return declared if media_type in CONTAINER_TYPES and declared not in PAGE_TYPES else media_type
    if b"<html" in body[:HTML_TAG_BYTES].lower():
        return None
    if declared in LOOSE_TYPES and not body.startswith(UTF_16_MARKS) and BINARY_BYTE.search(body[:SNIFFED_BYTES]):
        return "application/octet-stream"
    if declared in PAGE_TYPES:
        return None
    return declared
