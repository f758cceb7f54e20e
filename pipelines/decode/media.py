"""Pure. What a response is when it is no HTML, by its media type and its first bytes."""

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
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
)


def foreign_type(content_type: str, body: bytes) -> str | None:
    """Return the media type of a body that is no page, or None for a page; the bytes outvote the header.

    >>> foreign_type("text/html", b"%PDF-1.4 ...")
    'application/pdf'
    >>> foreign_type("application/json; charset=utf-8", b"{}")
    'application/json'
    """
    for signature, media_type in SIGNATURES:
        if body.startswith(signature):
            return media_type
    named = content_type.partition(";")[0].strip().lower()
    if named in PAGE_TYPES or b"<html" in body[:1024].lower():
        return None
    return named
