"""The texts of articles, composed from a vocabulary of words and sentences. Equal keys give equal texts."""

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

ProseKind = Literal["news", "notice", "document", "trade", "weather", "air", "closure", "appointment"]
"""What a section publishes. Articles of the last four kinds are made from templates, the others from sentences."""

T = TypeVar("T")

SLOT = re.compile(r"\{(=?)([^}]+)\}")
RANGE = re.compile(r"(\d+)(?:\.(\d))?-(\d+)(?:\.(\d))?$")
COMMON_SENTENCE_INTERVAL = 3  # one sentence in three is a general one: more reads as padding, fewer repeat the topic
MAX_SENTENCES = 45  # about 2,500 characters; real municipal articles are seldom longer
RARE_CHARACTERS_SENTENCE = "活动现场，老劳模陶镕、退休教师周喆和青年志愿者董旸先后发言，讲述了各自的故事。"


class SeededRandom:
    """Random numbers that depend on the key alone.

    They are the same on every machine and in every version of Python; the methods of `random` do not guarantee that.
    """

    def __init__(self, key: str) -> None:
        self._state = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")

    def randbelow(self, limit: int) -> int:
        """Return the next number from 0 to limit - 1, by SplitMix64. The bias of the remainder does not matter here."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        mixed = ((self._state ^ (self._state >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return (mixed ^ (mixed >> 31)) % limit

    def choice(self, items: Sequence[T]) -> T:
        """Return a random item."""
        return items[self.randbelow(len(items))]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """Return `count` different items in random order, or all items if there are fewer."""
        remaining = list(items)
        return [remaining.pop(self.randbelow(len(remaining))) for _ in range(min(count, len(remaining)))]


@frozen(kw_only=True)
class Story:
    """Title and text of an article. `headings` are the indices of the paragraphs that are set in bold."""

    title: str
    paragraphs: tuple[str, ...]
    headings: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        """The text as the crawler must extract it: one paragraph a line."""
        return "\n".join(self.paragraphs)


@functools.cache
def vocabulary() -> dict[str, Any]:
    """Return words, topics, sentences and notice templates, from the file beside this module."""
    return tomllib.loads(files("crawler.demo").joinpath("vocabulary.toml").read_text("utf-8"))


@functools.cache
def _topics(kind: ProseKind) -> tuple[dict[str, Any], ...]:
    return tuple(topic for topic in vocabulary()["topics"] if topic["kind"] == kind)


@functools.cache
def _pieces(pattern: str) -> tuple[str, ...]:
    """Split a pattern into text, "=" or "", slot, text, "=" or "", slot, …, text."""
    return tuple(SLOT.split(pattern))


class _SlotFiller:
    """Fills the slots of the patterns of one article. A slot with "=" has the same value throughout the article."""

    def __init__(self, rng: SeededRandom, day: dt.date) -> None:
        self.rng, self.values, self.day = rng, dict[str, str](), day

    def fill(self, pattern: str) -> str:
        pieces = _pieces(pattern)
        out = [pieces[0]]
        for at in range(1, len(pieces), 3):
            is_fixed, slot, text = pieces[at : at + 3]
            out += [self._fixed_value(slot) if is_fixed else self._new_value(slot), text]
        return "".join(out)

    def _fixed_value(self, slot: str) -> str:
        if slot not in self.values:
            self.values[slot] = self._new_value(slot)
        return self.values[slot]

    def _new_value(self, slot: str) -> str:
        if span := RANGE.match(slot):
            return self._number(*span.groups())
        if words := vocabulary()["words"].get(slot):
            return self.fill(self.rng.choice(words))
        return self._date(slot)

    def _number(self, low: str, low_decimal: str | None, high: str, high_decimal: str | None) -> str:
        if low_decimal is None or high_decimal is None:
            return str(int(low) + self.rng.randbelow(int(high) - int(low) + 1))
        first, last = int(low + low_decimal), int(high + high_decimal)
        tenths = first + self.rng.randbelow(last - first + 1)
        return f"{tenths // 10}.{tenths % 10}"

    def _date(self, slot: str) -> str:
        shift = {"date": 0, "yesterday": -1, "next": 3 + self.rng.randbelow(24), "month": 0, "year": 0}[slot]
        day = self.day + dt.timedelta(days=shift)
        return {"month": f"{day.month}月", "year": f"{day.year}"}.get(slot, f"{day.month}月{day.day}日")


@functools.lru_cache(maxsize=8192)
def compose(key: str, kind: ProseKind, day: dt.date) -> Story:
    """Return the article that this key selects: 150 to 2,500 characters, with dates relative to `day`."""
    rng = SeededRandom(key)
    filler = _SlotFiller(rng, day)
    topic = rng.choice(_topics(kind))
    title = filler.fill(rng.choice(topic["titles"]))
    lead = filler.fill(rng.choice(topic["leads"]))
    # The product of two random numbers makes short articles common and long ones rare, as on municipal portals.
    count = 4 + rng.randbelow(MAX_SENTENCES - 3) * rng.randbelow(MAX_SENTENCES - 3) // (MAX_SENTENCES - 4)
    sentences = [filler.fill(pattern) for pattern in _patterns(rng, kind, topic, count)]
    if kind in ("notice", "document"):
        paragraphs, headings = _sections(rng, topic["headings"], lead, sentences)
        issuer = "云洲市人民政府办公室" if kind == "document" else f"云洲{filler.fill('{bureau}')}"
        paragraphs += [issuer, f"{day.year}年{day.month}月{day.day}日"]
    else:
        paragraphs, headings = _paragraphs(rng, lead, sentences), []
    return Story(title=title, paragraphs=tuple(paragraphs), headings=frozenset(headings))


def _patterns(rng: SeededRandom, kind: ProseKind, topic: dict[str, Any], count: int) -> list[str]:
    """Return `count` patterns of sentences: of the topic and general ones first, then of other topics of the kind.

    Official documents keep the order of the vocabulary, in which deadlines and contacts come last.
    """
    own, general = topic["sentences"], rng.sample(vocabulary()["common"][kind], count // COMMON_SENTENCE_INTERVAL)
    pool = [*own[:-2], *general, *own[-2:]]
    patterns = rng.sample(pool, count)
    if kind in ("notice", "document"):
        patterns.sort(key=pool.index)
    while len(patterns) < count:
        patterns += rng.sample(rng.choice(_topics(kind))["sentences"], count - len(patterns))
    return patterns


def _paragraphs(rng: SeededRandom, lead: str, sentences: list[str]) -> list[str]:
    """Return the lead, then paragraphs of one to four sentences."""
    paragraphs, at = [lead], 0
    while at < len(sentences):
        size = 1 + rng.randbelow(4)
        paragraphs.append("".join(sentences[at : at + size]))
        at += size
    return paragraphs


def _sections(rng: SeededRandom, names: list[str], lead: str, sentences: list[str]) -> tuple[list[str], list[int]]:
    """Return the paragraphs and the indices of headings: numbered sections, if each gets at least two sentences."""
    if len(sentences) < 2 * len(names):
        return [lead, *sentences], []
    paragraphs, headings, size = [lead], [], len(sentences) // len(names)
    for at, name in enumerate(names):
        headings.append(len(paragraphs))
        end = None if at == len(names) - 1 else (at + 1) * size
        paragraphs += [name, *_paragraphs(rng, "", sentences[at * size : end])[1:]]
    return paragraphs, headings


def revised(story: Story) -> Story:
    """Return the article as its editors changed it later: with another last paragraph and one more after it."""
    note = "另据最新统计，相关数据已由主管部门核实更正，原文个别表述一并调整，特此说明。"
    thanks = "读者如有意见和建议，可通过市政府网站“互动交流”栏目反映。"
    return evolve(story, paragraphs=(*story.paragraphs[:-1], note, thanks))


def rewritten(story: Story, editor: str) -> Story:
    """Return the article as another site prints it: with its own title and opening words, without the end."""
    first, *rest = story.paragraphs
    shortened = tuple(rest[:-1] or rest)
    return evolve(story, title=f"{editor}：{story.title}", paragraphs=(f"{editor}讯：{first}", *shortened))


def with_rare_characters(story: Story) -> Story:
    """Return the article with one more paragraph, whose names are in GBK but not in GB2312 (镕, 喆, 旸)."""
    return evolve(story, paragraphs=(*story.paragraphs, RARE_CHARACTERS_SENTENCE))
