"""The further pages of an article that its site shows in several."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

MOST_PARTS = 99
"""Pages of the longest article that are followed: gazettes and yearly reports have some dozens."""

_HREF = re.compile(r"""\bhref\s{0,9}=\s{0,9}["']?([^"'\s>]{1,500})""", re.IGNORECASE)
_FILE = re.compile(r"^(?P<stem>[\w-]*\d)(?P<ending>\.s?html?)$", re.IGNORECASE)
_PAGE = ("page", "pageno")


def parts(html: str, url: str) -> tuple[str, ...]:
    """Return the addresses of an article's pages after the first, as its first page links them.

    content_12.htm goes on in content_12_2.htm or content_12-2.htm (Founder, DedeCMS, EmpireCMS, PHPCMS), a script in
    the same query with `page` or `pageno` besides (PHPCMS, DedeCMS). Only the ASCII in `html` matters.

    >>> parts('<a href="content_12_2.htm">2</a>', "http://news.example.cn/2024-03/05/content_12.htm")
    ('http://news.example.cn/2024-03/05/content_12_2.htm',)
    """
    here = urlsplit(url)
    if here.query and not any(f"{name}=" in html for name in _PAGE):  # most pages: their links need no look
        return ()
    if here.query:
        found = {_queried(there, here): there for there in _links(html, url, "page") if there[:3] == here[:3]}
    elif file := _FILE.match(here.path.rpartition("/")[2]):
        if file["stem"] + "_" not in html and file["stem"] + "-" not in html:
            return ()
        path = re.compile(rf"{re.escape(here.path[: -len(file['ending'])])}[_-]([1-9]\d?){re.escape(file['ending'])}")
        found = {_filed(there, path): there for there in _links(html, url, file["stem"]) if there[:2] == here[:2]}
    else:
        return ()
    return tuple(found[number].geturl() for number in sorted(found) if 1 < number <= MOST_PARTS)


def _links(html: str, url: str, word: str) -> list[SplitResult]:
    """Return the addresses that a page links in which a word stands."""
    found = []
    for href in filter(lambda href: word in href, _HREF.findall(html)):
        try:
            found.append(urlsplit(urljoin(url, href.replace("&amp;", "&").partition("#")[0])))
        except ValueError:
            continue
    return found


def _filed(there: SplitResult, path: re.Pattern[str]) -> int:
    """Return which page of the article a file is; 0 where it is none."""
    number = None if there.query else path.fullmatch(there.path)
    return int(number[1]) if number else 0


def _queried(there: SplitResult, here: SplitResult) -> int:
    """Return which page of the article a script shows under this query; 0 where it shows something else."""
    own, other = (set(parse_qsl(parts.query)) for parts in (here, there))
    added = dict(other - own)
    number = next((added[name] for name in _PAGE if added.keys() == {name}), "")
    return int(number) if own < other and number.isdecimal() and len(number) < 3 else 0
