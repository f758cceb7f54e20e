"""Finds the block of a page with the most prose, for pages on which no marker shows the body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

from attrs import define

from pipelines.parse.extract.ends import FOOTER, is_terms
from pipelines.parse.extract.lines import Layout, LayoutBlock, Line

LINK_COST = 2
"""Points that a Chinese character in a link subtracts: navigation as long as the article must not be included."""

LABEL_COST = 0.5
"""Points that a Chinese character of a text without sentence punctuation subtracts: labels, tools, menus."""

MIN_HEADLINE_CHARS = 8
"""Characters of the shortest linked headline; names of columns have fewer."""

MIN_HEADLINE_SHARE = 0.8
"""Share of link text from which a line is a linked headline, with a date or a mark beside it."""

MIN_TEASER_HANZI = 15
"""Chinese characters of the shortest summary below a linked headline."""

ROW_SHARE = 0.5
"""Points of a Chinese character in a row of a data table, between those of prose and of labels."""

MIN_GAIN = 1.1
"""Factor by which a block must score higher than the best block inside it to be preferred."""

MAX_FOOTER_CHARS = 200
"""Characters of the longest line of a footer or a login form: one with all organisations of a site has about 150."""

SENTENCE = re.compile(r"[，。；！？、：”]|[,.;!?:]\s")
"""Punctuation of sentences."""

LOGIN = re.compile(
    r"""尚未(?:登[录陆]|注册)                          # not logged in, not registered
    | 输入\S{0,4}(?:用户名|密码|验证码)     # enter user name, password, captcha
    | 忘记密码 | 隐身登[录陆] | cookie
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Sentences of login forms, which are longer than a short post on a forum's page."""


_SITE_WORDS = re.compile(
    "主办|承办|协办|主管|技术支持|icp|网安备|网站标识码|统一刊号|所有|copyright"
    "|电话|方式|邮箱|地址|邮编|邮政编码|传真|mail|客服|内容纠错|下载客户端"
    "|跳过|跳转|跳到|跳至|尚未|输入|密码|身登|cookie"
)
"""Each match of FOOTER and LOGIN contains one of these in lower case: they are found in a tenth of the time."""


def is_site_text(text: str) -> bool:
    """Return whether a text is that of the site and not of an article: its footer, a login form, terms of use.

    A long paragraph may be the whole of a public notice, with a telephone number at its end.
    """
    may_match = len(text) < MAX_FOOTER_CHARS and _SITE_WORDS.search(text.lower())
    return bool(may_match and (FOOTER.search(text) or LOGIN.search(text))) or is_terms(text)


@define
class _Best:
    """The best block inside a block that is still open, and the score of the open block's paragraphs."""

    score: float = 0.0
    block: LayoutBlock | None = None
    paragraphs: float = 0.0


def cumulative_scores(layout: Layout) -> tuple[float, ...]:
    """Return, for each line, the sum of the scores of all lines before it; the last item is the sum of all lines.

    Prose below a linked headline is the teaser of another article, and does not count.
    """
    lines = layout.lines
    scores = (0.0 if is_teaser(above, line) else _score(line) for above, line in pairwise((Line(text=""), *lines)))
    return (0.0, *accumulate(scores))


def is_teaser(above: Line, line: Line) -> bool:
    """Return whether a line is the summary of another article: the line above it is a linked headline."""
    is_linked = above.link_chars >= MIN_HEADLINE_CHARS and above.link_chars > MIN_HEADLINE_SHARE * len(above.text)
    return is_linked and line.unlinked_hanzi >= MIN_TEASER_HANZI


def densest_block(layout: Layout, sums: Sequence[float], start: int = 0, end: int | None = None) -> LayoutBlock | None:
    """Return the smallest block with nearly all of the best prose between two lines, or None if there is no prose.

    `sums` are the page's `cumulative_scores`.
    """
    end = len(layout.lines) if end is None else end
    best_by_depth: dict[int, _Best] = {}
    for block in layout.blocks:
        if block.start >= end or block.end <= start:
            continue
        own = sums[min(block.end, end)] - sums[max(block.start, start)]
        inner = best_by_depth.pop(block.depth + 1, None)
        if inner is None and own <= 0:
            continue  # menus and labels: most blocks have no prose, and no block in them has any
        inner = inner or _Best()
        total = max(own, inner.paragraphs)
        outer = best_by_depth.get(block.depth) or best_by_depth.setdefault(block.depth, _Best())
        if block.element.tag == "p":
            outer.paragraphs += max(own, 0.0)
        score, found = (total, block) if total > MIN_GAIN * inner.score else (inner.score, inner.block)
        if score > outer.score:
            outer.score, outer.block = score, found
    outermost = [best for best in best_by_depth.values() if best.block]
    return max(outermost, key=lambda best: best.score).block if outermost else None


def _score(line: Line) -> float:
    """Return the points of a line: its Chinese characters in sentences, minus those in links and labels.

    A row of a data table without links counts as prose in part: the text of a penalty or a budget is a table.
    """
    unlinked = line.unlinked_hanzi
    if not unlinked:
        return -LINK_COST * line.hanzi
    if line.kind == "row" and not line.link_chars:
        return ROW_SHARE * unlinked
    is_prose = SENTENCE.search(line.text) and not is_site_text(line.text)
    return (unlinked if is_prose else -LABEL_COST * unlinked) - LINK_COST * (line.hanzi - unlinked)
