"""Addresses of archived pages and files in the player: `PREFIX/20260304050607mp_/http://www.example.cn/1.html`.

The layout is that of the Wayback Machine and pywb. Times are UTC.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal
from urllib.parse import quote

from attrs import evolve, field, frozen
from attrs.validators import matches_re

from pipelines.references import FileReference

Mode = Literal["", "mp_", "if_", "cs_", "im_", "id_"]
"""How a capture is shown, in the terms of pywb.

Empty for the bar with a page below it, `mp_` for this page, `if_` for a frame of a page, `cs_` for a stylesheet, `im_`
for a picture or another file of a page, `id_` for a file to save as it was captured.
"""

DEFAULT_PREFIX = "/play"

_ADDRESS = re.compile(
    r"""
    (?P<at>\d{4,14})                                     # the time or its beginning
    (?P<mode>mp_|if_|im_|id_|cs(?:-(?P<charset>[\w.-]{1,40}))?_)?
    /(?P<url>https?:/.+)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_FIRST_TIME = "00010101000000"
_UNSAFE = re.compile(r"[\x00-\x20\"'<>\\^`{|}#\x7f-\U0010ffff]+")


@frozen(kw_only=True)
class Address:
    """An archived URL at a time. `charset` is that of the page which asks for a stylesheet, empty if it is UTF-8."""

    url: str
    at: dt.datetime
    mode: Mode = ""
    charset: str = field(default="", validator=matches_re(r"[\w.-]*"))

    def path(self, prefix: str = DEFAULT_PREFIX) -> str:
        """Return the path of the address below a prefix; it is safe in HTML, CSS and header fields."""
        mode = f"cs-{self.charset}_" if self.mode == "cs_" and self.charset else self.mode
        url = _UNSAFE.sub(lambda found: quote(found[0], safe=""), self.url)
        return f"{prefix}/{self.at.astimezone(dt.UTC):%Y%m%d%H%M%S}{mode}/{url}"

    def as_mode(self, mode: Mode) -> Address:
        """Return the address of the same capture, shown in another way."""
        return evolve(self, mode=mode, charset="")


def parse_path(path: str, prefix: str = DEFAULT_PREFIX) -> Address | None:
    """Return the address of a path, with its query; None if it is not one of the player.

    >>> parse_path("/play/2026cs-gbk_/http://www.example.cn/a.css?v=2").charset
    'gbk'
    """
    found = _ADDRESS.fullmatch(path.removeprefix(f"{prefix}/")) if path.startswith(f"{prefix}/") else None
    if found is None:
        return None
    try:
        digits = found["at"] + _FIRST_TIME[len(found["at"]) :]
        at = dt.datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        return None
    mode = (found["mode"] or "").lower()
    url = re.sub(r"^(https?:)/+", r"\1//", found["url"], flags=re.IGNORECASE)
    return Address(url=url, at=at, mode="cs_" if mode.startswith("cs") else mode, charset=found["charset"] or "")  # type: ignore[arg-type]


def address_of(reference: FileReference, at: dt.datetime, encoding: str) -> Address:
    """Return the address of what a page or stylesheet in an encoding refers to, at the time of its capture."""
    modes: dict[str, Mode] = {"link": "", "stylesheet": "cs_", "frame": "if_"}
    mode = modes.get(reference.kind, "im_")
    charset = encoding if mode == "cs_" and encoding not in ("utf-8", "ascii") else ""
    return Address(url=reference.url, at=at, mode=mode, charset=charset)
