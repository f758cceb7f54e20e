"""Finds and rewrites the references of HTML pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from attrs import frozen

from pipelines.references.attributes import (
    ADDRESSES,
    BACKGROUNDS,
    LAZY,
    LAZY_BACKGROUNDS,
    LAZY_FRAMES,
    REFERRING,
    SETS,
    STYLES,
    kind_of_link,
)
from pipelines.references.css import collect_css, may_refer, rewrite_css
from pipelines.references.inline import loaded_scripts
from pipelines.references.reference import FileReference, ReferenceKind, Replace, resolve
from pipelines.references.scan import end_of_unrelated
from pipelines.references.srcset import rewrite_srcset
from pipelines.references.tokens import Token, tokens

MAX_DEPTH = 3
"""Documents within documents, in `srcdoc`, that are read."""

_BASE = re.compile(r"<base[\t\n\f\r /]", re.IGNORECASE)
_REFRESH = re.compile(r"""(\s*[\d.]*\s*[;,\s]\s*(?:url\s*=\s*)?["']?)([^"']*)""", re.IGNORECASE)


def find_html(html: str, url: str, encoding: str = "utf-8") -> tuple[FileReference, ...]:
    """Return the requisites that a page refers to, each URL and kind once, in order.

    `url` is the address of the page, `encoding` that of its bytes: browsers use it in queries.

    >>> [(each.kind, each.url) for each in find_html('<img data-src="b.png">', "http://a.example.cn/1.html")]
    [('picture', 'http://a.example.cn/b.png')]
    """
    found: dict[tuple[str, str], FileReference] = {}

    def collect(reference: FileReference) -> None:
        found.setdefault((reference.url, reference.kind), reference)

    for _ in rewritten_tokens(html, url, collect, encoding, links=False):
        pass
    return tuple(found.values())


def rewrite_html(html: str, url: str, replace: Replace, encoding: str = "utf-8") -> str:
    """Return a page with its references replaced; everything else stays as it is, character by character.

    >>> rewrite_html("<P><IMG src=b.png>", "http://a.example.cn/1.html", lambda each: "/b")
    '<P><img src="/b">'
    """
    return "".join(token.source for token in rewritten_tokens(html, url, replace, encoding))


def rewritten_tokens(
    html: str, url: str, replace: Replace, encoding: str = "utf-8", *, links: bool = True, depth: int = 0
) -> Iterator[Token]:
    """Yield the tokens of a page with their references replaced.

    Without `links` those of kind `link` are passed over: a page has ten times as many of them as requisites. `replace`
    then also gets the scripts that inline scripts load by a fixed address; inline scripts are never changed.
    """
    base = base_of(html, url, encoding)
    walk = _Walk(base=base, replace=replace, encoding=encoding, links=links, depth=depth)
    for token in tokens(html, None if links else end_of_unrelated):
        if token.kind == "start":
            before = dict(token.attributes)
            walk.visit(token)
            if token.attributes != before:
                token.source = token.html()
        elif token.kind == "raw" and token.name == "style":
            token.source = _for_raw_text(walk.css(token.source, "style"))
        elif token.kind == "raw" and token.name == "script" and not links:
            for address in loaded_scripts(token.source):
                walk.found(address)
        yield token


def base_of(html: str, url: str, encoding: str = "utf-8") -> str:
    """Return the address to which a page's references are relative: that of its first `<base href>`, or its own."""
    if not _BASE.search(html):
        return url
    bases = (token.attributes["href"] for token in tokens(html) if token.name == "base" and "href" in token.attributes)
    resolved = resolve(next(bases, ""), url, encoding)
    return resolved[0] if resolved else url


def _for_raw_text(css: str) -> str:
    """Return a style that cannot end its element: only an address that was written into it could."""
    return css.replace("</", "<\\/")


@frozen(kw_only=True)
class _Walk:
    """Replaces the references in the attributes of one start tag."""

    base: str
    replace: Replace
    encoding: str
    links: bool
    depth: int

    def css(self, text: str, where: str) -> str:
        """Return CSS with its references replaced; without links it is only read, because nothing is replaced."""
        if self.links:
            return rewrite_css(text, self.base, self.replace, self.encoding, where)
        collect_css(text, self.base, self.replace, self.encoding, where)
        return text

    def found(self, address: str) -> None:
        """Take note of a script that an inline script loads."""
        self._new(address, "script", "script src")

    def visit(self, token: Token) -> None:
        for name, value in token.attributes.items():
            if name in REFERRING and value and (rewrite := self._rewriter(token, name)):
                token.attributes[name] = rewrite(value)

    def _rewriter(self, token: Token, name: str) -> Callable[[str], str] | None:
        """Return what rewrites the value of an attribute, None if it has no reference."""
        element, where = token.name, f"{token.name} {name}"
        if name in STYLES:
            return lambda value: self._style(value, where)
        if name in SETS.get(element, ()):
            return lambda value: rewrite_srcset(value, lambda each: self._new(each, "picture", where))
        kind = _kind(token, name)
        if kind and (self.links or kind != "link"):
            return lambda value: self._new(value, kind, where) or value
        if (
            element == "meta"
            and name == "content"
            and self.links
            and token.attributes.get("http-equiv", "").lower() == "refresh"
        ):
            return self._refresh
        return self._document if element == "iframe" and name == "srcdoc" else None

    def _new(self, address: str, kind: ReferenceKind, where: str) -> str | None:
        resolved = resolve(address, self.base, self.encoding)
        new = self.replace(FileReference(url=resolved[0], kind=kind, where=where)) if resolved else None
        return new + resolved[1] if resolved and new is not None else None

    def _style(self, value: str, where: str) -> str:
        return self.css(value, where) if may_refer(value) else value

    def _refresh(self, value: str) -> str:
        found = _REFRESH.fullmatch(value.rstrip("\"' "))
        new = self._new(found[2], "link", "meta refresh") if found else None
        return found[1] + new if found and new is not None else value

    def _document(self, value: str) -> str:
        if self.depth >= MAX_DEPTH:
            return value
        inner = rewritten_tokens(value, self.base, self.replace, links=self.links, depth=self.depth + 1)
        return "".join(token.source for token in inner)


def _kind(token: Token, name: str) -> ReferenceKind | None:
    """Return the kind of file that an attribute refers to, None if its value is no address."""
    element = token.name
    if kind := ADDRESSES.get(element, {}).get(name):
        return kind
    if element == "link":
        return kind_of_link(token.attributes) if name == "href" else None
    if element == "input":
        return "picture" if name == "src" and token.attributes.get("type", "").lower() == "image" else None
    if element == "iframe" and name in LAZY_FRAMES:
        return "frame"
    if element == "img" and name in LAZY:
        return "picture"
    if name in LAZY_BACKGROUNDS or (name == "background" and element in BACKGROUNDS):
        return "picture"
    return None
