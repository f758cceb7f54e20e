"""Splits HTML into tokens as browsers do, so that a rewritten page differs from the page only where it was rewritten.

A parsed and serialised tree would differ: browsers build other trees from wrongly nested tags than lxml does.
https://html.spec.whatwg.org/multipage/parsing.html#tokenization
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape, unescape
from html.entities import html5
from typing import Literal

from attrs import define

_MARKUP = re.compile(r"<(?:(/?)([a-zA-Z][^\t\n\f\r />]*)|!--|[!?]|/(?=.))", re.DOTALL)
_COMMENT_END = re.compile(r"--!?>")
_SPACE = re.compile(r"[\t\n\f\r /]*")
_NAME = re.compile(r"=?[^\t\n\f\r />=]*")
_EQUALS = re.compile(r"[\t\n\f\r ]*=[\t\n\f\r ]*")
_UNQUOTED = re.compile(r"[^\t\n\f\r >]*")
_USUAL_TAG = re.compile(
    r"""((?:[\t\n\f\r ]++[^\t\n\f\r />='"<]++  # names of attributes, and their values
    (?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r ><"'=`]++))?+)*+)
    [\t\n\f\r ]*+/?>""",
    re.VERBOSE,
)
"""A tag from its name on as nearly all are written: all its attributes are found at once, in half the time."""

_USUAL_ATTRIBUTE = re.compile(
    r"""([^\t\n\f\r />='"<]+)(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r ><"'=`]+)))?""",
    re.VERBOSE,
)
_ENTITY = re.compile(r"&(?:#(?:[xX][0-9a-fA-F]+|[0-9]+);?|[a-zA-Z][a-zA-Z0-9]*(?:;|(?![=a-zA-Z0-9])))")
_SCRIPT_MARKS = re.compile(r"<!--|(?<=--)>|<(/?)script(?=[\t\n\f\r />])", re.IGNORECASE)

RAW = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes", "title", "textarea", "plaintext"})
"""Elements whose content is text up to their end tag."""

_RAW_END = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in RAW - {"script", "plaintext"}}


@define(kw_only=True)
class Token:
    """A part of an HTML document. `source` is its text in the document.

    Kinds: `start` and `end` tags, `text` with its entities, `raw` text of an element such as `script`, and `other` for
    comments and doctypes. `name` is that of the tag, or of the element with the raw text. The values of `attributes` of
    a start tag are without entities; the first of several attributes with the same name counts.
    """

    kind: Literal["start", "end", "text", "raw", "other"]
    source: str
    name: str = ""
    attributes: dict[str, str]

    def html(self) -> str:
        """Return a start tag with its attributes as they are now."""
        pairs = (f' {name}="{escape(value)}"' for name, value in self.attributes.items())
        return f"<{self.name}{''.join(pairs)}{'/' if self.source.endswith('/>') else ''}>"


def tokens(html: str, passed: Callable[[str, int], int] | None = None) -> Iterator[Token]:
    """Yield the tokens of a document, in order; together their sources are the document.

    A tag that the document's end cuts off is dropped, as in browsers. Tags for which `passed` returns an end, instead
    of 0, are left out, and so is the text between tags.
    """
    at = 0
    while found := _MARKUP.search(html, at):
        if passed and (end := passed(html, found.start())):
            at = end
            continue
        if found.start() > at and not passed:
            yield Token(kind="text", source=html[at : found.start()], attributes={})
        if not found[2]:
            at = _end_of_comment(html, found)
            yield Token(kind="other", source=html[found.start() : at], attributes={})
            continue
        end, attributes = _attributes(html, found.end())
        if not end:
            return
        name, kind = found[2].lower(), "end" if found[1] else "start"
        source = html[found.start() : end]
        yield Token(kind="end" if kind == "end" else "start", source=source, name=name, attributes=attributes)
        at = _end_of_raw(html, end, name) if kind == "start" and name in RAW else end
        if at > end:
            yield Token(kind="raw", source=html[end:at], name=name, attributes={})
    if at < len(html):
        yield Token(kind="text", source=html[at:], attributes={})


def _end_of_comment(html: str, found: re.Match[str]) -> int:
    """Return where a comment ends; everything with `<!`, `<?` or `</` that is no tag is one."""
    if found[0] != "<!--":
        return html.find(">", found.end() - 1) + 1 or len(html)
    if html.startswith((">", "->"), found.end()):
        return html.index(">", found.end()) + 1
    end = _COMMENT_END.search(html, found.end())
    return end.end() if end else len(html)


def _attributes(html: str, at: int) -> tuple[int, dict[str, str]]:
    """Return where a tag ends, 0 if it does not, and its attributes."""
    if usual := _USUAL_TAG.match(html, at):
        found = _USUAL_ATTRIBUTE.findall(usual[1]) if usual[1] else ()
        return usual.end(), _first_values((name.lower(), one or other or bare) for name, one, other, bare in found)
    return _unusual_attributes(html, at)


def _first_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return attributes with their values without entities; the first of several with the same name counts."""
    attributes: dict[str, str] = {}
    for name, value in pairs:
        attributes.setdefault(name, _ENTITY.sub(_character, value) if "&" in value else value)
    return attributes


def _unusual_attributes(html: str, at: int) -> tuple[int, dict[str, str]]:
    """Return what `_attributes` returns, step by step as a browser."""
    pairs: list[tuple[str, str]] = []
    while True:
        at = _end(_SPACE, html, at)
        if at >= len(html):
            return 0, {}
        if html[at] == ">":
            return at + 1, _first_values(pairs)
        start, at, value = at, _end(_NAME, html, at), ""
        name = html[start:at].lower()
        if equals := _EQUALS.match(html, at):
            at = equals.end()
            if html.startswith(('"', "'"), at):
                end = html.find(html[at], at + 1)
                if end < 0:
                    return 0, {}
                value, at = html[at + 1 : end], end + 1
            else:
                value = html[at : _end(_UNQUOTED, html, at)]
                at += len(value)
        pairs.append((name, value))


def _end(pattern: re.Pattern[str], html: str, at: int) -> int:
    """Return where what a pattern matches ends; `at` if it does not match."""
    found = pattern.match(html, at)
    return found.end() if found else at


def _character(entity: re.Match[str]) -> str:
    """Return the character of an entity in an attribute, where `&copy=` is a parameter and no sign."""
    text = entity[0]
    return unescape(text) if text.startswith("&#") or text[1:] in html5 else text


def _end_of_raw(html: str, at: int, name: str) -> int:
    """Return where the raw text of an element ends."""
    if name == "plaintext":
        return len(html)
    if name == "script":
        return _end_of_script(html, at)
    end = _RAW_END[name].search(html, at)
    return end.start() if end else len(html)


def _end_of_script(html: str, at: int) -> int:
    """Return where a script ends: after `<!--` and `<script`, `</script` ends only the inner one."""
    is_comment = is_nested = False
    for found in _SCRIPT_MARKS.finditer(html, at):
        if found[0] == "<!--":
            is_comment = True
        elif found[0] == ">":
            is_comment = is_nested = False
        elif not found[1]:
            is_nested = is_comment
        elif is_nested:
            is_nested = False
        else:
            return found.start()
    return len(html)
