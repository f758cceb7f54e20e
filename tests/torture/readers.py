"""Many readers of the reading room: no request fails, and its processes do not grow."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from functools import partial
from pathlib import Path

import psutil

from tests.crawler.web.rooms import archived, sample
from tests.room import page_status, running_room
from tests.torture.report import Case, Row, run_cases

REQUESTS = 20_000

READERS = 8
"""Requests at a time: a browser has six."""

MAX_GROWTH = 1.1
"""Memory at the end, as a multiple of that halfway. Halfway the answers that are kept have reached their limit."""

WORDS = "电梯供水停水春耕通知小区加装全市完"

PATHS: tuple[str, ...] = (
    "/search?q={word}",
    "/search.json?q={word}&sort=published",
    "/counts?q={word}",
    "/a/{id}",
    "/reprints/{id}",
)
PATHS += (
    "/",
    "/sites",
    "/sites/news?year={year}",
    "/gone",
    "/changed",
    "/tray?min_score=0.{year}",
    "/coverage",
    "/custody",
)
PATHS += (
    "/a/{word}",
    "/search?{word}=1",
    "/cdx?url=news.example/{word}&matchType=prefix",
    "/search.atom?q={word}",
)
"""What readers ask for: also what does not exist."""


def rows(folder: Path, requests: int = REQUESTS, growth: float = MAX_GROWTH) -> list[Row]:
    """Run the case with so many requests."""
    return run_cases("readers", folder, {f"{requests} requests": partial(many_requests, count=requests, growth=growth)})


def many_requests(case: Case, count: int, growth: float) -> None:
    """Ask a room with two processes for many addresses, and compare its memory halfway with that at the end."""
    ids = [entry.id for entry in archived(case.folder, sample())]
    with running_room(case.folder, workers=2) as (port, process):
        statuses = asyncio.run(_asked(port, ids, count // 2, 1))
        halfway = _memory(process.pid)
        statuses += asyncio.run(_asked(port, ids, count // 2, 2))
        end = _memory(process.pid)
    case.tries, case.peak_mb = statuses.total(), end / 1e6
    case.note = (
        f"{halfway / 1e6:.0f} MB halfway, {end / 1e6:.0f} MB at the end; statuses {dict(sorted(statuses.items()))}"
    )
    case.require(set(statuses) <= {200, 303, 400, 404}, f"statuses {statuses}")
    case.require(end <= halfway * growth, f"{halfway} bytes halfway, {end} at the end")


async def _asked(port: int, ids: list[str], count: int, seed: int) -> Counter[int]:
    statuses: Counter[int] = Counter()

    async def read(number: int) -> None:
        chance = random.Random(f"{seed}/{number}")
        for _turn in range(count // READERS):
            word = "".join(chance.sample(WORDS, 2))
            path = chance.choice(PATHS).format(word=word, id=chance.choice(ids), year=chance.randrange(1990, 2030))
            statuses[await page_status(port, path)] += 1

    await asyncio.gather(*(read(number) for number in range(READERS)))
    return statuses


def _memory(pid: int) -> int:
    parent = psutil.Process(pid)
    return sum(each.memory_info().rss for each in (parent, *parent.children(recursive=True)))
