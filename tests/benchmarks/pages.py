"""Generated pages for the benchmarks of the archive, and their timing."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable

from pipelines.model import Capture

ROUNDS = 3
"""The best of this many rounds counts: that excludes most of the machine's other work."""

HEADERS = (
    ("Server", "nginx"),
    ("Date", "Wed, 04 Mar 2026 05:06:07 GMT"),
    ("Content-Type", "text/html; charset=utf-8"),
    ("Connection", "keep-alive"),
    ("Last-Modified", "Tue, 03 Mar 2026 01:00:00 GMT"),
    ("ETag", 'W/"65e5a0f0-8155"'),
)
REQUEST_HEADERS = (("Host", "news.example.cn"), ("User-Agent", "fangzhi/1 (+mailto:a@example.cn)"), ("Accept", "*/*"))


def best(run: Callable[[], object]) -> float:
    """Return the shortest time of some rounds, in seconds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return min(times)


def made_pages(count: int) -> list[Capture]:
    """Return pages of about 33 kB that compress about as well as real ones: repetitive markup and random prose."""
    chance = random.Random(1)
    at = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
    pages = []
    for number in range(count):
        prose = "".join(chr(chance.randrange(0x4E00, 0x5E00)) for _ in range(2_500))
        rows = "".join(
            f'<li class="item"><a href="/content/{chance.random()}.html">链接</a></li>\n' for _ in range(420)
        )
        url = f"http://news.example.cn/content/{number}.html"
        body = f"<html><ul>{rows}</ul><p>{prose}</p></html>".encode()
        pages.append(
            Capture(
                url=url,
                final_url=url,
                fetched_at=at + dt.timedelta(seconds=number / 10),
                status=200,
                reason="OK",
                headers=HEADERS,
                body=body,
                request_headers=REQUEST_HEADERS,
                ip_address="192.0.2.1",
            )
        )
    return pages
