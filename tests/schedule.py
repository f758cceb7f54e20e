"""Which tests stay together when several workers of pytest-xdist share them out."""

from __future__ import annotations

import re
import zlib
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

from tests.fangzhi import ROOT

LONG = "tests/journeys/"
"""Tests below take seconds each: they are shared out one by one, those of other files together."""

TAKES_TOWN = re.compile(r"^def test_\w+\([^)]*\btown: Town", re.MULTILINE)
"""A test that takes the crawled city, `town` in tests/conftest.py."""


LONGEST = (
    *("crawler/download/test_odd_answers.py", "crawler/web/test_desk.py", "crawler/web/test_jobs.py"),
    *("journeys/test_check.py", "journeys/test_demo.py", "journeys/test_faults.py", "journeys/test_fetch.py"),
    *("journeys/test_kill.py", "journeys/test_new_site.py", "journeys/test_polite.py", "journeys/test_s3.py"),
    *("journeys/test_schedule.py", "pipelines/archive/test_recovery.py", "pipelines/parse/extract/test_body.py"),
)
"""Files of the tests that take longest, as `make test` lists them at its end. Most wait for delays and servers."""


LARGEST = ("tests/crawler", "tests/journeys", "tests/pipelines")
"""The rooms with nine of ten test files."""


class Scheduler(LoadScopeScheduling):
    """Gives a worker all tests that share a fixture of their module, or the crawled city: neither is made twice."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """Return the name of the group of tests that stay together with this one."""
    path = nodeid.partition("::")[0]
    return _group(path) or (nodeid if path.startswith(LONG) else path)


def turn(nodeid: str) -> int:
    """Return what sorts tests so that those that wait for servers are spread among those that need a core.

    The longest are in the first half: a wait of half a minute at the end, or several at once, leaves the cores idle.
    """
    mixed = zlib.crc32(scope_of(nodeid).encode())
    return mixed // 2 if nodeid.partition("::")[0].removeprefix("tests/") in LONGEST else mixed


def collected_by(worker: str, paths: list[str], ignored: list[str]) -> list[str]:
    """Return what a worker collects, the folders of the tests one by one, from another one on for each worker.

    pytest compiles the assertions of each file that is new or has changed: 4 s of CPU time in a fresh clone. Workers
    that begin alike all compile the same files.
    """
    rooms = [room for path in paths for room in (_rooms(ignored) if path == "tests" else [path])]
    begin = int(worker.removeprefix("gw")) % len(rooms)
    return rooms[begin:] + rooms[:begin]


def _rooms(ignored: list[str]) -> list[str]:
    """Return the folders and modules of the tests, those with most tests first."""
    found = {f"tests/{each.name}" for each in (ROOT / "tests").iterdir() if each.suffix == ".py" or _is_package(each)}
    return sorted(found - set(ignored), key=lambda room: (room not in LARGEST, room))


def _is_package(folder: Path) -> bool:
    return folder.joinpath("__init__.py").is_file()


@cache
def _group(path: str) -> str | None:
    text = (ROOT / path).read_text("utf-8")
    if TAKES_TOWN.search(text) and "def town(" not in text:
        return "town"
    return path if 'scope="module"' in text else None
