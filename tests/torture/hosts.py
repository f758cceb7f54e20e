"""Four crawlers as four hosts, with one frontier and one catalogue in PostgreSQL, one bucket, and a spool each.

Each host has a host name and PIDs of its own (`unshare`), so that none can look up the processes of another. One is
killed and its spool handed over, one is stopped beyond its lease and woken, and PostgreSQL is restarted meanwhile.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import psutil
import psycopg
from attrs import define, field

from crawler.demo import build, registry, serve
from crawler.demo.server import Server
from tests.pipelines.catalogue import server as postgresql
from tests.pipelines.storage.server import s3_server
from tests.torture.checks import check_archive, repeated_bodies
from tests.torture.commands import Watched, run
from tests.torture.report import SECRETS, Case, Row, in_environment, run_cases
from tests.town import Town
from tests.wait import wait_until

SITES = ("yunzhou", "nanping", "lugang", "beigang", "qinghe", "shixi", "huawu", "lintan-ribao")
HOSTS = 4
DELAY_S = 0.1
"""Between two requests to a site: a crawl lasts long enough to be hit in its middle."""

TAKEOVER_S = 240
"""Within this time a site is taken over: its lease of 60 s, and the crawls that its next host has begun before."""

TAKEN = """
SELECT site FROM frontier.sites JOIN frontier.crawlers USING (fence) WHERE expires > frontier.clock_us()
"""

OUTAGE_S = 3
"""Seconds for which PostgreSQL is away."""


def rows(folder: Path) -> list[Row]:
    """Run the case, if PostgreSQL is installed and hosts can be made."""
    if not postgresql.installed():
        print("PostgreSQL is not installed: the four hosts are left out; apt-get install postgresql")
        return []
    return run_cases("hosts", folder, {"four hosts, one kill, one sleep": in_environment(four_hosts)})


@define
class Host:
    """A machine: it crawls one site after another that is neither done nor crawled by another host."""

    name: str
    case: Case
    town: Town
    database: Database
    state: str = "on"
    site: str = ""
    command: Watched | None = None
    started: int = 0
    lost: list[str] = field(factory=list)

    @property
    def spool(self) -> Path:
        return self.case.folder / "spools" / self.name

    @property
    def agent(self) -> str:
        """The user agent of the present crawl, by which the city's log tells crawls apart."""
        return f"Mozilla/5.0 (compatible; fangzhi/1.0; {self.name}-{self.started})"

    def start(self, *arguments: str, **changes: str) -> Watched:
        """Start a command on this machine."""
        self.started += 1
        own = {"FANGZHI_SPOOL": str(self.spool), "FANGZHI_USER_AGENT": self.agent} | changes
        return Watched(self.case, *arguments, *self.town.options, "--json", prefix=on_host(self.name), **own)

    def work(self) -> None:
        """Crawl until every site is done or the machine is off."""
        offset = int(self.name[1:])
        while self.state != "off" and (free := self.database.free_sites()):
            self.site = min(free, key=lambda site: (SITES.index(site) - 2 * offset) % len(SITES))
            self.command = self.start("crawl", self.site)
            self.command.process.wait()
            if "another crawler has taken over" in self.command.stderr:
                self.lost.append(self.site)
            elif self.state != "off":
                self.command.finish(0)

    def requests(self, log: list[Any]) -> int:
        """Return how many requests the present crawl has sent."""
        return sum(each.user_agent == self.agent for each in log)

    def send(self, number: int) -> None:
        """Send a signal to all processes of the machine."""
        assert self.command
        for each in psutil.Process(self.command.process.pid).children(recursive=True):
            each.send_signal(number)


