"""HTTP/1.1 servers for the city on loopback, one for each portal, in this process or in a separate one."""

from __future__ import annotations

import datetime as dt
import json
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import define, evolve, field, frozen

from crawler.demo.article_schedule import NEWEST_DAY
from crawler.demo.city import City
from crawler.demo.model import HttpAnswer

HOST = "127.0.0.1"
POLL_S = 0.05  # until the end of the server is noticed
CHUNK_BYTES = 4096  # of a chunked body: an article page takes several


@frozen(kw_only=True)
class LoggedRequest:
    """One line of the access log. `time` is in seconds since the epoch, `target` is path and query."""

    time: float
    portal: str
    target: str
    status: int
    user_agent: str


@define(kw_only=True)
class Server:
    """A running city. `city` may be replaced by another visit while it runs. `log` is the access log, oldest first."""

    city: City
    base_urls: Mapping[str, str] = field(factory=dict)
    log: list[LoggedRequest] = field(factory=list)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256  # a crawler opens many connections at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print errors of the server, but not of clients that close the connection or are killed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(running: Server, slug: str) -> type[BaseHTTPRequestHandler]:
    """Return the request handler of one portal."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 60

        def do_GET(self) -> None:
            self._respond(self.path)

        def do_HEAD(self) -> None:
            self._respond(self.path)

        def do_POST(self) -> None:
            """Answer like a GET with the body as its query: list APIs accept both."""
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("ascii", "replace")
            self._respond(f"{self.path}{'&' if '?' in self.path else '?'}{body}" if body else self.path)

        def log_message(self, *_arguments: object) -> None:
            """Print nothing: a request that is not HTTP, such as a TLS handshake, is answered with status 400."""

        def _respond(self, target: str) -> None:
            accept_gzip = "gzip" in self.headers.get("Accept-Encoding", "")
            referred = "Referer" in self.headers
            answer = running.city.answer(slug, target, running.base_urls, accept_gzip=accept_gzip, referred=referred)
            if _is_unchanged(answer, self.headers.get("If-None-Match")):
                answer = evolve(answer, status=304, reason="Not Modified", body=b"", chunked=False)
            agent = self.headers.get("User-Agent", "")
            running.log.append(
                LoggedRequest(time=time.time(), portal=slug, target=target, status=answer.status, user_agent=agent)
            )
            head = _head(answer, self.date_time_string())
            self.wfile.write(head if self.command == "HEAD" else head + _payload(answer))

    return Handler


def _is_unchanged(answer: HttpAnswer, tag: str | None) -> bool:
    return tag is not None and answer.status == 200 and dict(answer.headers).get("ETag") == tag


def _head(answer: HttpAnswer, date: str) -> bytes:
    framing = ("Transfer-Encoding", "chunked") if answer.chunked else ("Content-Length", str(len(answer.body)))
    fields = (*answer.headers, ("Date", date), framing)
    lines = (f"HTTP/1.1 {answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in fields), "", "")
    return "\r\n".join(lines).encode("latin-1")


def _payload(answer: HttpAnswer) -> bytes:
    if not answer.chunked:
        return answer.body
    pieces = (answer.body[at : at + CHUNK_BYTES] for at in range(0, len(answer.body), CHUNK_BYTES))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@contextmanager
def serve(city: City, port: int = 0) -> Iterator[Server]:
    """Serve the city from threads of this process.

    The first portal listens on `port`, the others on the ports after it; 0 stands for any free ports.

    Raises:
        OSError: a port is in use.
    """
    running = Server(city=city)
    with ExitStack() as stack:
        listeners = []
        for number, portal in enumerate(city.portals):
            handler = _handler(running, portal.slug)
            listeners.append(stack.enter_context(_Listener((HOST, port and port + number), handler)))
        slugs = (portal.slug for portal in city.portals)
        running.base_urls = {
            slug: f"http://{HOST}:{listener.server_port}" for slug, listener in zip(slugs, listeners, strict=True)
        }
        ended = threading.Event()
        acceptor = threading.Thread(target=_accept, args=(listeners, ended), daemon=True)
        acceptor.start()
        stack.callback(acceptor.join)
        stack.callback(ended.set)
        yield running


def _accept(listeners: list[_Listener], ended: threading.Event) -> None:
    """Accept the connections of all portals until the end; each is then served by a thread of its own."""
    with selectors.DefaultSelector() as selector:
        for listener in listeners:
            selector.register(listener, selectors.EVENT_READ, listener)
        while not ended.is_set():
            for key, _events in selector.select(POLL_S):
                key.data.handle_request()


@contextmanager
def running(
    port: int = 0, *, seed: int = 1, pages: int = 300, visit: int = 1, newest_day: dt.date = NEWEST_DAY
) -> Iterator[dict[str, str]]:
    """Serve a city from a separate process and yield its base URLs. The process ends with the block.

    Raises:
        RuntimeError: the process ended before it was ready; its message is on stderr.
    """
    options = {"port": port, "seed": seed, "pages": pages, "visit": visit, "newest-day": newest_day}
    arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "crawler.demo", *arguments]
    # The process gets its own session, so that Ctrl-C in a terminal interrupts the crawler only.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError(f"the demo city did not start: {' '.join(command)}")
            yield dict(json.loads(line))
        finally:
            process.terminate()
