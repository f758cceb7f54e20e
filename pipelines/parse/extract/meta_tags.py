"""What a page declares about itself to machines: meta tags, Founder's properties, JSON-LD, gkmlpt's script."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml.html import HtmlElement

from pipelines.parse.extract.lines import tidy

LONGEST = 2000
"""Characters of a declared field that are read: descriptions have up to 500, whatever is longer is no field."""

LONGEST_FOUNDER = 8000
"""Characters of Founder's comment that are read: with a long abstract it has about 2,000."""

_FOUNDER = re.compile(r"<!--\s*enpproperty", re.IGNORECASE)
_FOUNDER_FIELD = re.compile(r"<(?:founder-)?(\w+)>(.*?)</(?:founder-)?\1>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(r"<[^<>]*>")
_BLANK = re.compile(r"[{}]|<|^(?:null|undefined|none|无|暂无|-+)$", re.IGNORECASE)
_DETAIL = re.compile(r"""["']?\bDETAIL["']?\s*[:=]\s*(?=\{)""")
_ARTICLES = ("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "WebPage")


def metas(elements: Iterable[HtmlElement]) -> dict[str, str]:
    """Return meta tags by lower-case name, the first of each that says something.

    Order, quotes and case of attributes differ from template to template; an unfilled template (`${title}`) is nothing.
    """
    found: dict[str, str] = {}
    for element in elements:
        name = (element.get("name") or element.get("property") or element.get("itemprop") or "").strip().lower()
        content = plain((element.get("content") or "")[:LONGEST])
        if name and name not in found and content and not _BLANK.search(content):
            found[name] = content
    return found


def founder(html: str) -> dict[str, str]:
    """Return the fields of Founder's enpproperty comment, as elements or as attributes, by lower-case name.

    >>> founder('<!--enpproperty date="2024-03-05" title="春耕"/enpproperty-->')
    {'date': '2024-03-05', 'title': '春耕'}
    >>> founder('<!--enpproperty <date>2024-03-05</date><founder-title>春耕</founder-title>/enpproperty-->')
    {'date': '2024-03-05', 'title': '春耕'}
    """
    opening = _FOUNDER.search(html)
    if not opening:
        return {}
    comment = html[opening.end() : opening.end() + LONGEST_FOUNDER].partition("-->")[0]
    inside = [(name, one or two) for name, one, two in _ATTRIBUTE.findall(comment.partition("<")[0])]
    fields: dict[str, str] = {}
    for name, value in (*_FOUNDER_FIELD.findall(comment), *inside):
        if value.strip():
            fields.setdefault(name.lower(), plain(value[:LONGEST]))
    return fields


def linked_data(scripts: Iterable[HtmlElement]) -> dict[str, Any]:
    """Return the first article that scripts describe as JSON-LD; Baidu's dialect has pubDate, upDate and no type."""
    for script in scripts:
        if (script.get("type") or "").lower() == "application/ld+json":
            for item in _items(_json(script.text or "")):
                kind = item.get("@type")
                kinds = kind if isinstance(kind, list) else [kind]
                if "pubDate" in item or any(name in _ARTICLES for name in kinds):
                    return item
    return {}


def detail(html: str) -> dict[str, Any]:
    """Return the post that Guangdong's gkmlpt platform writes into `window._CONFIG.DETAIL`."""
    if "_CONFIG" not in html:
        return {}
    found = _DETAIL.search(html, html.index("_CONFIG"))
    try:
        value = json.JSONDecoder(strict=False).raw_decode(html, found.end())[0] if found else None
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


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
    if "&" in text or "<" in text:
        text = _TAG.sub(" ", entities.unescape(text))
    return tidy(text.replace("\n", " ").replace("\t", " "))
