"""Pinyin that mirrors insert after characters, as observed in the field.

One kind of mirror annotates a fixed list of the characters that it converted to traditional, each wherever it occurs,
with its most common reading. Three lengths of that list were observed: 12 to 19, 36 to 40, and 45 to 60 % of a page's
traditional characters. Another kind annotates single characters anywhere, without tones, sometimes twice.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable

import pypinyin

from pipelines.text.script import foreign_chars

MARK, DIGIT, BARE = pypinyin.Style.TONE, pypinyin.Style.TONE3, pypinyin.Style.NORMAL


def listed(
    least: float, most: float, *, style: pypinyin.Style = MARK, brackets: str = "()", simplified: bool = False
) -> Callable[[str, random.Random], str]:
    """Return a kind of damage that annotates this share of the characters that only one script uses."""

    def annotate(text: str, rng: random.Random) -> str:
        exclusive = foreign_chars("hant" if simplified else "hans")
        chars = sorted(exclusive.intersection(text))
        chosen = set(rng.sample(chars, round(len(chars) * rng.uniform(least, most))))
        return "".join(char + _bracketed(char, style, brackets) if char in chosen else char for char in text)

    return annotate


def scattered(text: str, rng: random.Random) -> str:
    """Annotate one of ten characters without tone, and one of eight of these twice."""
    out = []
    for char in text:
        times = 0 if rng.random() > 0.1 or not "\u4e00" <= char <= "\u9fff" else 2 if rng.random() < 0.125 else 1
        out.append(char + _bracketed(char, BARE, "()") * times)
    return "".join(out)


@functools.cache
def _bracketed(char: str, style: pypinyin.Style, brackets: str) -> str:
    syllable = pypinyin.pinyin(char, style=style)[0][0]
    return brackets[0] + syllable + brackets[1] if syllable != char else ""


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "pinyin-sparse": listed(0.12, 0.19),
    "pinyin-medium": listed(0.36, 0.40),
    "pinyin-dense": listed(0.45, 0.60),
    "pinyin-digits": listed(0.36, 0.40, style=DIGIT),
    "pinyin-brackets": listed(0.36, 0.40, brackets="（）"),
    "pinyin-simplified": listed(0.36, 0.40, simplified=True),
    "pinyin-toneless": scattered,
}
