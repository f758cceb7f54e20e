"""Small sites scheduled by four hosts for a week: each in its windows, at its pace, on time, and by one at a time.

Schedules, crawls, PostgreSQL and the S3 server are real. The clock of the hosts is moved (tests/torture/clock.c): by a
minute every tenth of a second while some crawl could be started; it goes on like a real one while none could.
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import json
import os
import shutil
import signal
import statistics
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psutil
import psycopg
from attrs import define, field, frozen

from crawler.demo import serve
from crawler.demo.server import Server
from crawler.sites.schedule import schedule_of, scheduled_times
from crawler.sites.windows import next_opening
from tests.fangzhi import environment, start_installed
from tests.pipelines.catalogue import server as postgresql
from tests.pipelines.storage.server import s3_server
from tests.torture.clocks import clock_library
from tests.torture.hosts import on_host
from tests.torture.report import SECRETS, Case, Row, in_environment, run_cases
from tests.torture.small_sites import build_small, habits, slug, tomls
from tests.town import YESTERDAY

HOSTS, PARALLEL = 4, 2

DELAY_S = 0.4
"""The pace of every site: seconds between two requests."""

IN_A_ROW, LEAST_PACE = 8, 0.85
"""Requests whose mean distance is compared with the pace, and the least share of the pace that it may be: a request can
be noticed by 0.3 s too late."""

LEAP = dt.timedelta(minutes=1)
"""How far the clock is moved at once: the time between two checks of a schedule."""

PAUSE_S = 0.1

ON_TIME = dt.timedelta(hours=2)
"""A crawl is on time if it begins so soon after it is due: a check that takes a second is late by ten minutes here."""

DAY = dt.timedelta(days=1)

END_S = 300
"""Within this time a schedule ends after SIGTERM."""

BUSY = """
SELECT (SELECT count(*) FROM frontier.sites JOIN frontier.crawlers USING (fence) WHERE expires > frontier.clock_us())
  + (SELECT count(*) FROM frontier.reservations WHERE expires > frontier.clock_us())
"""


def rows(folder: Path, sites: int = 500, days: float = 7) -> list[Row]:
    """Run the week, if PostgreSQL and a C compiler are installed."""
    if not postgresql.installed() or not shutil.which("cc"):
        print("PostgreSQL or a C compiler (cc) is not installed: the week is left out; apt-get install postgresql gcc")
        return []
    act = in_environment(lambda case: week(case, sites, days))
    return run_cases("week", folder, {f"{sites} sites, {days:g} days, {HOSTS} hosts": act})


@define
class MovedClock:
    """The clock of the hosts, in a file; `moves` are the real times at which it was moved, and how far in all."""

    path: Path
    moves: list[tuple[float, int]] = field(factory=list)

    def move(self, by: dt.timedelta) -> None:
        """Move the clock ahead; the time is taken before, so that no distance seems shorter than it was."""
        offset = (self.moves[-1][1] if self.moves else 0) + round(by.total_seconds())
        self.path.with_suffix(".new").write_text(str(offset))
        self.moves.append((time.time(), offset))
        self.path.with_suffix(".new").rename(self.path)

    def at(self, real: float) -> dt.datetime:
        """Return the hosts' time at a real time."""
        index = bisect.bisect(self.moves, (real, 2**62)) - 1
        return dt.datetime.fromtimestamp(real + self.moves[max(index, 0)][1], dt.UTC)

    def now(self) -> dt.datetime:
        return self.at(time.time())


@frozen
class Crawl:
    """A crawl as a schedule reported it."""

    host: str
    site: str
    started: dt.datetime
    ended: dt.datetime
    document: dict[str, Any]


@define
class Host:
    """A machine with a schedule."""

    name: str
    folder: Path
    process: subprocess.Popen[Any]

    @classmethod
    def start(cls, name: str, folder: Path, options: tuple[str, ...], fake: dict[str, str]) -> Host:
        own = {"FANGZHI_SPOOL": str(folder / "spools" / name), "FANGZHI_USER_AGENT": agent(name)} | fake
        with (folder / f"{name}.out").open("w") as out, (folder / f"{name}.err").open("w") as err:
            process = start_installed(
                *("schedule", "--json", "--workers", str(PARALLEL), *options),
                prefix=on_host(name),
                env=environment(**own),
                stdout=out,
                stderr=err,
            )
        return cls(name, folder, process)

    def stop(self) -> int:
        """End the schedule, and return its exit code."""
        for each in psutil.Process(self.process.pid).children():
            each.send_signal(signal.SIGTERM)
        return int(self.process.wait(END_S))

    @property
    def log(self) -> str:
        return (self.folder / f"{self.name}.err").read_text("utf-8")

    def crawls(self) -> Iterator[Crawl]:
        """Yield the crawls that it reported."""
        for line in (self.folder / f"{self.name}.out").read_text("utf-8").splitlines():
            document = json.loads(line)
            started, ended = (dt.datetime.fromisoformat(document[key]) for key in ("started", "ended"))
            yield Crawl(self.name, document["site"], started, ended, document)


