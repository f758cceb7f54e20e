"""Passes over the tags of a page that cannot refer to a requisite, without reading their attributes.

A page has some 700 tags, of which 30 refer to requisites: tags that are written properly are passed over, with the text
between them, by one match of a regular expression; any other is read by the tokenizer.
"""

from __future__ import annotations

import re

from pipelines.references.attributes import ADDRESSES, BACKGROUNDS, LAZY_BACKGROUNDS, SETS, STYLES
from pipelines.references.tokens import RAW

READ_ELEMENTS = frozenset({*ADDRESSES, *SETS, *BACKGROUNDS, *RAW, "link", "input", "meta", "base"} - {"a", "area"})
"""Elements whose attributes are read: those that can refer to requisites, and those with raw text."""

_SPACE = r"[\t\n\f\r ]"
_READ = "|".join(sorted(map(re.escape, READ_ELEMENTS)))
_STYLED = "|".join(map(re.escape, (*STYLES, *LAZY_BACKGROUNDS)))
"""Attributes of any element that can refer to a requisite."""

_UNRELATED = re.compile(
    rf"""(?:</?(?!(?:{_READ})(?![a-zA-Z0-9:]))[a-zA-Z][a-zA-Z0-9:]*+  # the name of an element that is not read
    (?:{_SPACE}++(?!(?:{_STYLED}){_SPACE}*+=)[a-zA-Z_:][\w:.-]*+  # names of attributes, and their values
    (?:{_SPACE}*+={_SPACE}*+(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r "'=<>`/]++))?+)*+
    {_SPACE}*+/?>
    [^<]*+)++""",
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)


def end_of_unrelated(html: str, at: int) -> int:
    """Return where the tags from this place on, and the text after them, end that cannot refer to a requisite.

    0 if the first tag can, or has to be read.

    >>> end_of_unrelated("<p class=a>text</p><img src=a>", 0), end_of_unrelated("<p style=''>", 0)
    (19, 0)
    """
    found = _UNRELATED.match(html, at)
    return found.end() if found else 0