@define
class Database:
    """What the frontier says, read over and over while its server may be away."""

    url: str

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Return rows; none while the server is away or has no tables yet."""
        try:
            with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
                return connection.execute(sql).fetchall()
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
            return []

    def free_sites(self) -> list[str]:
        """Return the sites that are neither done nor being crawled by a crawler that was not expelled."""
        done = "SELECT site FROM frontier.runs WHERE outcome = 'done'"
        queued = "SELECT site FROM frontier.pages WHERE waiting"
        while True:
            finished = {site for (site,) in self.query(f"{done} EXCEPT {queued}")}
            taken = {site for (site,) in self.query(TAKEN)}
            open_sites = set(SITES) - finished
            if free := open_sites - taken:
                return sorted(free)
            if not open_sites:
                return []
            time.sleep(0.2)

    def fence(self, site: str) -> int | None:
        """Return the number of the crawler that has a site."""
        return next((fence for (fence,) in self.query(f"SELECT fence FROM frontier.sites WHERE site = '{site}'")), None)


def on_host(name: str) -> tuple[str, ...]:
    """Return the words before a command that runs on a machine of this name."""
    user = () if os.geteuid() == 0 else ("--map-root-user",)
    namespaces = ("unshare", *user, "--uts", "--pid", "--fork", "--mount-proc", "--kill-child")
    return (*namespaces, "sh", "-c", 'hostname "$0" && exec "$@"', name)


@contextmanager
def settled(case: Case) -> Iterator[tuple[Town, postgresql.Server, Server]]:
    """A city with its sites registered, an S3 server with a bucket, and PostgreSQL; the environment names them."""
    (case.folder / "s3").mkdir()
    with (
        serve(build(pages=300)) as city,
        s3_server(case.folder / "s3") as bucket,
        postgresql.postgresql_server(durable=True) as server,
    ):
        names = {"AWS_ENDPOINT_URL_S3": bucket.endpoint, "FANGZHI_CATALOGUE": server.url, "FANGZHI_ROLL_SIZE": "60000"}
        os.environ |= SECRETS | names | {"FANGZHI_SPOOL": str(case.folder / "spool"), "AWS_CONFIG_FILE": "/dev/null"}
        boto3.client("s3").create_bucket(Bucket="torture")
        sites = case.folder / "sites"
        sites.mkdir()
        for name, toml in registry(city.base_urls, "text").items():
            slow = toml.replace("delay = 0 ", f"delay = {DELAY_S} ")
            (sites / name).write_text(slow.replace("concurrency = 8", "concurrency = 2"), "utf-8")
        yield Town(city, sites, "s3://torture/news"), server, city


def four_hosts(case: Case) -> None:
    """Crawl the sites with four hosts, of which one is killed and one sleeps, and check everything."""
    with settled(case) as (town, server, city):
        database = Database(server.url)
        hosts = [Host(f"h{number}", case, town, database) for number in range(HOSTS)]
        threads = [threading.Thread(target=host.work) for host in hosts]
        for thread in threads:
            thread.start()
        try:
            took = take_over(case, hosts, database, server, city)
            for thread in threads:
                thread.join(TAKEOVER_S)
        finally:
            for host in hosts:
                host.state = "off"
        hand_over_spools(hosts)
        check(case, town, city, hosts, took)


def take_over(
    case: Case, hosts: list[Host], database: Database, server: postgresql.Server, city: Server
) -> dict[str, float]:
    """Kill a host, stop another, and restart PostgreSQL; return the seconds until others had their sites."""
    killed, frozen = hosts[0], hosts[1]
    wait_until(lambda: killed.requests(city.log) >= 15, TAKEOVER_S)
    fences = {killed.site: database.fence(killed.site)}
    began = {killed.site: time.monotonic()}
    killed.state = "off"
    assert killed.command
    case.tries += killed.command.kill()
    wait_until(lambda: frozen.requests(city.log) >= 15, TAKEOVER_S)
    asleep = frozen.site
    fences[asleep], began[asleep] = database.fence(asleep), time.monotonic()
    frozen.send(signal.SIGSTOP)
    case.tries += 1
    server.stop()
    time.sleep(OUTAGE_S)
    server.start()
    case.tries += 1
    took: dict[str, float] = {}

    def is_over() -> bool:
        for site, fence in fences.items():
            now = database.fence(site)
            if site not in took and (now not in (None, fence) or is_done(database, site)):
                took[site] = time.monotonic() - began[site]
        return len(took) == len(fences)

    try:
        wait_until(is_over, TAKEOVER_S)
    finally:
        frozen.send(signal.SIGCONT)
    wait_until(lambda: frozen.lost == [asleep] or frozen.site != asleep, TAKEOVER_S)
    case.require(frozen.lost == [asleep], f"the host that slept did not notice the loss of {asleep}: {frozen.lost}")
    return took


def is_done(database: Database, site: str) -> bool:
    return bool(database.query(f"SELECT 1 FROM frontier.runs WHERE site = '{site}' AND outcome = 'done'"))


def hand_over_spools(hosts: list[Host]) -> None:
    """Let the last host use the spool of each other one, as if its volume was mounted there."""
    for host in hosts:
        hosts[-1].start("crawl", "--due", *SITES, FANGZHI_SPOOL=str(host.spool)).finish(0)


def check(case: Case, town: Town, city: Server, hosts: list[Host], took: dict[str, float]) -> None:
    """Nothing is lost; no site was asked by two at once; verdicts are those of one process; print the figures."""
    wanted = {truth.url for truth in city.city.truth(city.base_urls) if truth.portal in SITES and truth.linked}
    entries = check_archive(case, town.options, wanted=wanted, once=False)
    case.doubled += repeated_bodies(entries.values())
    again = fetched_again(case, list(entries.values()), hosts)
    for portal, crawls in overlaps(city).items():
        case.fail(f"{portal} was asked by two at once: {crawls}")
    left = [str(path) for host in hosts for path in host.spool.rglob("*") if path.is_file()]
    case.require(not left, f"files are left in the spools: {left}")
    one = f"sqlite:///{case.folder}/one.sqlite"
    run(case, "replay", *town.options, "--json", "--catalogue", one)
    replayed = {each["id"]: each for each in run(case, "list", "--json", *town.options, "--catalogue", one).documents}
    case.require(replayed == entries, "one process gives other entries")
    pages = len({entry["url"] for entry in entries.values()})
    seconds = ", ".join(f"{site} {value:.0f} s" for site, value in took.items())
    case.note = (
        f"{pages} pages, 1 kill, 1 sleep, 1 restart of PostgreSQL, {len(took)} leases taken over ({seconds}), "
        f"{again} pages in flight asked again, {len(city.log)} requests"
    )


def fetched_again(case: Case, entries: list[dict[str, Any]], hosts: list[Host]) -> int:
    """Return how many pages were captured twice: those that only the spool of the killed or sleeping host had."""
    captures: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for entry in sorted(entries, key=lambda each: str(each["fetched_at"])):
        if entry["reason"] != "redirect":
            captures[entry["url"], entry["final_url"]].append(entry)
    twice = {url: found for (url, _final), found in captures.items() if len(found) > 1}
    silent = tuple(f"-{host.name}.warc.gz" for host in hosts[:2])
    for url, found in twice.items():
        articles = found[0]["reason"] in (None, "file")
        if articles and not (len(found) == 2 and found[0]["location"]["file"].endswith(silent)):
            case.doubled += 1
            case.fail(f"{url} was captured {len(found)} times, in {[each['location']['file'] for each in found]}")
    return sum(found[0]["reason"] in (None, "file") for found in twice.values())


def overlaps(city: Server) -> dict[str, list[tuple[str, str]]]:
    """Return the crawls that asked a site while another crawl of it was asking, by site."""
    spans: defaultdict[str, dict[str, list[float]]] = defaultdict(dict)
    for each in city.log:
        span = spans[each.portal].setdefault(each.user_agent, [each.time, each.time])
        span[:] = min(span[0], each.time), max(span[1], each.time)
    found: dict[str, list[tuple[str, str]]] = {}
    for portal, crawls in spans.items():
        ordered = sorted(crawls.items(), key=lambda each: each[1])
        pairs = [(a, b) for (a, (_, end)), (b, (start, _)) in itertools.pairwise(ordered) if start < end]
        if portal in SITES and pairs:
            found[portal] = pairs
    return found
