"""Every portal in one crawl: its truth and nothing else; a day later, what changed and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from attrs import frozen

from crawler.demo import Truth, build, serve
from tests.fangzhi import Entries
from tests.journeys.test_crawl import expected, read, told
from tests.town import Town, settle

TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
SLUGS = [portal.slug for portal in build(pages=150).portals]


@frozen
class Days:
    """What two crawls of the whole city, a day apart, asked for and brought."""

    first: Entries
    second: Entries
    before: tuple[Truth, ...]
    after: tuple[Truth, ...]
    asked: tuple[int, int, int]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    """Two days of the city, whose youngest articles are of today, and a walk back to the beginning."""
    with serve(build(pages=150, newest_day=TODAY)) as server:
        town = settle(server, tmp_path_factory.mktemp("city"))
        before, first, asked = crawl(town)
        server.city = build(pages=150, visit=2, newest_day=TODAY)
        town.pass_time(days=1)
        after, entries, again = crawl(town)
        _, _, full = crawl(town, "--full")
        yield Days(first, entries[len(first) :], before, after, (asked, again, full))


def crawl(town: Town, *options: str) -> tuple[tuple[Truth, ...], Entries, int]:
    """Crawl every portal; return the city's truth of the day, all entries, and how many requests that took."""
    asked = len(town.server.log)
    town.run("crawl", *SLUGS, *options, "--json")
    return town.server.city.truth(town.server.base_urls), town.entries(), len(town.server.log) - asked


def is_no_issue(entry: dict) -> bool:
    """A paper's day without an issue, which nothing but asking can tell."""
    first_page = entry["url"].rpartition("/")[2] in ("node_1.htm", "node_01.html")
    return first_page and entry["reason"] == "http-error"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_first_crawl_brings_every_page_of_the_truth_and_nothing_else(days: Days, slug: str) -> None:
    entries = [entry for entry in days.first if entry["site"] == slug and not is_no_issue(entry)]
    wanted = {(truth.url, truth.final_url): truth for truth in days.before if truth.portal == slug and truth.linked}
    answers = {(entry["url"], entry["final_url"]): entry for entry in entries}
    assert {url for url, _ in answers} == {url for url, _ in wanted}
    for place, truth in wanted.items():
        assert told(answers[place]) == ("not-an-article" if truth.kind == "list" else truth.kind), truth
        if truth.kind == "article":
            assert read(answers[place]) == expected(truth), truth


def test_a_day_later_only_what_changed_is_sent(days: Days) -> None:
    known = {entry["final_url"]: entry for entry in days.first}
    edited, deleted = (next(t for t in days.after if t.trap == trap) for trap in ("edited", "deleted"))
    new = {truth.final_url for truth in days.after if truth.kind == "article"} - known.keys()
    sent = {entry["final_url"]: entry for entry in days.second if told(entry) == "article"}
    assert sent.keys() == new | {edited.final_url}
    assert len(new) == 2
    verdict = sent[edited.final_url]["verdict"]
    assert (verdict["kind"], verdict["of"]) == ("new-version", known[edited.final_url]["id"])
    (missing,) = (entry for entry in days.second if entry["final_url"] == deleted.final_url)
    assert (missing["status"], known[deleted.final_url]["outcome"]) == (404, "article")


def test_coming_back_takes_a_third_of_the_requests_at_most_also_to_the_end_of_all_lists(days: Days) -> None:
    first, second, full = days.asked
    assert second < first / 3
    assert full < first / 3
