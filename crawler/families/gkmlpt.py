"""Guangdong's 政府信息公开目录管理平台 (gkmlpt), and the portals beside it: lists from a JSON API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.families.answers import answer, link, number, objects, setting, turned, within
from crawler.families.family import Family, Listing, ListRequest
from crawler.families.fingerprints import mark
from crawler.families.generic import GENERIC
from crawler.families.selection import is_section
from crawler.families.url_patterns import dialect
from pipelines.model import Recipe

_API = re.compile(r"/gkmlpt/api/all/\d+")
_ADDRESS = re.compile(r"/gkmlpt/")
_INDEX = re.compile(r"/gkmlpt(?:/(?:index|policy|annual_report|guide))?/?$")
_MARKS = re.compile(r"[\"'=]\s*(?:/\w+)?/gkmlpt/(?:index|content|api)\b|\bNFCMS_(?:SITE|POST)_ID\b")

# The API gives so many posts a page on every site that was surveyed, and page 0 is page 1.
_ROWS = 100


def _is_list(url: str) -> bool:
    path = urlsplit(url).path
    return bool(_API.search(path) or _INDEX.search(path)) or is_section(url)


def _listing(text: str, url: str) -> Listing:
    """Read the platform's tree of categories, a page of its API, or a list of the portal beside it."""
    path = urlsplit(url).path
    if _API.search(path):
        return _posts(answer(text), url)
    sid = setting(text, "SID")
    if sid and _INDEX.search(path):
        return Listing(lists=tuple(_categories(text, url, sid)))
    return GENERIC.listing(text, url)


def _categories(html: str, url: str, sid: str) -> Iterator[ListRequest]:
    """Yield the list of the category that the URL's fragment names, else of every one that has posts of its own."""
    base, _, category = url.partition("#")
    wanted = [category] if category.isdecimal() else list(dict.fromkeys(_leaves(_tree(html))))
    platform = base.partition("/gkmlpt")[0]
    yield from (ListRequest(url=f"{platform}/gkmlpt/api/all/{each}?page=1&sid={sid}") for each in wanted)


def _tree(html: str) -> Any:
    """Return the tree of categories: the keys of window._CONFIG are bare words, its values are JSON."""
    start = re.search(r"\bTREE[\"']?\s*:\s*(?=\[)", html)
    try:
        return json.JSONDecoder().raw_decode(html, start.end())[0] if start else []
    except (ValueError, RecursionError):
        return []


def _leaves(tree: Any) -> Iterator[str]:
    """Yield the numbers of the categories without others below them; those with a jump_url lead elsewhere."""
    waiting = list(objects(tree))
    while waiting:
        node = waiting.pop(0)
        below = list(objects(node.get("children")))
        waiting[:0] = below
        if not below and not node.get("jump_url") and number(node.get("id")) and number(node.get("post_count", 1)):
            yield str(number(node["id"]))


def _posts(found: dict[str, Any], url: str) -> Listing:
    posts = list(objects(found.get("articles")))
    days = ("display_publish_time", "first_publish_time", "date", "created_at", "create_time")
    links = [
        link(
            url, post.get("url") or post.get("post_url"), post.get("title"), next(filter(None, map(post.get, days)), "")
        )
        for post in posts
    ]
    page = max(1, number(parse_qs(urlsplit(url).query).get("page", ["1"])[0]))
    total = number(found.get("total")) or number(within(found, "classify", "post_count"))
    further = (
        [ListRequest(url=turned(url.partition("#")[0], "page", page + 1))] if posts and page * _ROWS < total else []
    )
    return Listing(articles=tuple(filter(None, links)), pages=tuple(further))


def _recognise(html: str, url: str) -> str:
    platform = "window._CONFIG" in html and setting(html, "SID")
    return mark(_MARKS, html, url, _ADDRESS) or (f"SID {platform}" if platform else "")


GKMLPT = Family(
    name="gkmlpt",
    recognise=_recognise,
    listing=_listing,
    is_article=lambda url: dialect(url) is not None,
    is_list=_is_list,
    recipes=(
        Recipe(name="gkmlpt/1", body=("div.article-content", "div.news_cont_d_wrap", "#zoomcon", "div.artContent")),
        Recipe(name="gkmlpt/2", role="list"),
    ),
)
