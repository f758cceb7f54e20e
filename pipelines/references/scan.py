"""Passes over the tags of a page that cannot refer to a requisite, without reading their attributes.

A page has some 700 tags, of which 30 refer to requisites: a tag that is written properly is passed over by one match of
a regular expression, any other is read by the tokenizer. That takes a third of the time.
"""

from __future__ import annotations

import re

from pipelines.references.attributes import ADDRESSES, BACKGROUNDS, LAZY_BACKGROUNDS, SETS, STYLES
from pipelines.references.tokens import RAW

READ_ELEMENTS = frozenset({*ADDRESSES, *SETS, *BACKGROUNDS, *RAW, "link", "input", "meta", "base"} - {"a", "area"})
"""Elements whose attributes are read: those that can refer to requisites, and those with raw text."""

_PROPER_TAG = re.compile(
    r"""</?([a-zA-Z][a-zA-Z0-9:]*+)
    ((?:[\t\n\f\r ]++[a-zA-Z_:][\w:.-]*+(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r "'=<>`/]++))?+)*+)
    [\t\n\f\r ]*+/?>""",
    re.VERBOSE | re.ASCII,
)
_STYLED = re.compile(
    rf"[\t\n\f\r ](?:{'|'.join(map(re.escape, (*STYLES, *LAZY_BACKGROUNDS)))})[\t\n\f\r ]*=", re.IGNORECASE
)
"""An attribute of any element that can refer to a requisite."""


def end_of_unrelated(html: str, at: int) -> int:
    """Return where a tag at this place ends if it cannot refer to a requisite; 0 if it can, or has to be read.

    >>> end_of_unrelated("<p class=a>", 0), end_of_unrelated("<p style=''>", 0), end_of_unrelated("<img src=a>", 0)
    (11, 0, 0)
    """
    tag = _PROPER_TAG.match(html, at)
    return tag.end() if tag and tag[1].lower() not in READ_ELEMENTS and not _STYLED.search(tag[2]) else 0
