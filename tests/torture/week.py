"""Small sites scheduled by four hosts for a week: each in its windows, at its pace, on time, and by one at a time.

What the sites have seen is checked and printed at the end of each day, so a run that is cut off has shown something.

Schedules, crawls, PostgreSQL and the S3 server are real. The clock of the hosts is moved (tests/torture/clock.c): by a
minute every tenth of a second while some crawl could be started; it goes on like a real one while none could. Crawls
would then last for hours: where the windows of a site that is being crawled end soon, the clock is moved by less. While
no site is crawled or due it goes to the moment at which the next one is.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import psycopg

from crawler.demo import serve
from crawler.demo.server import Server
from crawler.frontier import frontier_exists
from crawler.schedule.timetable import read_timetable
from crawler.sites.folders import load
from crawler.sites.windows import next_opening
from tests.pipelines.catalogue import server as postgresql
from tests.pipelines.storage.server import s3_server
from tests.torture.clocks import clock_library
from tests.torture.report import SECRETS, Case, Row, in_environment, run_cases
from tests.torture.small_sites import build_small, habits, slug, tomls
from tests.torture.week_checks import DAY, DELAY_S, HOUR, LEAP, Week, check, check_requests
from tests.torture.week_hosts import HOSTS, PARALLEL, Host, MovedClock
from tests.town import YESTERDAY

PAUSE_S = 0.1

SHORT_LEAP = dt.timedelta(seconds=5)
"""How far the clock is moved at once while a site is crawled whose windows end within the hour: the last crawl begins
half an hour before the end, which is 36 s of real time then."""

SAY_S = 60

BUSY = """
SELECT site FROM frontier.sites JOIN frontier.crawlers USING (fence) WHERE expires > frontier.clock_us()
UNION SELECT site FROM frontier.reservations WHERE expires > frontier.clock_us()
"""


def rows(folder: Path, sites: int = 500, days: float = 7) -> list[Row]:
    """Run the week, if PostgreSQL and a C compiler are installed."""
    if not postgresql.installed() or not shutil.which("cc"):
        print("PostgreSQL or a C compiler (cc) is not installed: the week is left out; apt-get install postgresql gcc")
        return []
    act = in_environment(lambda case: run_week(case, sites, days))
    return run_cases("week", folder, {f"{sites} sites, {days:g} days, {HOSTS} hosts": act})


@contextmanager
def settled(case: Case, sites: int) -> Iterator[tuple[Server, str, tuple[str, ...]]]:
    """The sites, an S3 server and PostgreSQL; yields the servers' facts and the options of commands."""
    (case.folder / "s3").mkdir()
    with (
        serve(build_small(sites, YESTERDAY)) as city,
        s3_server(case.folder / "s3") as bucket,
        postgresql.postgresql_server(durable=False) as server,
    ):
        os.environ |= SECRETS | {"AWS_ENDPOINT_URL_S3": bucket.endpoint, "AWS_CONFIG_FILE": "/dev/null"}
        os.environ |= {"FANGZHI_CATALOGUE": server.url, "FANGZHI_SPOOL": str(case.folder / "spool")}
        boto3.client("s3").create_bucket(Bucket="torture")
        registry = case.folder / "sites"
        registry.mkdir()
        for name, text in tomls(city.city, dict(city.base_urls), DELAY_S).items():
            (registry / name).write_text(text, "utf-8")
        yield city, server.url, ("--archive", "s3://torture/news", "--registry", str(registry))


def run_week(case: Case, sites: int, days: float) -> None:
    """Let four hosts crawl the sites for some days, then check when each site was asked."""
    with settled(case, sites) as (city, url, options):
        clock = MovedClock(case.folder / "offset")
        clock.move(dt.timedelta())
        fake = {"LD_PRELOAD": str(clock_library(case.folder)), "CLOCK_OFFSET": str(clock.path)}
        names = [slug(number) for number in range(sites)]
        begin = clock.now()
        hosts = [Host.start(f"h{n}", case.folder, (*names, *options), fake) for n in range(HOSTS)]
        case.cleanups += [host.process.kill for host in hosts]
        week = Week(city, clock, hosts, begin, begin + days * DAY, sites)
        let_pass(case, week, url, case.folder / "sites")
        week.end = clock.now()
        codes = [host.stop() for host in hosts]
        case.require(codes == [0] * HOSTS, f"exit codes {codes}: {[host.log[-500:] for host in hosts]}")
        check(case, week)


def let_pass(case: Case, week: Week, url: str, registry: Path) -> None:
    """Move the clock until the end, whenever some host could start one more crawl; check each day that is over."""
    clock, began = week.clock, time.monotonic()
    said, day = began, week.begin + DAY
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        while (now := clock.now()) < week.end:
            time.sleep(PAUSE_S)
            if any(host.process.poll() is not None for host in week.hosts):
                case.fail("a schedule has ended")
                return
            crawled = busy(connection)
            if len(crawled) < HOSTS * PARALLEL:
                short = any(ends_soon(site, now) for site in crawled)
                clock.move(
                    SHORT_LEAP if short else LEAP if crawled else until_due(url, registry, min(day, week.end), now)
                )
            if clock.now() >= day or time.monotonic() - said > SAY_S:
                said = time.monotonic()
                crawls = sum(len(list(host.crawls())) for host in week.hosts)
                print(f"  {said - began:.0f} s: {week.end - clock.now()} to go, {crawls} crawls", flush=True)
            if clock.now() >= day:
                print(f"  {check_requests(case, week, day - DAY, day)}", flush=True)
                day += DAY


def until_due(url: str, registry: Path, latest: dt.datetime, now: dt.datetime) -> dt.timedelta:
    """Return how long it is until a site is due, or until `latest`; at least `LEAP`, the time between two checks."""
    if not frontier_exists(url):
        return LEAP
    sites = [site for site in load(registry).enabled() if site.slug in {file.stem for file in registry.iterdir()}]
    dues = [row.due for row in read_timetable(url, sites, "every 2d", now)]
    return max(LEAP, min([latest, *dues]) - now)


def busy(connection: psycopg.Connection[tuple[str]]) -> set[str]:
    """Return the sites that are being crawled, or will be in a moment."""
    try:
        return {site for (site,) in connection.execute(BUSY)}
    except psycopg.errors.UndefinedTable:  # before the first schedule has made them
        return {slug(number) for number in range(HOSTS * PARALLEL)}


def ends_soon(site: str, now: dt.datetime) -> bool:
    """Tell whether the windows of a site are closed in an hour."""
    return next_opening(habits(int(site[1:])).windows, now + HOUR) > now + HOUR
