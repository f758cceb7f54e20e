"""A clock that is set back and forth while commands run; the monotonic clock goes on, as on a real machine."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from functools import partial
from pathlib import Path

from crawler.demo import build, serve
from tests.journeys.test_kill import entry_ids
from tests.torture.checks import check_archive
from tests.torture.commands import Watched, run
from tests.torture.report import Case, Row, run_cases
from tests.town import SITES, Town, settle

SECOND, HOUR, DAY = 1, 3600, 86_400
JUMPS_S = (-10 * 365 * DAY, -DAY, -HOUR, -10 * SECOND, 0, 10 * SECOND, HOUR, DAY, 10 * 365 * DAY)
"""Offsets from the right time: those of NTP, of a wrong time zone, and of an empty battery."""

CRAWLS = 4


def rows(folder: Path, seed: int) -> list[Row]:
    """Crawl and fetch while the clock jumps."""
    if not shutil.which("cc"):
        print("there is no C compiler (cc): the clock cannot be set for one program, this part is left out")
        return []
    folder.joinpath("offset").write_text("0")
    fake = {"LD_PRELOAD": str(clock_library(folder)), "CLOCK_OFFSET": str(folder / "offset")}
    acts = {"crawls": partial(crawls, seed=seed, fake=fake), "fetches": partial(fetches, seed=seed, fake=fake)}
    return run_cases("clocks", folder, acts)


def clock_library(folder: Path) -> Path:
    """Compile the library that moves the clock of a program, and return its path."""
    library, source = folder / "clock.so", Path(__file__).with_name("clock.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source], check=True)
    return library


def jump(case: Case, fake: dict[str, str], chance: random.Random) -> None:
    """Set the clock; the new offset replaces the old one in one step."""
    path = Path(fake["CLOCK_OFFSET"])
    path.with_suffix(".new").write_text(str(chance.choice(JUMPS_S)))
    path.with_suffix(".new").rename(path)
    case.tries += 1


def jumping(case: Case, command: Watched, fake: dict[str, str], chance: random.Random) -> None:
    """Set the clock at random moments until the command has ended."""
    while command.running:
        jump(case, fake, chance)
        time.sleep(chance.uniform(0.05, 1.5))
    command.finish(0)


def crawls(case: Case, seed: int, fake: dict[str, str]) -> None:
    """Some crawls with a jumping clock, then one with the right time, which must find everything."""
    chance = random.Random(f"{seed} {case.name}")
    with serve(build(pages=150)) as server:
        town = settle(server, case.folder)
        acknowledged: set[str] = set()
        for _ in range(CRAWLS):
            crawl = Watched(case, "crawl", *SITES, *town.options, "--json", fresh=True, **fake)
            jumping(case, crawl, fake, chance)
            acknowledged |= entry_ids(Path(town.archive, "catalogue.sqlite"))
        run(case, "crawl", *SITES, *town.options, "--json")
        complete(case, town, acknowledged)


def complete(case: Case, town: Town, acknowledged: set[str]) -> None:
    """Pages can be captured again, as they are due at other times; none may be missing."""
    wanted = {truth.url for truth in town.truths()}
    entries = check_archive(case, town.options, acknowledged=acknowledged, wanted=wanted, once=False)
    case.note = f"{len(acknowledged)} captures acknowledged, {len(entries)} in the end"


def fetches(case: Case, seed: int, fake: dict[str, str]) -> None:
    chance = random.Random(f"{seed} {case.name}")
    with serve(build(pages=150)) as server:
        town = settle(server, case.folder)
        urls = [truth.url for truth in town.truths() if truth.kind == "article"][:12]
        printed: set[str] = set()
        for _ in range(CRAWLS):
            fetch = Watched(case, "fetch", *urls, *town.options, fresh=True, **fake)
            jumping(case, fetch, fake, chance)
            ids = [document["id"] for document in fetch.documents]
            case.lost += len(urls) - len(ids)
            case.doubled += len(printed & set(ids))
            printed |= set(ids)
        check_archive(case, town.options, acknowledged=printed, once=False)
        case.note = f"{len(printed)} captures printed"
