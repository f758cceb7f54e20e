"""Politeness, as a server sees it: what is asked when."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi

TEXT = "<p>今天，市政府召开会议，部署全市防汛工作。会议要求各区压实责任，落实值班制度。</p>" * 4
PATHS = [f"/2026/0305/{number}.html" for number in range(1, 6)]


def answer(body: str, status: str = "200 OK", *headers: str, kind: str = "text/html; charset=utf-8") -> bytes:
    head = "\r\n".join(
        (f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body.encode())}", *headers)
    )
    return f"{head}\r\n\r\n{body}".encode()


@pytest.fixture
def wire() -> Iterator[Wire]:
    with wired() as server:
        rows = "".join(f'<li><a href="{path}">市政府召开防汛工作会议 {path}</a> 2026-03-05</li>' for path in PATHS)
        server.answers = {"/list/": answer(f"<ul>{rows}</ul>")} | {path: answer(TEXT + path) for path in PATHS}
        yield server


def crawl(wire: Wire, folder: Path, *lines: str) -> dict:
    """Crawl the site of a wire, whose TOML has these lines besides, and return the report."""
    sites = folder / "sites"
    sites.mkdir(exist_ok=True)
    host = wire.base.removeprefix("http://")
    toml = [f'name = "府"\nfamily = "generic"\nhosts = ["{host}"]', *lines]
    toml.append(f'sections = [{{ name = "要闻", url = "{wire.base}/list/" }}]')
    (sites / "fu.toml").write_text("\n".join(toml), "utf-8")
    done = fangzhi("crawl", "fu", "--archive", str(folder / "archive"), "--registry", str(sites), "--json")
    (report,) = documents(done)
    return report


def asked(wire: Wire) -> list[str]:
    targets = [head.split(b" ")[1].decode() for head in wire.requests]
    return [target for target in targets if target != "/robots.txt"]


def gaps(wire: Wire) -> list[float]:
    return [later - earlier for earlier, later in zip(wire.times[1:], wire.times[2:], strict=False)]


def test_a_crawl_delay_is_kept(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/robots.txt"] = answer("User-agent: *\nCrawl-delay: 0.8\n", kind="text/plain")
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == len(PATHS)
    assert min(gaps(wire)[1:]) > 0.35, "jitter takes half of a delay at most"


def test_a_refusal_slows_the_crawl_down_and_its_retry_after_is_kept(wire: Wire, tmp_path: Path) -> None:
    wire.once = {PATHS[0]: answer("busy", "503 Service Unavailable", "Retry-After: 3")}
    report = crawl(wire, tmp_path, "delay = 0.01")
    assert (report["articles"], report["rejected"]["http-error"]) == (len(PATHS), 1)
    refused = next(number for number, target in enumerate(asked(wire)) if target == PATHS[0])
    times = wire.times[1:]
    assert any(later - times[refused] > 2 for later in times[refused + 1 :])


def test_a_budget_ends_the_day_and_what_is_left_waits(wire: Wire, tmp_path: Path) -> None:
    assert crawl(wire, tmp_path, "delay = 0.01", "daily = 3")["fetched"] == 3
    assert len(asked(wire)) == 3
    assert crawl(wire, tmp_path, "delay = 0.01", "daily = 3")["fetched"] == 0
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == len(PATHS) - 2
    assert sorted(asked(wire)) == sorted(["/list/", *PATHS])


def test_outside_its_window_a_site_is_not_asked(wire: Wire, tmp_path: Path) -> None:
    hour = (time.gmtime().tm_hour + 8 + 3) % 24
    closed = f'windows = ["{hour:02}:00-{hour:02}:30"]'
    assert crawl(wire, tmp_path, "delay = 0.01", closed)["fetched"] == 0
    assert wire.requests == []
    assert crawl(wire, tmp_path, "delay = 0.01", 'windows = ["00:00-23:59", "23:59-00:01"]')["articles"] == len(PATHS)


def test_a_robots_txt_that_cannot_be_had_forbids_for_now(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/robots.txt"] = answer("", "500 Internal Server Error")
    report = crawl(wire, tmp_path, "delay = 0.01")
    assert asked(wire) == []
    assert report["failed"] == {"robots-unreachable": 1}
