"""Several processes of a room: limits and fetches hold for all of them together."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import AuthenticationError
from pathlib import Path

import psutil
import pytest

from crawler.web.desk import Desk, connected, shared
from crawler.web.fetching import BackgroundJob, Conflict, Fetches
from crawler.web.guard import RateLimit
from crawler.web.serving import Serving
from pipelines.errors import ConfigError
from tests.crawler.web.rooms import archived, config_of, sample, status
from tests.fangzhi import start
from tests.pipelines.storage.server import free_ports
from tests.torture import readers
from tests.wait import wait_until


def held(job: BackgroundJob) -> None:
    time.sleep(60)


@contextmanager
def desk(folder: Path, rate: float | None = 1.0) -> Iterator[tuple[Desk, Desk]]:
    """Yield the desks of two processes that share one."""
    limit = RateLimit(rate)
    first = Desk(
        fetches=Fetches(config_of(folder), run=held), requests=limit, content=limit, wrong_tokens=RateLimit(0.1)
    )
    address = shared(first)
    yield connected(address, Serving(rate=rate)), connected(address, Serving(rate=rate))


def test_a_limit_is_one_for_all(tmp_path: Path) -> None:
    with desk(tmp_path) as (one, other):
        waits = [each.requests.wait("a") for _ in range(6) for each in (one, other)]
        assert waits[:10] == [0] * 10
        assert waits[10] > 0
        assert other.requests.wait("b") == 0


def test_without_a_limit_nobody_is_asked(tmp_path: Path) -> None:
    with desk(tmp_path, None) as (one, _other):
        assert isinstance(one.requests, RateLimit)


def test_a_host_is_asked_once_at_a_time_and_a_fetch_is_seen_by_all(tmp_path: Path) -> None:
    with desk(tmp_path) as (one, other):
        job = one.fetches.ask("http://a.example/1")
        found = other.fetches.job(job.id)
        assert found is not None
        assert found.url == "http://a.example/1"
        with pytest.raises(Conflict) as refused:
            other.fetches.ask("http://a.example/2")
        assert "a.example" in refused.value.message
        assert refused.value.hint
        with pytest.raises(ConfigError):
            other.fetches.ask("http://127.0.0.1/")
        assert other.fetches.job("nothing") is None


def test_a_process_without_the_key_gets_nothing(tmp_path: Path) -> None:
    from attrs import evolve

    address = shared(
        Desk(
            fetches=Fetches(config_of(tmp_path)), requests=RateLimit(1), content=RateLimit(1), wrong_tokens=RateLimit(1)
        )
    )
    with pytest.raises(AuthenticationError):
        connected(evolve(address, key=b"wrong"), Serving())


def test_a_process_that_dies_is_replaced_and_none_outlives_the_first(tmp_path: Path) -> None:
    archived(tmp_path, sample())
    port = next(each for each in free_ports(20) if each < 65_000)
    arguments = ("serve", "--archive", str(tmp_path), "--port", str(port), "--workers", "2", "--rate", "2")
    with start(*arguments) as running:
        parent = psutil.Process(running.pid)

        def workers() -> list[psutil.Process]:
            living = [each for each in parent.children() if each.status() != psutil.STATUS_ZOMBIE]
            return [each for each in living if "spawn_main" in " ".join(each.cmdline())]

        wait_until(lambda: status(port, "/readyz") == 200 or running.poll() is not None)
        wait_until(lambda: len(workers()) == 2)
        statuses = Counter(status(port, "/healthz") for _ in range(40))
        assert statuses[429] > 0
        assert statuses[200] <= 30
        first, second = workers()
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: len(workers()) == 2 and first.pid not in {each.pid for each in workers()})
        before = [*workers(), second]
        running.kill()
        running.wait(30)
    wait_until(lambda: not any(each.is_running() for each in before))


def test_many_requests_are_answered_and_memory_stays(tmp_path: Path) -> None:
    """A short case of `python -m tests.soak readers`: the processes are still warming up."""
    (row,) = readers.rows(tmp_path, requests=320, growth=1.5)
    assert row.is_right, row.problems
    assert row.tries == 320
