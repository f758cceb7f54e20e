"""Two crawls, a rebuild and a verify at once, in one archive."""

from __future__ import annotations

import random
import time
from functools import partial
from pathlib import Path

from crawler.demo import build, serve
from tests.journeys.test_kill import entry_ids
from tests.torture.checks import check_town
from tests.torture.commands import Watched, run
from tests.torture.report import Case, Row, run_cases
from tests.town import SITES, settle

REPEATED_S = 40
"""The commands are started again and again for so long, at random moments."""

REBUILD_REFUSED = "was written during the rebuild"
"""What a rebuild says when another process wrote to the archive: the old catalogue stays, exit code 1."""


def rows(folder: Path, seed: int) -> list[Row]:
    """Run the commands at once, with crawls of two sites and with two crawls of the same site."""
    kinds = {"two sites": ((SITES[0],), (SITES[1],)), "the same sites": (SITES, SITES)}
    acts = {f"crawls of {name}": partial(at_once, sites=sites, seed=seed) for name, sites in kinds.items()}
    return run_cases("together", folder, acts)


def at_once(case: Case, sites: tuple[tuple[str, ...], tuple[str, ...]], seed: int) -> None:
    """Crawls succeed, a verify finds nothing, a rebuild succeeds or refuses, and no acknowledged capture is lost."""
    chance = random.Random(f"{seed} {case.name}")
    with serve(build(pages=400)) as server:
        town = settle(server, case.folder)
        catalogue = Path(town.archive, "catalogue.sqlite")
        crawls = [Watched(case, "crawl", *each, *town.options, "--json") for each in sites]
        while not entry_ids(catalogue) and any(crawl.running for crawl in crawls):
            time.sleep(0.05)
        acknowledged: set[str] = set()
        others: list[Watched] = []
        until = time.monotonic() + REPEATED_S
        while time.monotonic() < until:
            time.sleep(chance.uniform(0, 1))
            acknowledged |= entry_ids(catalogue)
            others = [each for each in others if each.running or not ended(case, each)]
            for command in (("rebuild",), ("verify", "--json"), ("verify", "--deep", "--json")):
                if all(each.arguments[: len(command)] != command for each in others):
                    others.append(Watched(case, *command, *town.options))
                    case.tries += 1
            crawls = [each if each.running else again(case, each) for each in crawls]
        for crawl in crawls:
            crawl.finish(0)
        for other in others:
            ended(case, other)
        run(case, "crawl", *SITES, *town.options, "--json")
        check_town(case, town, acknowledged, recrawled=True)


def again(case: Case, crawl: Watched) -> Watched:
    """Check a crawl that has ended, and start it again."""
    crawl.finish(0)
    case.tries += 1
    return Watched(case, *crawl.arguments)


def ended(case: Case, command: Watched) -> bool:
    """Wait for the end of a rebuild or a verify and check its result."""
    command.finish()
    code = command.process.returncode
    if command.arguments[0] == "rebuild":
        refused = code == 1 and REBUILD_REFUSED in command.stderr
        case.require(code == 0 or refused, f"rebuild: exit code {code}: {command.stderr[-400:]}")
    else:
        words = " ".join(command.arguments[:2])
        case.require(code == 0, f"{words}: exit code {code}: {command.stdout[:600]} {command.stderr[-300:]}")
    return True
