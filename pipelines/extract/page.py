"""Pure. A page as the readers of its fields see it: tree, lines, and what it declares about itself to machines."""

from __future__ import annotations

import datetime as dt
import html as entities
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen
from lxml.html import HtmlElement

from pipelines.extract.lines import Line, tidy
from pipelines.extract.media import absolute
from pipelines.extract.moments import CHINA
from pipelines.extract.tree import select
from pipelines.model import Capture, Recipe

_FOUNDER = re.compile(r"<!--\s*enpproperty(.*?)/?enpproperty\s*-->", re.DOTALL | re.IGNORECASE)
_FOUNDER_FIELD = re.compile(r"<(?:founder-)?(\w+)>(.*?)</(?:founder-)?\1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_ARTICLE_TYPES = ("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "WebPage")


@frozen(kw_only=True)
class Page:
    """One parsed page; `metas` and `founder` have lower-case names, `latest` is the capture's day in China."""

    root: HtmlElement
    html: str
    url: str
    base: str
    latest: dt.date
    recipe: Recipe
    lines: tuple[Line, ...]
    metas: Mapping[str, str]
    founder: Mapping[str, str]
    linked_data: Mapping[str, Any]

    def meta(self, *names: str) -> str:
        """Return the first of these meta tags that says something, or an empty string."""
        return next((self.metas[name] for name in names if self.metas.get(name)), "")

    def texts(self, *selectors: str) -> Iterator[str]:
        """Yield the texts of what CSS selectors match, selector by selector, without empty ones."""
        for selector in selectors:
            for element in select(self.root, selector):
                text = tidy(element.text_content())
                if text:
                    yield text

    def first(self, *selectors: str) -> str:
        """Return the first of these texts, or an empty string."""
        return next(self.texts(*selectors), "")


def survey(root: HtmlElement, html: str, capture: Capture, recipe: Recipe, lines: tuple[Line, ...]) -> Page:
    """Return the page of a parsed capture and its visible lines."""
    base = next(iter(select(root, "base[href]")), None)
    return Page(
        root=root,
        html=html,
        url=capture.final_url,
        base=(base is not None and absolute(base.get("href", ""), capture.final_url)) or capture.final_url,
        latest=capture.fetched_at.astimezone(CHINA).date(),
        recipe=recipe,
        lines=lines,
        metas=_metas(root),
        founder=_founder(html),
        linked_data=_linked_data(root),
    )


def _metas(root: HtmlElement) -> dict[str, str]:
    """Collect meta tags, the first of each name, whatever the order, quotes and case of their attributes."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or element.get("itemprop") or "").strip().lower()
        content = plain(element.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    return found


def _founder(html: str) -> dict[str, str]:
    found = _FOUNDER.search(html)
    fields = _FOUNDER_FIELD.findall(found[1]) if found else ()
    return {name.lower(): plain(value) for name, value in fields if plain(value)}


def _linked_data(root: HtmlElement) -> dict[str, Any]:
    """Return the first article that JSON-LD describes."""
    for script in root.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            try:
                data = json.loads(script.text or "", strict=False)
            except (ValueError, RecursionError):
                continue
            for item in _items(data):
                kind = item.get("@type")
                if any(name in _ARTICLE_TYPES for name in (kind if isinstance(kind, list) else [kind])):
                    return item
    return {}


def _items(data: Any) -> Iterator[dict[str, Any]]:
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            yield item
            if isinstance(item.get("@graph"), list):
                yield from (part for part in item["@graph"] if isinstance(part, dict))


def plain(text: str) -> str:
    """Return a field's text without tags and entities, which CMSes leave in meta tags.

    >>> plain("我市启动&lt;br&gt;改造&nbsp;工程")
    '我市启动 改造 工程'
    """
    return tidy(_TAG.sub(" ", entities.unescape(text)).replace("\n", " ").replace("\t", " "))
