"""What a block looks like by itself: its beginning and end, and whether it can be a headline, caption or sentence."""

from __future__ import annotations

import functools
import re

from attrs import frozen

from pipelines.model import Block, Person
from pipelines.parse.people import byline, dateline

MAX_HEADLINE_CHARS = 48
"""Length of the longest headline that is a block of its own, in characters: those of city papers in two parts reach
40."""

MAX_SUBHEAD_CHARS = 24
"""Length of the longest subhead (a heading inside an article), in characters: it has one part, and is shorter than the
headline."""

MAX_CAPTION_CHARS = 80
"""Length of the longest caption, in characters: two clauses and a photographer have about 60."""

_CLOSING = {"“": "”", "《": "》", "「": "」", "『": "』", "(": ")"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_NUMBERED = re.compile(r"^\s*[\dA-Za-z一二三四五六七八九十]{1,3}[)）]")
_SENTENCE_ENDS = frozenset("。！？!?…；;：:")
_POSSIBLE_ENDS = frozenset("”’」』》）)】.")
_STOPS = frozenset("，,。、；;：:！!？?”’》」』）)…")
_BRACKETED = re.compile("[（(].*[）)]")
_BULLETS = frozenset("●■◆★○◎□◇☆•※")
_COMMAS = frozenset("，,、")
_NOT_A_HEADLINE_END = re.compile(r"[。；：，、;:,…]$")
_DASH = re.compile(r"[—─-]{2}|[—─]")
_TWO_PARTS = re.compile(r"\S{4,}[ \u3000]+\S{4,}|.{4,}(?:——|──|--).{4,}")
_CAPTION = re.compile(
    r"""
      [▲△▼◀▶↑↓] | 图为 | [上下左右]图 | 图[①-⑨一二三四\d][：:\s]    # a mark, or "the picture shows"
    | .* (?: [（(][^()（）]{2,20}(?:摄|供图)[)）]                     # the photographer in brackets
           | [\s。，,/／][\u4e00-\u9fff·]{2,4}[ \u3000/／]?(?:摄|供图)  # the photographer at the end
         ) 。? $
    """,
    re.VERBOSE,
)
_LONE_CHAR = re.compile("(?![一二三四五六七八九十甲乙丙丁戊另今现但故好对不是看来喂哦嗯啊唉])[\u4e00-\u9fff][，,、]")
"""One hanzi and a comma, except numbers and words of one hanzi."""

_SENTENCE = re.compile(r"[^。！？!?]{6,}[。！？!?]?")


@frozen
class BlockTraits:
    """A block, and its properties that do not depend on its neighbours; each is computed when it is first needed."""

    block: Block

    @property
    def text(self) -> str:
        """The block's text."""
        return self.block.text

    @functools.cached_property
    def dateline(self) -> str | None:
        """The dateline with which it begins, or None."""
        return dateline(self.text)

    @functools.cached_property
    def byline_people(self) -> tuple[Person, ...]:
        """The people that it names, if it is a byline."""
        return byline(self.text)

    @functools.cached_property
    def is_caption(self) -> bool:
        """Whether it is a caption: by its mark, by 图为, or because it names the photographer."""
        return self.block.kind == "caption" or (len(self.text) <= MAX_CAPTION_CHARS and bool(_CAPTION.match(self.text)))

    @functools.cached_property
    def may_be_headline(self) -> bool:
        """Whether it can be a headline: short, not a sentence, not in brackets, not a dateline, byline or caption."""
        return (
            4 <= len(self.text) <= MAX_HEADLINE_CHARS
            and self.block.kind in ("paragraph", "heading")
            and "。" not in self.text
            and not _NOT_A_HEADLINE_END.search(self.text)
            and not any(unpaired(self.text))
            and not _BRACKETED.fullmatch(self.text)
            and not (self.dateline or self.byline_people or self.is_caption)
        )

    @property
    def may_be_subhead(self) -> bool:
        """Whether it can be a heading inside an article."""
        return self.may_be_headline and len(self.text) <= MAX_SUBHEAD_CHARS and not self.has_comma

    @property
    def has_comma(self) -> bool:
        """Whether it contains a comma; few headlines do."""
        return not _COMMAS.isdisjoint(self.text)

    @property
    def is_dashed_subtitle(self) -> bool:
        """Whether it is a subtitle with a dash before it: ——致敬与病毒赛跑的流调人."""
        return bool(_DASH.match(self.text))

    @property
    def is_sentence(self) -> bool:
        """Whether it is one complete sentence that is not longer than a caption."""
        return len(self.text) <= MAX_CAPTION_CHARS and openness(self.text) < 2 and bool(_SENTENCE.fullmatch(self.text))


def openness(text: str) -> int:
    """Return 2 if a paragraph ends in mid-sentence, 1 if it may do so, 0 if it does not.

    >>> [openness(text) for text in ("她与刚入职的黎妙", "他强调，", "组成“姐妹花”", "打好了组合拳。", "主要任务：")]
    [2, 2, 1, 0, 0]
    """
    last = text.rstrip()[-1:]
    return 0 if last in _SENTENCE_ENDS else 1 if last in _POSSIBLE_ENDS else 2


def unpaired(text: str) -> tuple[str, str]:
    """Return the closing marks of a text without their opening ones, and the opening marks without their closing ones.

    Round brackets are returned as half-width ones. The bracket after a number at the beginning of a text is ignored.

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
    """Return whether an opening mark and a closing mark belong together."""
    return _CLOSING.get(opening) == closing


def begins_mid_sentence(text: str) -> bool:
    """Return whether a paragraph begins in mid-sentence: with a stop, a lone character, or inside a quotation."""
    return begins_with_stop(text) or begins_with_lone_char(text) or bool(unpaired(text)[0])


def begins_with_stop(text: str) -> bool:
    """Return whether a paragraph begins with a stop or a closing mark."""
    return text[:1] in _STOPS


def begins_with_lone_char(text: str) -> bool:
    """Return whether a paragraph begins with one character and a comma: the rest of a word that begins elsewhere.

    >>> [begins_with_lone_char(text) for text in ("燕、巫丹,组成", "一、加强领导", "另，会议还")]
    [True, False, False]
    """
    return bool(_LONE_CHAR.match(text))


def begins_with_bullet(text: str) -> bool:
    """Return whether a paragraph begins with a bullet, as news in brief do."""
    return text[:1] in _BULLETS


def has_two_parts(text: str) -> bool:
    """Return whether a headline has two parts with a space or a dash between them, as newspapers print them.

    >>> has_two_parts("打好疫情防控主动仗 巩固疫情防控成果"), has_two_parts("巾帼不让须眉")
    (True, False)
    """
    return bool(_TWO_PARTS.fullmatch(text))
