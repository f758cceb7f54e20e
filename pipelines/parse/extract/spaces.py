"""Collapses white space as a browser does."""

from __future__ import annotations

import re

from pipelines.parse.extract.tree import HANZI

WIDE = f"{HANZI}，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…"
_WRAPPED_LINE = re.compile(rf"(?<=[{WIDE}])[ \t\r\f\xa0]*\n\s*(?=[{WIDE}])")
_SPACES = re.compile(r"[\r\n\f\v\xa0][ \r\n\f\v\xa0]*| [ \r\n\f\v\xa0]+")
"""White space that becomes a space; a single space is not a match, which is faster."""

_EDGE_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\ufeff"
"""All white space of Unicode, and two characters without width."""


def normalise_space(text: str) -> str:
    """Return text as a browser shows it: spaces collapsed, no indent, no space where a line of Chinese was wrapped.

    >>> normalise_space("　　市住建局\\n  召开 会议，"), normalise_space("\\u2003\\u2003会议指出")
    ('市住建局召开 会议，', '会议指出')
    """
    text = text.strip(_EDGE_SPACES)  # first: few texts have a line break inside, and its pattern is the slow one
    if (
        text.isprintable() and "  " not in text
    ):  # true for most texts: of white space, only the plain space is printable
        return text
    return _SPACES.sub(" ", _WRAPPED_LINE.sub("", text) if "\n" in text else text)
