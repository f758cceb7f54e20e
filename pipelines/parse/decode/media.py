"""What a response is when it is no HTML, by its media type and its first bytes."""

from __future__ import annotations

import re

PAGE_TYPES = ("", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream", "unknown/unknown")
"""Types under which servers send HTML; the last three by misconfiguration, so that the bytes decide."""

DATA_TYPE = re.compile(r"^(?:application|text)/(?:[\w.+-]+\+|x-)?(?:json|xml|javascript)$")
"""Types of what list APIs and their scripts answer with."""

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
CONTAINERS = ("application/zip", "application/x-ole-storage")
"""Types that hold others, which a header may name: DOCX and OFD are ZIP, DOC and WPS are OLE."""

LOOSE_TYPES = ("", "text/plain", "application/octet-stream", "unknown/unknown")
"""Types that say so little that bytes which no text has tell a file."""

BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""Binary data bytes of the MIME Sniffing Standard (§3), of which it looks at the first 1,445."""

SNIFFED = 1445
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def foreign_type(content_type: str, body: bytes) -> str | None:
    """Return the media type of a body that is no page, or None for a page; the bytes outvote the header.

    >>> foreign_type("text/html", b"%PDF-1.4 ...")
    'application/pdf'
    >>> foreign_type("application/json; charset=utf-8", b"{}")
    'application/json'
    """
    named = content_type.partition(";")[0].strip().lower()
    for signature, media_type in SIGNATURES:
        if body.startswith(signature):
            return named if media_type in CONTAINERS and named not in PAGE_TYPES else media_type
    if b"<html" in body[:1024].lower():
        return None
    if named in LOOSE_TYPES and not body.startswith(UTF_16) and BINARY.search(body[:SNIFFED]):
        return "application/octet-stream"
    if named in PAGE_TYPES:
        return None
    return named
