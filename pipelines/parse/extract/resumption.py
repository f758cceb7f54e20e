"""Finds where the text of an article goes on below a line that usually ends it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import define, field

from pipelines.parse.extract.beside import MAX_LINK_SHARE, SENTENCE_END, is_prose
from pipelines.parse.extract.densest import is_teaser
from pipelines.parse.extract.ends import (
    ATTACHED_FILE,
    MIN_PARAGRAPH_HANZI,
    NUMBERED,
    TERMS_WORDS,
    end_rule,
    is_disclaimer,
    is_link,
    is_notice,
    is_terms,
    is_work_rights,
)
from pipelines.parse.extract.lines import Line

_COMMENTS = re.compile(
    r"""
    \W*(?:
        网友(?:评论|跟帖|留言) | (?:最[新热]|热门|全部|精彩|所有)(?:评论|跟帖|留言)
        | (?:已有)?\s*[\d,]+\s*条(?:评论|跟帖|留言) | 评论\s*[(（\d] | (?:我来|来)说两句
        | (?:网友|用户|游客|匿名)[^，。：:]{0,16}$ | \S{2,8}网友$ | .{0,30}(?:举报|赞)\s*\d*\s*回复\s*\d*$
        | .{0,8}登[录陆]后?(?:才?[能可]以?)?(?:发表|参与)?评论 | .{0,10}文明(?:上网|发言)
    )
    """,
    re.VERBOSE,
)
"""A line below which are only comments of readers, which can be whole paragraphs: their heading, or a reader's name."""

MAX_COMMENTS_HEADING_HANZI = 30
"""Chinese characters of the longest such line: 评论 66 文明上网理性发言，请遵守《新闻评论服务协议》 has 26."""

_CONTACT = re.compile(r"\W*(?:联系|举报|客服|投稿)?(?:电话|热线|传真|邮箱|E-?mail|地址)\s*[:：]", re.IGNORECASE)
"""How to reach the editors of a site: below its terms of use, the rest is the site's."""

_STEP = re.compile(r"\s*(?:\d{1,2}\s*[.、．](?!\d)|[①-⑳])\s*\S")
"""A step with an Arabic number, as surveys and terms of use have, too: 1. 2、 ③."""

_STEPS_AFTER = frozenset({"share", "button", "neighbours", "editor-label", "after-editor"})
"""Ends after which such a step is the article's."""

_WHOLE_PARAGRAPHS_AFTER = frozenset({"related", "readers", "comments"})
"""Ends below which short sentences are summaries of other articles, or questions."""

SUMMARIES = "summaries"
"""The rule below the heading of a box without links: unlinked sentences are summaries of other articles."""


@define
class Resumption:
    """The lines of a block, with the prose that was found below its ends: a block with many ends is read once a rule.

    `texts` are the numbers of the lines that may be text: 177条评论 is a counter, and still begins the comments.
    `known` is the number of the next line of prose by the rule of the end, `len(lines)` if there is none.
    """

    lines: Sequence[Line]
    texts: frozenset[int]
    known: dict[str, int] = field(factory=dict)

    def after(self, rule: str, place: int) -> int | None:
        """Return the number of the next line of the article's prose after an end at `place`, or None."""
        found = self.known.get(rule, -1)
        if found <= place:
            found = self.known[rule] = self._next(rule, place)
        return found if found < len(self.lines) else None

    def _next(self, rule: str, place: int) -> int:
        if rule == "comments" and _begins_comments(self.lines[place]):
            return len(self.lines)
        for number in range(place + 1, len(self.lines)):
            line = self.lines[number]
            if _begins_comments(line) or (rule == "site-terms" and _CONTACT.match(line.text)):
                break
            if number in self.texts and is_article_prose(line, rule) and not self._is_teaser(number, place):
                return number
        return len(self.lines)

    def _is_teaser(self, number: int, place: int) -> bool:
        """Return whether a line is below the headline of another text, not below a file or the box at `place`."""
        above = self.lines[number - 1]
        if number - 1 == place or ATTACHED_FILE.search(above.text) or end_rule(above):
            return False
        return is_teaser(above, self.lines[number]) and not is_link(self.lines[number - 2])


def _begins_comments(line: Line) -> bool:
    """Return whether only comments of readers are below a line; a sentence that begins with 网友评论 is text."""
    is_label = line.hanzi <= MAX_COMMENTS_HEADING_HANZI and not SENTENCE_END.search(line.text)
    return is_label and bool(_COMMENTS.match(line.text))


def is_article_prose(line: Line, rule: str) -> bool:
    """Return whether a line below an end with this rule belongs to the article: a numbered part, or a sentence."""
    if is_work_rights(line.text):
        return True
    if line.link_chars > MAX_LINK_SHARE * len(line.text) or is_terms(line.text) or is_notice(line):
        return False
    if is_disclaimer(line.text) or (rule == "site-terms" and TERMS_WORDS.search(line.text)):
        return False
    if NUMBERED.match(line.text) or (rule in _STEPS_AFTER and _STEP.match(line.text)):
        return True
    if rule == SUMMARIES or not is_prose(line) or end_rule(line):
        return False
    return rule not in _WHOLE_PARAGRAPHS_AFTER or line.unlinked_hanzi >= MIN_PARAGRAPH_HANZI