def agent(name: str) -> str:
    return f"Mozilla/5.0 (compatible; fangzhi/1.0; {name})"


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


def week(case: Case, sites: int, days: float) -> None:
    """Let four hosts crawl the sites for some days, then check when each site was asked."""
    with settled(case, sites) as (city, url, options):
        clock = MovedClock(case.folder / "offset")
        clock.move(dt.timedelta())
        fake = {"LD_PRELOAD": str(clock_library(case.folder)), "CLOCK_OFFSET": str(clock.path)}
        names = [slug(number) for number in range(sites)]
        begin = clock.now()
        hosts = [Host.start(f"h{n}", case.folder, (*names, *options), fake) for n in range(HOSTS)]
        case.cleanups += [host.process.kill for host in hosts]
        let_pass(case, clock, hosts, url, begin + days * DAY)
        end = clock.now()
        codes = [host.stop() for host in hosts]
        case.require(codes == [0] * HOSTS, f"exit codes {codes}: {[host.log[-500:] for host in hosts]}")
        check(case, Week(city, clock, hosts, begin, end, sites))


def let_pass(case: Case, clock: MovedClock, hosts: list[Host], url: str, end: dt.datetime) -> None:
    """Move the clock until the end, whenever some host could start one more crawl."""
    began = said = time.monotonic()
    while clock.now() < end:
        time.sleep(PAUSE_S)
        if any(host.process.poll() is not None for host in hosts):
            case.fail("a schedule has ended")
            return
        if is_free(url):
            clock.move(LEAP)
        if time.monotonic() - said > 60:
            said = time.monotonic()
            left = end - clock.now()
            print(f"  {said - began:.0f} s: {left} to go, {sum(len(list(host.crawls())) for host in hosts)} crawls")


def is_free(url: str) -> bool:
    """Tell whether fewer sites are being crawled than the hosts may crawl at a time."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        try:
            row = connection.execute(BUSY).fetchone()
        except psycopg.errors.UndefinedTable:
            return False
        return row is not None and int(row[0]) < HOSTS * PARALLEL


@frozen
class Asked:
    """A request to a site: when by the clock of the hosts, by which host, and for what."""

    at: dt.datetime
    host: str
    target: str

    @property
    def begins(self) -> bool:
        """Whether a crawl begins with it."""
        return self.target == "/robots.txt"


@define
class Week:
    """What happened: the log of the sites in the hosts' time, and the crawls that the hosts reported."""

    city: Server
    clock: MovedClock
    hosts: list[Host]
    begin: dt.datetime
    end: dt.datetime
    sites: int

    def requests(self) -> dict[str, list[Asked]]:
        """Return the requests to each site in order."""
        found: defaultdict[str, list[Asked]] = defaultdict(list)
        for each in sorted(self.city.log, key=lambda each: each.time):
            host = each.user_agent.rpartition(" ")[2].rstrip(")")
            found[each.portal].append(Asked(self.clock.at(each.time), host, each.target))
        return found

    def crawls(self) -> dict[str, list[Crawl]]:
        """Return the crawls of each site, in order."""
        found: defaultdict[str, list[Crawl]] = defaultdict(list)
        for crawl in itertools.chain.from_iterable(host.crawls() for host in self.hosts):
            found[crawl.site].append(crawl)
        return {site: sorted(crawls, key=lambda each: each.started) for site, crawls in found.items()}


