"""Reads the metadata that a page holds for machines: meta tags, Founder's comment, JSON-LD, and gkmlpt's script."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml.html import HtmlElement

from pipelines.parse.extract.spaces import normalise_space

MAX_FIELD_CHARS = 2000
"""Characters of a field that are read: descriptions have up to 500, and a longer text is not a field."""

MAX_FOUNDER_CHARS = 8000
"""Characters of Founder's comment that are read: with a long abstract it has about 2,000."""

_FOUNDER_COMMENT = re.compile(r"<!--\s*enpproperty", re.IGNORECASE)
_FOUNDER_FIELD = re.compile(r"<(?:founder-)?(\w+)>(.*?)</(?:founder-)?\1>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(r"<[^<>]*>")
_UNFILLED = re.compile(r"[{}]|<|^(?:null|undefined|none|无|暂无|-+)$", re.IGNORECASE)
_GKMLPT_POST = re.compile(r"""["']?\bDETAIL["']?\s*[:=]\s*(?=\{)""")
_ARTICLE_TYPES = ("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "WebPage")


def read_meta_tags(elements: Iterable[HtmlElement]) -> dict[str, str]:
    """Return the contents of the meta tags by lower-case name; of several with one name, the first with a content.

    A placeholder that the template did not fill in (`${title}`) counts as empty.
    """
    found: dict[str, str] = {}
    for element in elements:
        name = (element.get("name") or element.get("property") or element.get("itemprop") or "").strip().lower()
        content = plain_text((element.get("content") or "")[:MAX_FIELD_CHARS]) if name and name not in found else ""
        if content and not _UNFILLED.search(content):
            found[name] = content
    return found


def read_founder_fields(html: str) -> dict[str, str]:
    """Return the fields of Founder's enpproperty comment by lower-case name; they are elements or attributes there.

    >>> read_founder_fields('<!--enpproperty date="2024-03-05" title="春耕"/enpproperty-->')
    {'date': '2024-03-05', 'title': '春耕'}
    >>> read_founder_fields('<!--enpproperty <date>2024-03-05</date><founder-title>春耕</founder-title>/enpproperty-->')
    {'date': '2024-03-05', 'title': '春耕'}
    """
    opening = _FOUNDER_COMMENT.search(html)
    if not opening:
        return {}
    comment = html[opening.end() : opening.end() + MAX_FOUNDER_CHARS].partition("-->")[0]
    attributes = [(name, one or two) for name, one, two in _ATTRIBUTE.findall(comment.partition("<")[0])]
    fields: dict[str, str] = {}
    for name, value in (*_FOUNDER_FIELD.findall(comment), *attributes):
        if value.strip():
            fields.setdefault(name.lower(), plain_text(value[:MAX_FIELD_CHARS]))
    return fields


def read_linked_data(scripts: Iterable[HtmlElement]) -> dict[str, Any]:
    """Return the first article in JSON-LD scripts; Baidu's variant has `pubDate` and `upDate`, and no `@type`."""
    for script in scripts:
        if (script.get("type") or "").lower() == "application/ld+json":
            for item in _items(_json(script.text or "")):
                kind = item.get("@type")
                kinds = kind if isinstance(kind, list) else [kind]
                if "pubDate" in item or any(name in _ARTICLE_TYPES for name in kinds):
                    return item
    return {}


def read_gkmlpt_post(html: str) -> dict[str, Any]:
    """Return the post in `window._CONFIG.DETAIL` of a page of Guangdong's gkmlpt platform; empty on other pages."""
    if "_CONFIG" not in html:
        return {}
    found = _GKMLPT_POST.search(html, html.index("_CONFIG"))
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


def plain_text(text: str) -> str:
    """Return the text of a field without the tags and entities that CMSes leave in meta tags.

    >>> plain_text("我市启动&lt;br&gt;改造&nbsp;工程")
    '我市启动 改造 工程'
    """
    if "&" in text or "<" in text:
        text = _TAG.sub(" ", entities.unescape(text))
    return normalise_space(text.replace("\n", " ").replace("\t", " "))
