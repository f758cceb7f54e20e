"""Names and words that a site has masked: counted, and left as they are."""

from __future__ import annotations

import re

_HANZI = "\u3400-\u9fff"
_NUMERAL = "〇零一二三四五六七八九十百千年"
_MASK = re.compile(
    rf"(?<=[{_HANZI}、，,。；“])(?:\*{{2,}}|_+|\*(?=[{_HANZI}]))|(?<=[{_HANZI}])\*(?=[、，,。；”）)])"
    rf"|(?:^|(?<=[\s：:（(]))(?:\*{{2,}}|_+)(?=[{_HANZI}])|(?<=[：:（(])\*(?=[{_HANZI}])"
    rf"|(?<![A-Za-z])(?:X{{2,}}|x{{2,}})(?=[{_HANZI}])|(?<=[{_HANZI}])(?:X{{2,}}|x{{2,}})(?![A-Za-z])"
    rf"|(?<![\d×])×{{2,}}(?![\d×])|(?<=[{_HANZI}])×(?=[{_HANZI}、，。）])"
    rf"|(?<![{_NUMERAL}○])○{{2,}}(?![{_NUMERAL}○])|□{{2,}}",
    re.MULTILINE,
)
_BOLD = re.compile(rf"(?<![{_HANZI}*])(\*\*)(?=[^*\s])[^*\n]{{1,60}}(\*\*)(?!\*)")
_HINTS = ("*", "_", "×", "XX", "xx", "○○", "□□")
_BLANK = re.compile(r"_{4,}")
"""A blank of a form that a reader is to fill in."""


def masked(text: str) -> int:
    """Return how many characters of a text stand for others that were taken out of it.

    Asterisks and underscores beside hanzi, XX, ×× and ○○ are such; 某某 is a word, ** around words is Markdown, ○ in a
    year is a nought, and a long underscore is a form's blank.

    >>> masked("在***市，对入*返*人员健全_机制，××公司李某某于二○○八年填写____。")
    8
    """
    if not any(hint in text for hint in _HINTS):
        return 0
    told = {place for found in _MASK.finditer(text) for place in range(*found.span())}
    for blank in _BLANK.finditer(text):
        told.difference_update(range(*blank.span()))
    for bold in _BOLD.finditer(text):
        told.difference_update(range(*bold.span(1)), range(*bold.span(2)))
    return len(told)
