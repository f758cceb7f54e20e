"""Worker processes: pages that harm their worker are rejected, all other pages are parsed normally."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import psutil
import pytest

from pipelines.line import workers
from pipelines.line.order import read_page
from pipelines.line.workers import ExtractionPool
from pipelines.model import Capture, Outcome, Rejection
from tests.pipelines.made import capture
from tests.pipelines.pages import Endless, Fatal, Traced, harmful, job, page

PARSE_TIMEOUT_S = 60
"""A page takes milliseconds, the first start of a worker a second or two."""


@pytest.fixture
def pool() -> Iterator[ExtractionPool]:
    with closing(ExtractionPool(2)) as pool:
        yield pool


def read(pool: ExtractionPool, pages: list[Capture]) -> list[Outcome]:
    return [future.result(PARSE_TIMEOUT_S) for future in [pool.submit(job(each)) for each in pages]]


def test_workers_and_inline_parsing_give_the_same_outcomes(pool: ExtractionPool) -> None:
    pages = [page(), capture(1, b""), page(2, text="另一篇：全市三月份空气质量良好，优良天数比例为九成。")]
    assert read(pool, pages) == [read_page(job(each)) for each in pages]


def test_a_page_that_kills_its_worker_is_rejected_and_the_others_are_parsed(pool: ExtractionPool) -> None:
    pages = [page(0), harmful(Fatal, page(1)), page(2), harmful(Fatal, page(3)), page(4)]
    outcomes = read(pool, pages)
    for number in (1, 3):
        assert isinstance(outcomes[number], Rejection)
        assert outcomes[number].reason == "parser-error"
        assert "ended its worker" in outcomes[number].detail
    assert [outcomes[number] for number in (0, 2, 4)] == [read_page(job(pages[number])) for number in (0, 2, 4)]


def test_a_page_that_never_ends_is_rejected_and_the_others_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(ExtractionPool(1)) as pool:
        read(pool, [page()])
        with monkeypatch.context() as patch:  # for this page alone: the next one waits for a new worker to start
            patch.setattr(workers, "PAGE_S", 1)
            endless = pool.submit(job(harmful(Endless, page(1))))
        whole = pool.submit(job(page(2)))
        assert endless.result(PARSE_TIMEOUT_S) == Rejection(reason="parser-error", detail="took more than 1 s")
        assert whole.result(PARSE_TIMEOUT_S) == read_page(job(page(2)))


def test_a_worker_that_was_killed_while_it_was_idle_is_replaced() -> None:
    with closing(ExtractionPool(1)) as pool:
        (first,) = read(pool, [harmful(Traced, page())])
        worker = psutil.Process(int(re.findall(r"process (\d+)", first.detail)[-1]))
        worker.kill()
        psutil.wait_procs([worker])
        assert read(pool, [page(1), page(2)]) == [read_page(job(page(number))) for number in (1, 2)]


def test_a_pool_is_closed_once_the_pages_in_it_are_parsed() -> None:
    with closing(ExtractionPool(2)) as pool:
        answers = [pool.submit(job(page(number))) for number in range(9)]
    assert [answer.result(0) for answer in answers] == [read_page(job(page(number))) for number in range(9)]
    with closing(ExtractionPool(2)) as pool:
        assert pool.workers == 2


def test_a_worker_is_replaced_after_its_share_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PAGES_A_WORKER", 2)
    with closing(ExtractionPool(1)) as pool:
        outcomes = read(pool, [harmful(Traced, page(number)) for number in range(4)])
    process_ids = [re.findall(r"process (\d+)", outcome.detail)[-1] for outcome in outcomes]
    assert process_ids[0] == process_ids[1] != process_ids[2] == process_ids[3]
