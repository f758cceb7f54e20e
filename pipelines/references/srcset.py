"""Reads and rewrites `srcset`: addresses of one picture in several sizes."""

from __future__ import annotations

import re
from collections.abc import Callable

_CANDIDATE = re.compile(r"[\s,]*(?P<url>\S+)")
_DESCRIPTORS = re.compile(r"(?:[^,(]|\([^)]*\)?)*")


def rewrite_srcset(value: str, replace: Callable[[str], str | None]) -> str:
    """Return a srcset with each address replaced; None leaves an address as it is.

    >>> rewrite_srcset("a.jpg, b,c.jpg 2x", lambda address: f"/{address}")
    '/a.jpg, /b,c.jpg 2x'
    """
    pieces, at = [], 0
    while found := _CANDIDATE.match(value, at):
        address = found["url"].rstrip(",")
        start, end = found.start("url"), found.start("url") + len(address)
        new = replace(address) if address else None
        pieces += [value[at:start], address if new is None else new.replace(" ", "%20").replace("\n", "%0A")]
        has_descriptors = end == found.end("url")
        after = _DESCRIPTORS.match(value, end) if has_descriptors else None
        at = after.end() if after else end
        pieces.append(value[end:at])
    return "".join(pieces) + value[at:]
