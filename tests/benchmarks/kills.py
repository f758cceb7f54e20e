"""A crawl of 2,000 pages that is killed at 20 random moments: it must neither lose nor duplicate a page.

Run it with `python -m tests.benchmarks.kills [KILLS] [PAGES] [SEED]`. It crawls two portals, which have two thirds of
the city's pages. Every second moment is chosen by time, the others by the number of catalogued pages, so that kills
occur both during waits and during work.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crawler.demo import build, serve
from pipelines.dedupe.verdict import EMPTY
from tests.fangzhi import documents, fangzhi, start_installed, warcs
from tests.journeys.test_kill import entry_ids
from tests.town import SITES, Town, settle

KILL_TIMEOUT_S = 120
"""If the moment of a kill has not come by then, the crawl has ended, or hangs."""


def main() -> None:
    """Kill a crawl again and again, complete it, and print the result."""
    kills, pages, seed = (int(word) for word in (*sys.argv[1:], *("20", "3200", "1")[len(sys.argv) - 1 :]))
    chance = random.Random(seed)
    with serve(build(pages=pages)) as server, tempfile.TemporaryDirectory() as name:
        town = settle(server, Path(name))
        wanted = {truth.url for truth in town.truths()}
        began, fallen, acknowledged = time.monotonic(), 0, set[str]()
        share = len(wanted) // (kills + 1)
        for number in range(kills):
            moment = by_clock(chance) if number % 2 else by_pages(chance, town, share)
            fallen += killed(town, moment)
            acknowledged |= entry_ids(Path(town.archive, "catalogue.sqlite"))
        (report,) = run_json(town, "crawl", *SITES)
        seconds = time.monotonic() - began
        print(f"{fallen} of {kills} kills hit a running crawl; {len(acknowledged)} captures were acknowledged before")
        print(f"the last crawl fetched the remaining {report['fetched']}; {seconds:.0f} s in total")
        print_result(town, wanted, acknowledged)


def by_clock(chance: random.Random) -> Callable[[], bool]:
    """Return the condition for a moment some seconds after the start, while the program loads or crawls."""
    at = time.monotonic() + chance.uniform(0.5, 8)
    return lambda: time.monotonic() >= at


def by_pages(chance: random.Random, town: Town, most: int) -> Callable[[], bool]:
    """Return the condition for the moment when some more pages are catalogued."""
    catalogue = Path(town.archive, "catalogue.sqlite")
    wanted = len(entry_ids(catalogue)) + chance.randint(1, most)
    return lambda: len(entry_ids(catalogue)) >= wanted


def killed(town: Town, moment: Callable[[], bool]) -> bool:
    """Start a crawl and kill it at a moment; return whether it was still running."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    deadline = time.monotonic() + KILL_TIMEOUT_S
    with start_installed("crawl", *SITES, *town.options, "--json", **quiet) as process:
        while not moment() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        running = process.poll() is None
        process.kill()
    return running


def print_result(town: Town, wanted: set[str], acknowledged: set[str]) -> None:
    """Print the state of the archive and the city's access log at the end; raises AssertionError if it is wrong."""
    entries = run_json(town, "list")
    there = {entry["url"] for entry in entries}
    ids = Counter(entry["id"] for entry in entries)
    exchanges = Counter((entry["url"], entry["final_url"]) for entry in entries)
    bodies = Counter(one["digests"]["payload"] for one in entries if one["verdict"]["kind"] != "same-bytes")
    print(f"pages wanted    {len(wanted):6}   missing {len(wanted - there)}, not wanted {len(there - wanted)}")
    print(f"captures        {len(entries):6}   acknowledged before a kill and lost {len(acknowledged - ids.keys())}")
    print(
        f"catalogue       {len(ids):6}   repeated ids {count_repeated(ids)}, repeated URLs {count_repeated(exchanges)}"
    )
    del bodies[EMPTY]
    print(f"bodies stored   {len(bodies):6}   stored twice in full {count_repeated(bodies)}")
    found = run_json(town, "verify", "--deep")
    print(f"WARC files      {len(warcs(town.archive)):6}   verify --deep found {len(found)} faults")
    (again,) = run_json(town, "replay")
    print(f"replay          {again['unchanged']:6}   unchanged, {again['changed']} changed, {again['added']} added")
    requests = Counter((visit.portal, visit.target) for visit in town.server.log if visit.target != "/robots.txt")
    print(f"access log      {requests.total():6}   requests, {requests.total() - len(requests)} of them repeated")
    assert there == wanted, "pages are missing, or were not wanted"
    assert acknowledged <= ids.keys(), "acknowledged captures are lost"
    assert count_repeated(ids) == count_repeated(bodies) == 0, "captures or bodies are duplicated"
    assert not found, "the archive is damaged"
    assert again["unchanged"] == len(entries), "a replay gives other entries"


def run_json(town: Town, *arguments: str) -> list[dict[str, Any]]:
    """Return the JSON documents that a command prints for the town's archive, whatever its exit code."""
    return documents(fangzhi(*arguments, *town.options, "--json", timeout=1800))


def count_repeated(counts: Counter[str] | Counter[tuple[str, str]]) -> int:
    """Return how many keys occur more than once."""
    return sum(count > 1 for count in counts.values())


if __name__ == "__main__":
    main()
