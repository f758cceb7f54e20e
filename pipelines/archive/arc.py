"""ARC, the format before WARC: its one-line heads, told in WARC's words."""

from __future__ import annotations

import re

LINE = re.compile(
    rb"(?P<url>[a-z][a-z0-9+.-]*:[^\r\n]*) (?P<ip>[0-9A-Fa-f.:]+|-) (?P<date>[0-9]{8,14}) (?P<type>[^ \r\n]*)"
    rb"(?: [^ \r\n]+){0,5}? (?P<size>[0-9]{1,18})\r?\n"
)
"""A URL record of version 1, or with up to five fields more of version 2; addresses may have spaces in them.

Internet Archive, ARC File Format (1996): URL, IP address, date in UTC, content type, …, length of what follows.
"""

FILE_HEAD = "filedesc://"


def arc_fields(line: bytes) -> dict[str, str]:
    """Return what the line before an ARC record says, as the fields of a WARC record, or nothing if it is none.

    >>> arc_fields(b"http://a.cn/ 192.0.2.1 19990102030405 text/html 42\\n")["warc-date"]
    '1999-01-02T03:04:05Z'
    """
    said = LINE.fullmatch(line)
    if said is None:
        return {}
    url = said["url"].decode("utf-8", "replace")
    fields = {
        "warc-type": "warcinfo" if url.startswith(FILE_HEAD) else "response",
        "warc-target-uri": url,
        "warc-date": _iso(said["date"].decode()),
        "content-length": said["size"].decode(),
    }
    return fields | ({"warc-ip-address": said["ip"].decode()} if len(said["ip"]) > 1 else {})


def _iso(digits: str) -> str:
    """Return a time of 14 digits as WARC-Date has it; what is missing at its end is zero."""
    full = digits.ljust(14, "0")
    return f"{full[:4]}-{full[4:6]}-{full[6:8]}T{full[8:10]}:{full[10:12]}:{full[12:]}Z"
