"""Files on a web server, read only: WARC files of others; and messages that are posted.

With `allow_private`, the server may have a loopback or private address.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import BinaryIO, cast
from urllib.error import HTTPError
from urllib.request import Request

from pipelines.errors import StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.storage.http_connection import opener

TIMEOUT_S = 60
"""Timeout for each read."""

MAX_TRIES = 5
"""Successive broken connections without a byte between them: connections often break in long files, servers seldom."""


def open_url(url: str, *, allow_private: bool = False) -> BinaryIO:
    """Return the file as a stream from its start; raises StoreUnavailable, also from the stream's `read`.

    If the connection breaks, the rest is requested by range.
    """
    return cast("BinaryIO", io.BufferedReader(_ResumingBody(url, allow_private), buffer_size=1 << 18))


def read_url(url: str, offset: int, length: int, *, allow_private: bool = False) -> bytes:
    """Return a range of the file by one request; if the server ignores ranges, the bytes before it are read too."""
    with _errors_translated(url), _get(url, allow_private, f"{offset}-{offset + length - 1}") as response:
        if response.status != 206:
            response.read(offset)
        return response.read(length)


def size_of(url: str, *, allow_private: bool = False) -> int | None:
    """Return the file's size in bytes, or None if the server does not give it."""
    with _errors_translated(url), _ask(Request(url, method="HEAD"), allow_private) as response:  # noqa: S310 - as below
        length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def post(url: str, content: bytes, headers: Mapping[str, str], *, allow_private: bool, timeout_s: float) -> int:
    """Post to a web server and return the status of its answer; redirects are not followed.

    Raises StoreUnavailable if there is no answer.
    """
    request = Request(url, content, dict(headers), method="POST")  # noqa: S310 - the opener has no other schemes
    try:
        with opener(allow_private=allow_private, redirects=False).open(request, timeout=timeout_s) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code
    except (OSError, HTTPException) as error:
        raise StoreUnavailable(f"{error}") from error


class _ResumingBody(io.RawIOBase):
    """The body of a response; requests the rest by range if the connection breaks."""

    def __init__(self, url: str, allow_private: bool) -> None:
        self._url, self._allow_private = url, allow_private
        self._position = 0
        with _errors_translated(url):
            self._response = _get(url, allow_private)
        self._size = self._response.length
        self._version = self._response.headers.get("ETag") or self._response.headers.get("Last-Modified")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        for left in reversed(range(MAX_TRIES)):
            with _errors_translated(self._url, retry=left > 0):
                read = self._response.readinto(buffer)
                if read or self._size in (None, self._position):
                    self._position += read
                    return read
            with _errors_translated(self._url, retry=left > 0):
                self._resume()
        raise StoreUnavailable(
            _("{url} breaks off at byte {position}", url=self._url, position=self._position),
            _("try again, or download the file first"),
        )

    def close(self) -> None:
        self._response.close()
        super().close()

    def _resume(self) -> None:
        """Request the rest of the file; impossible if the file has changed or the server ignores ranges."""
        self._response.close()
        self._response = _get(self._url, self._allow_private, f"{self._position}-")
        version = self._response.headers.get("ETag") or self._response.headers.get("Last-Modified")
        if self._response.status != 206 or version != self._version:
            raise StoreUnavailable(
                _(
                    "{url} broke off at byte {position} and cannot be resumed there",
                    url=self._url,
                    position=self._position,
                ),
                _("download the file first"),
            )


def _get(url: str, allow_private: bool, span: str = "") -> HTTPResponse:
    headers = {"Range": f"bytes={span}"} if span else {}
    return _ask(Request(url, headers=headers), allow_private)  # noqa: S310 - the opener has no other schemes


def _ask(request: Request, allow_private: bool) -> HTTPResponse:
    return cast("HTTPResponse", opener(allow_private=allow_private).open(request, timeout=TIMEOUT_S))


@contextmanager
def _errors_translated(url: str, *, retry: bool = False) -> Iterator[None]:
    """Translate errors into StoreUnavailable; a broken connection is ignored if the caller will `retry`."""
    try:
        yield
    except HTTPError as error:
        raise StoreUnavailable(
            _("{url} cannot be read: {code} {reason}", url=url, code=error.code, reason=error.reason),
            _("correct the address"),
        ) from error
    except (OSError, HTTPException) as error:
        if not retry:
            raise StoreUnavailable(
                _("{url} cannot be read: {error}", url=url, error=error), _("try again, or download the file first")
            ) from error
