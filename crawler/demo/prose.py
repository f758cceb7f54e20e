"""The city's articles: put together from a stock of words and sentences, the same for the same key."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Literal, TypeVar

from attrs import evolve, frozen

Kind = Literal["news", "notice", "document", "trade", "weather", "air", "closure", "appointment"]
"""What a column prints; the last four are forms, which are filled in, not composed."""

T = TypeVar("T")

SLOT = re.compile(r"\{(=?)([^}]+)\}")
RANGE = re.compile(r"(\d+)(?:\.(\d))?-(\d+)(?:\.(\d))?$")
SHARE_OF_COMMON = 3  # one sentence in three is of the general kind: more reads as padding, less repeats the topic
LONGEST = 45  # sentences: about 2,500 characters; real municipal pieces seldom go beyond
RARE = "活动现场，老劳模陶镕、退休教师周喆和青年志愿者董旸先后发言，讲述了各自的故事。"


class Dice:
    """Draws that depend on the key alone: the same on every machine and Python, unlike `random`'s methods."""

    def __init__(self, key: str) -> None:
        self._state = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")

    def below(self, limit: int) -> int:
        """Return the next number from 0 to limit - 1 (SplitMix64; the bias of the remainder does not matter here)."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        mixed = ((self._state ^ (self._state >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return (mixed ^ (mixed >> 31)) % limit

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.below(len(items))]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """Return that many different items, or all of them, in drawn order."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]


@frozen(kw_only=True)
class Story:
    """What an article says: `paragraphs` in order, of which those in `headings` (by position) are set in bold."""

    title: str
    paragraphs: tuple[str, ...]
    headings: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        """The text as it must come out: one paragraph a line."""
        return "\n".join(self.paragraphs)


@functools.cache
def stock() -> dict[str, Any]:
    """Return the stock of words and sentences that ships beside this module."""
    return tomllib.loads(files("crawler.demo").joinpath("vocabulary.toml").read_text("utf-8"))


@functools.cache
def _topics(kind: Kind) -> tuple[dict[str, Any], ...]:
    return tuple(topic for topic in stock()["topics"] if topic["kind"] == kind)


@functools.cache
def _pieces(pattern: str) -> tuple[str, ...]:
    """Split a pattern into text, bound mark, slot, text, bound mark, slot, …, text."""
    return tuple(SLOT.split(pattern))


class _Writer:
    """Fills patterns for one article and remembers its bound words."""

    def __init__(self, dice: Dice, day: dt.date) -> None:
        self.dice, self.bound, self.day = dice, dict[str, str](), day

    def fill(self, pattern: str) -> str:
        pieces = _pieces(pattern)
        out = [pieces[0]]
        for at in range(1, len(pieces), 3):
            bound, slot, plain = pieces[at : at + 3]
            out += [self._bound(slot) if bound else self._draw(slot), plain]
        return "".join(out)

    def _bound(self, slot: str) -> str:
        if slot not in self.bound:
            self.bound[slot] = self._draw(slot)
        return self.bound[slot]

    def _draw(self, slot: str) -> str:
        if span := RANGE.match(slot):
            return self._number(*span.groups())
        if words := stock()["words"].get(slot):
            return self.fill(self.dice.pick(words))
        return self._moment(slot)

    def _number(self, low: str, low_tenth: str | None, high: str, high_tenth: str | None) -> str:
        if low_tenth is None or high_tenth is None:
            return str(int(low) + self.dice.below(int(high) - int(low) + 1))
        first, last = int(low + low_tenth), int(high + high_tenth)
        tenths = first + self.dice.below(last - first + 1)
        return f"{tenths // 10}.{tenths % 10}"

    def _moment(self, slot: str) -> str:
        shift = {"date": 0, "yesterday": -1, "next": 3 + self.dice.below(24), "month": 0, "year": 0}[slot]
        day = self.day + dt.timedelta(days=shift)
        return {"month": f"{day.month}月", "year": f"{day.year}"}.get(slot, f"{day.month}月{day.day}日")


