"""Differences between two texts: sentence by sentence, and token by token within a sentence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from attrs import frozen

SENTENCE = re.compile(r"[^。！？；\n]*(?:[。！？；]+[”’」』）]*|\n|\Z)")
"""A sentence with its closing punctuation, or a line."""

TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[A-Za-z]+|.", re.DOTALL)
"""A token of an inline diff: a whole number, a Latin word, or one character.

Numbers are not split, so that the change from 2024 to 2031 is shown as one number replaced by another, not as "20"
kept and "24" replaced by "31".
"""

MIN_SIMILARITY = 0.5
"""Minimum share of common characters for two sentences to count as one sentence that was changed.

Below it, the first sentence counts as removed and the second one as added.
"""

MAX_COMPARED_CHARS = 2_000
"""Longest string that is compared character by character.

The time grows with the square of the length, and nobody would read a longer inline diff.
"""


@frozen(kw_only=True)
class TextChange:
    """A value or a piece of text `before` and `after`; an empty string means that there is none."""

    before: str
    after: str

    @property
    def unchanged(self) -> bool:
        """Whether both sides are the same."""
        return self.before == self.after


ComparedParagraph = tuple[TextChange, ...]
"""The sentences of a paragraph side by side, including the unchanged ones."""


def inline_diff(before: str, after: str) -> Iterator[TextChange]:
    """Yield a changed string piece by piece, including the unchanged pieces.

    >>> [(change.before, change.after) for change in inline_diff("旧区改造12处", "老旧小区改造102处")]
    [('', '老'), ('旧', '旧'), ('', '小'), ('区改造', '区改造'), ('12', '102'), ('处', '处')]
    """
    if max(len(before), len(after)) > MAX_COMPARED_CHARS or not are_similar(before, after):
        yield TextChange(before=before, after=after)
        return
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    for _, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield TextChange(before="".join(old[i:j]), after="".join(new[k:m]))


def sentence_changes(before: str, after: str) -> Iterator[TextChange]:
    """Yield the sentences that were removed, added or changed, in text order.

    >>> list(sentence_changes("会议召开。要求落实。", "本网讯：会议召开。要求落实。编辑王建国"))
    [TextChange(before='会议召开。', after='本网讯：会议召开。'), TextChange(before='', after='编辑王建国')]
    """
    return (change for change in _align(sentences(before), sentences(after)) if not change.unchanged)


def paragraphs(before: str, after: str) -> list[ComparedParagraph]:
    """Return two texts merged into one, side by side.

    The paragraphs are those of the later text; removed sentences stand where they were.

    >>> merged = paragraphs("一。二。\\n三。", "一。\\n三。四。")
    >>> [[(change.before, change.after) for change in paragraph] for paragraph in merged]
    [[('一。', '一。'), ('二。', '')], [('三。', '三。'), ('', '四。')]]
    """
    old_starts, new_starts = _paragraph_starts(before), _paragraph_starts(after)
    merged: list[list[TextChange]] = []
    for change in _align(sentences(before), sentences(after)):
        starts_old = next(old_starts) if change.before else None
        starts_new = next(new_starts) if change.after else starts_old
        # A sentence that followed a removed one in the old paragraph stays with it, although it starts a new paragraph.
        continues = starts_old is False and bool(merged) and not merged[-1][-1].after
        if not merged or (starts_new and not continues):
            merged.append([])
        merged[-1].append(change)
    return [tuple(each) for each in merged]


def sentences(text: str) -> list[str]:
    """Return a text's sentences in order, stripped of white space."""
    return [sentence for each in SENTENCE.findall(text) if (sentence := each.strip())]


def are_similar(one: str, other: str) -> bool:
    """Return whether two strings have at least half of their characters in common, in the same order."""
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    # Each ratio is an upper bound of the next one and much cheaper to compute.
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(bound() >= MIN_SIMILARITY for bound in bounds)


def _paragraph_starts(text: str) -> Iterator[bool]:
    """Yield for each sentence of a text whether it is the first one of a paragraph."""
    for line in text.split("\n"):
        yield from (number == 0 for number, _ in enumerate(sentences(line)))


def _align(before: list[str], after: list[str]) -> Iterator[TextChange]:
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (TextChange(before=each, after=each) for each in before[i:j])
        else:
            yield from _align_replaced(before[i:j], after[k:m])


def _align_replaced(before: list[str], after: list[str]) -> Iterator[TextChange]:
    """Yield replaced sentences, each beside the similar sentence that replaces it, if there is one."""
    remaining = list(after)
    for old in before:
        at = next((number for number, new in enumerate(remaining) if _is_edited(old, new)), None)
        if at is None:
            yield TextChange(before=old, after="")
            continue
        yield from (TextChange(before="", after=new) for new in remaining[:at])
        yield TextChange(before=old, after=remaining[at])
        remaining = remaining[at + 1 :]
    yield from (TextChange(before="", after=new) for new in remaining)


def _is_edited(one: str, other: str) -> bool:
    return max(len(one), len(other)) <= MAX_COMPARED_CHARS and are_similar(one, other)
