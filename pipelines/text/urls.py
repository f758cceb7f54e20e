"""URLs as archives have them, also those that no server can have."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

_PARTS = re.compile(r"(?:([^:/?#]+):)?(?://[^/?#]*)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
"""The parts of a URL (RFC 3986, appendix B)."""


def split_url(url: str) -> SplitResult:
    """Return the parts of a URL as `urlsplit` does; also of one whose host is impossible, and for which that raises.

    Such addresses stand in archives: `http://[::1`, or hosts with characters that normalise to `/`. They have no host.

    >>> split_url("http://[abc]/a/1.html?b=2").path, split_url("http://[::1").hostname
    ('/a/1.html', None)
    """
    try:
        return urlsplit(url)
    except ValueError:
        found = _PARTS.match(url)
        scheme, path, query, fragment = found.groups("") if found else ("", url, "", "")
        return SplitResult(scheme.lower(), "", path, query, fragment)


def is_splittable(url: str) -> bool:
    """Tell whether a URL can be split, so that it can be joined with others and looked up.

    >>> is_splittable("http://www.example.cn/"), is_splittable("http://[abc]/")
    (True, False)
    """
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True