@functools.lru_cache(maxsize=8192)
def compose(key: str, kind: Kind, day: dt.date) -> Story:
    """Return the article of this key, of 150 to 2,500 characters, written as on that day."""
    dice = Dice(key)
    writer = _Writer(dice, day)
    topic = dice.pick(_topics(kind))
    title = writer.fill(dice.pick(topic["titles"]))
    lead = writer.fill(dice.pick(topic["leads"]))
    # Squaring the draw makes short pieces common and long ones rare, as they are on municipal portals.
    count = 4 + dice.below(LONGEST - 3) * dice.below(LONGEST - 3) // (LONGEST - 4)
    sentences = [writer.fill(pattern) for pattern in _patterns(dice, kind, topic, count)]
    if kind in ("notice", "document"):
        paragraphs, headings = _sections(dice, topic["headings"], lead, sentences)
        issuer = "云洲市人民政府办公室" if kind == "document" else f"云洲{writer.fill('{bureau}')}"
        paragraphs += [issuer, f"{day.year}年{day.month}月{day.day}日"]
    else:
        paragraphs, headings = _running(dice, lead, sentences), []
    return Story(title=title, paragraphs=tuple(paragraphs), headings=frozenset(headings))


def _patterns(dice: Dice, kind: Kind, topic: dict[str, Any], count: int) -> list[str]:
    """Return that many patterns: the topic's own and general ones first, then those of other topics of its kind.

    Official papers keep the stock's order, in which terms and contacts come last.
    """
    own, general = topic["sentences"], dice.sample(stock()["common"][kind], count // SHARE_OF_COMMON)
    pool = [*own[:-2], *general, *own[-2:]]
    patterns = dice.sample(pool, count)
    if kind in ("notice", "document"):
        patterns.sort(key=pool.index)
    while len(patterns) < count:
        patterns += dice.sample(dice.pick(_topics(kind))["sentences"], count - len(patterns))
    return patterns


def _running(dice: Dice, lead: str, sentences: list[str]) -> list[str]:
    """Return a lead and paragraphs of one to four sentences."""
    paragraphs, at = [lead], 0
    while at < len(sentences):
        size = 1 + dice.below(4)
        paragraphs.append("".join(sentences[at : at + size]))
        at += size
    return paragraphs


def _sections(dice: Dice, names: list[str], lead: str, sentences: list[str]) -> tuple[list[str], list[int]]:
    """Return a lead, then numbered sections where there is enough to say, and which paragraphs are headings."""
    if len(sentences) < 2 * len(names):
        return [lead, *sentences], []
    paragraphs, headings, each = [lead], [], len(sentences) // len(names)
    for at, name in enumerate(names):
        headings.append(len(paragraphs))
        end = None if at == len(names) - 1 else (at + 1) * each
        paragraphs += [name, *_running(dice, "", sentences[at * each : end])[1:]]
    return paragraphs, headings


def revised(story: Story) -> Story:
    """Return the article as its editors changed it later: another last paragraph and one more."""
    note = "另据最新统计，相关数据已由主管部门核实更正，原文个别表述一并调整，特此说明。"
    thanks = "读者如有意见和建议，可通过市政府网站“互动交流”栏目反映。"
    return evolve(story, paragraphs=(*story.paragraphs[:-1], note, thanks))


def rewritten(story: Story, editor: str) -> Story:
    """Return the article as another site's editor trims it: own headline, own opening words, the end cut off."""
    first, *rest = story.paragraphs
    kept = tuple(rest[:-1] or rest)
    return evolve(story, title=f"{editor}：{story.title}", paragraphs=(f"{editor}讯：{first}", *kept))


def with_rare_characters(story: Story) -> Story:
    """Return the article with names that GBK has and GB2312 has not (镕, 喆, 旸)."""
    return evolve(story, paragraphs=(*story.paragraphs, RARE))
