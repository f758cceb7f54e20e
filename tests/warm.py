"""A fork server: a process that has imported fangzhi once and forks a child for each command.

A new process spends 2.8 s of CPU time on imports before it runs a command; a forked child spends none. The child is a
process of its own in all other respects: it has its own pid, environment, folder, files, signal handlers and exit code.
At its end it waits for its threads and calls its exit functions, as any Python process does, but does not take apart
what it has imported: that writes to 130 MB of memory which it shares with the server, and takes .15 s of CPU time. The
server has one thread and no reactor. One server works for all workers of pytest: tests/forks.py starts and finds it.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

MAX_REQUEST_BYTES = 200_000
"""Maximum size of a request: Linux sends messages of up to 212,992 bytes; arguments and environment take 10 KB."""

FIXED = ("PYTHON", "LC_", "LANG")
"""Beginnings of the names of variables that an interpreter reads at its start: a forked child cannot change them."""

LATE = ("anyio._backends._asyncio", "charset_normalizer", "feedparser", "surt", "tldextract")
"""What our modules, or libraries, import at its first use."""

DAMAGED = ("觀察任務?!肮ぷ魅藛T怎么調配?”關(guān)於老城區。", "老城区的道路改造已经完成。", "å¸\x82å§\x94ä¹¦è®°")
"""Texts whose repair takes all dictionaries: of words, pinyin, and both scripts."""


def main(listening: int, owner: int) -> None:
    """Serve the clients of a socket until its owner ends; a forked child returns from here into its command.

    `listening` is that socket; the other end of `owner` closes when the process that started us ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C in the terminal is for the tests and their commands
    gc.disable()  # everything that is imported stays
    preload()
    assert threading.active_count() == 1, "a fork copies one thread only"
    gc.collect()
    gc.freeze()  # so that collections in the children leave the pages of memory that they share unwritten
    gc.enable()
    use_huge_pages()
    command = Server(socket.socket(fileno=listening), socket.socket(fileno=owner)).serve()
    if command:
        command.run()


def preload() -> None:
    """Import every module and what they import when it is needed, and load the dictionaries that reading needs."""
    import crawler
    import pipelines

    for package in (crawler, pipelines):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".__main__"):
                importlib.import_module(module.name)
    for name in LATE:
        importlib.import_module(name)

    from scrapy.settings import default_settings as defaults
    from scrapy.utils.misc import load_object

    for path in (*defaults.DOWNLOADER_MIDDLEWARES_BASE, *defaults.SPIDER_MIDDLEWARES_BASE, defaults.LOG_FORMATTER):
        load_object(path)

    from pipelines.line.order import read_page
    from pipelines.text.traditional import traditional
    from tests import own_processes  # noqa: F401 - imports what a command would import
    from tests.pipelines.pages import job, page

    for text in DAMAGED:
        read_page(job(page(text=text)))
        traditional(text)


HUGE_PAGE_BYTES = 2 << 20
"""Size of a huge page of x86-64, and of ARM with pages of 4 KiB."""

MADV_COLLAPSE = 25
"""From `linux/mman.h`: put this memory into huge pages now; since Linux 6.1, and whatever the machine sets for them."""


