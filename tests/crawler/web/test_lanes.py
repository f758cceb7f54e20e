"""Slow requests wait for each other, and quick ones do not wait for them."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from starlette.requests import Request

from crawler.web.lanes import Lanes
from crawler.web.requests import asked_by
from crawler.web.room import Room
from crawler.web.rooms import search
from crawler.web.serving import Serving
from tests.crawler.web.rooms import config_of


def test_a_quick_request_does_not_wait_for_slow_ones() -> None:
    gate, at_once, most = threading.Event(), 0, 0

    def slow() -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        gate.wait(10)
        at_once -= 1

    async def run() -> list[int]:
        lanes = Lanes()
        waiting = [asyncio.ensure_future(lanes.run(slow=True, work=slow)) for _ in range(5)]
        await asyncio.sleep(0.05)
        found = [await lanes.run(slow=False, work=lambda: 1) for _ in range(3)]
        assert not any(each.done() for each in waiting)
        gate.set()
        await asyncio.gather(*waiting)
        return found

    assert asyncio.run(run()) == [1, 1, 1]
    assert most == 1


def test_a_request_that_fails_gives_its_place_back() -> None:
    async def run() -> list[object]:
        lanes = Lanes()
        return [
            *await asyncio.gather(
                *(lanes.run(slow=True, work=lambda: 1 // 0) for _ in range(3)), return_exceptions=True
            )
        ]

    assert [type(each) for each in asyncio.run(run())] == [ZeroDivisionError] * 3


@pytest.mark.parametrize(
    ("query", "slow"),
    [
        ("", True),
        ("since=2024", True),
        ("column=news", True),
        ("q=x", True),
        ("q=x&site=news", True),
        ("q=+&site=news", False),
        ("site=news&since=2024", False),
        ("source=x", False),
    ],
)
def test_a_list_of_few_articles_is_quick(sample_archive: Path, query: str, slow: bool) -> None:
    room = Room(config_of(sample_archive), Serving())
    scope = {"type": "http", "method": "GET", "path": "/search", "headers": [], "query_string": query.encode()}
    assert search.PAGE.is_slow(asked_by(room, Request(scope))) is slow
    room.close()
