"""Ctrl-C and SIGTERM: what is on the wire ends, nothing else is requested, and the next run does the rest."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.download.downloader import STOP_S
from tests.crawler.wire import Wire
from tests.fangzhi import documents, fangzhi, start
from tests.journeys.small import ARTICLES, answer, asked, crawl, listing, site_options
from tests.wait import wait_until

PATHS = [f"/2026/0305/{number}.html" for number in range(24)]


@pytest.fixture
def many(wire: Wire) -> Wire:
    texts = list(ARTICLES.values())
    wire.answers |= {path: answer(texts[number % len(texts)]) for number, path in enumerate(PATHS)}
    return wire


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("status", ["200 OK", "503 Service Unavailable"])
def test_a_stopped_fetch_requests_nothing_more(many: Wire, tmp_path: Path, number: int, status: str) -> None:
    many.answers = {path: page.replace(b"200 OK", status.encode()) for path, page in many.answers.items()}
    running = start("fetch", *(many.base + path for path in PATHS), "--archive", str(tmp_path))
    wait_until(lambda: len(asked(many)) >= 3)
    before, began = len(asked(many)), time.monotonic()
    running.send_signal(number)
    out, err = running.communicate(60)
    assert running.wait() == 130
    assert len(asked(many)) <= before + 1, "a request may have been on its way"
    assert time.monotonic() - began < STOP_S
    left = len(PATHS) - len(out.splitlines())
    assert f"interrupted: {left} pages were not fetched" in err


def test_a_stopped_crawl_is_continued_by_the_next(many: Wire, tmp_path: Path) -> None:
    many.answers["/list/"] = listing(PATHS)
    running = start("crawl", "fu", "--json", *site_options(many, tmp_path, "delay = 0.5"))
    wait_until(lambda: len(asked(many)) >= 5)
    before = len(asked(many))
    running.send_signal(signal.SIGINT)
    running.communicate(60)
    assert running.wait() == 130
    assert len(asked(many)) <= before + 1
    crawl(many, tmp_path, "delay = 0.01")
    pages = [path for path in asked(many) if path != "/list/"]
    assert sorted(pages) == sorted(PATHS), "each page once"


def test_a_response_that_does_not_end_is_broken_off(tmp_path: Path) -> None:
    with endless() as (url, connected):
        running = start("fetch", url, "--archive", str(tmp_path))
        assert connected.wait(30)
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(60)
    assert running.wait() == 130
    assert time.monotonic() - began < STOP_S + 5
    assert (out, "interrupted: 1 page was not fetched" in err) == ("", True)


@contextlib.contextmanager
def endless() -> Iterator[tuple[str, threading.Event]]:
    """Serve a page whose body grows by a byte a second for ever."""
    connected = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if b"robots.txt" in connection.recv(65536):
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
            connected.set()
            while True:
                connection.sendall(b"a")
                time.sleep(1)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/a.html", connected


def test_the_documents_of_a_stopped_fetch_are_archived(many: Wire, tmp_path: Path) -> None:
    running = start("fetch", *(many.base + path for path in PATHS), "--archive", str(tmp_path))
    wait_until(lambda: len(asked(many)) >= 3)
    running.send_signal(signal.SIGINT)
    out, _err = running.communicate(60)
    listed = documents(fangzhi("list", "--json", "--archive", str(tmp_path)))
    assert {entry["url"] for entry in listed} == {json.loads(line)["url"] for line in out.splitlines()}
