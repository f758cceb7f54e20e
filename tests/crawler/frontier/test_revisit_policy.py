"""When a page is visited again: soon while it is young or changes, ever less often while it stays the same."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate, pairwise

import pytest
from attrs import evolve

from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import (
    MAX_FAILURES,
    MAX_LIST_INTERVAL,
    MAX_RETRY,
    MAX_REVISIT,
    MIN_LIST_INTERVAL,
    MIN_REVISIT,
    History,
    KnownPage,
    ListResult,
    Visit,
    next_file_visit,
    next_list_visit,
    next_visit,
    updated_history,
)
from pipelines.model import Digests, Entry, Verdict, Version

NOW = dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC)
LIST = Entry(
    id="1", site="fu", region=None, url="http://fu.cn/", final_url="http://fu.cn/", status=200, fetched_at=NOW,
    outcome="rejected", reason="not-an-article", articles=(), verdict=Verdict(kind="same-bytes"),
    digests=Digests(payload="sha256:1"), location=None, recipe="epoint/2", version=Version(fangzhi="", trafilatura=""),
)  # fmt: skip


def visits(history: History, outcomes: list[str], published: dt.datetime | None = None) -> list[dt.timedelta]:
    """Return the wait after each visit, for visits with these outcomes one after another."""
    now, waits = NOW, []
    for outcome in outcomes:
        history = updated_history(history, outcome, now, published)
        due = next_visit(history, outcome, now)
        assert due is not None
        waits.append(due - now)
        now = due
    return waits


def test_the_interval_of_an_unchanged_page_grows_up_to_half_a_year() -> None:
    waits = visits(History(), ["changed", *["same"] * 15])
    assert waits[0] == MIN_REVISIT
    assert waits[-1] == MAX_REVISIT
    assert all(later >= earlier for earlier, later in pairwise(waits))
    ages = accumulate(waits)
    assert sum(age < dt.timedelta(days=365) for age in ages) == 11


def test_an_edited_page_is_visited_again_soon() -> None:
    *_, long, after_edit = visits(History(), ["changed", "same", "same", "same", "same", "changed"])
    assert after_edit == MIN_REVISIT < long


def test_an_old_article_that_is_found_late_is_not_visited_again_soon() -> None:
    assert visits(History(), ["changed"], published=NOW - dt.timedelta(days=900)) == [MAX_REVISIT]
    assert visits(History(), ["changed"], published=NOW - dt.timedelta(days=3)) == [dt.timedelta(days=3)]
    assert visits(History(), ["changed"], published=NOW + dt.timedelta(days=3)) == [MIN_REVISIT], "dated ahead"


def test_a_missing_page_is_gone_after_the_second_visit_and_may_come_back() -> None:
    history = updated_history(updated_history(History(), "changed", NOW), "missing", NOW)
    assert not history.gone
    assert next_visit(history, "missing", NOW) == NOW + dt.timedelta(days=1)
    history = updated_history(history, "missing", NOW)
    assert history.gone
    assert next_visit(history, "missing", NOW) == NOW + dt.timedelta(days=7)
    history = updated_history(history, "missing", NOW)
    assert next_visit(history, "missing", NOW) == NOW + MAX_REVISIT
    back = updated_history(history, "same", NOW)
    assert (back.misses, back.changed_at) == (0, NOW)


def test_failures_are_retried_with_doubling_waits_and_given_up_in_the_end() -> None:
    waits = visits(History(), ["failed"] * (MAX_FAILURES - 1))
    assert waits[1] == 2 * waits[0]
    assert waits[-1] == MAX_RETRY
    assert next_visit(evolve(History(), failures=MAX_FAILURES), "failed", NOW) is None
    archived_once = History(visited_at=NOW, changed_at=NOW, failures=MAX_FAILURES)
    assert next_visit(archived_once, "failed", NOW) == NOW + MAX_RETRY, "an archived page is never given up"


def test_a_section_is_visited_as_often_as_it_has_something_new() -> None:
    history = History()
    for _ in range(20):
        interval, due = next_list_visit(history, 3, NOW)
        history = evolve(history, interval=interval)
    assert due - NOW == interval == MIN_LIST_INTERVAL
    for _ in range(20):
        interval, _ = next_list_visit(history, 0, NOW)
        history = evolve(history, interval=interval)
    assert interval == MAX_LIST_INTERVAL


def test_a_script_only_page_is_fetched_unconditionally_and_keeps_its_interval() -> None:
    first_page = Page(url="http://fu.cn/", site="fu", role="list", section="http://fu.cn/", list_page_number=1)
    history = History(interval=dt.timedelta(hours=3), visited_at=NOW, changed_at=NOW)
    known = KnownPage(page=first_page, history=history)
    for script_only, etag in ((True, None), (False, '"1"')):
        after, due = Visit(known=known, entries=[LIST], etag='"1"', script_only=script_only).conclude(NOW)
        assert after.etag == etag
        assert (due == NOW + dt.timedelta(hours=3)) is script_only


def result(entry: Entry | None, links: int | None = None, failure: str | None = None) -> ListResult | None:
    first_page = Page(url="http://fu.cn/", site="fu", role="list", section="http://fu.cn/", list_page_number=1)
    visit = Visit(
        known=KnownPage(page=first_page, history=History()), entries=[entry] if entry else [], failure=failure
    )
    if links is not None:
        visit.article_links, visit.listed_days = links, {NOW.date(), NOW.date() - dt.timedelta(days=3)}
    return visit.list_result(NOW)


def test_the_result_of_a_list_has_the_number_of_links_and_their_latest_date() -> None:
    assert result(LIST, links=20) == ListResult(links=20, newest_on=NOW.date())
    assert result(LIST) == ListResult(links=0), "it was read and has no links"


def test_a_date_in_the_future_is_a_mistake_of_the_list() -> None:
    first_page = Page(url="http://fu.cn/", site="fu", role="list")
    visit = Visit(known=KnownPage(page=first_page, history=History()), entries=[LIST], article_links=2)
    visit.listed_days = {NOW.date() - dt.timedelta(days=3), NOW.date() + dt.timedelta(days=300)}
    assert visit.list_result(NOW) == ListResult(links=2, newest_on=NOW.date() - dt.timedelta(days=3))


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"reason": "challenge", "status": 412}, "challenge"),
        ({"reason": "challenge"}, "challenge"),
        ({"reason": "http-error", "status": 403}, "status 403"),
        ({"reason": "http-error", "status": 404}, "status 404"),
        ({"reason": "http-error", "status": 503}, "status 503"),
        ({"reason": "soft-404"}, "soft-404"),
    ],
)
def test_the_result_of_a_list_names_its_failure(changes: dict, answer: str) -> None:
    assert result(evolve(LIST, **changes), links=0) == ListResult(answer=answer)


def test_the_result_of_a_list_without_an_answer_names_the_network_failure() -> None:
    assert result(None, failure="timeout") == ListResult(answer="timeout")
    assert result(None, failure="robots") == ListResult(answer="robots")


def test_a_list_that_is_not_modified_or_redirects_was_not_read() -> None:
    assert result(evolve(LIST, status=304, reason="not-modified")) == ListResult(links=None)
    assert result(evolve(LIST, status=301, reason="redirect")) == ListResult(links=None)


def test_an_article_has_no_list_result() -> None:
    page = Page(url="http://fu.cn/1.html", site="fu")
    assert Visit(known=KnownPage(page=page, history=History()), entries=[LIST]).list_result(NOW) is None


def test_a_file_is_fetched_until_it_is_archived_or_certainly_missing() -> None:
    assert next_file_visit(updated_history(History(), "changed", NOW), "changed", NOW) is None
    once = updated_history(History(), "missing", NOW)
    assert next_file_visit(once, "missing", NOW) == NOW + dt.timedelta(days=1)
    assert next_file_visit(updated_history(once, "missing", NOW), "missing", NOW) is None
    failed = updated_history(History(), "failed", NOW)
    assert next_file_visit(failed, "failed", NOW) == next_visit(failed, "failed", NOW)
    assert next_file_visit(evolve(failed, failures=MAX_FAILURES), "failed", NOW) is None
