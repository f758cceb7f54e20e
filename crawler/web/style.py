"""The style of all pages, under an address that changes with its content, so that browsers keep it for good."""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files

FILES = ("room.css", "room.js")


@functools.cache
def content(name: str) -> bytes:
    """Return the bytes of one of `FILES`."""
    return files("crawler.web").joinpath("static", name).read_bytes()


def address(name: str) -> str:
    """Return the path of a file, without the prefix: `static/room.0123abcd.css`."""
    stem, _, ending = name.partition(".")
    return f"static/{stem}.{hashlib.sha256(content(name)).hexdigest()[:12]}.{ending}"


STYLE_PATH = address("room.css")
SCRIPT_PATH = address("room.js")
