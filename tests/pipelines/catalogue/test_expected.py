"""What PostgreSQL is asked and told for many entries at once leaves the tables that one entry after another leaves."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from contextlib import closing

import pytest
from attrs import evolve

from pipelines.catalogue import expected
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.expected import Answers, ExpectedEntries
from pipelines.catalogue.tables import ARTICLE_SUMS, DIGESTS, ENTRIES, PUBLICATION_DAYS, SITE_DAYS, SITE_SUMS
from pipelines.line.order import index_batch
from pipelines.line.protocols import NullArchive, Stores
from pipelines.model import Digests, Entry
from tests.pipelines.catalogue.earlier import found, rows
from tests.pipelines.catalogue.server import new_database
from tests.pipelines.catalogue.summing import check_sums
from tests.pipelines.made import capture, entry, sha256

PHRASE = "为保障施工期间道路交通安全，根据有关法律的规定，决定对有关路段实行临时交通管制，请过往车辆注意绕行。"
PAGES = 120

ARTICLES = """SELECT each.id, each.ordinal, each.checksum, each.title, each.body, each.varied, first.id, first.ordinal
    FROM articles AS each LEFT JOIN articles AS first ON first.key = each.first_key"""
FINGERPRINTS = """SELECT fetched_us, mark, ARRAY(SELECT unnest(anchors) ORDER BY 1),
    ARRAY(SELECT unnest(crowded) ORDER BY 1) FROM anchors"""


class OneByOne(Catalogue):
    """A catalogue that is asked for each entry alone."""

    def expect(self, entries: Sequence[Entry]) -> None:
        """Expect nothing."""


def made(number: int, chance: random.Random) -> Entry:
    """Return a page with a new text, or with the text, the passage, the URL or the bytes of another page.

    Two in three are captured in the order of their numbers.
    """
    second = number if chance.random() < 2 / 3 else chance.randrange(PAGES)
    body = chance.choice([f"{number}", f"{number}", f"{chance.randrange(9)}"]).encode()
    url = chance.choice([None, None, f"http://news.example/{chance.randrange(9)}.html"])
    if chance.random() < 0.1:
        return entry(capture(second, body, url), text=None)
    passages = [passage(chance.choice([number, chance.randrange(PAGES)])) for _ in range(2)]
    texts = ["\n".join([PHRASE, *passages[:count]]) for count in chance.choice([(1,), (1,), (2,), (0,), (1, 2)])]
    page = entry(capture(second, body, url), text=texts[0])
    articles = tuple(evolve(page.articles[0], text=text, text_hans=text) for text in texts)
    of_page = sha256("\n".join(texts).encode())
    of_articles = tuple(sha256(text.encode()) for text in texts) if len(texts) > 1 else ()
    digests = Digests(payload=page.digests.payload, text=of_page, articles=of_articles)
    return evolve(page, articles=articles, digests=digests)


def passage(number: int) -> str:
    """Return a text of 80 characters, some of whose fingerprints no other one has."""
    return "".join(map(chr, random.Random(number).sample(range(0x4E00, 0x9FA5), 80)))


@pytest.mark.parametrize("seed", range(6))
def test_tables_are_those_of_one_entry_after_another(
    database: str, postgresql: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    pages = [made(number, chance) for number in range(PAGES)]
    other = new_database(postgresql)
    used: Counter[bool] = Counter()
    answers = ExpectedEntries.answers

    def counted(each: ExpectedEntries, key: str) -> Answers | None:
        answer = answers(each, key)
        used[answer is not None] += 1
        return answer

    monkeypatch.setattr(ExpectedEntries, "answers", counted)
    monkeypatch.setattr(expected, "ENTRIES_PER_QUESTION", chance.choice([3, 10, 50]))
    with (
        closing(Catalogue(database)) as together,
        closing(OneByOne(other)) as alone,
        closing(Catalogue("sqlite://")) as sqlite,
    ):
        at = 0
        while at < len(pages):
            size = chance.choice([1, 5, 40])
            batch = pages[at : at + size]
            indexed = [
                index_batch(batch, Stores(archive=NullArchive(), catalogue=each)) for each in (together, alone, sqlite)
            ]
            assert indexed[0] == indexed[1] == indexed[2]
            at += size
        assert tables(database) == tables(other)
        check_sums(together, list(together.entries()))
        kinds = Counter(each.verdict.kind for each in together.entries())
    assert min(used[True], used[False]) > PAGES // 10, "answers are used, and others have changed"
    assert kinds.keys() == {"new", "same-bytes", "same-text", "near-copy", "new-version"}


def tables(url: str) -> list[object]:
    """Return the rows of all tables, without the keys that only count insertions."""
    others = [sorted(found(url, query), key=repr) for query in (ARTICLES, FINGERPRINTS)]
    return [*rows(url, ENTRIES, DIGESTS, SITE_SUMS, SITE_DAYS, PUBLICATION_DAYS, ARTICLE_SUMS), *others]
