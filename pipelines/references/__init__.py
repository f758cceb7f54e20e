"""References of pages, stylesheets and SVG pictures to other files: found, and rewritten, by the same walk."""

from __future__ import annotations

from pipelines.references.attributes import LAZY, LAZY_BACKGROUNDS
from pipelines.references.capture import css_of, find, is_css
from pipelines.references.css import decode_css, find_css, rewrite_css
from pipelines.references.html import base_of, find_html, rewrite_html, rewritten_tokens
from pipelines.references.reference import FileReference, ReferenceKind, Replace, resolve
from pipelines.references.svg import SVG_TYPE, find_svg, rewrite_svg
from pipelines.references.tokens import Token, tokens

__all__ = [
    "LAZY",
    "LAZY_BACKGROUNDS",
    "SVG_TYPE",
    "FileReference",
    "ReferenceKind",
    "Replace",
    "Token",
    "base_of",
    "css_of",
    "decode_css",
    "find",
    "find_css",
    "find_html",
    "find_svg",
    "is_css",
    "resolve",
    "rewrite_css",
    "rewrite_html",
    "rewrite_svg",
    "rewritten_tokens",
    "tokens",
]
