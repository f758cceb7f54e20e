"""The line in a process of its own answers as the line in a thread does, and its end is noticed."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.errors import StoreError, StoreUnavailable
from pipelines.line.process import LineProcess
from pipelines.line.thread import LineSettings, LineThread
from pipelines.model import Entry, Job, Requisite
from pipelines.storage.options import Options
from tests.pipelines.pages import job, page


class Crawl:
    """Notes what a line tells it."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.uploads: list[float] = []

    def line_waits(self, why: StoreUnavailable) -> None:
        raise AssertionError(why)

    def line_goes_on(self) -> None:
        raise AssertionError

    def line_failed(self, error: Exception) -> None:
        self.failures.append(error)

    def file_uploaded(self, seconds: float) -> None:
        self.uploads.append(seconds)


def settings(folder: Path, workers: int = 1) -> LineSettings:
    catalogue = f"sqlite:///{folder}/catalogue.sqlite"
    return LineSettings(archive=str(folder), catalogue=catalogue, info={}, options=Options(), workers=workers)


def jobs() -> list[Job]:
    texts = ("老城区的道路改造已经完成。", "老城区的道路改造已经完成。", "今年的防汛工作已经开始。")
    return [
        job(evolve(page(text=text), url=f"http://a.cn/{n}", final_url=f"http://a.cn/{n}"))
        for n, text in enumerate(texts)
    ]


def run(folder: Path, crawl: Crawl, use: Callable[[LineProcess], Awaitable[object]]) -> object:
    async def main() -> object:
        line = LineProcess(settings(folder), crawl)
        await line.connect()
        return await use(line)

    return asyncio.run(main())


def test_it_answers_as_a_line_in_a_thread_does(tmp_path: Path) -> None:
    async def use(line: LineProcess) -> list[Entry | Requisite]:
        answers = [asyncio.wrap_future(line.submit(each)) for each in jobs()]
        entries = await asyncio.gather(*answers)
        line.tick()
        assert await asyncio.wrap_future(line.close(None)) is None
        return entries

    crawl = Crawl()
    entries = run(tmp_path / "process", crawl, use)
    thread = LineThread(settings(tmp_path / "thread", workers=0), crawl)
    expected = [each.result() for each in [thread.submit(each) for each in jobs()]]
    assert thread.close(None).result() is None
    assert crawl.failures == []
    assert len(crawl.uploads) == len(list(tmp_path.glob("*/warc/**/*.warc.gz"))) > 0
    without_place = [evolve(entry, location=None) for entry in expected]
    assert [evolve(entry, location=None) for entry in entries] == without_place
    assert {path.suffix for path in (tmp_path / "process" / "warc").rglob("*.*")} == {".gz"}


def test_a_store_that_cannot_be_opened_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file, no folder")
    crawl = Crawl()

    async def use(line: LineProcess) -> None:
        with pytest.raises(StoreUnavailable, match="has ended"):
            await asyncio.wrap_future(line.submit(jobs()[0]))

    run(tmp_path / "archive", crawl, use)
    (failure,) = crawl.failures
    assert isinstance(failure, StoreError)
    assert str(tmp_path / "archive") in str(failure)


def test_a_killed_process_fails_what_waits_and_what_comes_later(tmp_path: Path) -> None:
    async def use(line: LineProcess) -> None:
        await asyncio.wrap_future(line.submit(jobs()[0]))
        assert line.pid
        os.kill(line.pid, signal.SIGKILL)
        for ask in (lambda: line.submit(jobs()[1]), lambda: line.close(None)):
            with pytest.raises(StoreUnavailable, match=r"exit code -9"):
                await asyncio.wrap_future(ask())

    run(tmp_path, Crawl(), use)


def test_its_log_is_that_of_the_crawl(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    # no selector, so that the parser fails
    broken = evolve(jobs()[0], recipe=evolve(jobs()[0].recipe, body=(3,)))

    async def use(line: LineProcess) -> None:
        await asyncio.wrap_future(line.submit(broken))
        await asyncio.wrap_future(line.close(None))

    with caplog.at_level(logging.ERROR):
        run(tmp_path, Crawl(), use)
    (message,) = caplog.messages
    assert "http://a.cn/0 cannot be read" in message
