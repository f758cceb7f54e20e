"""Portals with the forms of URLs that counties have: crawled, replayed, and replayed without their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from crawler.demo import build, serve
from crawler.demo.county_portals import COUNTY_PORTALS
from tests.journeys.test_crawl import expected, outcome_of, read
from tests.town import Town, settle

SLUGS = [portal.slug for portal in COUNTY_PORTALS]


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with serve(build(pages=150)) as server:
        crawled = settle(server, tmp_path_factory.mktemp("counties"))
        (report,) = crawled.run("crawl", *SLUGS, "--json")
        assert report["fallbacks"] == []
        yield crawled


@pytest.mark.parametrize("slug", SLUGS)
def test_every_list_and_article_of_a_county_is_what_its_truth_says(counties: Town, slug: str) -> None:
    truths = {t.url: t for t in counties.server.city.truth(counties.server.base_urls) if t.portal == slug and t.linked}
    entries = {entry["url"]: entry for entry in counties.entries() if entry["site"] == slug}
    assert entries.keys() == truths.keys()
    lists = [url for url, truth in truths.items() if truth.kind == "list"]
    assert len(lists) >= 3, "a second page is read"
    for url, truth in truths.items():
        assert outcome_of(entries[url]) == ("not-an-article" if truth.kind == "list" else truth.kind)
        if truth.kind == "article":
            assert read(entries[url]) == expected(truth)


def test_a_replay_gives_the_same_entries(counties: Town) -> None:
    (report,) = counties.run("replay", "--dry-run", "--json")
    assert (report["changed"], report["added"]) == (0, 0)


def test_columns_are_no_articles_on_a_replay_also_if_they_are_not_registered(counties: Town) -> None:
    """Without its columns, only the URL of a page and what it shows can say that it is a list.

    A last page with few rows may be read by the recipe for articles; it is not an article by what it shows either.
    """
    before = {path: path.read_text("utf-8") for path in counties.registry.glob("*.toml")}
    for path, text in before.items():
        home = re.sub(r'(?m)^url = "(http://[^/"]+)/[^"]*"', r'url = "\1/home/"', text)
        path.write_text(home, "utf-8")
    (report,) = counties.run("replay", "--dry-run", "--json")
    for path, text in before.items():
        path.write_text(text, "utf-8")
    truths = counties.server.city.truth(counties.server.base_urls)
    lists = sum(truth.kind == "list" for truth in truths if truth.portal in SLUGS)
    columns = sum(len(portal.sections) for portal in COUNTY_PORTALS)
    assert report["rejected"]["not-an-article"] == lists
    assert report["changed"] <= lists - columns, "first pages are read by the recipe for lists"
