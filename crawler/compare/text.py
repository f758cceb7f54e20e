"""What one text says otherwise than another: sentence by sentence, and in a sentence piece by piece."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from attrs import frozen

SENTENCE = re.compile(r"[^。！？；\n]*(?:[。！？；]+[”’」』）]*|\n|\Z)")
"""A sentence with its closing marks, or a line."""

WORD = re.compile(r"\d+(?:[.,:]\d+)*|[A-Za-z]+|.", re.DOTALL)
"""What is taken for one piece: a figure, for 2024 that became 2031 is no 20 with 24 for 31; a foreign word; else a
character."""

ALIKE = 0.5
"""From this share of common characters on, two sentences are one that was changed; below, one went and one came."""

LONGEST = 2_000
"""Longer strings are not compared character by character: that takes time by the square, and nobody would read it."""


@frozen(kw_only=True)
class Edit:
    """A value or a piece of text that was `before` and is `after`; empty is none."""

    before: str
    after: str

    @property
    def stayed(self) -> bool:
        """Whether it is the same on both sides."""
        return self.before == self.after


Paragraph = tuple[Edit, ...]
"""The sentences of a paragraph side by side, those that stayed among them."""


def inline(before: str, after: str) -> Iterator[Edit]:
    """Yield a changed string piece by piece; where both sides are the same it stayed.

    >>> [(edit.before, edit.after) for edit in inline("旧区改造12处", "老旧小区改造102处")]
    [('', '老'), ('旧', '旧'), ('', '小'), ('区改造', '区改造'), ('12', '102'), ('处', '处')]
    """
    if max(len(before), len(after)) > LONGEST or not alike(before, after):
        yield Edit(before=before, after=after)
        return
    old, new = WORD.findall(before), WORD.findall(after)
    for _, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield Edit(before="".join(old[i:j]), after="".join(new[k:m]))


def text_edits(before: str, after: str) -> Iterator[Edit]:
    """Yield the sentences that went, came, or became others, in their order.

    >>> list(text_edits("会议召开。要求落实。", "本网讯：会议召开。要求落实。编辑王建国"))
    [Edit(before='会议召开。', after='本网讯：会议召开。'), Edit(before='', after='编辑王建国')]
    """
    return (edit for edit in _side_by_side(sentences(before), sentences(after)) if not edit.stayed)


def paragraphs(before: str, after: str) -> list[Paragraph]:
    """Return two texts as one, side by side: in the paragraphs of the later, with those that went where they stood.

    >>> [[(edit.before, edit.after) for edit in each] for each in paragraphs("一。二。\\n三。", "一。\\n三。四。")]
    [[('一。', '一。'), ('二。', '')], [('三。', '三。'), ('', '四。')]]
    """
    was, now = _opening(before), _opening(after)
    found: list[list[Edit]] = []
    for edit in _side_by_side(sentences(before), sentences(after)):
        opened = next(was) if edit.before else None
        opens = next(now) if edit.after else opened
        # what stood behind a sentence that went, in its paragraph, now begins it
        follows = opened is False and bool(found) and not found[-1][-1].after
        if not found or (opens and not follows):
            found.append([])
        found[-1].append(edit)
    return [tuple(each) for each in found]


def sentences(text: str) -> list[str]:
    """Return a text's sentences in their order, without white space around them."""
    return [sentence for each in SENTENCE.findall(text) if (sentence := each.strip())]


def alike(one: str, other: str) -> bool:
    """Tell whether two strings have half of their characters in common, in their order."""
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    # Each is an upper bound of the next, and costs far less.
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(bound() >= ALIKE for bound in bounds)


def _opening(text: str) -> Iterator[bool]:
    """Yield for each sentence of a text whether a paragraph begins with it."""
    for line in text.split("\n"):
        yield from (number == 0 for number, _ in enumerate(sentences(line)))


def _side_by_side(before: list[str], after: list[str]) -> Iterator[Edit]:
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Edit(before=each, after=each) for each in before[i:j])
        else:
            yield from _aligned(before[i:j], after[k:m])


def _aligned(before: list[str], after: list[str]) -> Iterator[Edit]:
    """Yield sentences that were replaced, each beside the one that it has become if there is one."""
    left = list(after)
    for old in before:
        at = next((n for n, new in enumerate(left) if _related(old, new)), None)
        if at is None:
            yield Edit(before=old, after="")
            continue
        yield from (Edit(before="", after=new) for new in left[:at])
        yield Edit(before=old, after=left[at])
        left = left[at + 1 :]
    yield from (Edit(before="", after=new) for new in left)


def _related(one: str, other: str) -> bool:
    return max(len(one), len(other)) <= LONGEST and alike(one, other)
