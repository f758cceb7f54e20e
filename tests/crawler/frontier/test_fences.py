"""Crawlers on several machines: who takes over, and that a crawler that slept beyond its lease writes nothing."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from attrs import evolve

from crawler.frontier import Frontier, Run, crawlers, heartbeat, server
from crawler.frontier.addresses import open_database
from crawler.frontier.fence import Fence
from crawler.frontier.heartbeat import Heartbeat
from crawler.frontier.identity import Owner
from crawler.frontier.recovery import settle_stale_leases
from pipelines.errors import LeaseLost, StoreAway
from pipelines.line.patience import Patience
from tests.crawler.frontier.conftest import run_sql
from tests.crawler.frontier.test_store import NOW, article, no_requisites, queued
from tests.pipelines.catalogue.server import installed, postgresql_server
from tests.wait import wait_until


@pytest.fixture
def away(address: str) -> Iterator[Frontier]:
    """A crawler on another machine that has fu, with an article queued and one handed out."""
    with closing(Frontier(address)) as frontier:
        assert frontier.claim_site("fu", "", NOW)
        frontier.enqueue([article(1), article(2)])
        frontier.lease_pages("fu", NOW, 1)
        elsewhere = evolve(Owner.of_process(os.getpid()), host="elsewhere", boot="another").identity
        run_sql(address, f"UPDATE crawlers SET owner = '{elsewhere}'")
        yield frontier


def held(frontier: Frontier) -> Fence:
    """Return the fence of a crawl as its line gets it, in another process."""
    fence = frontier.fence()
    assert fence
    return pickle.loads(pickle.dumps(fence))


def sleep(address: str) -> None:
    """Let the leases of all crawlers run out."""
    run_sql(address, "UPDATE crawlers SET expires = 1")


def test_a_site_belongs_to_another_machine_while_its_lease_holds(away: Frontier, address: str) -> None:
    with closing(Frontier(address)) as here:
        assert not here.claim_site("fu", "", NOW)
        assert here.stale_leases() == []
        running = Run(started=NOW, outcome="running", process=os.getpid(), host="elsewhere")
        assert here.runs() == {"fu": running}
        sleep(address)
        assert here.runs() == {"fu": Run(started=NOW, outcome="killed", failures=1)}
        assert here.claim_site("fu", "", NOW)
        assert queued(here) == [article(1), article(2)]


def test_a_crawler_that_slept_beyond_its_lease_writes_nothing_once_another_has_taken_over(
    away: Frontier, address: str
) -> None:
    (known,) = away.lease_pages("fu", NOW, 1)
    fence = held(away)
    sleep(address)
    with closing(Frontier(address)) as here:
        assert here.claim_site("fu", "", NOW)
        before = run_sql(address, "SELECT * FROM pages ORDER BY added")
        calls: tuple[Callable[[], object], ...] = (
            lambda: away.enqueue([article(3)]), lambda: away.lease_pages("fu", NOW, 9),
            lambda: away.acknowledge(known, None, NOW), lambda: away.release_page(known.page),
            lambda: away.count_request("fu", NOW), lambda: away.pause("fu", NOW), lambda: away.release_site("fu", NOW),
            lambda: away.claim_site("zhen", "", NOW), lambda: fence().__enter__(),
        )  # fmt: skip
        for call in calls:
            with pytest.raises(LeaseLost, match="another crawler has taken over"):
                call()
        assert run_sql(address, "SELECT * FROM pages ORDER BY added") == before
        assert here.runs()["fu"].process == os.getpid()
        away.close()
        assert here.holds_leases()
        here.acknowledge(known, None, NOW)


def test_a_crawler_that_slept_and_was_not_missed_goes_on(away: Frontier, address: str) -> None:
    sleep(address)
    away.enqueue([article(3)])
    with held(away)():
        pass
    assert run_sql(address, "SELECT expires FROM crawlers") == [(1,)]
    with closing(open_database(address)) as database:
        (fence,) = run_sql(address, "SELECT fence FROM crawlers")[0]
        assert database.write(lambda db: crawlers.renew(db, fence))
    with closing(Frontier(address)) as here:
        assert not here.claim_site("fu", "", NOW)


def test_the_pages_of_a_machine_whose_lease_ran_out_are_settled_by_another(away: Frontier, address: str) -> None:
    sleep(address)
    with closing(Frontier(address)) as here:
        assert [known.page for known, _since in here.stale_leases()] == [article(1)]
        settle_stale_leases(here, lambda _: None, NOW, lambda *_: (), no_requisites)
        assert run_sql(address, "SELECT fence FROM crawlers") == []
        assert run_sql(address, "SELECT fence FROM pages") == [(0,), (0,)]
    with pytest.raises(LeaseLost):
        away.enqueue([article(3)])


def test_fences_are_never_used_again(address: str) -> None:
    fences = []
    for _number in range(3):
        with closing(Frontier(address)) as frontier:
            frontier.claim_site("fu", "", NOW)
            fences += run_sql(address, "SELECT fence FROM crawlers")
    assert fences == sorted(set(fences))


def test_a_lease_is_renewed_and_its_loss_is_noticed(
    away: Frontier, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((fence, expires),) = run_sql(address, "SELECT fence, expires FROM crawlers")
    monkeypatch.setattr(heartbeat, "RENEWAL_S", 0.05)
    lease = Heartbeat(lambda: open_database(address), fence)
    wait_until(lambda: run_sql(address, "SELECT expires FROM crawlers")[0][0] > expires)
    assert lease.holds()
    run_sql(address, "UPDATE crawlers SET expires = 0")
    wait_until(lambda: lease.is_lost)
    assert not lease.holds()
    lease.stop()


def test_requests_stop_before_a_lease_that_is_not_renewed_has_run_out(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database does not answer; the clock of the machine goes on."""
    monkeypatch.setattr(heartbeat, "HOLDS_S", 0.2)
    with closing(Frontier(address)) as frontier:
        frontier.claim_site("fu", "", NOW)
        run_sql(address, "ALTER TABLE crawlers RENAME TO away")
        time.sleep(0.3)
        assert not frontier.holds_leases()
        run_sql(address, "ALTER TABLE away RENAME TO crawlers")
        wait_until(frontier.holds_leases)


