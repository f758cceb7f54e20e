"""Fetch on demand: who may, what may be fetched, and what a reader sees of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from crawler.web.fetching import HOURLY, Conflict, Exhausted, Fetches
from crawler.web.jobs import MAX_EVENTS, BackgroundJob
from pipelines.errors import ConfigError
from tests.crawler.web.rooms import archived, config_of, opened, sample
from tests.crawler.wire import wired
from tests.journeys.small import answer

TOKEN = "a-long-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[TestClient]:
    """A room with a token, which may not fetch private addresses."""
    archived(tmp_path, sample())
    with opened(tmp_path, token=TOKEN) as client:
        yield client


def ask(client: TestClient, url: str, **headers: str) -> Any:
    return client.post("/api/fetch", json={"url": url}, headers={**BEARER, **headers})


def test_without_a_token_nobody_may(room: TestClient) -> None:
    assert ask(room, "http://news.example/").status_code == 403
    assert "没有设置令牌" in room.get("/fetch").text


@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer "])
def test_a_wrong_token_is_refused(guarded: TestClient, header: str) -> None:
    answered = guarded.post("/api/fetch", json={"url": "http://news.example/"}, headers={"Authorization": header})
    assert answered.status_code == 401


def test_many_wrong_tokens_are_not_looked_at(guarded: TestClient) -> None:
    statuses = {
        guarded.post("/api/fetch", json={"url": "x"}, headers={"Authorization": f"Bearer {number}"}).status_code
        for number in range(5)
    }
    assert statuses == {401, 403}


@pytest.mark.parametrize("sender", ["http://evil.example", "null", "http://127.0.0.1:8941"])
def test_a_page_of_somebody_else_cannot_fetch(guarded: TestClient, sender: str) -> None:
    assert ask(guarded, "http://news.example/", Origin=sender).status_code == 403
    form = {"url": "http://news.example/", "token": TOKEN}
    assert guarded.post("/fetch", data=form, headers={"Origin": sender}).status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest/meta-data"),
        *("http://10.0.0.1/", "http://2130706433/", "http://0x7f.1/", "file:///etc/passwd", "ftp://x/", "x", ""),
        *("http://u:p@10.0.0.1/", "javascript:alert(1)", "http://[::ffff:127.0.0.1]/", "--allow-private"),
    ],
)
def test_internal_and_odd_addresses_are_refused(guarded: TestClient, url: str) -> None:
    assert ask(guarded, url).status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"url": 1}', '{"url"', "[" * 5000])
def test_odd_bodies_are_refused(guarded: TestClient, body: str) -> None:
    answered = guarded.post("/api/fetch", content=body, headers=BEARER)
    assert answered.status_code == 400
    assert answered.headers["Content-Type"] == "application/problem+json"


def test_one_page_of_a_host_at_a_time_and_so_many_in_an_hour(tmp_path: Path) -> None:
    now, gate = [0.0], threading.Event()

    def run(job: BackgroundJob) -> None:
        gate.wait(10)
        job.capture = "x"

    fetches = Fetches(config_of(tmp_path), lambda: now[0], run)
    fetches.ask("http://a.example/1")
    with pytest.raises(Conflict):
        fetches.ask("http://a.example/2")
    for number in range(HOURLY - 1):
        fetches.ask(f"http://b{number}.example/")
    with pytest.raises(Exhausted):
        fetches.ask("http://c.example/")
    gate.set()
    now[0] = 3601
    assert fetches.ask("http://d.example/").url == "http://d.example/"


def test_progress_is_bounded_and_printable() -> None:
    job = BackgroundJob(id="x", url="http://a.example/", asked_at=None)  # type: ignore[arg-type]
    for number in range(2 * MAX_EVENTS):
        job.note(f"\x1b[31m{number}" + "x" * 9_999)
    assert len(job.events) == MAX_EVENTS
    assert all("\x1b" not in event and len(event) <= 500 for event in job.events)


def test_a_private_address_is_an_error_of_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        Fetches(config_of(tmp_path)).ask("http://127.0.0.1:1/")


def test_a_page_is_fetched_and_shown(tmp_path: Path) -> None:
    text = "".join(f"<p>云洲市今天召开第{number}次全市防汛工作会议，部署下一步工作。</p>" for number in range(9))
    html = f"<html><title>全市防汛会议召开</title><body><h1>全市防汛会议召开</h1><div>{text}</div></body></html>"
    archived(tmp_path, sample())
    with wired() as wire:
        wire.answers["/a/t20240305_1.html"] = answer(html)
        wire.answers["/robots.txt"] = answer("", "404 Not Found")
        with opened(tmp_path, token=TOKEN, settings={"allow_private": True}) as client:
            asked = ask(client, f"{wire.base}/a/t20240305_1.html")
            assert asked.status_code == 202, asked.text
            place = asked.headers["Location"]
            until = time.monotonic() + 60
            while client.get(place).json()["state"] in ("waiting", "running") and time.monotonic() < until:
                time.sleep(0.2)
            found = client.get(place).json()
            assert found["state"] == "done", found
            events = client.get(f"{place}/events").text
            assert events.rstrip().splitlines()[-2] == "event: end"
            assert json.loads(events.rstrip().splitlines()[-1].removeprefix("data: "))["capture"] == found["capture"]
            assert client.get(f"/a/{found['capture']}").status_code == 200
            page = client.get(place.replace("/api/fetch", "/fetch")).text
            assert f"/a/{found['capture']}" in page
