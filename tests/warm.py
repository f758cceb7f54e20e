"""A fork server: a process that has imported fangzhi once and forks a child for each command.

A new process spends 2.8 s of CPU time on imports before it runs a command; a forked child spends none. The child is a
process of its own in all other respects: it has its own pid, environment, folder, files, signal handlers and exit code.
At its end it waits for its threads and calls its exit functions, as any Python process does, but does not take apart
what it has imported: that writes to 130 MB of memory which it shares with the server, and takes .15 s of CPU time. The
server has one thread and no reactor.
"""

from __future__ import annotations

import atexit
import contextlib
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
from typing import Any

MAX_REQUEST_BYTES = 200_000
"""Maximum size of a request: Linux sends messages of up to 212,992 bytes; arguments and environment take 10 KB."""

FIXED = ("PYTHON", "LC_", "LANG")
"""Beginnings of the names of variables that an interpreter reads at its start: a forked child cannot change them."""

LATE = ("anyio._backends._asyncio", "charset_normalizer", "feedparser", "surt", "tldextract")
"""What our modules, or libraries, import at its first use."""

DAMAGED = ("觀察任務?!肮ぷ魅藛T怎么調配?”關(guān)於老城區。", "老城区的道路改造已经完成。", "å¸\x82å§\x94ä¹¦è®°")
"""Texts whose repair takes all dictionaries: of words, pinyin, and both scripts."""


def main(control: int) -> None:
    """Serve the socket `control` until it is closed; each forked child returns from here into its command."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C in the terminal is for the tests and their commands
    preload()
    assert threading.active_count() == 1, "a fork copies one thread only"
    gc.collect()
    gc.freeze()  # so that collections in the children leave the pages of memory that they share unwritten
    with socket.socket(fileno=control) as requests:
        command = serve(requests)
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
    from tests.pipelines.pages import job, page

    for text in DAMAGED:
        read_page(job(page(text=text)))
        traditional(text)


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


def serve(requests: socket.socket) -> Command | None:
    """Fork a child for each request and tell its pid and exit code; return the command in a child, None at the end."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(requests, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is not requests:
                    waiting.unregister(key.fd)
                    _ended(key.fd, *key.data)
                    continue
                command = _received(requests)
                if command is None:
                    return None
                pid = command.fork()
                if pid == 0:
                    _close(waiting)
                    return command
                waiting.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, command.answer))


def _received(requests: socket.socket) -> Command | None:
    try:
        text, handles, _, _ = socket.recv_fds(requests, MAX_REQUEST_BYTES, 4)
    except ConnectionResetError:
        return None
    if not text:
        return None
    answer, *files = handles
    return Command(json.loads(text), files, socket.socket(fileno=answer))


def _ended(pidfd: int, pid: int, answer: socket.socket) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(pidfd)
    with answer, contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
        answer.sendall(b"%d\n" % code)


def _close(waiting: selectors.BaseSelector) -> None:
    """Close in a child what belongs to its siblings."""
    for key in list(waiting.get_map().values()):
        if key.data:
            os.close(key.fd)
            key.data[1].close()