def test_a_site_is_claimed_once_by_crawlers_that_start_together(address: str) -> None:
    Frontier(address).close()
    context = multiprocessing.get_context("fork")
    go, won = context.Event(), context.Queue()
    processes = [context.Process(target=claim, args=(address, go, won)) for _number in range(6)]
    for process in processes:
        process.start()
    go.set()
    results = [won.get(timeout=60) for _process in processes]
    for process in processes:
        process.kill()
        process.join()
    assert sorted(results) == [False] * 5 + [True]


def claim(address: str, go: Any, won: Any) -> None:
    frontier = Frontier(address)
    go.wait()
    won.put(frontier.claim_site("fu", "", NOW))
    time.sleep(60)


@pytest.fixture
def own_server() -> Iterator[Any]:
    """A server that a test can stop."""
    if not installed():
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql_server(durable=False) as running:
        yield running


def test_nobody_takes_over_while_a_page_is_being_catalogued(database: str) -> None:
    """The number of the crawler is locked on a connection of its own, also if the catalogue is another database."""
    with closing(Frontier(database)) as slow, closing(Frontier(database)) as other:
        slow.claim_site("fu", "", NOW)
        elsewhere = evolve(Owner.of_process(os.getpid()), host="elsewhere").identity
        run_sql(database, f"UPDATE crawlers SET owner = '{elsewhere}', expires = 1")
        with held(slow)():
            assert not other.claim_site("fu", "", NOW)
        assert other.claim_site("fu", "", NOW)


def test_a_frozen_crawler_loses_its_transaction(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a process that is stopped in a transaction would keep its lease locked for ever."""
    monkeypatch.setattr(
        server,
        "_SESSION",
        server._SESSION.replace(f"session_timeout TO '{server.IDLE_S}s'", "session_timeout TO '300ms'"),
    )
    with closing(Frontier(database)) as slow, closing(Frontier(database)) as other:
        slow.claim_site("fu", "", NOW)
        elsewhere = evolve(Owner.of_process(os.getpid()), host="elsewhere").identity
        run_sql(database, f"UPDATE crawlers SET owner = '{elsewhere}', expires = 1")
        held(slow)().__enter__()
        wait_until(lambda: other.claim_site("fu", "", NOW), patience=30)


def test_a_crawl_waits_while_the_server_restarts(own_server: Any) -> None:
    with closing(Frontier(own_server.url, patience=Patience("frontier"))) as frontier:
        frontier.claim_site("fu", "", NOW)
        own_server.stop()
        restart = threading.Timer(1, own_server.start)
        restart.start()
        assert frontier.enqueue([article(1)]) == [article(1)]
        restart.join()
        assert queued(frontier) == [article(1)]


def test_a_crawl_that_ends_waits_no_longer(own_server: Any) -> None:
    patience = Patience("frontier")
    with closing(Frontier(own_server.url, patience=patience)) as frontier:
        frontier.claim_site("fu", "", NOW)
        own_server.stop()
        end = threading.Timer(1, patience.give_up)
        end.start()
        with pytest.raises(StoreAway):
            frontier.enqueue([article(1)])
        end.join()
        own_server.start()


def test_a_start_waits_for_a_limited_time(own_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BUSY_S", 1)
    own_server.stop()
    with pytest.raises(StoreAway):
        Frontier(own_server.url, patience=Patience("frontier"))
    own_server.start()
