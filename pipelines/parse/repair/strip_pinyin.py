"""The rule `strip-pinyin`: pinyin in brackets that mirror sites insert after characters: 關(guān)於."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from attrs import frozen

from pipelines.parse.repair.edits import Edit, Repaired, apply_edits
from pipelines.text.script import fold_to_simplified, foreign_chars

MIN_DENSE_READINGS = 5
"""Number of telling readings of one kind from which all readings of that kind are damage: no author explains so many
ordinary characters, and damaged pages have them in every sentence."""

MIN_READINGS_IN_A_ROW = 3
"""Number of telling readings in a row from which they are damage even in a headline: 政(zheng)府(fu)網(wang)."""

_GROUP = re.compile(r"(?<=[\u3400-\u9fff])(?:[(（][^()（）\s\u3400-\u9fff]{1,9}[)）])+")
_SYLLABLE = re.compile(r"[(（]([^()（）]+)[)）]")
_LOOKALIKE = str.maketrans({"ɑ": "a", "ɡ": "g", "v": "ü", "ă": "ǎ", "ĕ": "ě", "ĭ": "ǐ", "ŏ": "ǒ", "ŭ": "ǔ"})
"""Letters that are written for those of pinyin."""


@frozen
class _Spellings:
    """Spellings of a character's readings in pinyin: with tone marks or digits, and without tones.

    `most_common` are the spellings of the most common reading.
    """

    toned: frozenset[str]
    toneless: frozenset[str]
    most_common: frozenset[str]


@frozen(kw_only=True)
class _Annotation:
    """Readings in brackets after a character.

    `kind` is traditional, toned or toneless; `telling` says whether it gives the most common reading of an ordinary
    character, which a gloss would not.
    """

    start: int
    end: int
    kind: str
    telling: bool


def strip_pinyin(text: str) -> Repaired:
    """Remove readings such as 關(guān), where the syllable is a reading of the character before it.

    A gloss explains a rare character or a rare reading; a reading that is the common one of an ordinary character is
    "telling": it was inserted by a machine. After a traditional character, as converters leave them, a telling reading
    with a tone is removed even if it is the only one. Other kinds, such as toneless readings (政(zheng)府(fu)), are
    removed where telling ones are frequent.

    >>> strip_pinyin("關(guān)於長(zhǎng)沙(OK)").text
    '關於長沙(OK)'
    >>> strip_pinyin("汉字拼音法(fa)写作，垚(yáo)镇").text
    '汉字拼音法(fa)写作，垚(yáo)镇'
    """
    by_kind: dict[str, list[_Annotation]] = {}
    for annotation in _annotations(text):
        by_kind.setdefault(annotation.kind, []).append(annotation)
    damage = {each.start: each.end for kind, group in by_kind.items() for each in _damage(kind, group)}
    return apply_edits(text, [Edit(start=start, end=end) for start, end in sorted(damage.items())])


def _damage(kind: str, annotations: Sequence[_Annotation]) -> Iterator[_Annotation]:
    """Yield the annotations of one kind that are damage."""
    telling = [each for each in annotations if each.telling]
    adjacent = [right.start == left.end + 1 for left, right in pairwise(telling)]
    steps = MIN_READINGS_IN_A_ROW - 1
    in_a_row = any(all(adjacent[at : at + steps]) for at in range(len(adjacent) - steps + 1))
    if len(telling) >= MIN_DENSE_READINGS or in_a_row:
        yield from annotations
    elif kind == "traditional":
        yield from telling


def _annotations(text: str) -> Iterator[_Annotation]:
    for group in _GROUP.finditer(text):
        hanzi, end, syllables = text[group.start() - 1], group.start(), list[str]()
        spellings = _spellings(hanzi)
        for bracket in _SYLLABLE.finditer(text, group.start(), group.end()):
            syllable = _normalised(bracket[1])
            if syllable not in spellings.toned | spellings.toneless:
                break
            syllables.append(syllable)
            end = bracket.end()
        if syllables:
            toned = "traditional" if hanzi in foreign_chars("hans") else "toned"
            known = ((toned, spellings.toned), ("toneless", spellings.toneless))
            kinds = [kind for kind, spelled in known if syllables[0] in spelled]
            telling = syllables[0] in spellings.most_common and _is_ordinary(hanzi)
            # A neutral tone (們(men)) can be of both kinds: it is removed with toned readings, but telling only as a
            # toneless one.
            for kind in kinds:
                yield _Annotation(start=group.start(), end=end, kind=kind, telling=telling and kind == kinds[-1])


def _normalised(syllable: str) -> str:
    """Return a syllable as pypinyin spells it, whatever letters and marks it is written with."""
    return unicodedata.normalize("NFC", syllable.replace("u:", "ü")).translate(_LOOKALIKE)


def _is_ordinary(hanzi: str) -> bool:
    """Return whether a character is one of the 3,755 common ones, which are the first level of GB 2312."""
    return b"\xb0" <= fold_to_simplified(hanzi).encode("gb2312", "ignore")[:1] <= b"\xd7"


def pinyin_readings(hanzi: str) -> frozenset[str]:
    """Return the readings of a character in pinyin, each with and without its tone.

    >>> sorted(pinyin_readings("長"))
    ['chang', 'cháng', 'zhang', 'zhàng', 'zhǎng']
    """
    spellings = _spellings(hanzi)
    return spellings.toneless | {syllable for syllable in spellings.toned if not syllable[-1].isdigit()}


@functools.cache
def _spellings(hanzi: str) -> _Spellings:
    import pypinyin  # here, because it loads a large dictionary that few pages need

    marked, digit, toneless = (
        pypinyin.pinyin(hanzi, style=style, heteronym=True, v_to_u=True)[0]
        for style in (pypinyin.Style.TONE, pypinyin.Style.TONE3, pypinyin.Style.NORMAL)
    )
    most_common = frozenset([marked[0], digit[0], toneless[0]])
    return _Spellings(toned=frozenset([*marked, *digit]), toneless=frozenset(toneless), most_common=most_common)
