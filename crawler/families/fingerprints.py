"""The marks by which a page is told to be a CMS's own: what it links elsewhere says nothing of it."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

# A link to a host, up to its path; the bound keeps a page of a thousand open tags from being read over and over.
_LINK_TO_HOST = re.compile(
    r"""(<(?:a|area|option)\b[^<>]{0,500}?\b(?:href|value)\s*=\s*["']?\s*)(?:https?:)?//([^/"'\s<>]+)([^"'\s<>]*)""",
    re.IGNORECASE,
)


MAX_PAGE_CHARS = 500_000
"""Characters in which marks are looked for: three of 340 real pages are longer, and have none behind."""


def find_fingerprint(marks: re.Pattern[str], html: str, url: str, address: re.Pattern[str] | None = None) -> str:
    """Return what of a page, else of its URL, a pattern of marks fits, on one line; empty where nothing does.

    `address` is the pattern for the URL where that is another one.

    >>> mark(re.compile("TRS_Editor"), '<div class="TRS_Editor">', "http://www.example.cn/")
    'TRS_Editor'
    >>> mark(re.compile(r"/t\\d{8}_\\d+"), '<a href="http://www.gov.cn/t20240305_1.html">', "http://www.example.cn/")
    ''
    """
    found = marks.search(_with_local_links(html, url)) or (address or marks).search(url)
    return " ".join(found[0].split()) if found else ""


@lru_cache(maxsize=1)  # a page is looked at for each family's marks, one after another
def _with_local_links(html: str, url: str) -> str:
    """Return a page whose links to its own host have their path alone, and those to other hosts no address."""
    own = _host_name(urlsplit(url).netloc)
    return _LINK_TO_HOST.sub(
        lambda link: link[1] + (link[3] if _host_name(link[2]) == own else ""), html[:MAX_PAGE_CHARS]
    )


def _host_name(netloc: str) -> str:
    return netloc.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
