"""A crawl of all portals archives exactly the ground truth, and a crawl one day later exactly the changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attrs import frozen

from crawler.demo import Truth, build, serve
from tests.fangzhi import Entries
from tests.journeys.test_crawl import expected, outcome_of, read
from tests.town import SECOND_DAY, YESTERDAY, Town, settle

SLUGS = [portal.slug for portal in build(pages=150).portals]


@frozen
class Days:
    """Two crawls of the whole city, a day apart: entries, ground truth, and numbers of requests.

    The third number of requests is that of a full crawl after the second one.
    """

    first: Entries
    second: Entries
    before: tuple[Truth, ...]
    after: tuple[Truth, ...]
    requests: tuple[int, int, int]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    """Crawl the city, whose newest articles are from today, again a day later, and then to the end of all lists."""
    with serve(build(pages=150, newest_day=YESTERDAY)) as server:
        town = settle(server, tmp_path_factory.mktemp("city"))
        before, first, requests = crawl(town)
        server.city = build(pages=150, visit=2, newest_day=YESTERDAY)
        town.pass_time(SECOND_DAY)
        after, entries, again = crawl(town)
        _, _, full = crawl(town, "--full")
        yield Days(first, entries[len(first) :], before, after, (requests, again, full))


def crawl(town: Town, *options: str) -> tuple[tuple[Truth, ...], Entries, int]:
    """Crawl every portal; return the ground truth of the visit, all entries, and the number of requests."""
    requests_before = len(town.server.log)
    town.run("crawl", *SLUGS, *options, "--json")
    return town.server.city.truth(town.server.base_urls), town.entries(), len(town.server.log) - requests_before


def is_no_issue(entry: dict) -> bool:
    """Say whether the entry is a day without an issue of a newspaper, which only a request can find out."""
    first_page = entry["url"].rpartition("/")[2] in ("node_1.htm", "node_01.html")
    return first_page and entry["reason"] == "http-error"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_first_crawl_archives_every_page_of_the_truth_and_nothing_else(days: Days, slug: str) -> None:
    entries = [entry for entry in days.first if entry["site"] == slug and not is_no_issue(entry)]
    expected_truths = {
        (truth.url, truth.final_url): truth for truth in days.before if truth.portal == slug and truth.linked
    }
    answers = {(entry["url"], entry["final_url"]): entry for entry in entries}
    assert {url for url, _ in answers} == {url for url, _ in expected_truths}
    for urls, truth in expected_truths.items():
        assert outcome_of(answers[urls]) == ("not-an-article" if truth.kind == "list" else truth.kind), truth
        if truth.kind == "article":
            assert read(answers[urls]) == expected(truth), truth


@pytest.mark.parametrize(
    ("trap", "rule"),
    [
        ("pinyin", "strip-pinyin"),
        ("gbk-shift", "mend-gbk-shift"),
        ("wrapped-lines", "join-lines"),
        ("paywall", "drop-stubs"),
    ],
)
def test_damaged_articles_are_repaired_by_the_rule_for_their_damage(days: Days, trap: str, rule: str) -> None:
    (truth,) = (truth for truth in days.before if truth.trap == trap)
    (article,) = next(entry["articles"] for entry in days.first if entry["final_url"] == truth.final_url)
    assert {repair["rule"] for repair in article["repairs"]} == {rule}
    assert article["quality"]["paywall"] == (trap == "paywall")


def test_masked_names_are_counted_and_stay(days: Days) -> None:
    (truth,) = (truth for truth in days.before if truth.trap == "masked-names")
    (article,) = next(entry["articles"] for entry in days.first if entry["final_url"] == truth.final_url)
    assert article["quality"]["masked_chars"] == truth.text.count("*") == 6
    assert not article["repairs"]


def test_a_day_later_only_changed_pages_are_sent(days: Days) -> None:
    known = {entry["final_url"]: entry for entry in days.first}
    edited, deleted = (next(t for t in days.after if t.trap == trap) for trap in ("edited", "deleted"))
    new = {truth.final_url for truth in days.after if truth.kind == "article"} - known.keys()
    sent = {entry["final_url"]: entry for entry in days.second if outcome_of(entry) == "article"}
    assert sent.keys() == new | {edited.final_url}
    assert len(new) == 2
    verdict = sent[edited.final_url]["verdict"]
    assert (verdict["kind"], verdict["of"]) == ("new-version", known[edited.final_url]["id"])
    (missing,) = (entry for entry in days.second if entry["final_url"] == deleted.final_url)
    assert (missing["status"], known[deleted.final_url]["outcome"]) == (404, "article")


def test_later_crawls_need_less_than_a_third_of_the_requests_also_to_the_end_of_all_lists(days: Days) -> None:
    first, second, full = days.requests
    assert second < first / 3
    assert full < first / 3
