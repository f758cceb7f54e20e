"""The scheduler on a fake clock, with fake crawls that end at set times and a real frontier."""

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
from crawler.schedule import CrawlScheduler, FinishedCrawl, TimetableRow
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
    """Sites, the minutes and exit codes of their crawls, and the events that the scheduler reported."""

    path: Path
    sites: list[Site]
    minutes: dict[str, float] = field(factory=dict)
    codes: dict[str, int] = field(factory=dict)
    unrecorded: set[str] = field(factory=set)
    clock: FakeClock = field(factory=FakeClock)
    events: list[tuple[str, str, float]] = field(factory=list)
    finished: list[FinishedCrawl] = field(factory=list)
    max_open: int = 0
    open: int = 0
    idle_checks: int = 0
    idle_error: FangzhiError | None = None
    scheduler: CrawlScheduler = field(init=False)

    def run(self, max_running: int = 2, hours: float | None = None) -> dict[int, int]:
        self.scheduler = CrawlScheduler(
            *(self.path, lambda: self.sites, "every 6h", self.start, self),
            max_running=max_running,
            clock=self.clock,
            when_idle=self.idle,
        )
        if hours is not None:
            self.clock.then[self.clock.time + dt.timedelta(hours=hours)] = self.stop
        return dict(self.scheduler.run(once=hours is None))

    def stop(self) -> None:
        self.scheduler.stop()

    def idle(self, now: dt.datetime) -> None:
        assert self.open == 0, "no crawl runs"
        assert now == self.clock.time
        self.idle_checks += 1
        if self.idle_error:
            raise self.idle_error

    def start(self, slug: str) -> FakeCrawl:
        self.open += 1
        self.max_open = max(self.max_open, self.open)
        return FakeCrawl(self, slug, self.clock.time + self.minutes.get(slug, 1) * MINUTE)

    def record(self, event: str, slug: str) -> None:
        self.events.append((event, slug, (self.clock.time - BEGIN) / MINUTE))

    def crawl_started(self, row: TimetableRow) -> None:
        self.record("started", row.site.slug)

    def run_skipped(self, row: TimetableRow) -> None:
        self.record("skipped", row.site.slug)

    def crawl_finished(self, crawl: FinishedCrawl) -> None:
        self.finished.append(crawl)

    def start_failed(self, error: FangzhiError) -> None:
        self.record("failed", str(error))

    def times(self, event: str, slug: str) -> list[int]:
        """Return the times of an event, in whole minutes since the begin."""
        return [int(minutes) for name, of, minutes in self.events if (name, of) == (event, slug)]


class FakeCrawl:
    """What a crawl does to the frontier: it claims its site, and releases it at its end."""

    def __init__(self, world: World, slug: str, end: dt.datetime) -> None:
        self.world, self.slug, self.end = world, slug, end
        self.code, self.frontier = world.codes.get(slug, 0), Frontier(world.path)
        if slug not in world.unrecorded:
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
        self.world.record("stopped", self.slug)
        self.code, self.end = 130, self.world.clock.time + MINUTE

    def kill(self) -> None:
        self.world.record("killed", self.slug)
        self.code, self.end = -9, self.world.clock.time

    def report(self) -> None:
        return None


@pytest.fixture
def make_world(tmp_path: Path) -> Callable[..., World]:
    return lambda *sites, **options: World(tmp_path / "frontier.sqlite", list(sites), **options)


def test_once_runs_each_due_site_one_time_and_no_more_at_a_time_than_allowed(
    make_world: Callable[..., World],
) -> None:
    world = make_world(*map(site, "abcde"), minutes=dict.fromkeys("abcde", 10.0))
    assert world.run() == {0: 5}
    assert sorted(slug for what, slug, _ in world.events if what == "started") == list("abcde")
    assert world.max_open == 2
    assert world.run() == {}, "none of them is due now"


def test_each_site_is_crawled_by_its_own_schedule(make_world: Callable[..., World]) -> None:
    world = make_world(site("often", "every 1h"), site("seldom", "every 4h"), site("noon", "0 12 * * *"))
    world.run(max_running=3, hours=8.5)
    assert world.times("started", "often") == [0, 60, 120, 180, 240, 300, 360, 420, 480]
    assert world.times("started", "seldom") == [0, 240, 480]
    assert world.times("started", "noon") == [0, 240], "a site that was never crawled is due at once"


def test_missed_runs_are_made_up_for_once(make_world: Callable[..., World]) -> None:
    world = make_world(site("a", "every 1h"))
    world.run(hours=0.5)
    world.clock.time += dt.timedelta(days=3)
    world.events.clear()
    world.run(hours=1.5)
    assert len(world.times("started", "a")) == 2, "at once, and an hour later"


def test_scheduled_runs_during_a_crawl_are_skipped(
    make_world: Callable[..., World],
) -> None:
    world = make_world(site("a", "every 1h"), minutes={"a": 150})
    world.run(hours=3.5)
    assert world.times("started", "a") == [0, 180]
    assert world.times("skipped", "a") == [60]
    assert world.finished[0].skipped == 2
    assert world.max_open == 1


def test_a_site_that_another_process_crawls_is_not_started(make_world: Callable[..., World]) -> None:
    world = make_world(site("a", "every 1h"))
    with closing(Frontier(world.path)) as other:
        other.claim_site("a", "", BEGIN)
        world.clock.then[BEGIN + 90 * MINUTE] = lambda: other.release_site("a", BEGIN + 90 * MINUTE)
        world.run(hours=2.5)
    assert world.times("skipped", "a") == [60]
    assert world.times("started", "a") == [120]


