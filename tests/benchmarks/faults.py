"""Kills, power cuts and server faults at random moments: nothing may be lost or duplicated; prints how often it tried.

Run it with `python -m tests.benchmarks.faults [TRIALS] [SEED]`. A trial is a crawl of the demo city into a
folder, or over a faulty network into a real S3 server; it is killed three times and then completed. Other trials cut
the power of the line.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import boto3
import pytest
from attrs import evolve

from crawler.demo import build, serve
from pipelines.dedupe.verdict import EMPTY
from tests.fangzhi import start_installed
from tests.journeys.test_kill import entry_ids
from tests.pipelines.line.test_batch import cut_power
from tests.pipelines.storage.faults import Faults, faulty
from tests.pipelines.storage.server import s3_server
from tests.power import Power
from tests.town import SITES, Town, settle

KILLS = 3


def main() -> None:
    """Print for each kind of trial their number, their faults, and their pages."""
    trials, seed = (int(word) for word in (*sys.argv[1:], *("4", "1")[len(sys.argv) - 1 :]))
    os.environ |= {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_REGION": "us-east-1"}
    os.environ["FANGZHI_ROLL_SIZE"] = "30000"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cuts = power_cuts(folder, 5 * trials, seed)
        print(f"power cut       {5 * trials:4} trials {len(cuts):5} cuts {sum(cuts):6} pages acknowledged before them")
        print_sums("kill -9, folder", [killed(folder / f"f{number}", seed + number, "") for number in range(trials)])
        (folder / "s3").mkdir()
        with s3_server(folder / "s3") as server:
            bucket = [killed(folder / f"b{number}", seed + number, server.endpoint) for number in range(trials)]
        print_sums("kill -9, bucket", bucket)


def print_sums(name: str, counts: list[Counter[str]]) -> None:
    """Print the sums over some trials."""
    total: Counter[str] = sum(counts, Counter())
    faults = ", ".join(f"{total[kind]} {kind}" for kind in ("kills", "busy", "lost") if total[kind])
    print(f"{name} {len(counts):4} trials: {faults}; {total['acknowledged']} pages acknowledged before a kill")
    print(f"{'':15} of {total['pages']} pages in the end 0 lost, 0 duplicated, 0 changed")


def power_cuts(folder: Path, trials: int, seed: int) -> list[int]:
    """Cut the power in many trials and check the result; return the number of acknowledged pages at each cut."""
    found: list[int] = []
    for number in range(trials):
        with pytest.MonkeyPatch.context() as patch:
            (folder / f"power{number}").mkdir()
            found += cut_power(folder / f"power{number}", Power(patch), random.Random(seed + number))
    return found


def killed(folder: Path, seed: int, endpoint: str) -> Counter[str]:
    """Kill a crawl at random moments, complete it, and check the result."""
    folder.mkdir()
    chance, counts, faults = random.Random(seed), Counter[str](), Faults(seed)
    with serve(build(pages=150)) as server, faulty(endpoint or "http://127.0.0.1:9", faults) as proxy:
        town = settle(server, folder)
        catalogue = folder / "catalogue.sqlite"
        os.environ |= {"FANGZHI_CATALOGUE": f"sqlite:///{catalogue}", "FANGZHI_SPOOL": str(folder / "spool")}
        if endpoint:
            os.environ["AWS_ENDPOINT_URL_S3"] = proxy
            town = evolve(town, archive=f"s3://trial{seed}/news")
            boto3.client("s3").create_bucket(Bucket=f"trial{seed}")
            faults.busy = faults.lost = 0.1
        acknowledged: set[str] = set()
        for _ in range(KILLS):
            with start_installed("crawl", *SITES, *town.options, "--json", stderr=subprocess.DEVNULL) as process:
                time.sleep(chance.uniform(3, 10))
                process.kill()
            acknowledged |= entry_ids(catalogue)
            counts["kills"] += 1
        faults.busy = faults.lost = 0.0
        counts += faults.made
        counts["pages"] = complete(town, acknowledged)
        counts["acknowledged"] = len(acknowledged)
    return counts


def complete(town: Town, acknowledged: set[str]) -> int:
    """Complete a crawl, check that each page is there once and replays unchanged, and return the number of pages."""
    town.crawl()
    entries = {entry["id"]: entry for entry in town.entries()}
    assert acknowledged <= entries.keys(), "lost"
    assert {entry["url"] for entry in entries.values()} == {truth.url for truth in town.truths()}, "lost"
    bodies = Counter(one["digests"]["payload"] for one in entries.values() if one["verdict"]["kind"] != "same-bytes")
    assert {digest for digest, times in bodies.items() if times > 1} <= {EMPTY}, "duplicated"
    (report,) = town.run("replay", "--json")
    assert (report["unchanged"], report["changed"], report["added"]) == (len(entries), 0, 0), "changed"
    return len(entries)


if __name__ == "__main__":
    main()
