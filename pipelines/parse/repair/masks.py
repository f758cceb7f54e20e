"""Characters that a site has masked in names and words (王*, 某__公司): they are counted, and left as they are."""

from __future__ import annotations

import re

_HANZI = "\u3400-\u9fff"
_NUMERAL = "〇零一二三四五六七八九十百千年"
_MASK = re.compile(
    rf"""
      (?<=[{_HANZI}、，,。；“]) (?: \*{{2,}} | _+ | \*(?=[{_HANZI}]) )           # 王**, 健全_机制, 入*返*人员
    | (?<=[{_HANZI}]) \* (?=[、，,。；”）)])                                     # 王*，
    | (?: ^ | (?<=[\s：:（(]) ) (?: \*{{2,}} | _+ ) (?=[{_HANZI}])  # ***市 at a beginning, after a colon
    | (?<=[：:（(]) \* (?=[{_HANZI}])                                            # ：*某
    | (?<![A-Za-z]) (?: X{{2,}} | x{{2,}} ) (?=[{_HANZI}])                       # XX公司
    | (?<=[{_HANZI}]) (?: X{{2,}} | x{{2,}} ) (?![A-Za-z])                       # 王XX
    | (?<![\d×]) ×{{2,}} (?![\d×]) | (?<=[{_HANZI}]) × (?=[{_HANZI}、，。）])    # ××公司, 王×，; not 3×4
    | (?<![{_NUMERAL}○]) ○{{2,}} (?![{_NUMERAL}○])                               # 王○○; not 二○○八
    | □{{2,}}
    """,
    re.MULTILINE | re.VERBOSE,
)
_BOLD = re.compile(rf"(?<![{_HANZI}*])(\*\*)(?=[^*\s])[^*\n]{{1,60}}(\*\*)(?!\*)")
"""Words between the asterisks of Markdown, which are not masks."""

_HINTS = ("*", "_", "×", "XX", "xx", "○○", "□□")
"""Every match of `_MASK` contains one of these."""

_BLANK = re.compile(r"_{4,}")
"""A blank of a form, for the reader to fill in."""


def count_masked_chars(text: str) -> int:
    """Return how many characters of a text are placeholders for characters that the site has removed.

    These are asterisks and underscores next to hanzi, XX, ×× and ○○. Not counted: 某某, which is a word; ** around
    words, which is Markdown; ○ in a year, which is a zero; and a long underscore, which is a blank of a form.

    >>> count_masked_chars("在***市，对入*返*人员健全_机制，××公司李某某于二○○八年填写____。")
    8
    """
    if not any(hint in text for hint in _HINTS):
        return 0
    masked = {position for found in _MASK.finditer(text) for position in range(*found.span())}
    for blank in _BLANK.finditer(text):
        masked.difference_update(range(*blank.span()))
    for bold in _BOLD.finditer(text):
        masked.difference_update(range(*bold.span(1)), range(*bold.span(2)))
    return len(masked)