def check(case: Case, week: Week) -> None:
    """Print the figures; a site asked by two at once, out of its windows, too fast or too late is a failure."""
    requests, crawls = week.requests(), week.crawls()
    lines = sorted((each.at, site, each.host, each.target) for site, seen in requests.items() for each in seen)
    (case.folder / "requests.log").write_text("".join(f"{' '.join(map(str, line))}\n" for line in lines), "utf-8")
    for host in week.hosts:
        case.require("Traceback" not in host.log, f"{host.name}: {host.log[-1500:]}")
        case.require("another crawl of it is running" not in host.log, f"{host.name} started a crawl of another's site")
    asked = {site for site, seen in requests.items() if len(seen) >= 18}
    case.require(len(asked) == week.sites, f"only {len(asked)} of {week.sites} sites were crawled")
    at_once = sum(map(count_at_once, requests.values()))
    case.require(not at_once, f"{at_once} times a site was asked by two at once")
    outside = sum(count_outside(site, seen) for site, seen in requests.items())
    case.require(not outside, f"{outside} requests outside of a window")
    paces = sorted(pace for seen in requests.values() for pace in paces_of(seen))
    hasty = sum(pace < DELAY_S * LEAST_PACE for pace in paces)
    case.require(not hasty, f"{hasty} times {IN_A_ROW} requests came sooner than {LEAST_PACE:.0%} of their pace allows")
    late = [lateness for site, done in crawls.items() for lateness in latenesses(week, site, done)]
    on_time = sum(each <= ON_TIME for each in late) / max(1, len(late))
    case.require(on_time >= 0.95, f"only {on_time:.1%} of {len(late)} crawls were on time")
    case.tries = sum(map(len, crawls.values()))
    by_host = Counter(crawl.host for done in crawls.values() for crawl in done)
    case.note = "; ".join(
        (
            f"{len(week.city.log)} requests in {case.tries} crawls, by host {sorted(by_host.values())}",
            f"{at_once} sites asked by two at once, {outside} requests outside of a window",
            f"least mean distance of {IN_A_ROW} requests in a row {paces[0]:.2f} s, pace {DELAY_S} s",
            "busiest hour after the first day, in times the mean: "
            f"{spread(week, crawls, windows=False):.1f} of sites without windows, "
            f"{spread(week, crawls, windows=True):.1f} of those with windows",
            f"{on_time:.1%} of {len(late)} later crawls on time, latest {max(late, default=dt.timedelta())}",
        )
    )


def count_at_once(seen: list[Asked]) -> int:
    """Return how often a host asked a site that another one was crawling: each crawl begins with robots.txt."""
    crawlers = itertools.accumulate(seen, lambda host, each: each.host if each.begins else host, initial="")
    return sum(each.host != host and not each.begins for each, host in zip(seen, crawlers, strict=False))


def count_outside(site: str, seen: list[Asked]) -> int:
    """Return how many requests came outside of the site's windows: one may be on its way while the clock is moved."""
    windows = habits(int(site[1:])).windows
    return sum(next_opening(windows, each.at - LEAP) > each.at for each in seen)


def paces_of(seen: list[Asked]) -> Iterator[float]:
    """Yield the mean seconds between some requests of a crawl in a row, by the hosts' clock.

    One distance says little: on a busy machine the site notices a request later than it came. The first page does not
    wait after robots.txt.
    """
    for first in range(len(seen) - IN_A_ROW + 1):
        row = seen[first : first + IN_A_ROW]
        if not any(each.begins for each in row):
            yield (row[-1].at - row[0].at).total_seconds() / (IN_A_ROW - 1)


def latenesses(week: Week, site: str, crawls: list[Crawl]) -> Iterator[dt.timedelta]:
    """Yield how long after it was due each crawl of a site began, but for the first; also of those that never came."""
    windows = habits(int(site[1:])).windows
    schedule = schedule_of(habits(int(site[1:])).schedule, site, windows)
    starts = [each.started for each in crawls]
    for last, following in itertools.zip_longest(starts, starts[1:]):
        due = next(scheduled_times(schedule, last, windows))
        if following or week.end - due > ON_TIME:
            yield max((following or week.end) - due, dt.timedelta())


def spread(week: Week, crawls: dict[str, list[Crawl]], *, windows: bool) -> float:
    """Return how many times the mean as many crawls began in the busiest hour, of sites with or without windows."""
    first = week.begin + DAY
    chosen = [done for site, done in crawls.items() if bool(habits(int(site[1:])).windows) == windows]
    starts = [each.started for done in chosen for each in done if each.started >= first]
    hours = max(1, round((week.end - first) / dt.timedelta(hours=1)))
    counts = Counter((at - first) // dt.timedelta(hours=1) for at in starts)
    return max(counts.values(), default=0) / max(statistics.fmean([len(starts) / hours]), 1e-9)
