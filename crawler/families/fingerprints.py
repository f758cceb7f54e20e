"""Finds a CMS's fingerprints in a page. Links to other hosts are ignored: they say nothing about this page's CMS."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

# The start of a link to a host: the tag up to the URL, the host, the path. {0,500} keeps the search from becoming
# quadratic on a page with thousands of tags that are not closed.
_LINK_TO_HOST = re.compile(
    r"""(<(?:a|area|option)\b[^<>]{0,500}?\b(?:href|value)\s*=\s*["']?\s*)
    (?:https?:)?//([^/"'\s<>]+)
    ([^"'\s<>]*)""",
    re.IGNORECASE | re.VERBOSE,
)


MAX_PAGE_CHARS = 500_000
"""Characters of a page that are searched. 3 of 340 real pages are longer, and have no fingerprint beyond."""


def find_fingerprint(
    fingerprints: re.Pattern[str], html: str, url: str, url_fingerprints: re.Pattern[str] | None = None
) -> str:
    """Return the text on which `fingerprints` matches the page, else its URL, on one line; empty if it does not match.

    The URL is searched for `url_fingerprints` instead, if they are given.

    >>> find_fingerprint(re.compile("TRS_Editor"), '<div class="TRS_Editor">', "http://www.example.cn/")
    'TRS_Editor'
    >>> find_fingerprint(re.compile(r"/t\\d{8}_\\d+"), '<a href="http://www.gov.cn/t20240305_1.html">', "http://www.example.cn/")
    ''
    """
    found = fingerprints.search(_with_local_links(html, url)) or (url_fingerprints or fingerprints).search(url)
    return " ".join(found[0].split()) if found else ""


@lru_cache(maxsize=1)  # the same page is searched for the fingerprints of one family after another
def _with_local_links(html: str, url: str) -> str:
    """Reduce links to the page's own host to their path, and remove the URL of links to other hosts."""
    own = _host_name(urlsplit(url).netloc)
    return _LINK_TO_HOST.sub(
        lambda link: link[1] + (link[3] if _host_name(link[2]) == own else ""), html[:MAX_PAGE_CHARS]
    )


def _host_name(netloc: str) -> str:
    return netloc.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
