"""Character references that were escaped twice and so stand in the text."""

from __future__ import annotations

import html
import re

from pipelines.parse.repair.edits import Edit, Repaired, settled

_NAMES = (
    "nbsp|ensp|emsp|thinsp|quot|apos|amp|lt|gt|ldquo|rdquo|lsquo|rsquo|laquo|raquo|mdash|ndash|hellip|middot|bull|"
    "times|deg|permil|yen|copy|reg|trade|sect|zwnj|zwj"
)
_REFERENCE = re.compile(
    rf"(?<![“‘「『\"'`&])(?:&(?:amp;)*(?:#[0-9]{{2,7}}|#[xX][0-9a-fA-F]{{2,6}}|(?:{_NAMES}));)+(?![”’」』\"'`])"
)
"""References that an editor or a converter writes; one in quotation marks is spoken of, and stays."""

_SPACES = re.compile("[\xa0\u2002\u2003\u2009]+")


def unescape_html(text: str) -> Repaired:
    """Put characters in place of references that were left in the text; spaces go where Chinese has none.

    >>> unescape_html("&amp;nbsp;&nbsp;&#x4e2d;&amp;#22269;&ldquo;A&nbsp;B&rdquo;").text
    '中国“A B”'
    """
    return settled(text, _edits)


def _edits(text: str) -> list[Edit]:
    return [Edit(start=found.start(), end=found.end(), after=_meant(found)) for found in _REFERENCE.finditer(text)]


def _meant(found: re.Match[str]) -> str:
    meant = found[0]
    while (once := html.unescape(meant)) != meant:
        meant = once
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return _SPACES.sub(lambda run: _space(run, before, after), meant)


def _space(run: re.Match[str], before: str, after: str) -> str:
    left = run.string[run.start() - 1] if run.start() else before
    right = run.string[run.end()] if run.end() < len(run.string) else after
    return " " if left.isascii() and left.isalnum() and right.isascii() and right.isalnum() else ""
