"""Pure. List pages that hold no list: those that send the browser on, and those that show another page's list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from urllib.parse import urlsplit

from crawler.families.family import Ask, Link, asks
from crawler.families.rows import parse, resolve
from crawler.families.selection import is_section

_REFRESH = re.compile(r"^\s*\d*(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?\s*([^\"']+)", re.IGNORECASE)
_SCRIPT = re.compile(
    r"""\blocation(?:\.href)?\s*=\s*(?:\\?["'])([^"'\\+<>\s]+)\\?["']\s*(?!\s*\+)
    | \blocation\.(?:replace|assign)\(\s*\\?["']([^"'\\+<>\s]+)\\?["']\s*\)""",
    re.VERBOSE,
)

MOST_SHOWN = 200
"""Characters of a page that only sends on, such as 正在进入今日报纸，请稍候; scripts of full pages go elsewhere on a
click, which says nothing of the page."""

MOST_FRAMES = 3
"""Frames that are looked at: a column has one with its list, beside those of a search form and of the weather."""


def elsewhere(html: str, url: str, links: Sequence[Link]) -> tuple[Ask, ...]:
    """Return the lists that a page shows in frames, or the one that it sends on to where it has no articles itself."""
    found = frames(html, url)
    return asks(found if found or links else forwards(html, url)[:1])


def forwards(html: str, url: str) -> tuple[str, ...]:
    """Return where a page without text of its own sends browsers, by meta refresh or script; none where it stays.

    There are several where a script asks what browser it is.

    >>> forwards("<script>window.location.href='html/2024-03/05/node_2.htm'</script>", "http://dzb.example.cn/")
    ('http://dzb.example.cn/html/2024-03/05/node_2.htm',)
    """
    if (page := parse(html)) is None:
        return ()
    shown = page.xpath("//text()[not(ancestor::script or ancestor::style or ancestor::title)]")
    if sum(len("".join(text.split())) for text in shown) > MOST_SHOWN:
        return ()
    refreshes = (
        _REFRESH.match(meta.get("content") or "")
        for meta in page.iter("meta")
        if (meta.get("http-equiv") or "").lower() == "refresh"
    )
    scripts = (found for script in page.iter("script") for found in _SCRIPT.finditer(unescape(script.text or "")))
    told = [next(filter(None, found.groups())).strip() for found in (*refreshes, *scripts) if found]
    targets = dict.fromkeys(target for each in told if (target := resolve(each, url)))
    return tuple(target for target in targets if target != resolve(url, url))


def frames(html: str, url: str) -> tuple[str, ...]:
    """Return the lists that a page shows in frames: pages of its own host that look like lists by their URL."""
    if "<iframe" not in html.lower() and "<frame" not in html.lower():
        return ()
    return tuple(dict.fromkeys(_lists(html, url)))[:MOST_FRAMES]


def _lists(html: str, url: str) -> Iterator[str]:
    page = parse(html)
    for frame in page.iter("iframe", "frame") if page is not None else ():
        target = resolve(frame.get("src"), url)
        if target and target != url and urlsplit(target).netloc == urlsplit(url).netloc and is_section(target):
            yield target
