"""Stores that fail in mid-crawl: an S3 server that is killed, slow, busy or full; PostgreSQL that is killed."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import boto3
import psycopg
from attrs import evolve, frozen

from crawler.demo import build, serve
from tests.journeys.test_catalogue_away import count_entries
from tests.journeys.test_kill import entry_ids
from tests.pipelines.catalogue import server as postgresql
from tests.pipelines.storage.faults import Faults, faulty
from tests.pipelines.storage.server import S3Server, s3_server
from tests.torture.checks import check_town
from tests.torture.commands import Watched, run
from tests.torture.report import SECRETS, Act, Case, Row, in_environment, run_cases
from tests.town import SITES, Town, settle
from tests.wait import wait_until

OUTAGES = 3
"""Outages of one crawl."""

OUTAGE_S = 5
"""At most so long a server is away: longer than a fast restart, and than the pause between two tries."""

MAX_WAIT_S = 6
"""Time until the next fault, at most: later the crawl could have ended."""

ROLL_BYTES = "60000"
"""WARC files are as small, so that a crawl of 0.5 MB uploads several of them while it runs."""


@frozen(kw_only=True)
class Torture:
    """A crawl into a bucket, behind a proxy with faults, and the server itself."""

    case: Case
    town: Town
    server: S3Server
    faults: Faults
    chance: random.Random
    crawl: Watched

    def entries(self) -> int:
        return len(entry_ids(self.case.folder / "catalogue.sqlite"))

    def passes(self, count: int) -> bool:
        """Wait until so many more entries are acknowledged, or some seconds; return whether the crawl runs then."""
        wanted, until = self.entries() + count, time.monotonic() + self.chance.uniform(0.5, MAX_WAIT_S)
        wait_until(lambda: self.entries() >= wanted or time.monotonic() > until or not self.crawl.running)
        return self.crawl.running


Fault = Callable[[Torture], str]
"""Makes faults during a crawl, and returns under which name the proxy counts them, if it does."""


def rows(folder: Path, seed: int) -> list[Row]:
    """Crawl into each kind of failing store."""
    faults: dict[str, Fault] = {
        "S3 killed in mid-crawl": kill_server,
        "S3 killed in mid-upload": kill_in_upload,
        "S3 slow, 0.3 s a request": slow,
        "S3 busy, 503 for a third": busy,
        "S3 loses a fifth of responses": lossy,
        "S3 full, then with room": full,
    }
    acts: dict[str, Act] = {name: partial(far_crawl, seed=seed, fault=fault) for name, fault in faults.items()}
    if not postgresql.installed():
        print("PostgreSQL is not installed: its cases are left out; apt-get install postgresql")
    else:
        acts["PostgreSQL killed in a crawl"] = partial(postgresql_crawl, seed=seed)
        acts["PostgreSQL killed in a replay"] = partial(postgresql_replay, seed=seed)
    return run_cases("stores", folder, {name: in_environment(act) for name, act in acts.items()})


def far_crawl(case: Case, seed: int, fault: Fault) -> None:
    """Crawl into a bucket while its store fails, complete the crawl, and check everything."""
    catalogue = case.folder / "catalogue.sqlite"
    os.environ |= SECRETS | {
        "AWS_CONFIG_FILE": str(case.folder / "none"),
        "FANGZHI_CATALOGUE": f"sqlite:///{catalogue}",
        "FANGZHI_FRONTIER": str(case.folder / "frontier.sqlite"),
        "FANGZHI_ROLL_SIZE": ROLL_BYTES,
        "FANGZHI_SPOOL": str(case.folder / "spool"),
    }
    if fault is full:  # room for two files, so that the crawl has to wait
        os.environ["FANGZHI_SPOOL_LIMIT"] = str(2 * int(ROLL_BYTES))
    (case.folder / "s3").mkdir()
    faults, chance = Faults(seed), random.Random(f"{seed} {case.name}")
    with (
        serve(build(pages=150)) as city,
        s3_server(case.folder / "s3") as server,
        faulty(server.endpoint, faults) as proxy,
    ):
        os.environ["AWS_ENDPOINT_URL_S3"] = server.endpoint
        boto3.client("s3").create_bucket(Bucket="torture")
        os.environ["AWS_ENDPOINT_URL_S3"] = proxy
        town = evolve(settle(city, case.folder), archive="s3://torture/news")
        crawl = Watched(case, "crawl", *SITES, *town.options, "--json")
        counted = fault(Torture(case=case, town=town, server=server, faults=faults, chance=chance, crawl=crawl))
        crawl.finish(0, 1)
        case.tries += faults.made[counted]
        acknowledged = entry_ids(catalogue)
        faults.busy = faults.lost = faults.delay_s = 0.0
        if crawl.process.returncode:
            run(case, "crawl", *SITES, *town.options, "--json")
        check_town(case, town, acknowledged, recrawled=bool(crawl.process.returncode))
        left = [path.name for path in (case.folder / "spool").rglob("*") if path.is_file()]
        case.require(not left, f"files are left in the spool: {left}")
        case.note += f"; faults {dict(faults.made)}"


def kill_server(torture: Torture) -> str:
    for _ in range(OUTAGES):
        if not torture.passes(torture.chance.randint(1, 30)):
            break
        restarted(torture)
    return ""


def kill_in_upload(torture: Torture) -> str:
    """The proxy holds each request for a moment, so that the server is gone when the file comes."""
    torture.faults.delay_s = 0.1
    for _ in range(OUTAGES):
        before = torture.faults.made["writes"]
        wait_until(lambda before=before: torture.faults.made["writes"] > before or not torture.crawl.running)  # type: ignore[misc]
        if not torture.crawl.running:
            break
        restarted(torture)
        torture.passes(torture.chance.randint(1, 10))
    return ""


def restarted(torture: Torture) -> None:
    torture.server.kill()
    torture.case.tries += 1
    time.sleep(torture.chance.uniform(0, OUTAGE_S))
    torture.server.start()


def slow(torture: Torture) -> str:
    torture.faults.delay_s = 0.3
    return "writes"


def busy(torture: Torture) -> str:
    torture.faults.busy = 0.33
    return "busy"


def lossy(torture: Torture) -> str:
    torture.faults.lost = 0.2
    return "lost"


def full(torture: Torture) -> str:
    """The crawl must pause while the store is full, and go on later."""
    torture.passes(torture.chance.randint(1, 10))
    torture.faults.full = True
    wait_until(lambda: "the crawl pauses" in torture.crawl.stderr or not torture.crawl.running)
    torture.case.require(torture.crawl.running, "the crawl ended while the store was full")
    time.sleep(torture.chance.uniform(0, OUTAGE_S))
    torture.faults.full = False
    return "full"


@contextmanager
def catalogued(case: Case) -> Iterator[tuple[Town, postgresql.Server]]:
    """A small city, and a PostgreSQL server for its catalogue."""
    with postgresql.postgresql_server(durable=True) as server, serve(build(pages=150)) as city:
        os.environ["FANGZHI_CATALOGUE"] = server.url
        yield settle(city, case.folder), server


def outages(case: Case, server: postgresql.Server, command: Watched, chance: random.Random) -> None:
    """Kill and restart the server some times while a command runs; no entry may be lost by that."""
    for _ in range(OUTAGES):
        wanted = count_entries(server) + chance.randint(1, 25)
        wait_until(lambda wanted=wanted: count_entries(server) >= wanted or not command.running)  # type: ignore[misc]
        if not command.running:
            break
        before = count_entries(server)
        server.kill()
        case.tries += 1
        time.sleep(chance.uniform(0, OUTAGE_S))
        server.start()
        case.lost += max(0, before - count_entries(server))


def postgresql_crawl(case: Case, seed: int) -> None:
    with catalogued(case) as (town, server):
        crawl = Watched(case, "crawl", *SITES, *town.options, "--json")
        outages(case, server, crawl, random.Random(f"{seed} {case.name}"))
        crawl.finish(0)
        check_town(case, town, ())


def postgresql_replay(case: Case, seed: int) -> None:
    with catalogued(case) as (town, server):
        run(case, "crawl", *SITES, *town.options, "--json")
        before = check_town(case, town, ())
        empty_database(server)
        replay = Watched(case, "replay", *town.options, "--json")
        outages(case, server, replay, random.Random(f"{seed} {case.name}"))
        replay.finish(0)
        after = check_town(case, town, before.keys())
        case.require(before == after, "the entries differ after the replay")


def empty_database(server: postgresql.Server) -> None:
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