def use_huge_pages() -> None:
    """Put the memory that children share into huge pages, so that a fork copies 1 entry for 512 pages and not 512.

    This halves what a child costs in the kernel, from 18 to 9 ms of CPU time. An older kernel leaves all as it is.
    """
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    for line in Path("/proc/self/maps").read_text("ascii", "replace").splitlines():
        addresses, permissions, _, _, inode, *_ = line.split()
        if permissions == "rw-p" and inode == "0":
            begin, end = (int(address, 16) for address in addresses.split("-"))
            first = -(-begin // HUGE_PAGE_BYTES) * HUGE_PAGE_BYTES
            if end - first >= HUGE_PAGE_BYTES:
                advise(first, (end - first) // HUGE_PAGE_BYTES * HUGE_PAGE_BYTES, MADV_COLLAPSE)


class Command:
    """What a child is to run, and the socket on which the server tells its exit code."""

    def __init__(self, request: dict[str, Any], files: list[int], answer: socket.socket) -> None:
        self._request, self._files, self.answer = request, files, answer

    def fork(self) -> int:
        """Return the pid of a child, or 0 in the child itself."""
        pid = os.fork()
        if pid:
            for file in self._files:
                os.close(file)
            self.answer.sendall(b"%d\n" % pid)
        return pid

    def run(self) -> None:
        """Become the command: take its files, environment, folder and signals, then run it."""
        from crawler.cli.main import main as fangzhi
        from tests.own_processes import fork_its_server, makes_processes

        for number, file in enumerate(self._files):
            os.dup2(file, number)
            os.close(file)
        environ = self._request["environ"]
        fixed = {name for name in {*os.environ, *environ} if name.startswith(FIXED)}
        changed = sorted(name for name in fixed if os.environ.get(name) != environ.get(name))
        assert not changed, f"{changed} need an interpreter of their own: `installed`"
        os.environ.clear()
        os.environ.update(environ)
        time.tzset()
        os.chdir(self._request["folder"])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = self._request["arguments"]
        if makes_processes(sys.argv, environ):
            fork_its_server()
        try:
            fangzhi()
        except SystemExit as end:
            _exit(end.code)


def _exit(code: Any) -> None:
    """End this process as `sys.exit` does, up to the point where an interpreter frees its memory."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BrokenPipeError):
            stream.flush()
    os._exit(code)


class Server:
    """Forks a child for each request of its clients, and tells them its pid and its exit code."""

    def __init__(self, listening: socket.socket, owner: socket.socket) -> None:
        self._listening, self._owner = listening, owner
        self._clients: set[socket.socket] = set()
        self._children: dict[int, tuple[int, socket.socket]] = {}  # by pidfd: the pid, and who waits for its end
        self._waiting = selectors.DefaultSelector()
        for end in (listening, owner):
            self._waiting.register(end, selectors.EVENT_READ)

    def serve(self) -> Command | None:
        """Return the command in a child, and None when the owner has ended."""
        while True:
            for key, _ in self._waiting.select():
                if key.fileobj is self._owner:
                    return None
                if key.fileobj is self._listening:
                    self._accept()
                elif key.fd in self._children:
                    self._ended(key.fd)
                elif command := self._fork(key.fileobj):
                    return command

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        self._clients.add(client)
        self._waiting.register(client, selectors.EVENT_READ)

    def _fork(self, client: Any) -> Command | None:
        """Fork a child for the next request of a client; return the command in the child."""
        command = _received(client)
        if command is None:
            self._waiting.unregister(client)
            self._clients.remove(client)
            client.close()
            return None
        pid = command.fork()
        if pid == 0:
            self._close()
            return command
        child = os.pidfd_open(pid)
        self._children[child] = pid, command.answer
        self._waiting.register(child, selectors.EVENT_READ)
        return None

    def _ended(self, child: int) -> None:
        pid, answer = self._children.pop(child)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self._waiting.unregister(child)
        os.close(child)
        with answer, contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
            answer.sendall(b"%d\n" % code)

    def _close(self) -> None:
        """Close in a child what belongs to the server, to its clients and to its other children."""
        self._waiting.close()
        for end in (self._listening, self._owner, *self._clients):
            end.close()
        for child, (_, answer) in self._children.items():
            os.close(child)
            answer.close()


def _received(client: socket.socket) -> Command | None:
    """Return the next request of a client, None after its last one."""
    try:
        text, handles, _, _ = socket.recv_fds(client, MAX_REQUEST_BYTES, 4)
    except ConnectionResetError:
        return None
    if not text:
        return None
    answer, *files = handles
    return Command(json.loads(text), files, socket.socket(fileno=answer))
