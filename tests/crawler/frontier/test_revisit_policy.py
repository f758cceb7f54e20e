"""When a page is visited again: soon while it is young or changes, ever more seldom while it stays as it is."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate, pairwise

import pytest
from attrs import evolve

from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import (
    GIVE_UP,
    HEAD_LATEST,
    HEAD_SOONEST,
    LATEST,
    RETRY_LATEST,
    SOONEST,
    History,
    Known,
    ListResult,
    Visit,
    next_file,
    next_head,
    next_visit,
    visited,
)
from pipelines.model import Digests, Entry, Verdict, Version

NOW = dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC)
LIST = Entry(
    id="1", site="fu", region=None, url="http://fu.cn/", final_url="http://fu.cn/", status=200, fetched_at=NOW,
    outcome="rejected", reason="not-an-article", articles=(), verdict=Verdict(kind="same-bytes"),
    digests=Digests(payload="sha256:1"), location=None, recipe="epoint/2", version=Version(fangzhi="", trafilatura=""),
)  # fmt: skip


def visits(history: History, outcomes: list[str], published: dt.datetime | None = None) -> list[dt.timedelta]:
    """Return how long each visit is waited for after the one before, where the outcomes follow each other."""
    now, waits = NOW, []
    for outcome in outcomes:
        history = visited(history, outcome, now, published)
        due = next_visit(history, outcome, now)
        assert due is not None
        waits.append(due - now)
        now = due
    return waits


def test_an_unchanged_page_is_left_alone_ever_longer_up_to_half_a_year() -> None:
    waits = visits(History(), ["changed", *["same"] * 15])
    assert waits[0] == SOONEST
    assert waits[-1] == LATEST
    assert all(later >= earlier for earlier, later in pairwise(waits))
    ages = accumulate(waits)
    assert sum(age < dt.timedelta(days=365) for age in ages) == 11


def test_an_edited_page_is_looked_at_soon_again() -> None:
    *_, long, after_edit = visits(History(), ["changed", "same", "same", "same", "same", "changed"])
    assert after_edit == SOONEST < long


def test_an_old_article_that_is_found_late_is_not_looked_at_tomorrow() -> None:
    assert visits(History(), ["changed"], published=NOW - dt.timedelta(days=900)) == [LATEST]
    assert visits(History(), ["changed"], published=NOW - dt.timedelta(days=3)) == [dt.timedelta(days=3)]
    assert visits(History(), ["changed"], published=NOW + dt.timedelta(days=3)) == [SOONEST], "dated ahead"


def test_a_missing_page_is_looked_for_twice_before_it_is_called_gone_and_may_come_back() -> None:
    history = visited(visited(History(), "changed", NOW), "missing", NOW)
    assert not history.gone
    assert next_visit(history, "missing", NOW) == NOW + dt.timedelta(days=1)
    history = visited(history, "missing", NOW)
    assert history.gone
    assert next_visit(history, "missing", NOW) == NOW + dt.timedelta(days=7)
    history = visited(history, "missing", NOW)
    assert next_visit(history, "missing", NOW) == NOW + LATEST
    back = visited(history, "same", NOW)
    assert (back.missed, back.since) == (0, NOW)


def test_failures_are_tried_again_at_doubling_waits_and_given_up_in_the_end() -> None:
    waits = visits(History(), ["failed"] * (GIVE_UP - 1))
    assert waits[1] == 2 * waits[0]
    assert waits[-1] == RETRY_LATEST
    assert next_visit(evolve(History(), failed=GIVE_UP), "failed", NOW) is None
    once_seen = History(visited_at=NOW, since=NOW, failed=GIVE_UP)
    assert next_visit(once_seen, "failed", NOW) == NOW + RETRY_LATEST, "what was archived once is never given up"


def test_a_section_is_looked_at_as_often_as_it_brings_something() -> None:
    history = History()
    for _ in range(20):
        interval, due = next_head(history, 3, NOW)
        history = evolve(history, interval=interval)
    assert due - NOW == interval == HEAD_SOONEST
    for _ in range(20):
        interval, _ = next_head(history, 0, NOW)
        history = evolve(history, interval=interval)
    assert interval == HEAD_LATEST


def test_a_shell_whose_list_is_elsewhere_is_asked_for_without_condition_and_keeps_its_interval() -> None:
    head = Page(url="http://fu.cn/", site="fu", role="list", section="http://fu.cn/", walked=1)
    history = History(interval=dt.timedelta(hours=3), visited_at=NOW, since=NOW)
    known = Known(page=head, history=history)
    for shell, etag in ((True, None), (False, '"1"')):
        after, due = Visit(known=known, entries=[LIST], etag='"1"', shell=shell).settled(NOW)
        assert after.etag == etag
        assert (due == NOW + dt.timedelta(hours=3)) is shell


def shown(entry: Entry | None, links: int | None = None, why: str | None = None) -> ListResult | None:
    head = Page(url="http://fu.cn/", site="fu", role="list", section="http://fu.cn/", walked=1)
    visit = Visit(known=Known(page=head, history=History()), entries=[entry] if entry else [], why=why)
    if links is not None:
        visit.links, visit.days = links, {NOW.date(), NOW.date() - dt.timedelta(days=3)}
    return visit.shown(NOW)


def test_a_list_shows_articles_and_their_latest_day() -> None:
    assert shown(LIST, links=20) == ListResult(links=20, newest_on=NOW.date())
    assert shown(LIST) == ListResult(links=0), "it was read and had none"


def test_a_day_to_come_is_a_mistake_of_the_list() -> None:
    head = Page(url="http://fu.cn/", site="fu", role="list")
    visit = Visit(known=Known(page=head, history=History()), entries=[LIST], links=2)
    visit.days = {NOW.date() - dt.timedelta(days=3), NOW.date() + dt.timedelta(days=300)}
    assert visit.shown(NOW) == ListResult(links=2, newest_on=NOW.date() - dt.timedelta(days=3))


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
def test_what_stands_in_the_way_of_a_list_is_named(changes: dict, answer: str) -> None:
    assert shown(evolve(LIST, **changes), links=0) == ListResult(answer=answer)


def test_a_list_without_an_answer_is_named_by_the_failure() -> None:
    assert shown(None, why="timeout") == ListResult(answer="timeout")
    assert shown(None, why="robots") == ListResult(answer="robots")


def test_a_list_that_is_as_it_was_or_sends_on_was_not_read() -> None:
    assert shown(evolve(LIST, status=304, reason="not-modified")) == ListResult(links=None)
    assert shown(evolve(LIST, status=301, reason="redirect")) == ListResult(links=None)


def test_an_article_is_no_list() -> None:
    page = Page(url="http://fu.cn/1.html", site="fu")
    assert Visit(known=Known(page=page, history=History()), entries=[LIST]).shown(NOW) is None


def test_a_file_is_asked_for_until_it_is_there_or_missing_for_sure() -> None:
    assert next_file(visited(History(), "changed", NOW), "changed", NOW) is None
    once = visited(History(), "missing", NOW)
    assert next_file(once, "missing", NOW) == NOW + dt.timedelta(days=1)
    assert next_file(visited(once, "missing", NOW), "missing", NOW) is None
    failed = visited(History(), "failed", NOW)
    assert next_file(failed, "failed", NOW) == next_visit(failed, "failed", NOW)
    assert next_file(evolve(failed, failed=GIVE_UP), "failed", NOW) is None
