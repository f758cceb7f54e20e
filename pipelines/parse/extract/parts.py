"""Finds the further pages of an article that its site shows on several pages."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

from pipelines.text.urls import split_url

MAX_PARTS = 99
"""Maximum number of pages of an article: gazettes and yearly reports have some dozens."""

_HREF = re.compile(r"""[hH](?<=\b[hH])[rR][eE][fF]\s{0,9}=\s{0,9}["']?([^"'\s>]{1,500})""")
"""Sets of letters, of which the search uses the first one to skip most of a page: it takes a fourth of the time that
the flag for both cases takes.
"""

_NUMBERED_FILE = re.compile(r"^(?P<stem>[\w-]*\d)(?P<extension>\.s?html?)$", re.IGNORECASE)
_PAGE_PARAMETERS = ("page", "pageno")


def parts(html: str, url: str) -> tuple[str, ...]:
    """Return the URLs of an article's pages after the first, from the links on the first page.

    content_12.htm continues in content_12_2.htm or content_12-2.htm (Founder, DedeCMS, EmpireCMS, PHPCMS). A URL with
    a query continues in the same query with `page` or `pageno` added (PHPCMS, DedeCMS). Only the ASCII characters of
    `html` matter.

    >>> parts('<a href="content_12_2.htm">2</a>', "http://news.example.cn/2024-03/05/content_12.htm")
    ('http://news.example.cn/2024-03/05/content_12_2.htm',)
    """
    here = split_url(url)
    if here.query and not any(
        f"{name}=" in html for name in _PAGE_PARAMETERS
    ):  # true for most pages, whose links need no check
        return ()
    if here.query:
        found = {_page_in_query(there, here): there for there in _links(html, url, "page") if there[:3] == here[:3]}
    elif file := _NUMBERED_FILE.match(here.path.rpartition("/")[2]):
        if file["stem"] + "_" not in html and file["stem"] + "-" not in html:
            return ()
        path = re.compile(
            rf"{re.escape(here.path[: -len(file['extension'])])}[_-]([1-9]\d?){re.escape(file['extension'])}"
        )
        found = {
            _page_in_path(there, path): there for there in _links(html, url, file["stem"]) if there[:2] == here[:2]
        }
    else:
        return ()
    return tuple(found[number].geturl() for number in sorted(found) if 1 < number <= MAX_PARTS)


def _links(html: str, url: str, word: str) -> list[SplitResult]:
    """Return the URLs of a page's links that contain a word."""
    found = []
    for href in filter(lambda href: word in href, _HREF.findall(html)):
        try:
            found.append(urlsplit(urljoin(url, href.replace("&amp;", "&").partition("#")[0])))
        except ValueError:
            continue
    return found


def _page_in_path(there: SplitResult, path: re.Pattern[str]) -> int:
    """Return the page number of the article in a path; 0 if the URL is not a page of the article."""
    number = None if there.query else path.fullmatch(there.path)
    return int(number[1]) if number else 0


def _page_in_query(there: SplitResult, here: SplitResult) -> int:
    """Return the page number of the article in a query; 0 if the URL is not a page of the article."""
    own, other = (set(parse_qsl(parts.query)) for parts in (here, there))
    added = dict(other - own)
    number = next((added[name] for name in _PAGE_PARAMETERS if added.keys() == {name}), "")
    return int(number) if own < other and number.isdecimal() and len(number) < 3 else 0
