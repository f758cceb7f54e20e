"""GBK text whose bytes are misaligned by a replacement of bytes, as the converters of mirror sites cause it.

A converter that searches for the bytes of ！ (A3 A1) also finds them across two characters, in 。“ (A1 A3, A1 B0).
It cuts there, so that A1 stands alone and is lost, and every byte after it is paired with the wrong neighbour. This
ends at a byte that cannot be half of a character, or where the converter cuts again, before a mark. Pairs that are not
a character vanish.

All kinds take the results of `passages`. They return a text unchanged if there is no place where misalignment can
begin or end.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator

from opencc import OpenCC

_STOPS = "，、。；：？！”"
_MAX_RUN_CHARS = 60
_MIN_RUN_CHARS = 3


def natural(text: str, rng: random.Random) -> str:
    """Misalign a text up to where it becomes aligned by itself: at a second byte below 81, which is decoded alone."""
    return _misaligned(text, rng, "natural", rng.choice(["?", ""]))


def question(text: str, rng: random.Random) -> str:
    """Misalign a text up to a mark; the halves at both ends become question marks."""
    return _misaligned(text, rng, "cut", "?")


def dropped(text: str, rng: random.Random) -> str:
    """Misalign a text up to a mark; the halves at both ends vanish."""
    return _misaligned(text, rng, "cut", "")


def annotated(text: str, rng: random.Random) -> str:
    """Misalign a text where pinyin is inserted after a character whose bytes occur across two others: 域?qū)嵉乜."""
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
    """Return paragraphs of several sentences, every second one quoted, after the first step of a converter.

    This step converts them to traditional characters: only these have many second bytes below 81, at which a
    misaligned text becomes aligned again.
    """
    convert = OpenCC("s2t").convert
    lines = [line for text in texts for line in text.split("\n") if 60 < len(line) < 600]
    quoted = [re.sub("。([^。“”]{6,}。)", r"。“\1”", line) for line in lines]
    return [convert(line) for line in quoted if "。“" in line]


def half_width(text: str) -> str:
    """Return a text as such mirrors show it, with half-width forms of all characters that have one."""
    return text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20})


def _misaligned(text: str, rng: random.Random, how: str, lost: str) -> str:
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
    """Yield the misaligned text after the character at `at`, whose second byte is `pending`, and where it ends."""
    out = ""
    for place in range(at + 1, min(len(text), at + _MAX_RUN_CHARS)):
        if pending < b"\x81":
            if how == "natural" and place - at >= _MIN_RUN_CHARS:
                yield out + ("€" if pending == b"\x80" else pending.decode("ascii")), place
            return
        if how == "cut" and text[place] in _STOPS and place - at >= _MIN_RUN_CHARS:
            yield out + lost, place
        if len(then := _bytes(text[place])) != 2:
            return
        out += _char(pending + then[:1])
        pending = then[1:]


def _bytes(char: str) -> bytes:
    return char.encode("gbk", "ignore")


def _char(pair: bytes) -> str:
    return pair.decode("gbk", "ignore")
