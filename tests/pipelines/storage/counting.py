"""A proxy in front of an S3 server that counts the requests by method."""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

REQUEST_LINE = re.compile(rb"^(GET|HEAD|PUT|POST|DELETE) (/\S*) HTTP/1\.1\r\n", re.MULTILINE)


@contextmanager
def counted_requests(endpoint: str) -> Iterator[tuple[str, Counter[str]]]:
    """Yield the address of a proxy of a server, and how many requests of each method came so far.

    Requests must fit into one piece of a connection, as those without a body do.
    """
    methods: Counter[str] = Counter()
    parts = urlsplit(endpoint)
    listener = socket.create_server(("127.0.0.1", 0))

    def forward(source: socket.socket, target: socket.socket, *, counts: bool) -> None:
        try:
            while data := source.recv(1 << 16):
                if counts:
                    methods.update(method.decode() for method, _ in REQUEST_LINE.findall(data))
                target.sendall(data)
        except OSError:
            pass
        finally:
            for each in (source, target):
                each.close()

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection((parts.hostname, parts.port))
            for pair, counts in (((client, server), True), ((server, client), False)):
                threading.Thread(target=forward, args=pair, kwargs={"counts": counts}, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    with listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", methods
