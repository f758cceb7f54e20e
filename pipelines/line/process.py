"""The line in a process of its own, so that the reactor and the line do not share one interpreter lock.

Both sides send frames, as `multiprocessing.connection` does: the length in four bytes, then a pickle of a name and
arguments. The crawl sends the calls of `LineThread`; the line sends answers, the calls of `CrawlListener`, and log
records. When the crawl's process ends, whatever the reason, the line's ends at once and closes nothing, as by a kill of
both.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import logging
import os
import pickle
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from multiprocessing import Pipe, util
from multiprocessing.connection import Connection
from typing import Any, cast

from pipelines.errors import FangzhiError, StoreError, StoreUnavailable
from pipelines.line.fork_server import fork_context, start_server
from pipelines.line.garbage import keep_imported
from pipelines.line.order import STAGES
from pipelines.line.protocols import Holding
from pipelines.line.thread import CrawlListener, LineSettings, LineThread
from pipelines.messages import gettext as _
from pipelines.model import Entry, Job, Requisite

LENGTH = struct.Struct("!i")
"""The head of a frame. The largest is that of a job, with a body of `max_body` bytes: far below 2 GB."""

EXIT_S = 1.0
"""Seconds until a process whose connection is closed has an exit code: it takes milliseconds."""


class LineProcess:
    """A `LineThread` in another process, with the same interface; to be used in the event loop's thread."""

    def __init__(self, settings: LineSettings, crawl: CrawlListener) -> None:
        """Start the process. It opens its stores meanwhile: an error of that is a failure of the line.

        Raises StoreUnavailable if the machine lacks the resources for a process.
        """
        self._crawl = crawl
        self._numbers = itertools.count()
        self._answers: dict[int, Future[Any]] = {}
        self._is_closed = False
        level = logging.getLogger().getEffectiveLevel()
        context = fork_context([__name__, *STAGES])
        try:
            ours, theirs = Pipe()
            with theirs, ours:
                arguments = (theirs, settings, level, dict(os.environ))
                self._process = context.Process(target=_serve, args=arguments, name="line")
                start_server()
                self._process.start()
                self._socket = socket.socket(fileno=os.dup(ours.fileno()))
        except OSError as error:
            hint = _("the machine is out of memory, processes or files")
            raise StoreUnavailable(
                _("no process to archive pages can be started: {error}", error=error), hint
            ) from error
        # Before the interpreter waits for its child processes, at its end: this one waits for us.
        util.Finalize(self, _hang_up, args=(self._socket,), exitpriority=0)

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        return self._process.pid

    async def connect(self) -> None:
        """Begin to send and to receive; nothing may be submitted before."""
        loop = asyncio.get_running_loop()
        frames = _Frames(self._receive, self._ended)
        self._transport, _protocol = await loop.create_unix_connection(lambda: frames, sock=self._socket)

    def hold(self, holding: Holding) -> None:
        """See `LineThread.hold`; it must be possible to pickle it."""
        self._send("hold", holding)

    def submit(self, job: Job) -> Future[Entry | Requisite]:
        """See `LineThread.submit`."""
        return self._ask("submit", job)

    def tick(self) -> None:
        """See `LineThread.tick`."""
        self._send("tick")

    def give_up(self) -> None:
        """See `LineThread.give_up`."""
        self._send("give_up")

    def close(self, failure: Exception | None) -> Future[StoreError | None]:
        """See `LineThread.close`; the answer is an exception if the process has ended without closing its stores."""
        return self._ask("close", failure)

    def _ask(self, name: str, argument: object) -> Future[Any]:
        number, answer = next(self._numbers), Future[Any]()
        if self._is_closed:
            answer.set_exception(self._lost())
            return answer
        self._answers[number] = answer
        self._send(name, number, argument)
        return answer

    def _send(self, *message: object) -> None:
        frame = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        self._transport.writelines((LENGTH.pack(len(frame)), frame))

    def _receive(self, frame: bytes) -> None:
        name, *arguments = pickle.loads(frame)  # noqa: S301 - of our own child process
        if name == "answer":
            number, result = arguments
            self._answers.pop(number).set_result(result)
        elif name == "error":
            number, error = arguments
            self._answers.pop(number).set_exception(error)
        elif name == "log":
            (record,) = arguments
            logging.getLogger(record.name).handle(record)
        else:
            getattr(self._crawl, name)(*arguments)

    def _ended(self) -> None:
        """Fail everything that waits for an answer: the process has ended, or its end of the connection."""
        self._is_closed = True
        waiting, self._answers = self._answers, {}
        for answer in waiting.values():
            answer.set_exception(self._lost())

    def _lost(self) -> StoreUnavailable:
        self._process.join(EXIT_S)
        code = self._process.exitcode
        hint = _("start the command again: what it had archived is catalogued first")
        return StoreUnavailable(_("the process that archives pages has ended (exit code {code})", code=code), hint)


