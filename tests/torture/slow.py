"""Slow-loris servers: the handshake, the head or the body comes byte by byte, or stops."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pipelines.archive import read_file
from tests.crawler.download.test_handler import PAGE
from tests.torture.checks import check_archive
from tests.torture.commands import run
from tests.torture.report import Case, Row, run_cases

TIMEOUT_S = 1
"""The setting `timeout`: 30 s by default, which would make this part last an hour."""

EXCHANGE_S = 10 * TIMEOUT_S
"""An exchange may take ten timeouts (crawler/settings.py)."""

ATTEMPTS = 4
"""robots.txt, and a page with two retries."""

PAUSES_S = 60
"""robots.txt that cannot be read and failed pages make the crawler wait before it tries again."""

LIMIT_S = ATTEMPTS * 2 * EXCHANGE_S + PAUSES_S
"""Each attempt by both schemes."""

AT_ONCE = 4
"""Cases that run at once: they wait most of the time."""

DRIP_S = 0.5
"""Pause between two bytes: below the timeout, so that a limit for each read alone never ends the exchange."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(PAGE)
ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

Serve = Callable[[socket.socket], None]
"""Answers one connection."""


def drip(connection: socket.socket, data: bytes) -> None:
    """Send one byte after the other."""
    for number in range(len(data)):
        connection.sendall(data[number : number + 1])
        time.sleep(DRIP_S)


def after_request(answer: Serve) -> Serve:
    """Read a request; robots.txt is answered at once, everything else by `answer`."""

    def serve(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (data := connection.recv(65536)):
                return
            head += data
            if head.startswith(b"\x16\x03"):
                return
        if b" /robots.txt " in head:
            connection.sendall(ROBOTS)
        else:
            answer(connection)

    return serve


def stop(connection: socket.socket, data: bytes = b"") -> None:
    """Send some bytes, then nothing more until the client has closed the connection."""
    connection.sendall(data)
    while connection.recv(65536):
        pass


def body_then(rest: Serve) -> Serve:
    """Send the head and a part of the body at once."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(HEAD + PAGE[:200])
        rest(connection)

    return after_request(answer)


@contextmanager
def server(serve: Serve) -> Iterator[str]:
    """Serve each connection on loopback in a thread of its own; yield host and port."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=50)

    def answer(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            serve(connection)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()


SERVERS: dict[str, tuple[str, Serve]] = {
    "handshake, no byte": ("https", stop),
    "handshake, byte by byte": ("https", lambda connection: drip(connection, b"\x16\x03\x03\x40\x00\x02" + bytes(999))),
    "head, no byte": ("http", after_request(stop)),
    "head, byte by byte": ("http", after_request(lambda connection: drip(connection, HEAD * 99))),
    "head, endless fields": (
        "http",
        after_request(lambda connection: drip(connection, b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 999)),
    ),
    "body, stops": ("http", body_then(stop)),
    "body, byte by byte": ("http", body_then(lambda connection: drip(connection, b" " * 999))),
    "robots.txt, byte by byte": ("http", lambda connection: drip(connection, HEAD * 99)),
}
CUT = {"body, byte by byte": "time"}
"""Bodies that are archived as far as they came, and why they were cut."""


def rows(folder: Path) -> list[Row]:
    """Fetch a page of each slow server together with a page of a good one."""
    acts = {name: partial(fetch, scheme=scheme, serve=serve) for name, (scheme, serve) in SERVERS.items()}
    return run_cases("slow", folder, acts, at_once=AT_ONCE)


def fetch(case: Case, scheme: str, serve: Serve) -> None:
    """The good page is archived, the slow one is named or archived in part, and the command ends in time."""
    case.tries = 1
    good = after_request(lambda connection: connection.sendall(HEAD + PAGE))
    with server(serve) as slow, server(good) as host:
        urls = (f"{scheme}://{slow}/a.html", f"http://{host}/b.html")
        began = time.monotonic()
        options = ("--archive", str(case.folder / "archive"))
        done = run(case, "fetch", *urls, *options, codes=(0, 1, 3), limit_s=LIMIT_S, FANGZHI_TIMEOUT=str(TIMEOUT_S))
        seconds = time.monotonic() - began
    printed = {document["url"]: document for document in done.documents}
    case.lost += urls[1] not in printed or not printed[urls[1]].get("articles")
    named = urls[0] in printed or urls[0] in done.stderr or slow in done.stderr
    case.require(named, f"the slow page is named nowhere: {done.stderr[-300:]}")
    captures = [capture for path in case.folder.rglob("*.warc.gz") for _, capture in read_file(path)]
    cut = {capture.final_url: capture.truncated for capture in captures}
    if case.name in CUT:
        case.require(cut.get(urls[0]) == CUT[case.name], f"the part of the body that came is not archived: {cut}")
    check_archive(case, options, wanted=[urls[1]])
    case.note = f"exit code {done.process.returncode} after {seconds:.0f} s; {cut.get(urls[0], 'nothing archived')}"
