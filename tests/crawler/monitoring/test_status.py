"""When a site is dead, blocked, empty or quiet, and when its status is unknown."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from attrs import evolve

from crawler.frontier import ListStatus
from crawler.monitoring import Frequency, Stats, site_status
from crawler.monitoring.frequency import MIN_SILENCE_DAYS, SILENCE_FACTOR, usual_gap
from crawler.monitoring.health import frequencies
from pipelines.catalogue.sums import Publications

NOW = dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC)
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
SHOWING = ListStatus(section="http://fu.cn/yw/", asked=True, showing=True, asked_at=NOW, shown_at=NOW)
EMPTY = evolve(SHOWING, showing=False, shown_at=NOW - DAY)
DAILY = Frequency(articles=300, first_at=NOW - 200 * DAY, newest_on=TODAY, usual_gap=2)
NOTHING = Frequency()


def state(*lists: ListStatus, frequency: Frequency = DAILY, stats: Stats | None = None) -> str:
    return site_status("fu", lists, stats or Stats(), frequency, TODAY).state


def refused(answer: str) -> ListStatus:
    return evolve(EMPTY, answer=answer)


def test_a_site_whose_lists_show_articles_is_alive_and_quiet_if_its_news_are_late() -> None:
    assert state(SHOWING, EMPTY, refused("timeout")) == "alive", "one section is enough"
    assert state(SHOWING, frequency=evolve(DAILY, newest_on=TODAY - 2 * DAY)) == "alive"
    assert state(SHOWING, frequency=evolve(DAILY, newest_on=TODAY - 3 * DAY)) == "quiet"


@pytest.mark.parametrize(
    ("lists", "why"),
    [
        ([EMPTY] * 3, "its 3 sections answered, but none showed an article: was the site rebuilt?"),
        ([EMPTY], "its section answered, but did not show an article: was the site rebuilt?"),
        ([refused("timeout")] * 2, "its 2 sections showed no article: 2 × timeout"),
        (
            [refused("status 404")] * 2 + [EMPTY],
            "its 3 sections showed no article: 2 × status 404, 1 × no article on it",
        ),
    ],
)
def test_a_site_whose_lists_show_no_article_any_more_is_dead(lists: list[ListStatus], why: str) -> None:
    found = site_status("fu", lists, Stats(), DAILY, TODAY)
    assert (found.state, found.why, found.hint, found.needs_attention) == ("dead", why, "fangzhi sites check fu", True)


def test_a_site_that_never_had_an_article_is_empty_not_dead() -> None:
    never = evolve(EMPTY, shown_at=None)
    found = site_status("fu", [never], Stats(), NOTHING, TODAY)
    assert (found.state, found.needs_attention) == ("empty", False)
    assert state(never) == "dead", "the catalogue has articles, even if the frontier was removed"


@pytest.mark.parametrize("answer", ["unreachable", "timeout", "no-such-host"])
def test_a_site_that_never_answered_is_dead(answer: str) -> None:
    never, answered = (evolve(refused(each), shown_at=None) for each in (answer, "status 404"))
    found = site_status("fu", [never], Stats(), NOTHING, TODAY)
    assert (found.state, found.why, found.needs_attention) == (
        "dead",
        f"its section showed no article: 1 × {answer}",
        True,
    )
    assert state(never, answered, frequency=NOTHING) == "empty", "one section answered: its TOML may be wrong"


def test_challenges_instead_of_lists_block_a_site_even_at_its_first_crawl() -> None:
    challenge = evolve(refused("challenge"), shown_at=None)
    assert state(challenge, challenge, frequency=NOTHING) == "blocked"
    assert state(challenge, challenge, refused("timeout")) == "blocked"
    assert state(challenge, refused("timeout")) == "dead", "only half of the lists"
    assert state(challenge, SHOWING) == "alive"


@pytest.mark.parametrize(
    ("challenges", "successful", "blocked"), [(5, 0, True), (40, 39, True), (5, 5, False), (4, 0, False)]
)
def test_challenges_instead_of_most_articles_block_a_site(challenges: int, successful: int, blocked: bool) -> None:
    stats = Stats(outcomes=Counter({"challenge": challenges, "new": successful, "not-an-article": 90}))
    late = evolve(DAILY, newest_on=TODAY - 3 * DAY)
    assert (state(SHOWING, stats=stats, frequency=late) == "blocked") is blocked
    assert state(SHOWING, stats=stats) == "alive", "while news come, only some pages are behind a challenge"


def test_a_site_whose_articles_are_written_by_scripts_says_what_helps() -> None:
    stats = Stats(outcomes=Counter({"scripted": 5, "new": 4}))
    found = site_status("fu", [SHOWING], stats, DAILY, TODAY)
    assert (found.state, found.hint) == ("alive", 'set render = "all" in its TOML')
    assert site_status("fu", [SHOWING], Stats(outcomes=Counter({"scripted": 5, "new": 9})), DAILY, TODAY).hint == ""


def test_lists_that_were_not_fetched_leave_the_status_unknown() -> None:
    unfetched = evolve(EMPTY, asked=False)
    assert state(EMPTY, unfetched) == state(unfetched) == state() == "unknown"
    assert state(EMPTY, evolve(unfetched, shown_at=None)) == "dead", "a list that never had an article does not matter"


@pytest.mark.parametrize(
    ("gap", "silent", "dead"),
    [
        (1, MIN_SILENCE_DAYS, False),
        (1, MIN_SILENCE_DAYS + 1, True),
        (10, SILENCE_FACTOR * 10, False),
        (10, SILENCE_FACTOR * 10 + 1, True),
        (None, 900, False),
    ],
)
def test_a_site_is_dead_if_it_publishes_nothing_for_far_longer_than_usual(
    gap: int | None, silent: int, dead: bool
) -> None:
    frequency = Frequency(articles=99, first_at=NOW - 999 * DAY, newest_on=TODAY - silent * DAY, usual_gap=gap)
    assert state(SHOWING, frequency=frequency) == ("dead" if dead else "quiet")


def test_days_before_the_first_capture_do_not_count_as_silence() -> None:
    old = Frequency(articles=99, first_at=NOW, newest_on=TODAY - 900 * DAY, usual_gap=1)
    assert state(SHOWING, frequency=old) == "quiet"
    found = site_status("fu", [SHOWING], Stats(), evolve(old, first_at=NOW - 15 * DAY), TODAY)
    assert found.why == (
        "nothing new for 15 days (its newest article is of 2023-09-17), while its usual gap is at most 1 day"
    )


def test_days_after_the_last_crawl_do_not_count_as_silence() -> None:
    frequency = Frequency(articles=99, first_at=NOW - 99 * DAY, newest_on=TODAY - 30 * DAY, usual_gap=1)
    assert state(SHOWING, frequency=frequency) == "dead"
    assert state(evolve(SHOWING, asked_at=NOW - 29 * DAY), frequency=frequency) == "quiet"


def test_the_usual_gap_leaves_out_the_longest_gaps() -> None:
    days = [TODAY - n * DAY for n in range(0, 60, 2)]
    assert usual_gap(days) == 2
    assert usual_gap([*days, TODAY - 90 * DAY]) == 2, "a holiday, or a hole in the crawled pages"
    assert usual_gap([*days, TODAY - 4000 * DAY]) == 2, "days of years ago do not matter"
    assert usual_gap(days[:5]) is None, "four gaps are too few"


def test_a_frequency_is_taken_from_publication_days_that_are_not_in_the_future() -> None:
    us = (NOW - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
    week = sorted(f"{TODAY - n * DAY}" for n in (*range(1, 8), -90))
    of_week = Publications(site="fu", captures=29, first_us=us, undated_us=None, days=week)
    assert frequencies([of_week], TODAY)["fu"] == Frequency(
        articles=29, first_at=NOW, newest_on=TODAY - DAY, usual_gap=1
    )
    assert frequencies([evolve(of_week, undated_us=us)], TODAY)["fu"].newest_on == TODAY, (
        "without a publication day, the day of capture counts"
    )
