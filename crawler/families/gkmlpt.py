"""Guangdong's 政府信息公开目录管理平台 (gkmlpt) and the portals that belong to it: lists from a JSON API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.families.answers import (
    api_link,
    get_nested,
    json_answer,
    json_objects,
    script_setting,
    to_count,
    with_page_number,
)
from crawler.families.family import Family, Listing, ListRequest
from crawler.families.fingerprints import find_fingerprint
from crawler.families.generic import GENERIC
from crawler.families.list_shapes import is_section
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

_API_PATH = re.compile(r"/gkmlpt/api/all/\d+")
_PLATFORM_PATH = re.compile(r"/gkmlpt/")
_INDEX_PATH = re.compile(r"/gkmlpt(?:/(?:index|policy|annual_report|guide))?/?$")
# A link to the platform, or the variables of NFCMS, the portal's CMS.
_FINGERPRINTS = re.compile(r"[\"'=]\s*(?:/\w+)?/gkmlpt/(?:index|content|api)\b|\bNFCMS_(?:SITE|POST)_ID\b")

_ROWS_PER_PAGE = 100
"""Posts on a page of the API, on every site that was surveyed. Page 0 is the same as page 1."""


def _is_list(url: str) -> bool:
    path = urlsplit(url).path
    return bool(_API_PATH.search(path) or _INDEX_PATH.search(path)) or is_section(url)


def _listing(text: str, url: str) -> Listing:
    """Read the platform's tree of categories, a page of its API, or a list page of the portal."""
    path = urlsplit(url).path
    if _API_PATH.search(path):
        return _read_posts(json_answer(text), url)
    sid = script_setting(text, "SID")
    if sid and _INDEX_PATH.search(path):
        return Listing(lists=tuple(_categories(text, url, sid)))
    return GENERIC.listing(text, url)


def _categories(html: str, url: str, sid: str) -> Iterator[ListRequest]:
    """Yield the list of the category in the URL's fragment, else the lists of all categories with posts."""
    base, _, category = url.partition("#")
    wanted = [category] if category.isdecimal() else list(dict.fromkeys(_leaves(_category_tree(html))))
    platform = base.partition("/gkmlpt")[0]
    yield from (ListRequest(url=f"{platform}/gkmlpt/api/all/{each}?page=1&sid={sid}") for each in wanted)


def _category_tree(html: str) -> Any:
    """Return the tree of categories: the keys of window._CONFIG have no quotes, so only its values are JSON."""
    start = re.search(r"\bTREE[\"']?\s*:\s*(?=\[)", html)
    try:
        return json.JSONDecoder().raw_decode(html, start.end())[0] if start else []
    except (ValueError, RecursionError):
        return []


def _leaves(tree: Any) -> Iterator[str]:
    """Yield the ids of the categories without subcategories; those with a jump_url have their list on another page."""
    waiting = list(json_objects(tree))
    while waiting:
        node = waiting.pop(0)
        below = list(json_objects(node.get("children")))
        waiting[:0] = below
        if not below and not node.get("jump_url") and to_count(node.get("id")) and to_count(node.get("post_count", 1)):
            yield str(to_count(node["id"]))


def _read_posts(answer: dict[str, Any], url: str) -> Listing:
    posts = list(json_objects(answer.get("articles")))
    days = ("display_publish_time", "first_publish_time", "date", "created_at", "create_time")
    links = [
        api_link(
            url, post.get("url") or post.get("post_url"), post.get("title"), next(filter(None, map(post.get, days)), "")
        )
        for post in posts
    ]
    page = max(1, to_count(parse_qs(urlsplit(url).query).get("page", ["1"])[0]))
    total = to_count(answer.get("total")) or to_count(get_nested(answer, "classify", "post_count"))
    further = (
        [ListRequest(url=with_page_number(url.partition("#")[0], "page", page + 1))]
        if posts and page * _ROWS_PER_PAGE < total
        else []
    )
    return Listing(articles=tuple(filter(None, links)), pages=tuple(further))


def _recognise(html: str, url: str) -> str:
    platform = "window._CONFIG" in html and script_setting(html, "SID")
    return find_fingerprint(_FINGERPRINTS, html, url, _PLATFORM_PATH) or (f"SID {platform}" if platform else "")


GKMLPT = Family(
    name="gkmlpt",
    recognise=_recognise,
    listing=_listing,
    is_article=is_article_url,
    is_list=_is_list,
    recipes=(
        Recipe(name="gkmlpt/1", body=("div.article-content", "div.news_cont_d_wrap", "#zoomcon", "div.artContent")),
        Recipe(name="gkmlpt/2", role="list"),
    ),
)
