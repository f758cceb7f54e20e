"""Pure. Pinyin that mirror sites put behind characters."""

from __future__ import annotations

import functools
import re
import unicodedata

from pipelines.repair.edits import Edit, Repaired, apply

DENSE = 5
"""Toneless readings from which they are damage: genuine glosses stand at most once or twice in an article, damaged
pages have them in every sentence."""

_READING = re.compile(r"(?<=[\u3400-\u9fff])(?:[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ]{1,6}[)）])+")


def strip_pinyin(text: str) -> Repaired:
    """Remove readings such as 關(guān), where the syllable is a reading of the character before it.

    Toneless readings (政(zheng)府(fu)) go only where they are dense: a lone one can be a gloss.

    >>> strip_pinyin("關(guān)於長(zhǎng)沙(OK)").text
    '關於長沙(OK)'
    >>> strip_pinyin("汉字拼音法(fa)写作").text
    '汉字拼音法(fa)写作'
    """
    found = [(reading, text[reading.start() - 1]) for reading in _READING.finditer(text)]
    toned = [reading for reading, hanzi in found if _is_toned(reading[0]) and _reads(hanzi, reading[0])]
    bare = [reading for reading, hanzi in found if not _is_toned(reading[0]) and _reads(hanzi, reading[0])]
    damage = sorted(toned + (bare if len(bare) >= DENSE else []), key=re.Match.start)
    return apply(text, [Edit(start=reading.start(), end=reading.end()) for reading in damage])


def _is_toned(text: str) -> bool:
    return any(unicodedata.decomposition(char) for char in text if char not in "ü（）")


def _reads(hanzi: str, group: str) -> bool:
    """Tell whether every syllable in the brackets is a reading of the character."""
    syllables = re.findall(r"[^()（）]+", group)
    return all(syllable.replace("v", "ü") in readings(hanzi) for syllable in syllables)


@functools.cache
def readings(hanzi: str) -> frozenset[str]:
    """Return the readings of a character, each with and without its tone.

    >>> sorted(readings("長"))[:4]
    ['chang', 'cháng', 'zhang', 'zhàng']
    """
    import pypinyin  # loads a large dictionary that few pages need

    toned = pypinyin.pinyin(hanzi, style=pypinyin.Style.TONE, heteronym=True)[0]
    bare = pypinyin.pinyin(hanzi, style=pypinyin.Style.NORMAL, heteronym=True, v_to_u=True)[0]
    return frozenset([*toned, *bare])
