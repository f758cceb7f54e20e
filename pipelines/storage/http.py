"""Shell. A file behind an http(s) address, read only: somebody else's WARC on a web server."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import BinaryIO, cast
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from pipelines.errors import StoreUnavailable

SILENT_S = 60
"""How long the server may say nothing."""


def open_url(url: str) -> BinaryIO:
    """Return the file as a stream from its start; raises StoreUnavailable, also while it is being read."""
    return cast("BinaryIO", io.BufferedReader(_Body(url), buffer_size=1 << 18))


def read_url(url: str, offset: int, length: int) -> bytes:
    """Return a range of the file, by one ranged GET; from a server that knows no ranges, all up to there is read."""
    headers = {"Range": f"bytes={offset}-{offset + length - 1}"}
    with _translated(url), urlopen(Request(url, headers=headers), timeout=SILENT_S) as answer:  # noqa: S310
        if answer.status != 206:
            answer.read(offset)
        return cast("bytes", answer.read(length))


class _Body(io.RawIOBase):
    """The body of an answer, its errors translated."""

    def __init__(self, url: str) -> None:
        self._url = url
        with _translated(url):
            self._answer = urlopen(url, timeout=SILENT_S)  # noqa: S310 - the caller has checked the scheme

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        with _translated(self._url):
            return cast("int", self._answer.readinto(buffer))

    def close(self) -> None:
        self._answer.close()
        super().close()


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except HTTPError as error:
        raise StoreUnavailable(f"{url} cannot be read: {error.code} {error.reason}", "correct the address") from error
    except (OSError, HTTPException) as error:
        raise StoreUnavailable(f"{url} cannot be read: {error}", "try again, or download the file first") from error
