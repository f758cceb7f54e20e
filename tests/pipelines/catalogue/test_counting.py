"""Counts of articles are those of a scan over all entries, in each kind of database."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import pytest
from attrs import evolve

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.dimensions import DIMENSIONS, PERIODS, PLACES, CountKey, Dimension
from pipelines.catalogue.facets import FACETS
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.query import parse_query
from pipelines.model import Article, Entry, Quality, Region, Verdict
from pipelines.times import CHINA
from tests.pipelines.made import capture, entry

DAYS = (None, dt.date(2023, 1, 1), dt.date(2024, 2, 29), dt.date(2024, 12, 30), dt.date(2024, 12, 31))
"""2023-01-01 is in the last week of 2022, 2024-12-30 in the first one of 2025."""


def article(choose: random.Random) -> Article:
    text = choose.choice(("电梯", "防汛"))
    return Article(
        title=text,
        text=text,
        text_hans=text,
        script="hans",
        source=choose.choice((None, "江门日报", "市水务局")),
        column=choose.choice(((), ("要闻",), ("首页", "要闻"))),
        published_on=choose.choice(DAYS),
        quality=Quality(score=1.0),
    )


def made(number: int, choose: random.Random) -> Entry:
    """Return the entry of a capture: of no, one or two articles, captured on one of four days."""
    code = choose.choice((None, "440700", "440783"))
    at = dt.datetime(2024, 3, choose.randint(1, 4), choose.choice((0, 15, 16, 23)), tzinfo=dt.UTC)
    articles = tuple(article(choose) for _ in range(choose.randint(0, 2)))
    return evolve(
        entry(
            evolve(capture(number, url=f"http://a.cn/{number % 20}"), fetched_at=at), text="正文" if articles else None
        ),
        site=choose.choice((None, "one", "two")),
        region=Region(code=code, name=code) if code else None,
        verdict=Verdict(kind=choose.choice(("new", "new-version", "same-text"))),
        articles=articles,
    )


@pytest.fixture
def filled(catalogue: Catalogue) -> tuple[Catalogue, list[Entry]]:
    """A catalogue of 60 entries, and the entries."""
    choose = random.Random(7)
    entries = [made(number, choose) for number in range(60)]
    for each in entries:
        catalogue.put(each)
    return catalogue, entries


def key(each: Entry, found: Article, by: Sequence[Dimension]) -> CountKey:
    day = each.articles[0].published_on  # that of the page
    values = {
        **{name: write(day) if day else None for name, write in PERIODS.items()},
        "site": each.site,
        "region": each.region.code if each.region else None,
        "source": found.source,
        "column": " > ".join(found.column) or None,
        "verdict": each.verdict.kind,
    }
    return tuple(values[name] for name in by)


@pytest.mark.parametrize("words", ["", "电梯", "电梯 OR site:one"])
def test_counts_are_those_of_a_scan(filled: tuple[Catalogue, list[Entry]], words: str) -> None:
    catalogue, entries = filled
    wanted = Filter(query=parse_query(words) if words else None)

    def matches(each: Entry, found: Article) -> bool:
        return not words or found.text == "电梯" or ("site" in words and each.site == "one")

    every = [(each, found) for each in entries for found in each.articles]
    for by in (*((name,) for name in DIMENSIONS), *combinations(DIMENSIONS, 2)):
        counts = catalogue.count_articles(wanted, by)
        scanned = Counter(key(each, found, by) for each, found in every if matches(each, found))
        assert {count.key: count.articles for count in counts if count.articles} == scanned, by
        of = Counter(key(*pair, by) for pair in every)
        shown = of if {*by} <= {*PERIODS, *PLACES} else {each: of[each] for each in scanned}
        assert {count.key: count.of for count in counts if count.of} == shown, by


@pytest.mark.parametrize("copies", [True, False])
def test_an_article_counts_once_however_often_its_page_was_captured(
    filled: tuple[Catalogue, list[Entry]], copies: bool
) -> None:
    catalogue, entries = filled
    pages = {
        (each.site, each.final_url, number)
        for each in entries
        if copies or each.verdict.kind != "same-text"
        for number in range(len(each.articles))
    }
    found = catalogue.count_articles(Filter(copies=copies), ["site"], once=True)
    assert {count.key[0]: count.articles for count in found} == Counter(site for site, *_ in pages)


FILTERS = (
    Filter(),
    Filter(site="one"),
    Filter(region="4407"),
    Filter(site="two", region="440783", published_since=dt.date(2024, 1, 1)),
    Filter(published_until=dt.date(2024, 12, 30)),
)


def accepts(wanted: Filter, each: Entry) -> bool:
    day = each.articles[0].published_on
    since, until = wanted.published_since or dt.date.min, wanted.published_until or dt.date.max
    return (
        wanted.site in (None, each.site)
        and (not wanted.region or (each.region is not None and each.region.code.startswith(wanted.region)))
        and (since <= day <= until if day else not wanted.publication)
    )


@pytest.mark.parametrize("wanted", FILTERS)
def test_sums_are_those_of_a_scan_after_edits_and_removals(
    filled: tuple[Catalogue, list[Entry]], wanted: Filter
) -> None:
    catalogue, entries = filled
    choose, present = random.Random(11), {each.id: each for each in entries}
    for _ in range(60):
        old = choose.choice([*present.values()])
        if choose.random() < 0.2:
            catalogue.remove(old.id)
            del present[old.id]
            continue
        other = made(1, choose)
        changed = ("site", "region", "verdict", "articles", "digests", "final_url")
        names = choose.sample(changed, choose.randint(1, len(changed)))
        present[old.id] = evolve(old, **{name: getattr(other, name) for name in names})
        catalogue.put(present[old.id])
    every = [(each, at, found) for each in present.values() for at, found in enumerate(each.articles)]
    accepted = [row for row in every if accepts(wanted, row[0])]
    for by in (*((name,) for name in DIMENSIONS), *combinations(DIMENSIONS, 2)):
        for once in (True, False):
            pages = [(key(each, found, by), each.final_url if once else each.id, at) for each, at, found in accepted]
            scanned = Counter(name for name, *_ in (set(pages) if once else pages))
            counts = catalogue.count_articles(wanted, by, once=once)
            assert {count.key: count.articles for count in counts if count.articles} == scanned, (by, once)


@pytest.mark.parametrize("words", ["", "电梯", "防汛 OR site:one"])
@pytest.mark.parametrize("once", [True, False])
def test_facets_are_counts_by_each_dimension(filled: tuple[Catalogue, list[Entry]], words: str, *, once: bool) -> None:
    catalogue, _ = filled
    wanted = Filter(query=parse_query(words) if words else None)
    facets = catalogue.facets(wanted, once=once)
    assert tuple(facets) == FACETS
    for name, found in facets.items():
        counts = catalogue.count_articles(wanted, [name], once=once)
        assert dict(found) == {count.key[0]: count.articles for count in counts if count.articles}, name
        numbers = [number for value, number in found if value]
        assert name == "month" or numbers == sorted(numbers, reverse=True)


def test_an_article_that_was_moved_to_another_week_counts_once_in_each(catalogue: Catalogue) -> None:
    chosen = random.Random(1)
    days = (dt.date(2024, 3, 4), dt.date(2024, 3, 5), dt.date(2024, 3, 12))
    for number, day in enumerate(days):
        each = evolve(made(1, chosen), articles=(evolve(article(chosen), published_on=day),))
        catalogue.put(evolve(each, id=f"2024030501300{number}-{number:012x}", final_url="http://a.cn/1"))
    for by, expected in ({"day": 3, "week": 2, "month": 1, "year": 1}).items():
        counts = catalogue.count_articles(Filter(), [by], once=True)  # type: ignore[list-item]
        assert sum(count.articles for count in counts) == expected


@pytest.mark.parametrize("by", [["site"], ["day", "site"], ["month", "region"], ["year"]])
def test_days_with_captures_are_counted(filled: tuple[Catalogue, list[Entry]], by: list[Dimension]) -> None:
    catalogue, entries = filled
    wanted = Filter(captured_until=dt.date(2024, 3, 4))
    found: dict[CountKey, set[dt.date]] = {}
    for each in entries:
        day = each.fetched_at.astimezone(CHINA).date()
        if day <= dt.date(2024, 3, 4):
            values = {name: write(day) for name, write in PERIODS.items()}
            values |= {"site": each.site, "region": each.region and each.region.code}
            found.setdefault(tuple(values[name] for name in by), set()).add(day)
    counts = catalogue.count_articles(wanted, by)
    assert {count.key: count.crawled_days for count in counts if count.crawled_days} == {
        each: len(days) for each, days in found.items()
    }


def test_periods_without_articles_have_rows_in_the_order_of_time(filled: tuple[Catalogue, list[Entry]]) -> None:
    months = [count.key[0] for count in filled[0].count_articles(Filter(), ["month"])]
    assert months[:3] == ["2023-01", "2023-02", "2023-03"]
    assert months[-2:] == ["2024-12", None]
    assert len(months) == 25


def test_everything_else_has_the_highest_number_first(filled: tuple[Catalogue, list[Entry]]) -> None:
    numbers = [count.articles for count in filled[0].count_articles(Filter(), ["source"])]
    assert numbers == sorted(numbers, reverse=True)


def test_an_empty_catalogue_has_no_counts(catalogue: Catalogue) -> None:
    assert catalogue.count_articles(Filter(), ["month"]) == []
