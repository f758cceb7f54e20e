"""What a crawl of 2,000 pages loses and doubles when it is killed at 20 random moments: nothing, it says how often.

Run it with `python -m tests.benchmarks.kills [KILLS] [PAGES] [SEED]`: two portals are crawled, which have two thirds of
the city's pages. Every second moment is chosen by the clock, the
others by how many pages were catalogued, so that kills fall into waits as well as into the thick of it.
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
from tests.journeys.test_kill import remembered
from tests.town import SITES, Town, settle

LONGEST_S = 120
"""Seconds after which a moment that does not come is given up: the crawl has ended, or hangs."""


def main() -> None:
    """Print how a crawl went that was killed again and again."""
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
            acknowledged |= remembered(Path(town.archive, "catalogue.sqlite"))
        (report,) = said(town, "crawl", *SITES)
        seconds = time.monotonic() - began
        print(f"{fallen} of {kills} kills fell while it crawled; {len(acknowledged)} captures were acknowledged before")
        print(f"the last crawl had {report['fetched']} left to fetch; {seconds:.0f} s in all")
        tell(town, wanted, acknowledged)


def by_clock(chance: random.Random) -> Callable[[], bool]:
    """Return a moment some seconds after the start, while the program loads or crawls."""
    at = time.monotonic() + chance.uniform(0.5, 8)
    return lambda: time.monotonic() >= at


def by_pages(chance: random.Random, town: Town, most: int) -> Callable[[], bool]:
    """Return the moment at which some more pages are catalogued."""
    catalogue = Path(town.archive, "catalogue.sqlite")
    wanted = len(remembered(catalogue)) + chance.randint(1, most)
    return lambda: len(remembered(catalogue)) >= wanted


def killed(town: Town, moment: Callable[[], bool]) -> bool:
    """Start a crawl, kill it at a moment, and tell whether it was running then."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    until = time.monotonic() + LONGEST_S
    with start_installed("crawl", *SITES, *town.options, "--json", **quiet) as process:
        while not moment() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        running = process.poll() is None
        process.kill()
    return running


def tell(town: Town, wanted: set[str], acknowledged: set[str]) -> None:
    """Print what is there in the end, and what the city's access log says; raises AssertionError if any is wrong."""
    entries = said(town, "list")
    there = {entry["url"] for entry in entries}
    ids = Counter(entry["id"] for entry in entries)
    exchanges = Counter((entry["url"], entry["final_url"]) for entry in entries)
    bodies = Counter(one["digests"]["payload"] for one in entries if one["verdict"]["kind"] != "same-bytes")
    print(f"pages wanted    {len(wanted):6}   missing {len(wanted - there)}, not asked for {len(there - wanted)}")
    print(f"captures        {len(entries):6}   acknowledged before a kill and lost {len(acknowledged - ids.keys())}")
    print(f"catalogue       {len(ids):6}   ids twice {doubled(ids)}, addresses twice {doubled(exchanges)}")
    del bodies[EMPTY]
    print(f"bodies kept     {len(bodies):6}   in full twice {doubled(bodies)}")
    found = said(town, "verify", "--deep")
    print(f"WARC files      {len(warcs(town.archive)):6}   verify --deep found {len(found)} faults")
    (again,) = said(town, "replay")
    print(f"replay          {again['unchanged']:6}   unchanged, {again['changed']} changed, {again['added']} added")
    asked = Counter((visit.portal, visit.target) for visit in town.server.log if visit.target != "/robots.txt")
    print(f"access log      {asked.total():6}   requests, {asked.total() - len(asked)} of them for the second time")
    assert there == wanted, "pages are missing, or were not asked for"
    assert acknowledged <= ids.keys(), "what was acknowledged is lost"
    assert doubled(ids) == doubled(bodies) == 0, "something is there twice"
    assert not found, "the archive is damaged"
    assert again["unchanged"] == len(entries), "a replay gives other entries"


def said(town: Town, *arguments: str) -> list[dict[str, Any]]:
    """Return the documents of a command on the town's archive, however long it takes and however it ends."""
    return documents(fangzhi(*arguments, *town.options, "--json", timeout=1800))


def doubled(counts: Counter[str] | Counter[tuple[str, str]]) -> int:
    """Return how many there are more than once."""
    return sum(count > 1 for count in counts.values())


if __name__ == "__main__":
    main()
