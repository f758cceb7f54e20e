"""Addresses of a reading room that a reader can ask for, each once: searches, articles and lists of what it has.

They are drawn from the captures of the archive: words and phrases are cut out of their texts, and filters are their
sites, regions, sources, columns and months. So each finds something, and no two have the same answer kept for them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.model import Entry
from tests.crawler.web.rooms import config_of

KINDS = ("search", "article", "list")

EACH = 3_000
"""Addresses of each kind: two processors make some 40 new pages a second, 800 of each kind in a minute."""

SOURCES = 3 * EACH
"""Captures of which addresses are made: all of 100,000 would take 600 MB."""

PHRASE = 10
"""Characters of a phrase: a part of a sentence that somebody quotes."""

TRIES = 20
"""Addresses that are drawn for each one that is new: a small archive has few sites and columns."""


def drawn(folder: Path, seed: int = 1) -> dict[str, list[str]]:
    """Return different addresses of each kind, at most EACH, the same ones for the same archive and seed."""
    chance = random.Random(seed)
    with closing(Catalogue(config_of(folder).catalogue, create=False)) as catalogue:
        articles = Filter(outcome="article")
        part = SOURCES / max(SOURCES, catalogue.count(articles))
        captures = [each for each in catalogue.entries(articles) if chance.random() < part]
    chance.shuffle(captures)
    return {kind: list(islice(_different(kind, captures, chance), EACH)) for kind in KINDS}


def _different(kind: str, captures: Sequence[Entry], chance: random.Random) -> Iterator[str]:
    if kind == "article":
        yield from (f"/a/{each.id}" for each in captures)
        return
    make, seen = _search if kind == "search" else _list, set[str]()
    for _try in range(TRIES * EACH):
        made = f"/search?{urlencode(make(chance.choice(captures), chance))}"
        if made not in seen:
            seen.add(made)
            yield made


def _search(capture: Entry, chance: random.Random) -> Mapping[str, str]:
    """Return a search for what a text has: a word, two words, a phrase, or a word within a site or a year."""
    runs = re.findall(r"[\u4e00-\u9fff]{2,}", capture.articles[0].text_hans)

    def word(length: int) -> str:
        run = chance.choice(runs)
        at = chance.randrange(max(1, len(run) - length + 1))
        return run[at : at + length]

    match chance.randrange(6):
        case 0:
            return {"q": word(2)}
        case 1:
            return {"q": word(4)}
        case 2:
            return {"q": f"{word(2)} {word(3)}"}
        case 3:
            return {"q": f'"{word(PHRASE)}"'}
        case 4:
            return {"q": word(2), "site": capture.site or ""}
        case _:
            return {"q": word(3), "since": f"{capture.fetched_at:%Y}"}


def _list(capture: Entry, chance: random.Random) -> Mapping[str, str]:
    """Return some of the filters that select an article, with an order."""
    article = capture.articles[0]
    month = f"{article.published_on:%Y-%m}" if article.published_on else ""
    every = {
        "site": capture.site,
        "region": capture.region.code[: chance.choice((2, 4, 6))] if capture.region else None,
        "source": article.source,
        "column": article.column[-1] if article.column else None,
        "since": month,
        "until": month,
    }
    given = {name: value for name, value in every.items() if value}
    named = chance.sample(sorted(given), min(len(given), chance.randint(1, 2)))
    return {name: given[name] for name in named} | {"sort": chance.choice(("published", "captured"))}
