"""Which tests stay together when several workers of pytest-xdist share them out."""

from __future__ import annotations

import re
import zlib
from functools import cache

from xdist.scheduler import LoadScopeScheduling

from tests.fangzhi import ROOT

LONG = "tests/journeys/"
"""Tests below take seconds each: they are shared out one by one, those of other files together."""

TAKES_TOWN = re.compile(r"^def test_\w+\([^)]*\btown: Town", re.MULTILINE)
"""A test that takes the crawled city, `town` in tests/conftest.py."""


LONGEST = ("tests/journeys/test_demo.py", "tests/journeys/test_new_site.py", "town")
"""Groups that begin first: each takes a worker a minute or more, in which the others would be done."""


class Scheduler(LoadScopeScheduling):
    """Gives a worker all tests that share a fixture of their module, or the crawled city: neither is made twice."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """Return the name of the group of tests that stay together with this one."""
    path = nodeid.partition("::")[0]
    return _group(path) or (nodeid if path.startswith(LONG) else path)


def turn(nodeid: str) -> tuple[bool, int]:
    """Return what sorts tests so that those that wait for servers are spread among those that need a core."""
    scope = scope_of(nodeid)
    return scope not in LONGEST, zlib.crc32(scope.encode())


@cache
def _group(path: str) -> str | None:
    text = (ROOT / path).read_text("utf-8")
    if TAKES_TOWN.search(text) and "def town(" not in text:
        return "town"
    return path if 'scope="module"' in text else None
