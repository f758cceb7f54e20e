"""Every CMS family that lists by links, crawled: each portal brings its truth and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.city import Truth, build, serve
from crawler.city.portals import PORTALS
from tests.fangzhi import Entries
from tests.journeys.test_crawl import expected, read, told
from tests.journeys.test_families import PORTALS as ASKED
from tests.town import Town, settle

SITES = sorted(portal.slug for portal in PORTALS if portal.slug not in ("yunzhou", *ASKED))
"""All but those of a larger city: a portal that is added is crawled here."""


@pytest.fixture(scope="module")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The small portals, crawled once."""
    with serve(build(pages=150)) as server:
        town = settle(server, tmp_path_factory.mktemp("portals"))
        town.run("crawl", *SITES, "--json")
        yield town


@pytest.fixture(scope="module")
def entries(portals: Town) -> Entries:
    return portals.entries()


def truths(portals: Town, slug: str) -> list[Truth]:
    city = portals.server.city
    return [truth for truth in city.truth(portals.server.base_urls) if truth.portal == slug and truth.linked]


def is_no_issue(entry: dict) -> bool:
    """A paper's day without an issue, which nothing but asking can tell."""
    first_page = entry["url"].rpartition("/")[2] in ("node_1.htm", "node_01.html")
    return first_page and entry["reason"] == "http-error"


@pytest.mark.parametrize("slug", SITES)
def test_a_portal_brings_its_truth_and_nothing_else(portals: Town, entries: Entries, slug: str) -> None:
    own = [entry for entry in entries if entry["site"] == slug and not is_no_issue(entry)]
    asked = [(entry["url"], entry["final_url"]) for entry in own]
    assert len(asked) == len(set(asked))
    wanted = {truth.url: truth for truth in truths(portals, slug)}
    assert {url for url, _ in asked} == wanted.keys()
    answers = {(entry["url"], entry["final_url"]): entry for entry in own}
    for truth in wanted.values():
        entry = answers[truth.url, truth.final_url]
        assert told(entry) == ("not-an-article" if truth.kind == "list" else truth.kind), truth
        if truth.kind == "article":
            assert read(entry) == expected(truth), truth


def test_a_later_crawl_looks_at_a_papers_newest_issue_and_at_no_older_one(portals: Town, entries: Entries) -> None:
    portals.pass_time(0.01)
    portals.server.log.clear()
    (report,) = portals.run("crawl", "lintan-ribao", "qinghe-wanbao", "--json")
    assert entries
    assert report["articles"] == 0
    pages = {slug: [visit.target for visit in portals.server.log if visit.portal == slug] for slug in SITES}
    newest = [f"/html/2024-03/29/node_{number}.htm" for number in range(1, 5)]
    assert sorted(set(pages["lintan-ribao"]) - {"/robots.txt"}) == ["/", *newest]
    newest = [f"/pc/layout/202403/29/node_0{number}.html" for number in (1, 2)]
    assert sorted(set(pages["qinghe-wanbao"]) - {"/robots.txt"}) == ["/", *newest]
    assert all(len(targets) == len(set(targets)) for targets in pages.values())
