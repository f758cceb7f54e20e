"""The block of a page that holds most prose, where no marker tells the body."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from attrs import define

from pipelines.parse.extract.lines import Layout, Line, Part
from pipelines.parse.extract.tree import HANZI

LINK_COST = 2
"""What a hanzi in a link takes away: a navigation list of the article's own length must not come in with it."""

SHORT_COST = 0.5
"""What a hanzi of a text without sentence marks takes away: labels, tools, menus."""

GAIN = 1.1
"""How many times the prose of its best part a block must hold to be preferred to that part."""

SENTENCE = re.compile(f"[，。；！？、：”][^{HANZI}]*|[,.;!?:]\\s")
FOOTER = re.compile(
    r"[主承协]办(?:单位)?[:：]|主管(?:单位)?[:：]|技术支持[:：]|ICP[备證]|网安备|网站标识码|版[权權]所有|copyright|统一刊号"
    r"|(?:联系|咨询|举报)(?:电话|方式|邮箱)[:：].{0,40}$",
    re.IGNORECASE,
)
"""What the foot of every official page and paper says, with as many commas and colons as prose has."""

LOGIN = re.compile(
    r"尚未(?:登[录陆錄]|注册|註冊)|(?:输入|輸入)\S{0,4}(?:用户名|用戶名|密码|密碼|验证码|驗證碼)|忘[记記]密[码碼]|[隐隱]身登[录陆錄]|cookie",
    re.IGNORECASE,
)
"""What forms for logging in say in whole sentences; on a forum's page they are longer than a short post."""


@define
class _Best:
    """What is known of the blocks inside a block that is still open: the best, and the prose of its paragraphs."""

    worth: float = 0.0
    part: Part | None = None
    paragraphs: float = 0.0


def worths(layout: Layout) -> tuple[float, ...]:
    """Return what the lines before each line are worth together, and behind them what all are."""
    return (0.0, *itertools.accumulate(_value(line) for line in layout.lines))


def densest(layout: Layout, sums: Sequence[float], start: int = 0, end: int | None = None) -> Part | None:
    """Return the smallest block that holds nearly all of the best prose between two lines, or None if there is none.

    `sums` are the page's worths.
    """
    end = len(layout.lines) if end is None else end
    best: dict[int, _Best] = {}
    for part in layout.parts:
        if part.start >= end or part.end <= start:
            continue
        inner = best.pop(part.depth + 1, None) or _Best()
        own = sums[min(part.end, end)] - sums[max(part.start, start)]
        held = max(own, inner.paragraphs)
        outer = best.get(part.depth) or best.setdefault(part.depth, _Best())
        if part.element.tag == "p":
            outer.paragraphs += max(own, 0.0)
        worth, found = (held, part) if held > GAIN * inner.worth else (inner.worth, inner.part)
        if worth > outer.worth:
            outer.worth, outer.part = worth, found
    tops = [found for found in best.values() if found.part]
    return max(tops, key=lambda found: found.worth).part if tops else None


def _value(line: Line) -> float:
    """Return what a line adds to its block: hanzi of sentences, less those of links and labels."""
    prose = line.prose
    if not prose:
        return -LINK_COST * line.size
    is_prose = SENTENCE.search(line.text) and not FOOTER.search(line.text) and not LOGIN.search(line.text)
    return (prose if is_prose else -SHORT_COST * prose) - LINK_COST * (line.size - prose)
