"""Work in this process ends at its time limit, in the main thread and in others."""

from __future__ import annotations

import re
import signal
import threading
import time

import pytest

from pipelines.line import workers
from pipelines.line.time_limit import TimeLimitExceeded, time_limit
from pipelines.line.workers import read_page_here
from pipelines.model import Job, Outcome, Recipe, Rejection
from tests.pipelines.made import capture

LIMIT_S = 0.05


def run_too_long() -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        pass


def swallow_errors() -> None:
    """Tolerate every error, as some parsers do, and the exception of the limit once."""
    try:
        run_too_long()
    except BaseException:  # noqa: BLE001 - that is what the test is about
        run_too_long()


def backtrack() -> None:
    re.match(r"(?:a|a)*b", "a" * 40)


def seconds_in(work: object) -> float:
    began = time.monotonic()
    with pytest.raises(TimeLimitExceeded), time_limit(LIMIT_S):
        work()  # type: ignore[operator]
    return time.monotonic() - began


@pytest.mark.parametrize("work", [run_too_long, swallow_errors, backtrack])
def test_the_main_thread_is_interrupted(work: object) -> None:
    assert seconds_in(work) < 10


@pytest.mark.parametrize("work", [run_too_long, swallow_errors])
def test_another_thread_is_interrupted(work: object) -> None:
    took: list[float] = []
    thread = threading.Thread(target=lambda: took.append(seconds_in(work)))
    thread.start()
    thread.join()
    assert took[0] < 10


def test_nothing_is_raised_after_the_work() -> None:
    def often() -> None:
        for _ in range(50):
            with time_limit(LIMIT_S):
                pass
        time.sleep(2 * LIMIT_S)
        done.append(True)

    done: list[bool] = []
    often()
    thread = threading.Thread(target=often)
    thread.start()
    thread.join()
    assert done == [True, True]


def test_the_handler_and_the_timer_of_the_caller_come_back() -> None:
    received: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: received.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with time_limit(LIMIT_S * 100):
            pass
        time.sleep(0.4)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert received == [signal.SIGALRM]


def test_a_page_that_takes_too_long_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_: Job) -> Outcome:
        run_too_long()
        raise AssertionError

    monkeypatch.setattr(workers, "read_page", slow)
    found = read_page_here(Job(capture=capture(), recipe=Recipe(name="generic/1")), LIMIT_S)
    assert found == Rejection(reason="parser-error", detail=f"took more than {LIMIT_S} s")
