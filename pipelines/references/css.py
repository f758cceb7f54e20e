"""Finds and rewrites the references of stylesheets."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import tinycss2
from tinycss2.ast import StringToken
from tinycss2.bytes import decode_stylesheet_bytes
from tinycss2.serializer import serialize_string_value
from webencodings import lookup

from pipelines.references.reference import FileReference, ReferenceKind, Replace, resolve

MAX_DEPTH = 50
"""Brackets within brackets that are read. Stylesheets have some five; what lies deeper is dropped when rewriting,
because tinycss2 writes nested brackets by recursion."""

_IMAGE_SETS = frozenset({"image-set", "-webkit-image-set"})
_UNUSED = frozenset({"namespace", "charset"})
"""Rules whose strings and addresses are names."""


def decode_css(body: bytes, charset: str = "", document_charset: str = "") -> tuple[str, str]:
    """Return the text of a stylesheet and its encoding.

    Order of evidence: byte order mark, `charset` of the HTTP header, `@charset`, the charset of the document that asks
    for the stylesheet, UTF-8.

    >>> decode_css('@charset "gbk"; a {content: "图"}'.encode("gbk"))
    ('@charset "gbk"; a {content: "图"}', 'gbk')
    """
    text, encoding = decode_stylesheet_bytes(
        body, charset or None, lookup(document_charset) if document_charset else None
    )
    return text, encoding.name


def find_css(css: str, url: str, encoding: str = "utf-8") -> tuple[FileReference, ...]:
    """Return the references of a stylesheet, each URL and kind once, in order.

    >>> [(each.kind, each.url) for each in find_css("@import 'b.css'; p {background: url(c.png)}", "http://a.cn/a.css")]
    [('stylesheet', 'http://a.cn/b.css'), ('picture', 'http://a.cn/c.png')]
    """
    found: dict[tuple[str, str], FileReference] = {}

    def collect(reference: FileReference) -> None:
        found.setdefault((reference.url, reference.kind), reference)

    collect_css(css, url, collect, encoding)
    return tuple(found.values())


def collect_css(css: str, url: str, collect: Replace, encoding: str = "utf-8", where: str = "css") -> None:
    """Call `collect` with each reference of a stylesheet, or of the declarations of a style attribute."""
    for address, kind, place in _distinct_addresses(css):
        if resolved := resolve(address, url, encoding):
            collect(FileReference(url=resolved[0], kind=kind, where=f"{where} {place}"))


@functools.lru_cache(maxsize=256)
def _distinct_addresses(css: str) -> tuple[tuple[str, ReferenceKind, str], ...]:
    """Return the addresses of a style as they are written, each once; all pages of a site have the same few styles."""
    if not may_refer(css):
        return ()
    found = ((address, kind, place) for _siblings, _index, address, kind, place in _addresses(_parsed(css)))
    return tuple(dict.fromkeys(found))


def _parsed(css: str) -> list[Any]:
    nodes: list[Any] = tinycss2.parse_component_value_list(css)
    return nodes


def rewrite_css(css: str, url: str, replace: Replace, encoding: str = "utf-8", where: str = "css") -> str:
    """Return a stylesheet, or the declarations of a style attribute, with its references replaced.

    `url` is the address of the stylesheet, or the base of the page; `where` begins the place of each reference. A text
    without replaced references is returned as it is.

    >>> rewrite_css("p {background: url(b.png?#x)}", "http://a.cn/a.css", lambda each: "/b")
    'p {background: url("/b#x")}'
    """
    if not may_refer(css):
        return css
    nodes = _parsed(css)
    changed = False
    for siblings, index, address, kind, place in _addresses(nodes):
        resolved = resolve(address, url, encoding)
        new = replace(FileReference(url=resolved[0], kind=kind, where=f"{where} {place}")) if resolved else None
        if resolved and new is not None:
            _put(siblings, index, new + resolved[1])
            changed = True
    return tinycss2.serialize(nodes) if changed else css


def may_refer(css: str) -> bool:
    """Return whether a style can refer to anything: a quick check that most styles in attributes do not pass.

    A backslash may hide each of these words.
    """
    lower = css.lower()
    return "url(" in lower or "@import" in lower or "image-set(" in lower or "\\" in lower


def _addresses(nodes: list[Any]) -> Iterator[tuple[list[Any], int, str, ReferenceKind, str]]:
    """Yield each address with the list of nodes and the index where it stands, its kind and its place."""
    waiting: list[tuple[list[Any], str, int]] = [(nodes, "", 0)]
    while waiting:
        siblings, context, depth = waiting.pop()
        if depth > MAX_DEPTH:
            siblings.clear()
        inner, rule = [], ""
        for index, node in enumerate(siblings):
            if node.type == "at-keyword":
                rule = node.lower_value
            elif node == ";":
                rule = ""
            elif (address := _address(node, rule or context)) is not None and rule not in _UNUSED:
                yield siblings, index, address, *_kind(rule or context)
                rule = "" if rule == "import" else rule
            elif content := _content(node):
                name = node.lower_name if node.type == "function" else ""
                inner.append((content, name if name in _IMAGE_SETS else rule or context, depth + 1))
                rule = "" if node.type == "{} block" else rule
        waiting += reversed(inner)


def _address(node: Any, context: str) -> str | None:
    """Return the address of a node: `url(…)`, or a string where strings are addresses."""
    if node.type == "url" or (node.type == "string" and (context in _IMAGE_SETS or context == "import")):
        return str(node.value)
    if node.type == "function" and node.lower_name == "url":
        return next((str(each.value) for each in node.arguments if each.type == "string"), None)
    return None


def _content(node: Any) -> list[Any] | None:
    content = node.arguments if node.type == "function" else getattr(node, "content", None)
    return content if isinstance(content, list) and getattr(node, "lower_name", "") != "type" else None


def _kind(context: str) -> tuple[ReferenceKind, str]:
    if context == "import":
        return "stylesheet", "@import"
    return ("font", "@font-face") if context == "font-face" else ("picture", "url()")


def _put(siblings: list[Any], index: int, address: str) -> None:
    """Write an address in the place of another."""
    node = siblings[index]
    text = f'"{serialize_string_value(address)}"'
    if node.type == "function":
        node.arguments = [StringToken(node.source_line, node.source_column, address, text)]
    elif node.type == "string":
        siblings[index] = StringToken(node.source_line, node.source_column, address, text)
    else:
        node.value, node.representation = address, f"url({text})"
