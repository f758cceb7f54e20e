"""Which tests stay together when several workers of pytest-xdist share them out."""

from __future__ import annotations

import re
from functools import cache

from xdist.scheduler import LoadScopeScheduling

from tests.fangzhi import ROOT

LONG = "tests/journeys/"
"""Tests below take seconds each: they are shared out one by one, those of other files together."""

TAKES_TOWN = re.compile(r"^def test_\w+\([^)]*\btown: Town", re.MULTILINE)
"""A test that takes the crawled city, `town` in tests/conftest.py."""


class Scheduler(LoadScopeScheduling):
    """Gives a worker all tests that share a fixture of their module, or the crawled city: neither is made twice."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return _group(path) or (nodeid if path.startswith(LONG) else path)


@cache
def _group(path: str) -> str | None:
    text = (ROOT / path).read_text("utf-8")
    if TAKES_TOWN.search(text) and "def town(" not in text:
        return "town"
    return path if 'scope="module"' in text else None
