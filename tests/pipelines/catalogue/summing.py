"""The sums of a catalogue, compared with those of a scan over its entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.facts import facts_of
from pipelines.catalogue.filters import Filter
from pipelines.model import Entry, Verdict
from pipelines.times import CHINA, to_us


def check_sums(catalogue: Catalogue, entries: Sequence[Entry]) -> None:
    """Check everything that the catalogue adds up, or says of captures without their documents."""
    _check_counts(catalogue, entries)
    _check_days(catalogue, entries)
    _check_publications(catalogue)
    every = [(each, number) for each in entries for number in range(len(each.articles))]
    pages = {(each.site, each.final_url, number) for each, number in every}
    counts = catalogue.count_articles(Filter(), ["site"], once=True)
    assert {count.key[0]: count.articles for count in counts if count.articles} == Counter(site for site, *_ in pages)
    sources = {(each.articles[number].source or None, each.final_url, number) for each, number in every}
    counts = catalogue.count_articles(Filter(), ["source"], once=True)
    assert {count.key[0]: count.articles for count in counts} == Counter(source for source, *_ in sources)


def _check_counts(catalogue: Catalogue, entries: Sequence[Entry]) -> None:
    rows = catalogue.counts()
    found = {
        tuple(row[name] for name in ("site", "outcome", "reason", "verdict", "relation")): row["captures"]
        for row in rows
    }
    verdicts = [(each, each.verdict) for each in entries]
    assert found == Counter((each.site, each.outcome, each.reason, of.kind, of.relation) for each, of in verdicts)
    for site in {each.site for each in entries}:
        of_site = sorted((each for each in entries if each.site == site), key=lambda each: (each.fetched_at, each.id))
        assert {row["newest_us"] for row in rows if row["site"] == site} == {to_us(of_site[-1].fetched_at)}
        if site:
            assert catalogue.among_newest({each.id for each in entries}, 3) >= {each.id for each in of_site[-3:]}
            assert catalogue.among_newest({each.id for each in of_site[:-3]}, 3) == set()
            recent = Counter[object]()  # a kind has a row for each set of suspects
            for row in catalogue.recent([site], 3):
                recent[row.outcome, row.reason, row.verdict, row.facts] += row.captures
            kinds = [(each.outcome, each.reason, each.verdict, facts_of(each)) for each in of_site[-3:]]
            assert recent == Counter(
                (outcome, reason, Verdict(kind=of.kind, relation=of.relation), facts)
                for outcome, reason, of, facts in kinds
            )
    assert catalogue.sites() == sorted({each.site for each in entries if each.site})


def _check_publications(catalogue: Catalogue) -> None:
    """Check that what is given for each site are the rows of its days."""
    rows = catalogue.publication_days()
    by_site = {each.site: each for each in catalogue.publications()}
    assert by_site.keys() == {row["site"] for row in rows}
    for site, found in by_site.items():
        of_site = [row for row in rows if row["site"] == site]
        undated = [row["newest_us"] for row in of_site if row["published_on"] is None]
        assert found.captures == sum(row["captures"] for row in of_site)
        assert found.first_us == min(row["first_us"] for row in of_site)
        assert [found.undated_us] == (undated or [None])
        assert found.days == sorted(f"{row['published_on']}" for row in of_site if row["published_on"])


def _check_days(catalogue: Catalogue, entries: Sequence[Entry]) -> None:
    days = {(each.site, f"{each.fetched_at.astimezone(CHINA).date()}") for each in entries}
    counts = catalogue.count_articles(Filter(), ["site", "day"])
    assert {count.key: count.crawled_days for count in counts if count.crawled_days} == dict.fromkeys(days, 1)
    published: dict[tuple[object, ...], list[int]] = {}
    for each in entries:
        day = each.articles[0].published_on if each.articles else None
        if each.outcome == "article" and (day or each.verdict.kind == "new"):
            published.setdefault((each.site, day), []).append(to_us(each.fetched_at))
    assert {
        (row["site"], row["published_on"]): (row["captures"], row["first_us"], row["newest_us"])
        for row in catalogue.publication_days()
    } == {key: (len(moments), min(moments), max(moments)) for key, moments in published.items()}
