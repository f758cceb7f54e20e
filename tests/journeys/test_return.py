"""Later crawls: new and changed pages are fetched, unchanged ones are requested conditionally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from attrs import frozen

from crawler.demo import build, serve
from tests.fangzhi import Entries, fangzhi, warcio_check
from tests.town import SECOND_DAY, SITES, YESTERDAY, Town, settle

HALF_A_YEAR = 200


@pytest.fixture
def young_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A city whose newest articles are of today, so that they are due again soon."""
    with serve(build(pages=150, newest_day=YESTERDAY)) as server:
        yield settle(server, tmp_path_factory.mktemp("town"))


@frozen
class Days:
    """A town that was crawled, again a day later, and at once a third time: its requests and entries."""

    town: Town
    first: dict
    before: dict[str, dict]
    second: dict
    later: Entries
    statuses: Counter[int]
    third: set[str]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with serve(build(pages=150, newest_day=YESTERDAY)) as server:
        town = settle(server, tmp_path_factory.mktemp("town"))
        first, asked = town.crawl(), len(server.log)
        before = {entry["final_url"]: entry for entry in town.entries()}
        server.city = build(pages=150, visit=2, newest_day=YESTERDAY)
        town.pass_time(SECOND_DAY)
        second, statuses = town.crawl(), visits(town, asked)
        later, asked = town.entries()[first["fetched"] :], len(server.log)
        town.crawl()
        third = {visit.target for visit in server.log[asked:]} - {"/robots.txt"}
        yield Days(town, first, before, second, later, statuses, third)


def visits(town: Town, since: int) -> Counter[int]:
    """Return the number of answers by status, without robots.txt."""
    return Counter(visit.status for visit in town.server.log[since:] if visit.target != "/robots.txt")


def test_a_day_later_only_young_pages_are_requested_and_only_changed_ones_are_sent(days: Days) -> None:
    assert len(days.later) == days.second["fetched"] < days.first["fetched"] / 3
    new = [entry for entry in days.later if entry["final_url"] not in days.before]
    assert {entry["final_url"] for entry in new} <= {truth.url for truth in days.town.truths()}
    assert len([entry for entry in new if entry["outcome"] == "article"]) == 2, (
        "articles that appeared after the first crawl"
    )
    assert days.statuses[304] > 0
    unchanged = [entry for entry in days.later if entry["status"] == 304]
    assert len(unchanged) == days.statuses[304]
    assert {entry["reason"] for entry in unchanged} == {"not-modified"}
    assert warcio_check(days.town.archive).returncode == 0


def test_an_edited_page_is_a_new_version_with_a_diff_and_a_deleted_one_is_missing(days: Days) -> None:
    truths = {truth.trap: truth for truth in days.town.truths() if truth.trap in ("edited", "deleted")}
    after = {entry["final_url"]: entry for entry in days.later}
    edited = after[truths["edited"].url]
    old = days.before[edited["final_url"]]
    assert edited["verdict"] == {"kind": "new-version", "of": old["id"], "similarity": None, "relation": None}
    assert edited["articles"][0]["text"] == truths["edited"].text
    assert after[truths["deleted"].url]["reason"] == "http-error"
    diff = fangzhi("show", edited["final_url"], "--diff", *days.town.options[:2]).stdout
    assert [line.split()[-1] for line in diff.splitlines()[1:3]] == [old["id"], edited["id"]]
    assert "{+" in diff


def test_a_recheck_finds_edits_and_deletions_before_they_are_due(young_town: Town) -> None:
    young_town.run("crawl", "yunzhou", "--json")
    asked = len(young_town.server.log)
    young_town.server.city = build(pages=150, visit=2, newest_day=YESTERDAY)
    (report,) = young_town.run("crawl", "yunzhou", "--recheck", "--json")
    (site,) = report["sites"]
    assert (site["new"], site["changed"], site["gone"], site["back"]) == (2, 1, 1, 0)
    requested = [visit.target for visit in young_town.server.log[asked:]]
    assert len(requested) == len(set(requested)), "each article is requested once"
    truths = [truth for truth in young_town.truths() if truth.portal == "yunzhou" and truth.kind == "article"]
    assert {truth.url.removeprefix(young_town.server.base_urls["yunzhou"]) for truth in truths} <= set(requested)


def test_a_third_crawl_at_once_requests_only_the_first_pages_of_sections(days: Days) -> None:
    assert days.third == {section for site in SITES for section in sections(days.town, site)}


def sections(town: Town, slug: str) -> set[str]:
    """Return the targets of the first pages of a portal's sections."""
    (site,) = town.run("sites", "show", slug, "--json")
    return {section["url"].removeprefix(town.server.base_urls[slug]) for section in site["sections"]}


def test_a_deleted_page_is_gone_until_it_is_back_and_its_history_has_both(young_town: Town) -> None:
    newest = YESTERDAY
    young_town.run("crawl", "yunzhou", "--json")
    (truth,) = [truth for truth in young_town.truths() if truth.trap == "deleted"]
    assert young_town.run("list", "--gone", "--json") == []

    young_town.server.city = build(pages=150, visit=2, newest_day=newest)
    young_town.pass_time(HALF_A_YEAR)
    (report,) = young_town.run("crawl", "yunzhou", "--json")
    assert (report["sites"][0]["gone"], report["sites"][0]["back"]) == (1, 0)
    (gone,) = young_town.run("list", "--gone", "--json")
    assert (gone["url"], gone["title"], gone["confirmed_at"]) == (truth.url, truth.title, None)
    assert [event["kind"] for event in young_town.run("show", truth.url, "--history", "--json")] == ["first", "gone"]
    (status,) = young_town.run("status", "yunzhou", "--json")
    assert status["sites"][0]["health"]["gone"] == 1

    young_town.server.city = build(pages=150, visit=1, newest_day=newest)
    young_town.pass_time(HALF_A_YEAR)
    (report,) = young_town.run("crawl", "yunzhou", "--json")
    assert (report["sites"][0]["gone"], report["sites"][0]["back"]) == (2, 1), "the two new ones are gone"
    assert truth.url not in {each["url"] for each in young_town.run("list", "--gone", "--json")}
    before = young_town.run("show", truth.url, "--history", "--json")
    assert [(event["kind"], event["version"]) for event in before] == [("first", 1), ("gone", 1), ("back", 1)]
    young_town.run("rebuild", "--json")
    assert young_town.run("show", truth.url, "--history", "--json") == before
