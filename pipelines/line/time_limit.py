"""A time limit for work in this process: the work is interrupted by an exception."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

REPEAT_S = 1.0
"""Seconds until the exception is raised again, if a library has swallowed it."""


class TimeLimitExceeded(BaseException):
    """The time is over. It is not an `Exception`, so that parsers which tolerate errors do not swallow it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimitExceeded in the body of a `with` statement after so many seconds.

    In the main thread a signal does it, which also interrupts regular expressions. Other threads get no signals: there
    the exception is raised once the interpreter is back from the call of a C library.
    """
    with _by_signal(seconds) if threading.current_thread() is threading.main_thread() else _by_thread(seconds):
        yield


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise TimeLimitExceeded

    handler = signal.signal(signal.SIGALRM, interrupt)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, left, interval)  # of a caller that uses the signal itself


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    thread, ended, lock = threading.get_ident(), threading.Event(), threading.Lock()

    def interrupt() -> None:
        wait = seconds
        while not ended.wait(wait):
            with lock:
                if not ended.is_set():
                    _raise_in(thread, TimeLimitExceeded)
            wait = REPEAT_S

    timer = threading.Thread(target=interrupt, name="time limit", daemon=True)
    timer.start()
    try:
        yield
    finally:
        with lock:
            ended.set()
            _raise_in(thread, None)  # an exception that has not arrived yet would hit the caller
        timer.join()


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Have an exception raised in a thread at its next step, or with None take back one that has not been raised."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error and ctypes.py_object(error))
