"""Pinyin that mirror sites put behind characters."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from attrs import frozen

from pipelines.parse.repair.edits import Edit, Repaired, apply
from pipelines.text.script import folded, foreign_to

DENSE = 5
"""Telling readings of a kind from which all of it is damage: nobody explains as many ordinary characters, and damaged
pages have them in every sentence."""

RUN = 3
"""Telling readings one behind another from which they are damage even in a headline: 政(zheng)府(fu)網(wang)."""

_GROUP = re.compile(r"(?<=[\u3400-\u9fff])(?:[(（][^()（）\s\u3400-\u9fff]{1,9}[)）])+")
_SYLLABLE = re.compile(r"[(（]([^()（）]+)[)）]")
_LOOKALIKE = str.maketrans({"ɑ": "a", "ɡ": "g", "v": "ü", "ă": "ǎ", "ĕ": "ě", "ĭ": "ǐ", "ŏ": "ǒ", "ŭ": "ǔ"})


@frozen
class _Spellings:
    """Ways to write how a character is read: with marks or digits for its tone, without them, and the common one."""

    toned: frozenset[str]
    bare: frozenset[str]
    first: frozenset[str]


@frozen(kw_only=True)
class _Annotation:
    """Readings in brackets behind a character, and what they say of where they come from."""

    start: int
    end: int
    kind: str
    telling: bool


def strip_pinyin(text: str) -> Repaired:
    """Remove readings such as 關(guān), where the syllable is a reading of the character before it.

    A gloss explains a rare character or a rare reading; what gives an ordinary character's common reading is telling.
    Behind traditional characters, the kind that converters leave, a telling reading with its tone goes even alone;
    others, such as toneless ones (政(zheng)府(fu)), go where telling ones are dense.

    >>> strip_pinyin("關(guān)於長(zhǎng)沙(OK)").text
    '關於長沙(OK)'
    >>> strip_pinyin("汉字拼音法(fa)写作，垚(yáo)镇").text
    '汉字拼音法(fa)写作，垚(yáo)镇'
    """
    kinds: dict[str, list[_Annotation]] = {}
    for found in _annotations(text):
        kinds.setdefault(found.kind, []).append(found)
    damage = {each.start: each.end for kind, found in kinds.items() for each in _damage(kind, found)}
    return apply(text, [Edit(start=start, end=end) for start, end in sorted(damage.items())])


def _damage(kind: str, found: Sequence[_Annotation]) -> Iterator[_Annotation]:
    telling = [each for each in found if each.telling]
    steps = [right.start == left.end + 1 for left, right in pairwise(telling)]
    in_a_row = any(all(steps[at : at + RUN - 1]) for at in range(len(steps) - RUN + 2))
    if len(telling) >= DENSE or in_a_row:
        yield from found
    elif kind == "traditional":
        yield from telling


def _annotations(text: str) -> Iterator[_Annotation]:
    for group in _GROUP.finditer(text):
        hanzi, end, syllables = text[group.start() - 1], group.start(), list[str]()
        known = _spellings(hanzi)
        for bracket in _SYLLABLE.finditer(text, group.start(), group.end()):
            syllable = _spelled(bracket[1])
            if syllable not in known.toned | known.bare:
                break
            syllables.append(syllable)
            end = bracket.end()
        if syllables:
            toned = "traditional" if hanzi in foreign_to("hans") else "toned"
            kinds = [kind for kind, ways in ((toned, known.toned), ("bare", known.bare)) if syllables[0] in ways]
            telling = syllables[0] in known.first and _is_ordinary(hanzi)
            # a neutral tone (們(men)) shows nothing: it can go with toned readings, and tells of toneless ones alone
            for kind in kinds:
                yield _Annotation(start=group.start(), end=end, kind=kind, telling=telling and kind == kinds[-1])


def _spelled(syllable: str) -> str:
    """Write a syllable as pypinyin does, whatever letters and marks were at hand for it."""
    return unicodedata.normalize("NFC", syllable.replace("u:", "ü")).translate(_LOOKALIKE)


def _is_ordinary(hanzi: str) -> bool:
    """Tell the 3,755 characters that GB 2312 has on its first level, the common ones."""
    return b"\xb0" <= folded(hanzi).encode("gb2312", "ignore")[:1] <= b"\xd7"


def readings(hanzi: str) -> frozenset[str]:
    """Return the readings of a character, each with and without its tone.

    >>> sorted(readings("長"))
    ['chang', 'cháng', 'zhang', 'zhàng', 'zhǎng']
    """
    known = _spellings(hanzi)
    return known.bare | {syllable for syllable in known.toned if not syllable[-1].isdigit()}


@functools.cache
def _spellings(hanzi: str) -> _Spellings:
    import pypinyin  # loads a large dictionary that few pages need

    marked, digit, bare = (
        pypinyin.pinyin(hanzi, style=style, heteronym=True, v_to_u=True)[0]
        for style in (pypinyin.Style.TONE, pypinyin.Style.TONE3, pypinyin.Style.NORMAL)
    )
    first = frozenset([marked[0], digit[0], bare[0]])
    return _Spellings(toned=frozenset([*marked, *digit]), bare=frozenset(bare), first=first)