@pytest.mark.parametrize("unrecorded", [set(), {"a"}], ids=["it records its run", "it cannot claim its site"])
def test_a_failed_crawl_is_retried_with_doubling_waits(make_world: Callable[..., World], unrecorded: set[str]) -> None:
    world = make_world(site("a", "every 8h"), codes={"a": 1}, minutes={"a": 0}, unrecorded=unrecorded)
    world.run(hours=7.5)
    first = world.times("started", "a")
    waits = [later - earlier for earlier, later in itertools.pairwise(first)]
    assert [round(wait / 15) for wait in waits] == [1, 2, 4, 8], "a quarter of an hour, twice as long, …"
    assert {run.code for run in world.finished} == {1}


def test_after_a_stop_it_starts_no_crawl_and_waits_for_the_running_ones(make_world: Callable[..., World]) -> None:
    world = make_world(*map(site, "abcd"), minutes=dict.fromkeys("abcd", 600.0))
    assert world.run(max_running=2, hours=1) == {130: 2}
    assert [what for what, _, _ in world.events] == ["started", "started", "stopped", "stopped"]
    assert world.clock.time < BEGIN + 62 * MINUTE
    world.events.clear()
    world.run(max_running=4, hours=0.1)
    assert len(world.events) == 8, "interrupted crawls continue at the next start"


def test_after_a_second_stop_it_does_not_wait(make_world: Callable[..., World]) -> None:
    world = make_world(site("a"), minutes={"a": 600})
    world.clock.then[BEGIN + 60.1 * MINUTE] = world.stop
    assert world.run(hours=1) == {-9: 1}


def test_a_registry_that_breaks_does_not_end_running_crawls(make_world: Callable[..., World]) -> None:
    world = make_world(site("a", "every 1h"))
    good = world.sites

    class Broken(list):
        def __iter__(self):
            raise RegistryError("a.toml: no valid TOML")

    world.clock.then[BEGIN + 30 * MINUTE] = lambda: setattr(world, "sites", Broken())
    world.clock.then[BEGIN + 90 * MINUTE] = lambda: setattr(world, "sites", good)
    world.run(hours=2)
    assert world.times("failed", "a.toml: no valid TOML")
    assert world.times("started", "a") == [0, 90]


def test_a_crawl_that_cannot_be_started_is_reported_and_retried(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, begin = make_world(site("a", "every 1h"), site("b", "every 1h")), World.start

    def start(self: World, slug: str) -> FakeCrawl:
        if slug == "a" and self.clock.time < BEGIN + 5 * MINUTE:
            raise FangzhiError("no crawl of a can be started: no memory")
        return begin(self, slug)

    monkeypatch.setattr(World, "start", start)
    world.run(hours=0.5)
    assert len(world.times("failed", "no crawl of a can be started: no memory")) >= 5
    assert (world.times("started", "a"), world.times("started", "b")) == ([5], [0])


def test_a_site_waits_for_its_window(make_world: Callable[..., World]) -> None:
    world = make_world(site("night", "every 2h", windows=("10:00-13:00",)))
    world.run(hours=7)
    assert world.times("started", "night") == [120, 240]


def test_a_clock_that_is_put_back_does_not_stop_the_schedule(make_world: Callable[..., World]) -> None:
    world = make_world(site("a", "every 1h"))
    back = BEGIN - dt.timedelta(days=30)

    def put_back() -> None:
        world.clock.time = back
        world.clock.then = {back + 150 * MINUTE: world.stop}

    world.clock.then[BEGIN + 30 * MINUTE] = put_back
    world.run(hours=24)
    month = 30 * 24 * 60
    assert world.times("started", "a") == [0, -month, 60 - month, 120 - month]


def test_sites_that_were_never_crawled_come_first_then_the_longest_overdue(make_world: Callable[..., World]) -> None:
    world = make_world(site("b", "every 1h"), site("a", "every 2h"), minutes={"a": 60, "b": 60})
    world.run(max_running=1, hours=2.5)
    world.sites = [*world.sites, site("new")]
    world.clock.time += dt.timedelta(days=1)
    world.events.clear()
    world.run(max_running=1)
    assert [slug for what, slug, _ in world.events if what == "started"] == ["new", "b", "a"]


def test_the_crawl_of_a_site_that_leaves_the_registry_is_reported(make_world: Callable[..., World]) -> None:
    world = make_world(site("a"), minutes={"a": 30})
    world.clock.then[BEGIN + 10 * MINUTE] = world.sites.clear
    world.run(hours=1)
    assert [run.row.site.slug for run in world.finished] == ["a"]


def test_a_crawl_that_starts_just_after_its_window_is_no_failure(make_world: Callable[..., World]) -> None:
    world = make_world(site("a", "every 1d", windows=("07:00-08:01",)), unrecorded={"a"}, minutes={"a": 2})
    world.run(hours=1)
    assert world.times("started", "a") == [0]
    with closing(Frontier(world.path)) as frontier:
        assert frontier.runs() == {}


def test_work_between_crawls_is_done_at_each_check_at_which_none_runs(make_world: Callable[..., World]) -> None:
    world = make_world(site("a", "every 1h"), minutes={"a": 30})
    world.run(hours=1.9)
    assert 50 <= world.idle_checks <= 56, "each minute, without the hour of the two crawls"


def test_an_error_of_the_work_between_crawls_is_reported_and_ends_nothing(make_world: Callable[..., World]) -> None:
    world = make_world(site("a", "every 1h"), idle_error=FangzhiError("the disk is full"))
    world.run(hours=1.5)
    assert len(world.times("failed", "the disk is full")) > 10
    assert len(world.times("started", "a")) == 2
