"""Four schedulers with one frontier, as on four machines: no site is started twice, and each is crawled on time."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path

import pytest
from attrs import define, field

from crawler.frontier import Frontier
from crawler.schedule import CrawlScheduler, FinishedCrawl, TimetableRow
from crawler.sites.windows import next_opening
from pipelines.errors import FangzhiError
from tests.crawler.frontier.conftest import address, run_sql
from tests.crawler.schedule.test_scheduler import BEGIN, site

__all__ = ["address"]

STEP = dt.timedelta(minutes=20)
"""How far the clock goes while every scheduler waits; a crawl takes one step or two."""

DAY = dt.timedelta(days=1)

NIGHT = ("22:00-06:00",)

SITES = [
    *(site(f"often{number}", "every 4h") for number in range(5)),
    *(site(f"night{number}", "every 6h", windows=NIGHT) for number in range(4)),
    *(site(f"noon{number}", f"{20 * number} 12 * * *") for number in range(3)),
]


@define
class SharedClock:
    """A clock that goes on when all schedulers wait for it."""

    schedulers: int
    time: dt.datetime = BEGIN
    _waiting: int = 0
    _changed: threading.Condition = field(factory=threading.Condition)

    def now(self) -> dt.datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        del seconds
        with self._changed:
            before, self._waiting = self.time, self._waiting + 1
            self._go_on()
            self._changed.wait_for(lambda: self.time != before)

    def leave(self) -> None:
        """Wait for one scheduler less."""
        with self._changed:
            self.schedulers -= 1
            self._go_on()

    def _go_on(self) -> None:
        if self._waiting == self.schedulers:
            self.time, self._waiting = self.time + STEP, 0
            self._changed.notify_all()


@define
class Machine:
    """A machine with a scheduler, and the starts of its crawls."""

    address: str | Path
    clock: SharedClock
    starts: list[tuple[str, dt.datetime, dt.datetime]] = field(factory=list)
    problems: list[str] = field(factory=list)
    running: int = 0

    def run(self, once: bool) -> None:
        scheduler = CrawlScheduler(
            *(self.address, lambda: SITES, "every 4h", self.start, self),
            max_running=2,
            clock=self.clock,
            alive=lambda: scheduler.stop() if self.clock.time >= BEGIN + DAY else None,
        )
        try:
            scheduler.run(once=once)
        finally:
            self.clock.leave()

    def start(self, slug: str) -> Crawl:
        return Crawl(self, slug)

    def crawl_started(self, row: TimetableRow) -> None:
        self.starts.append((row.site.slug, row.due, self.clock.time))

    def run_skipped(self, row: TimetableRow) -> None:
        self.problems.append(f"{row.site.slug} was skipped")

    def crawl_finished(self, crawl: FinishedCrawl) -> None:
        self.running -= 1

    def start_failed(self, error: FangzhiError) -> None:
        self.problems.append(str(error))


class Crawl:
    """A crawl that claims its site one step after it was started, as a process that takes its time, and then ends."""

    def __init__(self, machine: Machine, slug: str) -> None:
        self.machine, self.slug, self.began = machine, slug, machine.clock.time
        machine.running += 1

    def ended(self) -> int | None:
        if self.machine.clock.time <= self.began:
            return None
        now = self.machine.clock.time
        with closing(Frontier(self.machine.address)) as frontier:
            if not frontier.claim_site(self.slug, "", now):
                self.machine.problems.append(f"{self.slug} was crawled by another")
            frontier.release_site(self.slug, now)
        return 0

    def stop(self) -> None:
        pass

    def kill(self) -> None:
        pass

    def report(self) -> None:
        return None


def run_machines(address: str | Path, *, once: bool) -> list[Machine]:
    Frontier(address).close()
    clock = SharedClock(4)
    machines = [Machine(address, clock) for _ in range(4)]
    threads = [threading.Thread(target=machine.run, args=(once,), daemon=True) for machine in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return machines


def test_four_schedulers_share_the_sites_of_a_day(address: str) -> None:
    machines = run_machines(address, once=False)
    assert [machine.problems for machine in machines] == [[]] * 4
    starts = defaultdict(list)
    for machine in machines:
        assert machine.starts, "each takes some"
        for slug, due, at in machine.starts:
            starts[slug].append((due, at))
    for each in SITES:
        times = sorted(at for _due, at in starts[each.slug])
        assert all(later - earlier > 2 * STEP for earlier, later in itertools.pairwise(times))
        assert all(at - due <= 3 * STEP for due, at in starts[each.slug]), "on time"
        assert all(next_opening(each.windows, at) == at for at in times), "within its windows"
    counts = Counter({slug: len(times) for slug, times in starts.items()})
    assert {counts[f"often{number}"] for number in range(5)} == {6}
    assert {counts[f"night{number}"] for number in range(4)} == {2}
    assert {counts[f"noon{number}"] for number in range(3)} == {2}, "the first crawl, and the one at noon"


def test_with_once_each_due_site_is_crawled_by_one_of_them(address: str) -> None:
    machines = run_machines(address, once=True)
    problems = [problem for machine in machines for problem in machine.problems]
    assert all(problem.endswith(" was skipped") for problem in problems), "it is left to the other one"
    started = Counter(slug for machine in machines for slug, _due, _at in machine.starts)
    assert started == {each.slug: 1 for each in SITES if not each.windows}


@pytest.mark.parametrize("claims", [True, False], ids=["a crawl claims the site", "the start fails"])
def test_a_reservation_ends(address: str, claims: bool) -> None:
    with closing(Frontier(address)) as frontier:
        assert frontier.reserve_site("fu", "one", None)
        assert frontier.reserve_site("fu", "one", None), "its own"
        assert not frontier.reserve_site("fu", "two", None)
        frontier.end_reservation("fu", "two")
        assert not frontier.reserve_site("fu", "two", None), "that of another stays"
        if claims:
            frontier.claim_site("fu", "", BEGIN)
            frontier.release_site("fu", BEGIN)
            assert not frontier.reserve_site("fu", "two", None), "it was crawled since"
        else:
            frontier.end_reservation("fu", "one")
        assert frontier.reserve_site("fu", "two", frontier.runs().get("fu"))


def test_a_reservation_of_a_killed_scheduler_runs_out(address: str) -> None:
    with closing(Frontier(address)) as frontier:
        assert frontier.reserve_site("fu", "one", None)
        run_sql(address, "UPDATE reservations SET expires = expires - 60000000")
        assert frontier.reserve_site("fu", "two", None)
