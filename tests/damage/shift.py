"""Halves of GBK characters that a replacement of bytes tore apart, as mirror sites' converters do it.

A converter that looks for the bytes of ！ (A3 A1) finds them across two characters, too: in 。“ (A1 A3, A1 B0). It cuts
there, so A1 stands alone and is lost, and every byte after it pairs with its wrong neighbour, until a byte that
can be no half stands alone or the converter cuts again, before a mark. Pairs that no character has vanish.

Kinds take what `passages` makes; without a place to tear, or without an end for the tear, they return it as it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator

from opencc import OpenCC

_STOPS = "，、。；：？！”"
_LONGEST = 60
_SHORTEST = 3


def natural(text: str, rng: random.Random) -> str:
    """Tear a text where it mends itself: at a second byte below 81, which is read alone."""
    return _torn(text, rng, "natural", rng.choice(["?", ""]))


def question(text: str, rng: random.Random) -> str:
    """Tear a text up to a mark; the halves at both ends become question marks."""
    return _torn(text, rng, "cut", "?")


def dropped(text: str, rng: random.Random) -> str:
    """Tear a text up to a mark; the halves at both ends vanish."""
    return _torn(text, rng, "cut", "")


def annotated(text: str, rng: random.Random) -> str:
    """Tear a text where a character's bytes stand across two others, and its pinyin is put behind them: 域?qū)嵉乜."""
    from pipelines.parse.repair.strip_pinyin import pinyin_readings

    places = list(range(1, len(text) - 1))
    rng.shuffle(places)
    for at in places[:400]:
        left, right = _bytes(text[at - 1]), _bytes(text[at])
        if len(left) == len(right) == 2 and (char := _char(left[1:] + right[:1])) and "\u4e00" <= char <= "\u9fff":
            toned = sorted(each for each in pinyin_readings(char) if not each.isascii())
            for shifted, end in _shifted(text, at, right[1:], "cut", "?") if toned else ():
                return f"{text[:at]}?{toned[0]}){shifted}{text[end:]}"
    return text


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "shift-natural": natural,
    "shift-question": question,
    "shift-dropped": dropped,
    "shift-annotated": annotated,
}


def passages(texts: Iterable[str]) -> list[str]:
    """Return paragraphs of several sentences, each second one quoted, as the first of a converter's steps leaves them.

    That is traditional: there second bytes below 81 are many, and only there tears mend themselves.
    """
    convert = OpenCC("s2t").convert
    lines = [line for text in texts for line in text.split("\n") if 60 < len(line) < 600]
    quoted = [re.sub("。([^。“”]{6,}。)", r"。“\1”", line) for line in lines]
    return [convert(line) for line in quoted if "。“" in line]


def half_width(text: str) -> str:
    """Return a text as such mirrors show it: everything that has a half-width form in it."""
    return text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20})


def _torn(text: str, rng: random.Random, how: str, lost: str) -> str:
    starts = [
        found.start() for found in re.finditer("。(?=[“‘《「『【（])", text) if _bytes(text[found.end()])[:1] == b"\xa1"
    ]
    rng.shuffle(starts)
    for start in starts:
        ends = list(_shifted(text, start + 1, _bytes(text[start + 1])[1:], how, lost))
        if ends:
            shifted, end = rng.choice(ends)
            return f"{text[:start]}{lost}！{shifted}{text[end:]}"
    return text


def _shifted(text: str, at: int, pending: bytes, how: str, lost: str) -> Iterator[tuple[str, int]]:
    """Yield what becomes of the text after the character at `at`, whose second byte is `pending`, and where it ends."""
    out = ""
    for place in range(at + 1, min(len(text), at + _LONGEST)):
        if pending < b"\x81":
            if how == "natural" and place - at >= _SHORTEST:
                yield out + ("€" if pending == b"\x80" else pending.decode("ascii")), place
            return
        if how == "cut" and text[place] in _STOPS and place - at >= _SHORTEST:
            yield out + lost, place
        if len(then := _bytes(text[place])) != 2:
            return
        out += _char(pending + then[:1])
        pending = then[1:]


def _bytes(char: str) -> bytes:
    return char.encode("gbk", "ignore")


def _char(pair: bytes) -> str:
    return pair.decode("gbk", "ignore")
