"""Made entries for the benchmark of the index, by the million, and queries for them.

A text is made of sentences of the demo city, some of which name two people with random names: so it has rare words,
too. Nine entries of ten have an article; some repeat another one, or are a later capture of its page.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import random
import re
from collections.abc import Sequence

from attrs import evolve

from crawler.demo.prose import compose
from pipelines.catalogue.tables import id_of
from pipelines.model import Article, Digests, Entry, OfficialDocument, Quality, Region, Verdict
from pipelines.times import from_us, to_us
from tests.benchmarks.filling import random_fingerprints
from tests.pipelines.made import START, capture, entry

SITES, REGIONS, SOURCES, COLUMNS = 500, 300, 400, 40
PER_DAY = 2_500
"""Entries of a day: five for each site."""

CHUNK = 1_000
SENTENCES_PER_TEXT = 14
"""They make a text of about 590 characters, as the average of the demo city."""

KINDS = (
    *("1 character", "2 characters", "4 characters", "8 characters", "phrase", "two words", "OR", "without"),
    *("rare", "common", "traditional", "title", "source", "number", "site and word"),
)

COMMON = "市县区年月日人民工作社区居民服务发展建设项目活动记者介绍目前今年组织开展"
"""Single characters and words that are in most texts."""


_QUOTES = str.maketrans("", "", '"“”')
"""Removed from phrases: they would end the phrase."""


def queries(kind: str, number: int) -> list[str]:
    """Return some queries of a kind, for words of the texts."""
    chance = random.Random(kind)
    return [_query(kind, chance) for _ in range(number)]


def _query(kind: str, chance: random.Random) -> str:
    def word(length: int) -> str:
        run = chance.choice([each for each in _runs() if len(each) >= length])
        at = chance.randrange(len(run) - length + 1)
        return run[at : at + length]

    match kind:
        case "1 character" | "2 characters" | "4 characters" | "8 characters":
            return word(int(kind[0]))
        case "phrase":
            return f'"{chance.choice([each for each in _sentences() if len(each) > 12])[:12].translate(_QUOTES)}"'
        case "two words":
            return f"{word(2)} {word(3)}"
        case "OR":
            return f"{word(3)} OR {word(2)} OR {word(4)}"
        case "without":
            return f"{word(2)} -{word(2)}"
        case "rare":
            return _name(random.Random(chance.randrange(1_000)))[:2]
        case "common":
            at = chance.randrange(0, len(COMMON) - 2)
            return COMMON[at : at + chance.randint(1, 2)]
        case "traditional":
            return chance.choice(("老舊小區", "電梯", "圖書館", "辦公室", "開展活動", "醫療", "學校", "養老服務"))
        case "title":
            return f"title:{word(2)}"
        case "source":
            return f"source:来源{chance.randrange(SOURCES)}"
        case "number":
            return f"number:国办发〔20{chance.randrange(10, 25)}〕{chance.randrange(1, 90)}号"
        case _:
            return f"site:site{chance.randrange(SITES)} {word(2)}"


def made_chunk(first: int, count: int) -> list[Entry]:
    """Return CHUNK entries from a number on, fewer if they reach another number before."""
    return [_made(number) for number in range(first, min(first + CHUNK, count))]


def _made(number: int) -> Entry:
    chance = random.Random(number)
    at = to_us(START) + number * 86_400_000_000 // PER_DAY
    page = chance.randrange(number + 1) if chance.random() < 0.1 else number
    of_page = random.Random(page)
    site = of_page.randrange(SITES)
    made = evolve(
        capture(url=f"https://www.site{site}.gov.cn/xw/t{page}.html"),
        fetched_at=from_us(at),
    )
    mark = int.from_bytes(hashlib.sha256(b"%d" % number).digest()[:6], "big")
    article = _article(page, of_page)
    base = entry(made, text=article.text)
    digests = Digests(payload=_digest(number), text=_digest(page if chance.random() < 0.5 else -number))
    region = site % REGIONS
    found = evolve(
        base,
        id=id_of(at, mark),
        site=f"site{site}",
        region=Region(code=f"{11 + region % 50}{region // 50:02}{region % 100:02}", name=f"县{region}"),
        digests=digests,
        verdict=_verdict(number, page, chance),
    )
    if chance.random() < 0.1:
        reason = chance.choice(("not-an-article", "empty", "file", "http-error"))
        return evolve(found, outcome="rejected", reason=reason, articles=(), digests=evolve(digests, text=None))
    return evolve(found, articles=(evolve(article, fingerprints=random_fingerprints(chance)),))


def _verdict(number: int, page: int, chance: random.Random) -> Verdict:
    """Return a verdict: later captures of a page and one text in twenty repeat another text."""
    if page != number:
        return Verdict(kind="same-text", of=_id(page), similarity=1.0)
    if chance.random() < 0.05 and number:
        return Verdict(kind="near-copy", of=_id(chance.randrange(number)), similarity=0.9, relation="equal")
    return Verdict(kind="new")


def _id(number: int) -> str:
    mark = int.from_bytes(hashlib.sha256(b"%d" % number).digest()[:6], "big")
    return id_of(to_us(START) + number * 86_400_000_000 // PER_DAY, mark)


def _article(page: int, chance: random.Random) -> Article:
    sentences = chance.choices(_sentences(), k=chance.randint(4, 2 * SENTENCES_PER_TEXT - 4))
    names = (_name(random.Random(chance.randrange(100_000))) for _ in range(2))
    text = "".join(sentences) + f"通讯员{'、'.join(names)}供稿，编号{page}。"
    title = chance.choice(_titles())
    number = f"国办发〔20{chance.randrange(10, 25)}〕{chance.randrange(1, 90)}号" if chance.random() < 0.1 else None
    day = START.date() + dt.timedelta(days=page // PER_DAY - chance.randrange(3))
    return Article(
        title=title,
        text=text,
        text_hans=text,
        script="hans",
        source=f"来源{chance.randrange(SOURCES)}日报" if chance.random() < 0.9 else None,
        column=("首页", f"栏目{chance.randrange(COLUMNS)}"),
        document=OfficialDocument(document_number=number) if number else None,
        published_on=day if chance.random() < 0.97 else None,
        quality=Quality(score=round(chance.random() ** 0.1, 3)),
    )


def _name(chance: random.Random) -> str:
    return "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(3))


def _digest(number: int) -> str:
    return f"sha256:{hashlib.sha256(b'text %d' % number).hexdigest()}"


@functools.cache
def _stories() -> Sequence[tuple[str, str]]:
    made = (compose(f"index/{number}", "news", dt.date(2024, 3, 5)) for number in range(1_000))
    return [(story.title, story.text) for story in made]


@functools.cache
def _titles() -> list[str]:
    return [title for title, _ in _stories()]


@functools.cache
def _sentences() -> list[str]:
    return [f"{each}。" for _, text in _stories() for each in re.split("[。\n]", text) if each]


@functools.cache
def _runs() -> list[str]:
    return [run for each in _sentences() for run in re.findall("[\u4e00-\u9fff]+", each)]
