"""What a block of a page looks like by itself: how it begins and ends, a headline, a caption, a sentence."""

from __future__ import annotations

import functools
import re

from attrs import frozen

from pipelines.model import Block, Person
from pipelines.parse.segment.people import byline, dateline

HEADLINE = 48
"""Characters of the longest headline that stands as a block of its own: two-part ones of city papers reach 40."""

SUBHEAD = 24
"""Characters of the longest heading inside an article: they are one part, and shorter than its headline."""

CAPTION = 80
"""Characters of the longest caption: two clauses and a photographer have about 60."""

_CLOSING = {"“": "”", "《": "》", "「": "」", "『": "』", "(": ")"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_NUMBERED = re.compile(r"^\s*[\dA-Za-z一二三四五六七八九十]{1,3}[)）]")
_CLOSED = frozenset("。！？!?…；;：:")
_MAYBE = frozenset("”’」』》）)】.")
_STOPS = frozenset("，,。、；;：:！!？?”’》」』）)…")
_BRACKETED = re.compile("[（(].*[）)]")
_BULLETS = frozenset("●■◆★○◎□◇☆•※")
_PAUSES = frozenset("，,、")
_ENDED = re.compile(r"[。；：，、;:,…]$")
_DASHED = re.compile(r"[—─-]{2}|[—─]")
_TWO_PARTS = re.compile(r"\S{4,}[ \u3000]+\S{4,}|.{4,}(?:——|──|--).{4,}")
_CAPTION = re.compile(
    r"[▲△▼◀▶↑↓]|图为|圖為|[上下左右]图|图[①-⑨一二三四\d][：:\s]"
    r"|.*(?:[（(][^()（）]{2,20}(?:摄|攝|供图|供圖)[)）]"
    r"|[\s。，,/／][\u4e00-\u9fff·]{2,4}[ \u3000/／]?(?:摄|攝|供图|供圖))。?$"
)
_LONE = re.compile("(?![一二三四五六七八九十甲乙丙丁戊另今现但故好对不是看来喂哦嗯啊唉])[\u4e00-\u9fff][，,、]")
_SENTENCE = re.compile(r"[^。！？!?]{6,}[。！？!?]?")


@frozen
class Shape:
    """A block, and what can be told of it without its neighbours, each looked for once and only when asked for."""

    block: Block

    @property
    def text(self) -> str:
        """The block's text."""
        return self.block.text

    @functools.cached_property
    def dateline(self) -> str | None:
        """The head with which a report begins."""
        return dateline(self.text)

    @functools.cached_property
    def named(self) -> tuple[Person, ...]:
        """The people of a byline."""
        return byline(self.text)

    @functools.cached_property
    def is_caption(self) -> bool:
        """Whether it is a caption by its mark, by 图为, or by who took or gave the picture."""
        return self.block.kind == "caption" or (len(self.text) <= CAPTION and bool(_CAPTION.match(self.text)))

    @functools.cached_property
    def can_head(self) -> bool:
        """Whether it can be a headline: short, no sentence, not in brackets, neither dateline, byline nor caption."""
        return (
            4 <= len(self.text) <= HEADLINE
            and self.block.kind in ("paragraph", "heading")
            and "。" not in self.text
            and not _ENDED.search(self.text)
            and not any(unpaired(self.text))
            and not _BRACKETED.fullmatch(self.text)
            and not (self.dateline or self.named or self.is_caption)
        )

    @property
    def can_subhead(self) -> bool:
        """Whether it can be a heading inside an article."""
        return self.can_head and len(self.text) <= SUBHEAD and not self.pauses

    @property
    def pauses(self) -> bool:
        """Whether a comma is in it, as is in few headlines."""
        return not _PAUSES.isdisjoint(self.text)

    @property
    def is_under(self) -> bool:
        """Whether it is the line under a headline that a dash opens: ——致敬与病毒赛跑的流调人."""
        return bool(_DASHED.match(self.text))

    @property
    def is_sentence(self) -> bool:
        """Whether it is one whole sentence, no longer than captions are."""
        return len(self.text) <= CAPTION and openness(self.text) < 2 and bool(_SENTENCE.fullmatch(self.text))


def openness(text: str) -> int:
    """Return 2 where a paragraph ends in mid-sentence, 1 where it may, 0 where it does not.

    >>> [openness(text) for text in ("她与刚入职的黎妙", "他强调，", "组成“姐妹花”", "打好了组合拳。", "主要任务：")]
    [2, 2, 1, 0, 0]
    """
    last = text.rstrip()[-1:]
    return 0 if last in _CLOSED else 1 if last in _MAYBE else 2


def unpaired(text: str) -> tuple[str, str]:
    """Return the closing marks that nothing opens in a text, and the opening ones that nothing closes.

    Round brackets come as half-width ones; the bracket behind a number that opens a text is none.

    >>> unpaired("大脑”,讲求快速。“我们吃住"), unpaired("1)核酸（两次)")
    (('”', '“'), ('', ''))
    """
    opened: list[str] = []
    closing = ""
    for char in _NUMBERED.sub("", text).replace("（", "(").replace("）", ")"):
        if char in _CLOSING:
            opened.append(char)
        elif char in _OPENING:
            if opened and opened[-1] == _OPENING[char]:
                opened.pop()
            else:
                closing += char
    return closing, "".join(opened)


def pairs_up(opening: str, closing: str) -> bool:
    """Tell whether one mark closes what the other opens."""
    return _CLOSING.get(opening) == closing


def begins_torn(text: str) -> bool:
    """Tell a paragraph that cannot be the beginning of one: a stop before all else, a quotation that nothing opens."""
    return begins_stopped(text) or begins_lone(text) or bool(unpaired(text)[0])


def begins_stopped(text: str) -> bool:
    """Tell a paragraph that begins with a stop or a closing mark."""
    return text[:1] in _STOPS


def begins_lone(text: str) -> bool:
    """Tell a paragraph that begins with one character and a comma, the rest of a word whose beginning is elsewhere.

    >>> begins_lone("燕、巫丹,组成"), begins_lone("一、加强领导"), begins_lone("另，会议还")
    (True, False, False)
    """
    return bool(_LONE.match(text))


def begins_item(text: str) -> bool:
    """Tell a paragraph that a bullet opens, as those of news in brief."""
    return text[:1] in _BULLETS


def has_two_parts(text: str) -> bool:
    """Tell a headline of two parts, as papers set them, with a space or a dash between.

    >>> has_two_parts("打好疫情防控主动仗 巩固疫情防控成果"), has_two_parts("巾帼不让须眉")
    (True, False)
    """
    return bool(_TWO_PARTS.fullmatch(text))