class _Frames(asyncio.Protocol):
    """Cuts what arrives into frames."""

    def __init__(self, receive: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._receive, self._lost = receive, lost
        self._buffer = bytearray()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self._buffer)[0]
            if len(self._buffer) < end:
                return
            frame = bytes(memoryview(self._buffer)[LENGTH.size : end])
            del self._buffer[:end]
            self._receive(frame)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._lost()


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _serve(connection: Connection, settings: LineSettings, level: int, environ: Mapping[str, str]) -> None:
    """Run a line in this process until the crawl closes it, or ends."""
    keep_imported()
    os.environ.clear()
    os.environ.update(environ)
    crawl = _RemoteCrawl(connection)
    logging.basicConfig(level=level, handlers=[_Forward(crawl)], force=True)
    try:
        line = LineThread(settings, crawl)
    except FangzhiError as error:
        crawl.line_failed(error)
        return
    while True:
        try:
            name, *arguments = connection.recv()
        except (EOFError, OSError):  # the second where it had not read all that we sent
            os._exit(1)
        if name == "submit":
            number, job = arguments
            line.submit(job).add_done_callback(functools.partial(crawl.answer, number))
        elif name == "close":
            number, failure = arguments
            crawl.answer(number, line.close(failure))
            return
        else:
            getattr(line, name)(*arguments)


class _RemoteCrawl:
    """Stands for the crawl in the process of its line: sends each call to the process of the crawl."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def line_waits(self, why: StoreUnavailable) -> None:
        self._send("line_waits", why)

    def line_goes_on(self) -> None:
        self._send("line_goes_on")

    def line_failed(self, error: Exception) -> None:
        self._send("line_failed", _traced(error))

    def file_uploaded(self, seconds: float) -> None:
        self._send("file_uploaded", seconds)

    def answer(self, number: int, done: Future[Any]) -> None:
        """Send the result of a call, or its error."""
        error = cast("Exception | None", done.exception())
        if error:
            self._send("error", number, _traced(error))
        else:
            self._send("answer", number, done.result())

    def log(self, record: logging.LogRecord) -> None:
        self._send("log", record)

    def _send(self, *message: object) -> None:
        frame = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        with self._lock, contextlib.suppress(OSError):  # the crawl has ended: so do we, in a moment
            self._connection.send_bytes(frame)


class _Forward(logging.Handler):
    """Sends log records to the process of the crawl, which writes them."""

    def __init__(self, crawl: _RemoteCrawl) -> None:
        super().__init__()
        self._crawl = crawl

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        if isinstance(record.args, tuple):
            record.args = tuple(each if isinstance(each, int | float) else str(each) for each in record.args)
        self._crawl.log(record)


def _traced(error: Exception) -> Exception:
    """Return an error that can be pickled; one of a bug keeps its traceback as a note."""
    if isinstance(error, FangzhiError):
        return error
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - what we have just made
    except Exception:  # noqa: BLE001 - whatever its class does wrong, the crawl must learn of the error
        return RuntimeError("\n".join(error.__notes__))
    return error
