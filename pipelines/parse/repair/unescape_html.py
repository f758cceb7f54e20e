"""The rule `unescape-html`: HTML character references that were escaped twice and therefore appear in the text."""

from __future__ import annotations

import html
import re

from pipelines.parse.repair.edits import Edit, Repaired, until_stable

_NAMES = (
    "nbsp|ensp|emsp|thinsp|quot|apos|amp|lt|gt|ldquo|rdquo|lsquo|rsquo|laquo|raquo|mdash|ndash|hellip|middot|bull|"
    "times|deg|permil|yen|copy|reg|trade|sect|zwnj|zwj"
)
_REFERENCE = re.compile(
    rf"(?<![“‘「『\"'`&])(?:&(?:amp;)*(?:#[0-9]{{2,7}}|#[xX][0-9a-fA-F]{{2,6}}|(?:{_NAMES}));)+(?![”’」』\"'`])"
)
"""References that editors and converters write. One in quotation marks is quoted on purpose, and stays."""

_ESCAPED_AMPERSAND = re.compile("&(?:amp;)+")
"""An ampersand that was escaped any number of times."""

_SPACES = re.compile("[\xa0\u2002\u2003\u2009]+")
"""No-break, en, em and thin spaces."""


def unescape_html(text: str) -> Repaired:
    """Replace character references in a text by their characters; spaces are removed where Chinese has none.

    >>> unescape_html("&amp;nbsp;&nbsp;&#x4e2d;&amp;#22269;&ldquo;A&nbsp;B&rdquo;").text
    '中国“A B”'
    """
    return until_stable(text, _edits)


def _edits(text: str) -> list[Edit]:
    return [Edit(start=found.start(), end=found.end(), after=_unescaped(found)) for found in _REFERENCE.finditer(text)]


def _unescaped(references: re.Match[str]) -> str:
    chars = _ESCAPED_AMPERSAND.sub("&", references[0])
    while (once := html.unescape(chars)) != chars:
        chars = once
    before, after = references.string[: references.start()][-1:], references.string[references.end() :][:1]
    return _SPACES.sub(lambda run: _space(run, before, after), chars)


def _space(run: re.Match[str], before: str, after: str) -> str:
    """Return a space where both neighbours of a run of spaces are ASCII letters or digits, "" elsewhere."""
    left = run.string[run.start() - 1] if run.start() else before
    right = run.string[run.end()] if run.end() < len(run.string) else after
    return " " if left.isascii() and left.isalnum() and right.isascii() and right.isalnum() else ""
