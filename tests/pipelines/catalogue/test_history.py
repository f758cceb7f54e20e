"""The history of a page follows from its captures alone."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import pytest
from attrs import evolve

from pipelines.catalogue.history import Event, gone_since, history, is_missing, versions
from pipelines.model import Entry
from tests.pipelines.made import START, capture, entry

URL = "http://news.example/2024/1.html"
HOME = "http://news.example/"
HOUR = 1 / 24


def at(days: float, text: str | None = None, status: int = 200, reason: str | None = None, **changes: object) -> Entry:
    """Return a capture made this many days after the first: an article with a text, or a rejection."""
    made = evolve(capture(0, url=URL), fetched_at=START + dt.timedelta(days=days), status=status)
    return evolve(entry(made, text=text), reason=None if text else reason or "http-error", **changes)


def missing(days: float) -> Entry:
    return at(days, status=404)


def redirected_home(days: float) -> Entry:
    """Return a redirect to the home page."""
    return at(days, status=302, reason="redirect", redirect_to=HOME)


def events(*captures: Entry) -> list[tuple[str, float, int]]:
    """Return kind, day and version of each event."""
    return [(event.kind, (event.at - START) / dt.timedelta(days=1), event.version) for event in history(captures)]


def test_each_text_that_differs_from_the_one_before_is_a_version() -> None:
    captures = [at(0, "一"), at(1, "一"), at(2, "二"), at(3, "一"), at(4, status=304, reason="not-modified")]
    assert events(*captures) == [("first", 0, 1), ("edited", 2, 2), ("edited", 3, 3)]
    assert versions(captures) == [captures[0], captures[2], captures[3]]


@pytest.mark.parametrize(
    "answer",
    [
        missing(5),
        at(5, status=410),
        at(5, reason="soft-404"),
        redirected_home(5),
        at(5, reason="not-an-article", final_url=HOME),
        at(5, reason="not-an-article", final_url="http://news.example/index.shtml"),
    ],
    ids=["404", "410", "soft-404", "redirect home", "home page", "home page by its file name"],
)
def test_a_missing_page_is_gone_until_it_returns_an_article(answer: Entry) -> None:
    captures = [at(0, "一"), answer, at(9, "一")]
    assert events(*captures) == [("first", 0, 1), ("gone", 5, 1), ("back", 9, 1)]
    assert gone_since(history(captures[:2])) == Event(kind="gone", at=answer.fetched_at, id=answer.id, version=1)
    assert gone_since(history(captures)) is None


def test_a_page_that_is_back_with_another_text_is_a_new_version() -> None:
    assert events(at(0, "一"), missing(5), at(9, "二"))[1:] == [("gone", 5, 1), ("back", 9, 1), ("edited", 9, 2)]


def test_an_answer_304_brings_a_page_back() -> None:
    assert events(at(0, "一"), missing(5), at(9, status=304, reason="not-modified"))[-1] == ("back", 9, 1)


@pytest.mark.parametrize(("later", "confirmed"), [(2 * HOUR, False), (0.9, True), (7, True)])
def test_gone_is_confirmed_by_a_later_crawl_not_by_the_same_one(later: float, confirmed: bool) -> None:
    gone = gone_since(history([at(0, "一"), missing(5), missing(5 + later), missing(30)][: 3 if later < 30 else 4]))
    assert gone is not None
    assert gone.at == missing(5).fetched_at
    assert (gone.confirmed_at is not None) is confirmed


def test_the_first_confirmation_stands() -> None:
    (_, gone) = history([at(0, "一"), missing(5), missing(6), missing(13)])
    assert gone.confirmed_at == missing(6).fetched_at


@pytest.mark.parametrize(
    "answer",
    [
        at(5, status=503),
        at(5, status=403),
        at(5, status=200, reason="challenge"),
        at(5, status=404, reason="challenge"),
        at(5, status=301, reason="redirect", redirect_to="http://news.example/2024/2.html"),
        at(5, status=302, reason="redirect"),
        at(5, reason="parser-error"),
        at(5, status=503, final_url=HOME),
    ],
    ids=[
        "503",
        "403",
        "challenge",
        "challenge with 404",
        "moved",
        "redirect without target",
        "parser",
        "home page fails",
    ],
)
def test_refusals_and_failures_say_nothing_about_a_page(answer: Entry) -> None:
    assert events(at(0, "一"), answer, answer) == [("first", 0, 1)]


def test_a_page_without_any_article_cannot_be_gone() -> None:
    assert events(missing(0), missing(1), at(2, "一")) == [("first", 2, 1)]


def test_a_detour_over_the_home_page_for_a_cookie_is_not_gone() -> None:
    assert events(at(0, "一"), redirected_home(5), at(5 + HOUR / 2, "一")) == [("first", 0, 1)]
    assert events(at(0, "一"), missing(5), at(5 + HOUR / 2, "一"))[1:] == [("gone", 5, 1), ("back", 5 + HOUR / 2, 1)]


def test_the_order_of_captures_does_not_matter() -> None:
    captures = [at(0, "一"), missing(5), at(9, "二"), missing(12)]
    assert {history(some) for some in permutations(captures)} == {history(captures)}


@pytest.mark.parametrize(
    ("url", "final_url", "gone"),
    [
        (URL, HOME, True),
        (URL, "https://www.news.example", True),
        (URL, "https://news.example/2024/1.html", False),
        (HOME, "http://news.example/index.html", False),
        ("http://news.example/?p=12", HOME, True),
        (URL, "http://news.example/?p=12", False),
    ],
)
def test_a_page_is_missing_only_if_the_home_page_is_returned_instead(url: str, final_url: str, gone: bool) -> None:
    assert is_missing(at(5, reason="not-an-article", url=url, final_url=final_url)) is gone
