"""The head of an HTTP response as browsers read it: what is not in the standard is passed over, not an error.

h11, the parser of the HTTP library, refuses a response with a single illegal header line, which browsers and curl show.
So `StandardResponse` reads the head before h11 does, and gives it one with legal lines and one declaration of the
length. The archive keeps the head as it was received.
"""

from __future__ import annotations

import re

from attrs import field, frozen

from pipelines.archive.headers import HEADER_END, parse_http
from pipelines.model import Headers

MAX_HEAD_BYTES = 256 * 1024
"""Maximum size of a head, as in Chromium."""

BLANK_LINES = re.compile(rb"[\r\n]+")
"""Blank lines before a head, which clients ignore (RFC 9112 §2.2)."""

STATUS = re.compile(r"[1-9]\d\d")
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A field name (RFC 9110 §5.6.2). Fields with other names are archived, but nothing uses them."""

CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
LENGTH = re.compile(r"\d{1,15}")
"""A Content-Length; 15 digits are more than any body has."""

FRAMING = {"content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection"}
"""Fields that say where the body ends and whether the connection can be used again."""

NO_BODY = {204, 304}
"""Statuses of responses that end with their heads (RFC 9112 §6.3)."""


@frozen(kw_only=True)
class ResponseHead:
    """The head of a response: `raw` has its bytes and those of the blank line after it.

    `length` is the Content-Length, None without one or if several differ. `chunked` says whether the last transfer
    coding is `chunked`. `is_reusable` says whether another request may follow on the connection.
    """

    raw: bytes = field(repr=False)
    version: str
    status: int
    reason: str
    headers: Headers
    length: int | None
    chunked: bool
    is_reusable: bool

    def has_body(self, method: bytes) -> bool:
        """Whether a body follows, given the method of the request."""
        return method != b"HEAD" and self.status >= 200 and self.status not in NO_BODY

    def standard(self, *, chunked: bool, is_reusable: bool) -> bytes:
        """Return a head for h11: legal fields, one declaration of the length."""
        lines = [f"HTTP/1.1 {self.status} {_printable(self.reason)}"]
        lines += [
            f"{name}: {_printable(value)}"
            for name, value in self.headers
            if name.lower() not in FRAMING and NAME.fullmatch(name)
        ]
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        elif self.length is not None:
            lines.append(f"Content-Length: {self.length}")
        if not is_reusable:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def end_of_head(data: bytes, searched: int = 0) -> int | None:
    """Return the number of bytes of a head with the blank line after it, None if it is not complete.

    The first `searched` bytes are known to have no end, but it can begin in the last three of them.
    """
    end = HEADER_END.search(data, max(0, searched - 3))
    return end.end() if end else None


def read_head(raw: bytes) -> ResponseHead | None:
    """Read the head of a response; None if it does not begin with a status line.

    >>> head = read_head(b"http/1.1  200 OK\\nX Bad: 1\\nno colon\\n: no name\\nContent-Length: 5, 5\\n\\n")
    >>> head.status, head.length, head.headers[0]
    (200, 5, ('X Bad', '1'))
    """
    message = parse_http(raw)
    if message is None or not STATUS.fullmatch(message.start[1]):
        return None
    version, status, reason = message.start
    lengths = {length.strip() for length in _values(message.headers, "content-length")}
    codings = [coding.strip().lower() for coding in _values(message.headers, "transfer-encoding")]
    options = {option.strip().lower() for option in _values(message.headers, "connection")}
    is_valid = len(lengths) == 1 and all(map(LENGTH.fullmatch, lengths))
    is_current = version.upper() not in ("HTTP/1.0", "HTTP/0.9", "ICY") or "keep-alive" in options
    return ResponseHead(
        raw=raw,
        version=version,
        status=int(status),
        reason=reason,
        headers=message.headers,
        length=int(next(iter(lengths))) if is_valid else None,
        chunked=codings[-1:] == ["chunked"],
        # With a length and a transfer coding, or with several lengths, sender and reader may disagree on the end of the
        # message (RFC 9112 §11.2): no other response is read from such a connection.
        is_reusable=is_current and "close" not in options and not (codings and lengths) and len(lengths) <= is_valid,
    )


def _values(headers: Headers, wanted: str) -> list[str]:
    return [part for name, value in headers if name.lower() == wanted for part in value.split(",")]


def _printable(value: str) -> str:
    return CONTROL.sub(" ", value).strip()
