"""When a site is called dead, blocked or quiet, and when nobody can tell."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from attrs import evolve

from crawler.frontier import ListStatus
from crawler.monitoring import Frequency, Stats, judge
from crawler.monitoring.frequency import PATIENCE, TIMES, usual_gap
from crawler.monitoring.health import rhythms

NOW = dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC)
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
LOOK = ListStatus(section="http://fu.cn/yw/", asked=True, showing=True, asked_at=NOW, shown_at=NOW)
EMPTY = evolve(LOOK, showing=False, shown_at=NOW - DAY)
DAILY = Frequency(articles=300, first_at=NOW - 200 * DAY, newest_on=TODAY, usual_gap=2)
NOTHING = Frequency()


def state(*looks: ListStatus, rhythm: Frequency = DAILY, tally: Stats | None = None) -> str:
    return judge("fu", looks, tally or Stats(), rhythm, TODAY).state


def refused(answer: str) -> ListStatus:
    return evolve(EMPTY, answer=answer)


def test_a_site_that_shows_articles_is_alive_and_quiet_when_it_is_late() -> None:
    assert state(LOOK, EMPTY, refused("timeout")) == "alive", "one section is enough"
    assert state(LOOK, rhythm=evolve(DAILY, newest_on=TODAY - 2 * DAY)) == "alive"
    assert state(LOOK, rhythm=evolve(DAILY, newest_on=TODAY - 3 * DAY)) == "quiet"


@pytest.mark.parametrize(
    ("looks", "why"),
    [
        ([EMPTY] * 3, "its 3 sections answered, but none showed an article: was the site rebuilt?"),
        ([EMPTY], "its section answered, but did not show an article: was the site rebuilt?"),
        ([refused("timeout")] * 2, "no list could be had from its 2 sections: 2 × timeout"),
        (
            [refused("status 404")] * 2 + [EMPTY],
            "no list could be had from its 3 sections: 2 × status 404, 1 × no article on it",
        ),
    ],
)
def test_a_site_of_which_no_list_shows_an_article_any_more_is_dead(looks: list[ListStatus], why: str) -> None:
    found = judge("fu", looks, Stats(), DAILY, TODAY)
    assert (found.state, found.why, found.hint, found.loud) == ("dead", why, "fangzhi sites check fu", True)


def test_a_site_that_never_yielded_is_empty_not_dead() -> None:
    never = evolve(EMPTY, shown_at=None)
    found = judge("fu", [never], Stats(), NOTHING, TODAY)
    assert (found.state, found.loud) == ("empty", False)
    assert state(never) == "dead", "the catalogue remembers what a frontier that was removed does not"


def test_challenges_before_the_lists_block_a_site_even_at_its_first_crawl() -> None:
    wall = evolve(refused("challenge"), shown_at=None)
    assert state(wall, wall, rhythm=NOTHING) == "blocked"
    assert state(wall, wall, refused("timeout")) == "blocked"
    assert state(wall, refused("timeout")) == "dead", "half of them says no more than the other half"
    assert state(wall, LOOK) == "alive"


@pytest.mark.parametrize(
    ("challenges", "given", "blocked"), [(5, 0, True), (40, 39, True), (5, 5, False), (4, 0, False)]
)
def test_challenges_before_most_articles_block_a_site_too(challenges: int, given: int, blocked: bool) -> None:
    tally = Stats(outcomes=Counter({"challenge": challenges, "new": given, "not-an-article": 90}))
    late = evolve(DAILY, newest_on=TODAY - 3 * DAY)
    assert (state(LOOK, tally=tally, rhythm=late) == "blocked") is blocked
    assert state(LOOK, tally=tally) == "alive", "as long as news come, some pages are guarded, not the site"


def test_what_was_not_asked_for_is_not_judged() -> None:
    unasked = evolve(EMPTY, asked=False)
    assert state(EMPTY, unasked) == state(unasked) == state() == "unknown"
    assert state(EMPTY, evolve(unasked, shown_at=None)) == "dead", "what never showed anything is not waited for"


@pytest.mark.parametrize(
    ("gap", "silent", "dead"),
    [
        (1, PATIENCE, False),
        (1, PATIENCE + 1, True),
        (10, TIMES * 10, False),
        (10, TIMES * 10 + 1, True),
        (None, 900, False),
    ],
)
def test_a_site_is_dead_when_it_is_silent_for_far_longer_than_it_ever_was(
    gap: int | None, silent: int, dead: bool
) -> None:
    rhythm = Frequency(articles=99, first_at=NOW - 999 * DAY, newest_on=TODAY - silent * DAY, usual_gap=gap)
    assert state(LOOK, rhythm=rhythm) == ("dead" if dead else "quiet")


def test_silence_from_before_a_site_was_watched_does_not_count() -> None:
    old = Frequency(articles=99, first_at=NOW, newest_on=TODAY - 900 * DAY, usual_gap=1)
    assert state(LOOK, rhythm=old) == "quiet"
    found = judge("fu", [LOOK], Stats(), evolve(old, first_at=NOW - 15 * DAY), TODAY)
    assert found.why == (
        "nothing new for 15 days (its newest article is of 2023-09-17), while its usual gap is at most 1 day"
    )


def test_nor_does_silence_while_nobody_looked() -> None:
    rhythm = Frequency(articles=99, first_at=NOW - 99 * DAY, newest_on=TODAY - 30 * DAY, usual_gap=1)
    assert state(LOOK, rhythm=rhythm) == "dead"
    assert state(evolve(LOOK, asked_at=NOW - 29 * DAY), rhythm=rhythm) == "quiet"


def test_a_gap_is_usual_if_all_but_the_longest_are_as_short() -> None:
    days = [TODAY - n * DAY for n in range(0, 60, 2)]
    assert usual_gap(days) == 2
    assert usual_gap([*days, TODAY - 90 * DAY]) == 2, "a holiday, or a hole in what was crawled"
    assert usual_gap([*days, TODAY - 4000 * DAY]) == 2, "nor does it matter what was years ago"
    assert usual_gap(days[:5]) is None, "four gaps are no rhythm"


def test_a_rhythm_is_of_days_of_publication_and_knows_no_future() -> None:
    def row(day: dt.date | None, captures: int = 1, seen: int = 0) -> dict:
        us = (NOW - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1) + seen * 86_400_000_000
        return {"site": "fu", "published_on": day, "captures": captures, "first_us": us, "newest_us": us}

    week = [row(TODAY - n * DAY, captures=n) for n in range(1, 8)]
    assert rhythms([*week, row(TODAY + 90 * DAY)], TODAY)["fu"] == Frequency(
        articles=29, first_at=NOW, newest_on=TODAY - DAY, usual_gap=1
    )
    assert rhythms([*week, row(None)], TODAY)["fu"].newest_on == TODAY, "without a day it is of the day it was found"
