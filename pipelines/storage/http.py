"""A file behind an http(s) address, read only: somebody else's WARC on a web server."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import BinaryIO, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from pipelines.errors import StoreUnavailable

SILENT_S = 60
"""How long the server may say nothing."""

TRIES = 5
"""How often in a row a connection may break before a byte came: long files outlive most connections, not servers."""


def open_url(url: str) -> BinaryIO:
    """Return the file as a stream from its start; raises StoreUnavailable, also while it is being read.

    Where the connection breaks, the rest is asked for by range.
    """
    return cast("BinaryIO", io.BufferedReader(_Body(url), buffer_size=1 << 18))


def read_url(url: str, offset: int, length: int) -> bytes:
    """Return a range of the file, by one ranged GET; from a server that knows no ranges, all up to there is read."""
    with _translated(url), _ask(url, f"{offset}-{offset + length - 1}") as answer:
        if answer.status != 206:
            answer.read(offset)
        return answer.read(length)


def size_of(url: str) -> int | None:
    """Return the file's size in bytes, if the server says it."""
    with _translated(url), urlopen(Request(url, method="HEAD"), timeout=SILENT_S) as answer:  # noqa: S310
        told = answer.headers.get("Content-Length", "")
    return int(told) if told.isdecimal() else None


class _Body(io.RawIOBase):
    """The body of an answer, its errors translated."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._at = 0
        with _translated(url):
            self._answer = _ask(url)
        self._size = self._answer.length
        self._mark = self._answer.headers.get("ETag") or self._answer.headers.get("Last-Modified")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        for left in reversed(range(TRIES)):
            with _translated(self._url, passed=left > 0):
                read = self._answer.readinto(buffer)
                if read or self._size in (None, self._at):
                    self._at += read
                    return read
            with _translated(self._url, passed=left > 0):
                self._go_on()
        raise StoreUnavailable(f"{self._url} breaks off at byte {self._at}", "try again, or download the file first")

    def close(self) -> None:
        self._answer.close()
        super().close()

    def _go_on(self) -> None:
        """Ask for what is missing; a file that is another one by now, or a server without ranges, cannot go on."""
        self._answer.close()
        self._answer = _ask(self._url, f"{self._at}-")
        now = self._answer.headers.get("ETag") or self._answer.headers.get("Last-Modified")
        if self._answer.status != 206 or now != self._mark:
            raise StoreUnavailable(
                f"{self._url} broke off at byte {self._at} and cannot be read on from there", "download the file first"
            )


def _ask(url: str, span: str = "") -> HTTPResponse:
    headers = {"Range": f"bytes={span}"} if span else {}
    return cast("HTTPResponse", urlopen(Request(url, headers=headers), timeout=SILENT_S))  # noqa: S310 - the caller has checked the scheme


@contextmanager
def _translated(url: str, *, passed: bool = False) -> Iterator[None]:
    """Translate what goes wrong within; a connection that breaks is passed over if it may be tried again."""
    try:
        yield
    except HTTPError as error:
        raise StoreUnavailable(f"{url} cannot be read: {error.code} {error.reason}", "correct the address") from error
    except (OSError, HTTPException) as error:
        if not passed:
            raise StoreUnavailable(f"{url} cannot be read: {error}", "try again, or download the file first") from error
