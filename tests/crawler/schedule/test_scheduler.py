"""The rounds on a clock that is wound by hand, with crawls that end when it says so and a real frontier."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from crawler.frontier import Frontier
from crawler.schedule import CrawlScheduler, Finished, Row
from crawler.sites.site import Site
from pipelines.errors import FangzhiError, RegistryError
from pipelines.times import CHINA

BEGIN = dt.datetime(2026, 3, 5, 8, tzinfo=CHINA)
MINUTE = dt.timedelta(minutes=1)


def site(slug: str, schedule: str | None = None, **options: Any) -> Site:
    return Site(slug=slug, name=slug, family="generic", hosts=(f"{slug}.cn",), schedule=schedule, **options)


@define
class FakeClock:
    time: dt.datetime = BEGIN
    then: dict[dt.datetime, Callable[[], object]] = field(factory=dict)

    def now(self) -> dt.datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += dt.timedelta(seconds=seconds)
        for at in [at for at in self.then if at <= self.time]:
            self.then.pop(at)()


@define
class World:
    """Sites whose crawls take so many minutes and end with such a code, and all that the rounds told."""

    path: Path
    sites: list[Site]
    minutes: dict[str, float] = field(factory=dict)
    codes: dict[str, int] = field(factory=dict)
    mute: set[str] = field(factory=set)
    clock: FakeClock = field(factory=FakeClock)
    heard: list[tuple[str, str, float]] = field(factory=list)
    told: list[Finished] = field(factory=list)
    most: int = 0
    open: int = 0
    rounds: CrawlScheduler = field(init=False)

    def run(self, at_once: int = 2, hours: float | None = None) -> dict[int, int]:
        self.rounds = CrawlScheduler(
            self.path, lambda: self.sites, "every 6h", self.start, self, at_once=at_once, clock=self.clock
        )
        if hours is not None:
            self.clock.then[self.clock.time + dt.timedelta(hours=hours)] = self.stop
        return dict(self.rounds.run(once=hours is None))

    def stop(self) -> None:
        self.rounds.stop()

    def start(self, slug: str) -> FakeCrawl:
        self.open += 1
        self.most = max(self.most, self.open)
        return FakeCrawl(self, slug, self.clock.time + self.minutes.get(slug, 1) * MINUTE)

    def hear(self, what: str, slug: str) -> None:
        self.heard.append((what, slug, (self.clock.time - BEGIN) / MINUTE))

    def began(self, row: Row) -> None:
        self.hear("began", row.site.slug)

    def overlapped(self, row: Row) -> None:
        self.hear("overlapped", row.site.slug)

    def finished(self, run: Finished) -> None:
        self.told.append(run)

    def hindered(self, error: FangzhiError) -> None:
        self.hear("hindered", str(error))

    def times(self, what: str, slug: str) -> list[int]:
        """Return when it was heard, in whole minutes since the begin."""
        return [int(minutes) for heard, of, minutes in self.heard if (heard, of) == (what, slug)]


class FakeCrawl:
    """What a crawl does to the frontier: it takes its site, and gives it back at its end."""

    def __init__(self, world: World, slug: str, end: dt.datetime) -> None:
        self.world, self.slug, self.end = world, slug, end
        self.code, self.frontier = world.codes.get(slug, 0), Frontier(world.path)
        if slug not in world.mute:
            self.frontier.claim_site(slug, "", world.clock.time)

    def ended(self) -> int | None:
        if self.world.clock.time < self.end:
            return None
        outcome = {0: "done", 3: "done", 130: "interrupted"}.get(self.code, "failed")
        self.frontier.release_site(self.slug, self.end, outcome)
        self.frontier.close()
        self.world.open -= 1
        return self.code

    def stop(self) -> None:
        self.world.hear("stopped", self.slug)
        self.code, self.end = 130, self.world.clock.time + MINUTE

    def kill(self) -> None:
        self.world.hear("killed", self.slug)
        self.code, self.end = -9, self.world.clock.time

    def report(self) -> None:
        return None


@pytest.fixture
def world(tmp_path: Path) -> Callable[..., World]:
    return lambda *sites, **options: World(tmp_path / "frontier.sqlite", list(sites), **options)


def test_once_runs_each_site_that_is_due_one_time_and_no_more_at_once_than_allowed(
    world: Callable[..., World],
) -> None:
    city = world(*map(site, "abcde"), minutes=dict.fromkeys("abcde", 10.0))
    assert city.run() == {0: 5}
    assert sorted(slug for what, slug, _ in city.heard if what == "began") == list("abcde")
    assert city.most == 2
    assert city.run() == {}, "none of them is due now"


def test_each_site_comes_at_its_own_turns(world: Callable[..., World]) -> None:
    city = world(site("often", "every 1h"), site("seldom", "every 4h"), site("noon", "0 12 * * *"))
    city.run(at_once=3, hours=8.5)
    assert city.times("began", "often") == [0, 60, 120, 180, 240, 300, 360, 420, 480]
    assert city.times("began", "seldom") == [0, 240, 480]
    assert city.times("began", "noon") == [0, 240], "a site that was never crawled is due at once"


def test_what_was_missed_is_made_up_for_once(world: Callable[..., World]) -> None:
    city = world(site("a", "every 1h"))
    city.run(hours=0.5)
    city.clock.time += dt.timedelta(days=3)
    city.heard.clear()
    city.run(hours=1.5)
    assert len(city.times("began", "a")) == 2, "at once, and an hour later"


def test_a_crawl_that_lasts_into_its_next_turns_is_not_begun_twice_and_they_are_skipped(
    world: Callable[..., World],
) -> None:
    city = world(site("a", "every 1h"), minutes={"a": 150})
    city.run(hours=3.5)
    assert city.times("began", "a") == [0, 180]
    assert city.times("overlapped", "a") == [60]
    assert city.told[0].skipped == 2
    assert city.most == 1


def test_what_another_process_crawls_is_left_to_it(world: Callable[..., World]) -> None:
    city = world(site("a", "every 1h"))
    with closing(Frontier(city.path)) as other:
        other.claim_site("a", "", BEGIN)
        city.clock.then[BEGIN + 90 * MINUTE] = lambda: other.release_site("a", BEGIN + 90 * MINUTE)
        city.run(hours=2.5)
    assert city.times("overlapped", "a") == [60]
    assert city.times("began", "a") == [120]


@pytest.mark.parametrize("mute", [set(), {"a"}], ids=["it tells of itself", "it cannot even take its site"])
def test_a_crawl_that_fails_is_tried_again_later_and_later(world: Callable[..., World], mute: set[str]) -> None:
    city = world(site("a", "every 8h"), codes={"a": 1}, minutes={"a": 0}, mute=mute)
    city.run(hours=7.5)
    first = city.times("began", "a")
    waits = [later - earlier for earlier, later in itertools.pairwise(first)]
    assert [round(wait / 15) for wait in waits] == [1, 2, 4, 8], "a quarter of an hour, twice as long, …"
    assert {run.code for run in city.told} == {1}


def test_asked_to_stop_it_starts_nothing_more_and_waits_for_what_runs(world: Callable[..., World]) -> None:
    city = world(*map(site, "abcd"), minutes=dict.fromkeys("abcd", 600.0))
    assert city.run(at_once=2, hours=1) == {130: 2}
    assert [what for what, _, _ in city.heard] == ["began", "began", "stopped", "stopped"]
    assert city.clock.time < BEGIN + 62 * MINUTE
    city.heard.clear()
    city.run(at_once=4, hours=0.1)
    assert len(city.heard) == 8, "what was interrupted goes on at the next start"


def test_asked_again_it_does_not_wait(world: Callable[..., World]) -> None:
    city = world(site("a"), minutes={"a": 600})
    city.clock.then[BEGIN + 60.1 * MINUTE] = city.stop
    assert city.run(hours=1) == {-9: 1}


def test_a_registry_that_is_broken_meanwhile_hinders_nothing_that_runs(world: Callable[..., World]) -> None:
    city = world(site("a", "every 1h"))
    good = city.sites

    class Broken(list):
        def __iter__(self):
            raise RegistryError("a.toml: no valid TOML")

    city.clock.then[BEGIN + 30 * MINUTE] = lambda: setattr(city, "sites", Broken())
    city.clock.then[BEGIN + 90 * MINUTE] = lambda: setattr(city, "sites", good)
    city.run(hours=2)
    assert city.times("hindered", "a.toml: no valid TOML")
    assert city.times("began", "a") == [0, 90]


def test_a_crawl_that_cannot_be_started_is_told_and_tried_again(
    world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    city, begin = world(site("a", "every 1h"), site("b", "every 1h")), World.start

    def start(self: World, slug: str) -> FakeCrawl:
        if slug == "a" and self.clock.time < BEGIN + 5 * MINUTE:
            raise FangzhiError("no crawl of a can be started: no memory")
        return begin(self, slug)

    monkeypatch.setattr(World, "start", start)
    city.run(hours=0.5)
    assert len(city.times("hindered", "no crawl of a can be started: no memory")) >= 5
    assert (city.times("began", "a"), city.times("began", "b")) == ([5], [0])


def test_a_site_waits_for_its_window(world: Callable[..., World]) -> None:
    city = world(site("night", "every 2h", windows=("10:00-13:00",)))
    city.run(hours=7)
    assert city.times("began", "night") == [120, 240]


def test_a_clock_that_is_put_back_stops_nothing(world: Callable[..., World]) -> None:
    city = world(site("a", "every 1h"))
    back = BEGIN - dt.timedelta(days=30)

    def put_back() -> None:
        city.clock.time = back
        city.clock.then = {back + 150 * MINUTE: city.stop}

    city.clock.then[BEGIN + 30 * MINUTE] = put_back
    city.run(hours=24)
    month = 30 * 24 * 60
    assert city.times("began", "a") == [0, -month, 60 - month, 120 - month]


def test_who_was_never_crawled_comes_first_and_then_who_waited_longest(world: Callable[..., World]) -> None:
    city = world(site("b", "every 1h"), site("a", "every 2h"), minutes={"a": 60, "b": 60})
    city.run(at_once=1, hours=2.5)
    city.sites = [*city.sites, site("new")]
    city.clock.time += dt.timedelta(days=1)
    city.heard.clear()
    city.run(at_once=1)
    assert [slug for what, slug, _ in city.heard if what == "began"] == ["new", "b", "a"]


def test_a_site_that_is_taken_from_the_registry_meanwhile_is_told_of_all_the_same(world: Callable[..., World]) -> None:
    city = world(site("a"), minutes={"a": 30})
    city.clock.then[BEGIN + 10 * MINUTE] = city.sites.clear
    city.run(hours=1)
    assert [run.row.site.slug for run in city.told] == ["a"]


def test_a_crawl_that_comes_a_moment_too_late_for_its_window_is_no_failure(world: Callable[..., World]) -> None:
    city = world(site("a", "every 1d", windows=("07:00-08:01",)), mute={"a"}, minutes={"a": 2})
    city.run(hours=1)
    assert city.times("began", "a") == [0]
    with closing(Frontier(city.path)) as frontier:
        assert frontier.runs() == {}
