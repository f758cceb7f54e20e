"""What became of a page, told from its captures alone."""

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
    """Return a capture made so many days after the first: an article with a text, or a rejection."""
    made = evolve(capture(0, url=URL), fetched_at=START + dt.timedelta(days=days), status=status)
    return evolve(entry(made, text=text), reason=None if text else reason or "http-error", **changes)


def missing(days: float) -> Entry:
    return at(days, status=404)


def led_home(days: float) -> Entry:
    """Return the step of a way that leads to the home page."""
    return at(days, status=302, reason="redirect", redirect_to=HOME)


def told(*captures: Entry) -> list[tuple[str, float, int]]:
    """Return kind, day and version of each event."""
    return [(event.kind, (event.at - START) / dt.timedelta(days=1), event.version) for event in history(captures)]


def test_a_text_is_a_version_as_often_as_it_differs_from_the_one_before() -> None:
    captures = [at(0, "一"), at(1, "一"), at(2, "二"), at(3, "一"), at(4, status=304, reason="not-modified")]
    assert told(*captures) == [("first", 0, 1), ("edited", 2, 2), ("edited", 3, 3)]
    assert versions(captures) == [captures[0], captures[2], captures[3]]


@pytest.mark.parametrize(
    "sign",
    [
        missing(5),
        at(5, status=410),
        at(5, reason="soft-404"),
        led_home(5),
        at(5, reason="not-an-article", final_url=HOME),
        at(5, reason="not-an-article", final_url="http://news.example/index.shtml"),
    ],
    ids=["404", "410", "soft-404", "redirect home", "led home", "led to the home page's file"],
)
def test_a_page_that_is_missing_is_gone_until_it_answers_again(sign: Entry) -> None:
    captures = [at(0, "一"), sign, at(9, "一")]
    assert told(*captures) == [("first", 0, 1), ("gone", 5, 1), ("back", 9, 1)]
    assert gone_since(history(captures[:2])) == Event(kind="gone", at=sign.fetched_at, id=sign.id, version=1)
    assert gone_since(history(captures)) is None


def test_what_is_back_with_another_text_is_a_new_version_too() -> None:
    assert told(at(0, "一"), missing(5), at(9, "二"))[1:] == [("gone", 5, 1), ("back", 9, 1), ("edited", 9, 2)]


def test_an_answer_304_brings_a_page_back() -> None:
    assert told(at(0, "一"), missing(5), at(9, status=304, reason="not-modified"))[-1] == ("back", 9, 1)


@pytest.mark.parametrize(("later", "confirmed"), [(2 * HOUR, False), (0.9, True), (7, True)])
def test_gone_is_confirmed_by_a_later_look_not_by_the_same_crawl(later: float, confirmed: bool) -> None:
    gone = gone_since(history([at(0, "一"), missing(5), missing(5 + later), missing(30)][: 3 if later < 30 else 4]))
    assert gone is not None
    assert gone.at == missing(5).fetched_at
    assert (gone.confirmed_at is not None) is confirmed


def test_the_first_confirmation_stands() -> None:
    (_, gone) = history([at(0, "一"), missing(5), missing(6), missing(13)])
    assert gone.confirmed_at == missing(6).fetched_at


@pytest.mark.parametrize(
    "silent",
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
    ids=["503", "403", "challenge", "challenge with 404", "moved", "leads nowhere", "parser", "home is down"],
)
def test_refusals_and_failures_say_nothing_of_a_page(silent: Entry) -> None:
    assert told(at(0, "一"), silent, silent) == [("first", 0, 1)]


def test_what_never_was_an_article_cannot_be_gone() -> None:
    assert told(missing(0), missing(1), at(2, "一")) == [("first", 2, 1)]


def test_a_way_over_the_home_page_that_sets_a_cookie_is_no_absence() -> None:
    assert told(at(0, "一"), led_home(5), at(5 + HOUR / 2, "一")) == [("first", 0, 1)]
    assert told(at(0, "一"), missing(5), at(5 + HOUR / 2, "一"))[1:] == [("gone", 5, 1), ("back", 5 + HOUR / 2, 1)]


def test_the_order_in_which_captures_are_read_does_not_matter() -> None:
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
def test_only_the_home_page_instead_of_another_means_that_it_is_missing(url: str, final_url: str, gone: bool) -> None:
    assert is_missing(at(5, reason="not-an-article", url=url, final_url=final_url)) is gone
