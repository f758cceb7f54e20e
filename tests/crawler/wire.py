"""An HTTP server that sends exactly the given bytes, and records the bytes that it receives."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator

CLIENT_HELLO = b"\x16\x03"


class Wire:
    """Answers each request with the raw bytes in `answers` for its path, then closes the connection.

    `with_cookie` replaces them for requests with a cookie, `once` for the next request to a path.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, place: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self.answers: dict[str, bytes] = {}
        self.with_cookie: dict[str, bytes] = {}
        self.once: dict[str, bytes] = {}
        self.requests: list[bytes] = []
        self.times: list[float] = []
        self.connections = 0
        self._socket = socket.create_server(place)
        self._tls = tls
        self.base = f"{'https' if tls else 'http'}://{place[0]}:{self._socket.getsockname()[1]}"

    def serve(self) -> None:
        """Answer requests until the socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Stop accepting connections; may be called again."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _answer(self, plain: socket.socket) -> None:
        with contextlib.suppress(ssl.SSLError, ConnectionError), plain, self._secured(plain) as connection:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (data := connection.recv(65536)):
                    return
                head += data
                if head.startswith(CLIENT_HELLO):
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    return
            self.requests.append(head)
            self.times.append(time.monotonic())
            path = head.split(b" ")[1].decode()
            answers = self.answers | (self.with_cookie if b"\r\nCookie: " in head else {})
            answers |= {path: self.once.pop(path)} if path in self.once else {}
            connection.sendall(answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))

    def _secured(self, plain: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(plain, server_side=True) if self._tls else plain


@contextlib.contextmanager
def wired(tls: ssl.SSLContext | None = None, place: tuple[str, int] = ("127.0.0.1", 0)) -> Iterator[Wire]:
    """Run a `Wire` on a free port of loopback, or on the given address and port; with `tls` it speaks HTTPS."""
    wire = Wire(tls, place)
    threading.Thread(target=wire.serve, daemon=True).start()
    try:
        yield wire
    finally:
        wire.close()


@contextlib.contextmanager
def silent() -> Iterator[str]:
    """Reserve a port that refuses connections and that no other process can get; yield its base URL."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
