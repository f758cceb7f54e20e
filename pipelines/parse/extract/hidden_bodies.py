"""Finds the text of an article where a page keeps it for its scripts: in JSON, attributes, templates, `<noscript>`.

It is read only from pages on which no other text was found. A list page may hold the texts of several articles: then
none of them is the page's.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement

from pipelines.parse.extract.tree import count_hanzi

MIN_MARKUP_HANZI = 60
"""Chinese characters from which a string with block tags is a text: descriptions and labels in scripts have no tags."""

MIN_PLAIN_HANZI = 150
"""The same for a string without tags: descriptions for search engines have up to 120."""

MIN_PLAIN_SENTENCES = 3
"""Sentences of such a string: a list of names or words has none."""

MAX_SCRIPT_CHARS = 4_000_000
"""Characters of the largest script that is read: states of single-page applications have up to one million."""

MAX_NESTING = 3
"""How often a string may hold JSON or percent-encoded text again."""

MAX_OTHER_SHARE = 0.5
"""Share of the longest text's characters from which another text shows that the page is a list."""

_STRING = re.compile(
    r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"|\'[^\'\\\n]*(?:\\.[^\'\\\n]*)*\'|`[^`\\]*(?:\\.[^`\\]*)*`', re.DOTALL
)
_PLUS = re.compile(r"[\"'`]\s*\+\s*[\"'`]")
_BLOCK_TAG = re.compile(r"<(?:p|br|div|section|span|td|li)\b[^<>]*/?>", re.IGNORECASE)
_SENTENCE = re.compile("[。！？]")
_WRITE = re.compile(r"document\.write(?:ln)?\(")
_ESCAPED = re.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|x(?P<octet>[0-9a-fA-F]{2})|(?P<char>.))", re.DOTALL)
_CONTROL = {"n": "\n", "r": "", "t": " ", "b": "", "f": "", "v": "", "0": "", "\n": ""}
_TEMPLATE_TYPE = re.compile(r"template|text/html|x-tmpl|text/x-|text/plain", re.IGNORECASE)
_JSON_START = re.compile(r"\s*[\[{]")


class HiddenBody(NamedTuple):
    """A text that a page keeps out of sight: `origin` is where, such as `embedded:script#__NEXT_DATA__`."""

    origin: str
    markup: str
    hanzi: int


def hidden_body(root: HtmlElement) -> HiddenBody | None:
    """Return the only text that a page keeps for its scripts; None if there is none, or several as on a list page."""
    bodies: dict[str, HiddenBody] = {}
    for origin, text in _texts(root):
        body = _body(origin, text)
        if body:
            bodies.setdefault(_plain(body.markup), body)
    by_length = sorted(bodies.items(), key=lambda each: -each[1].hanzi)
    if not by_length:
        return None
    (plain, longest), *others = by_length
    is_list = any(body.hanzi > MAX_OTHER_SHARE * longest.hanzi and other not in plain for other, body in others)
    return None if is_list else longest


def _body(origin: str, text: str) -> HiddenBody | None:
    markup = text if _BLOCK_TAG.search(text) else entities.unescape(text)
    hanzi = count_hanzi(markup)
    if _BLOCK_TAG.search(markup):
        return HiddenBody(f"embedded:{origin}", markup, hanzi) if hanzi >= MIN_MARKUP_HANZI else None
    is_shown = origin == "textarea"  # its text is for readers; strings of scripts may be descriptions
    min_hanzi, min_sentences = (MIN_MARKUP_HANZI, 1) if is_shown else (MIN_PLAIN_HANZI, MIN_PLAIN_SENTENCES)
    if hanzi < min_hanzi or len(_SENTENCE.findall(markup)) < min_sentences:
        return None
    paragraphs = (f"<p>{entities.escape(line)}</p>" for line in markup.split("\n") if line.strip())
    return HiddenBody(f"embedded:{origin}", "".join(paragraphs), hanzi)


def _plain(markup: str) -> str:
    return "".join(re.sub(r"<[^<>]*>|\s+", "", markup).split())


def _texts(root: HtmlElement) -> Iterator[tuple[str, str]]:
    """Yield all texts of a page that its scripts may show, with their places."""
    for element in root.iter("noscript", "textarea", "input", "script"):
        if element.tag in ("noscript", "textarea"):
            yield str(element.tag), _inner(element)
        elif element.tag == "input":
            yield _place(element), element.get("value") or ""
        elif _TEMPLATE_TYPE.search(element.get("type") or ""):
            yield _place(element), element.text or ""
        else:
            yield from _script_texts(_place(element), element.text or "")
    for element in root.iter(etree.Element):
        for name, value in element.items():
            if name.startswith(("data-", ":", "v-")) and len(value) > MIN_MARKUP_HANZI:
                yield from ((f"{element.tag}[{name}]", text) for text in _unpacked(value, 0))


def _place(element: HtmlElement) -> str:
    name = element.get("id") or element.get("name")
    return f"{element.tag}#{name}" if name else str(element.tag)


def _inner(element: HtmlElement) -> str:
    parts = [entities.escape(element.text or "", quote=False) if len(element) else element.text or ""]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in element]
    return "".join(parts)


def _script_texts(place: str, script: str) -> Iterator[tuple[str, str]]:
    """Yield the long strings of a script; what it writes into the page in several calls is one text."""
    if len(script) > MAX_SCRIPT_CHARS:
        return
    if _WRITE.search(script):
        yield f"{place}:document.write", "".join(map(_unescaped, _STRING.findall(script)))
        return
    for string in _STRING.finditer(_PLUS.sub("", script)):
        if len(string[0]) > MIN_MARKUP_HANZI:
            yield from ((place, text) for text in _unpacked(_unescaped(string[0]), 0))


def _unpacked(text: str, depth: int) -> Iterator[str]:
    """Yield a string, or the strings in it if it is JSON or percent-encoded."""
    if text.count("%") > len(text) / 4:
        text = unquote(text)
    if depth < MAX_NESTING and _JSON_START.match(text):
        try:
            yield from (inner for value in _strings(json.loads(text)) for inner in _unpacked(value, depth + 1))
        except (ValueError, RecursionError):
            yield text
        return
    yield text


def _strings(value: object) -> Iterator[str]:
    """Yield all strings in JSON."""
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _unescaped(literal: str) -> str:
    """Return the value of a string literal of JavaScript.

    >>> _unescaped('"\\\\u6625\\\\u8015<br\\\\/>"')
    '春耕<br/>'
    """
    return _ESCAPED.sub(_character, literal[1:-1]) if "\\" in literal else literal[1:-1]


def _character(escape: re.Match[str]) -> str:
    code = escape["code"] or escape["octet"]
    if code:
        return chr(int(code, 16))
    return _CONTROL.get(escape["char"], escape["char"])


def unique_values(html: str, names: Iterable[str]) -> list[str]:
    """Return the different values of the keys with these names in a page's scripts.

    >>> unique_values('{"pubTime": "2024-03-12 09:15", "title": "x"}', ["pubTime"])
    ['2024-03-12 09:15']
    """
    pattern = re.compile(rf"""["']?\b(?:{"|".join(names)})["']?\s*[:=]\s*["']?([^"',{{}}<>]{{8,40}})["',}}]""")
    return list(dict.fromkeys(pattern.findall(html)))
