"""Makes a page harmless: what runs, sends or navigates is removed, and everything else looks as before.

A removed element becomes an empty `<template>`: browsers show none, and selectors such as `:first-child` count it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape

from pipelines.references import LAZY, LAZY_BACKGROUNDS, Token, tokens

REMOVED = "<template></template>"

DEAD_LINK = "#fangzhi-removed"
"""The address of a link that led to a script: it still looks like a link, and a click does nothing."""

MAX_DEPTH = 3
"""Documents within documents, in `srcdoc`, that are shown."""

_UNWANTED = frozenset(
    {
        "animate",
        "animatemotion",
        "animatetransform",
        "applet",
        "base",
        "bgsound",
        "discard",
        "fencedframe",
        "param",
        "portal",
        "script",
        "set",
    }
)
"""Elements that run, send or navigate, or change the attributes of others (SVG). Their end tags are removed, too."""

_HIDDEN_RAW = frozenset({"script", "iframe", "noembed", "noframes"})
"""Elements whose text browsers do not show."""

_DROPPED_ATTRIBUTES = frozenset(
    {
        "action",
        "archive",
        "attributionsrc",
        "autofocus",
        "autoplay",
        "classid",
        "code",
        "codebase",
        "crossorigin",
        "csp",
        "download",
        "formaction",
        "integrity",
        "longdesc",
        "manifest",
        "method",
        "nonce",
        "ping",
        "profile",
        "referrerpolicy",
        "sandbox",
        "target",
    }
)
"""Attributes that send, navigate or check; `crossorigin` and `integrity` do not fit rewritten files."""

_ADDRESSES = frozenset({"background", "data", "href", "imagesrcset", "poster", "src", "srcset", "xlink:href"})
"""Attributes with addresses that browsers use."""

_SETS = frozenset({"srcset", "imagesrcset"})
_PICTURE_ELEMENTS = frozenset({"img", "image", "source", "input", "video", "feimage"})
_NAME = re.compile(r"[a-z_][\w:.-]*", re.ASCII)
_ELEMENT = re.compile(r"[a-z][a-z0-9:_-]*")
_DOCTYPE = re.compile(r"<!doctype\b[^<>]*>", re.IGNORECASE)
_MARKUP_IN_STYLE = re.compile(r"<(?=[a-zA-Z/!?])")
_DATA_PICTURE = re.compile(r"\s*data:image/", re.IGNORECASE)
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")
_AMBIGUOUS_LAZY = frozenset({"_src", "data-url", "original", "zoomfile"})
"""Attributes that also stand beside the shown picture, for an editor or a link; they count only without `src`."""


def tamed_html(found: Iterable[Token], is_ours: Callable[[str], bool], depth: int = 0) -> str:
    """Return the HTML of tokens whose references were replaced, without anything that could act.

    `is_ours` tells the addresses that were put in; others are removed, except fragments and pictures as data. Links
    open in the whole window.
    """
    return "".join(_tamed(iter(found), is_ours, depth))


def _tamed(found: Iterator[Token], is_ours: Callable[[str], bool], depth: int) -> Iterator[str]:
    shows_doctype = True
    for token in found:
        if token.kind == "text":
            # A removed comment may stand between `<` and a name.
            yield token.source.replace("<", "&lt;")
        elif token.kind == "raw":
            yield _raw(token)
        elif token.kind == "other":
            yield token.source if shows_doctype and _DOCTYPE.fullmatch(token.source) else ""
            shows_doctype = shows_doctype and not _DOCTYPE.fullmatch(token.source)
        elif token.kind == "start" and token.name == "noscript":
            yield REMOVED
            _pass_over(found, "noscript")
        elif not _is_wanted(token):
            yield REMOVED if token.kind == "start" else ""
        elif token.kind == "end":
            yield f"</{_shown_name(token.name)}>"
        else:
            yield _start(token, is_ours, depth)


def _pass_over(found: Iterator[Token], name: str) -> None:
    for token in found:
        if token.kind == "end" and token.name == name:
            return


def _is_wanted(token: Token) -> bool:
    if token.name == "link":
        relations = set(token.attributes.get("rel", "").lower().split())
        return bool(relations & {"stylesheet", "icon"})
    if token.name == "meta":
        return token.attributes.get("name", "").lower() == "viewport"
    return token.name not in _UNWANTED and _ELEMENT.fullmatch(token.name) is not None


def _raw(token: Token) -> str:
    """Return the text of an element; whatever a browser takes it for, it contains no markup."""
    if token.name in _HIDDEN_RAW:
        return ""
    if token.name == "style":
        return _MARKUP_IN_STYLE.sub(r"\\3c ", token.source.replace("<!--", " "))
    return (
        escape(token.source, quote=False) if token.name in ("xmp", "plaintext") else token.source.replace("<", "&lt;")
    )


def _shown_name(name: str) -> str:
    """Return the name of an element; text that is not parsed becomes text with entities."""
    return "pre" if name in ("xmp", "plaintext") else name


def _start(token: Token, is_ours: Callable[[str], bool], depth: int) -> str:
    attributes = _with_lazy(token.name, token.attributes)
    document = attributes.pop("srcdoc", None) if token.name == "iframe" else None
    kept = {name: value for name, value in attributes.items() if _is_kept(token.name, name, value, is_ours)}
    if document is not None and depth < MAX_DEPTH:
        kept["srcdoc"] = tamed_html(tokens(document), is_ours, depth + 1)
        kept.pop("src", None)
    if token.name in ("a", "area"):
        kept |= {"href": DEAD_LINK} if "href" in attributes and "href" not in kept else {}
        kept |= {"target": "_top"} if not kept.get("href", kept.get("xlink:href", "#")).startswith("#") else {}
    token.name, token.attributes = _shown_name(token.name), kept
    return token.html()


def _is_kept(element: str, name: str, value: str, is_ours: Callable[[str], bool]) -> bool:
    if not _NAME.fullmatch(name) or name.startswith("on") or name in _DROPPED_ATTRIBUTES or name == "srcdoc":
        return False
    if name not in _ADDRESSES or name in _SETS:
        return True
    value = value.strip()
    is_picture = element in _PICTURE_ELEMENTS and _DATA_PICTURE.match(value) is not None
    return is_ours(value) or value.startswith("#") or is_picture


def _with_lazy(element: str, attributes: dict[str, str]) -> dict[str, str]:
    """Return the attributes with the pictures that scripts would load when they come into view."""
    kept = dict(attributes)
    if element in ("img", "source"):
        names = (
            [name for name in LAZY if name not in _AMBIGUOUS_LAZY or not kept.get("src")] if element == "img" else []
        )
        lazy = next((kept[name] for name in names if kept.get(name, "").strip()), None)
        lazy_set = next((kept[name] for name in _LAZY_SETS if kept.get(name)), None)
        kept |= {"src": lazy} if lazy else {}
        kept |= {"srcset": lazy_set} if lazy_set else {}
        kept.pop("loading", None)
    elif element == "iframe" and kept.get("data-src") and not kept.get("src"):
        kept["src"] = kept["data-src"]
    if picture := next((kept[name] for name in LAZY_BACKGROUNDS if kept.get(name)), None):
        kept["style"] = f'{kept.get("style", "")};background-image:url("{_in_css(picture)}")'
    return kept


def _in_css(address: str) -> str:
    return address.replace("\\", "\\\\").replace('"', "%22").replace("\n", "%0A")
