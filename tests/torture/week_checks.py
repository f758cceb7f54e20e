"""What a week of four hosts shows: when each site was asked, by whom, and how fast."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from attrs import define, frozen

from crawler.demo.server import Server
from crawler.sites.schedule import schedule_of, scheduled_times
from crawler.sites.windows import MINUTES_A_DAY, next_opening, open_spans
from tests.torture.report import Case
from tests.torture.small_sites import habits
from tests.torture.week_hosts import Crawl, Host, MovedClock

DELAY_S = 0.4
"""The pace of every site: seconds between two requests."""

IN_A_ROW, LEAST_PACE = 8, 0.85
"""Requests whose mean distance is compared with the pace, and the least share of the pace that it may be: a request can
be noticed by 0.3 s too late."""

LEAP = dt.timedelta(minutes=1)
"""How far the clock is moved at once: the time between two checks of a schedule."""

ON_TIME = dt.timedelta(hours=2)
"""A crawl is on time if it begins so soon after it is due: a check that takes a second is late by ten minutes here."""

TAKEN_OVER = "another crawler has taken over"
"""In the log of a crawl whose lease went to another."""

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


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
    asked_by_day = check_requests(case, week, week.begin, week.end)
    lines = sorted((each.at, site, each.host, each.target) for site, seen in requests.items() for each in seen)
    (case.folder / "requests.log").write_text("".join(f"{' '.join(map(str, line))}\n" for line in lines), "utf-8")
    for host in week.hosts:
        case.require("Traceback" not in host.log, f"{host.name}: {host.log[-1500:]}")
        case.require("another crawl of it is running" not in host.log, f"{host.name} started a crawl of another's site")
    asked = {site for site, seen in requests.items() if len(seen) >= 18}
    case.require(len(asked) == week.sites, f"only {len(asked)} of {week.sites} sites were crawled")
    late = [(lateness, due, site) for site, done in crawls.items() for lateness, due in latenesses(week, site, done)]
    by_lateness = sorted(late, reverse=True)
    (case.folder / "late.log").write_text("".join(f"{' '.join(map(str, each))}\n" for each in by_lateness), "utf-8")
    on_time = sum(lateness <= ON_TIME for lateness, *_ in late) / max(1, len(late))
    case.require(on_time >= 0.95, f"only {on_time:.1%} of {len(late)} crawls were on time")
    case.tries = sum(map(len, crawls.values()))
    by_host = Counter(crawl.host for done in crawls.values() for crawl in done)
    latest = by_lateness[0][0] if late else dt.timedelta()
    case.note = "; ".join(
        (
            f"{case.tries} crawls, by host {sorted(by_host.values())}",
            asked_by_day,
            f"{sum(host.log.count(TAKEN_OVER) for host in week.hosts)} leases taken over",
            f"after the first day {on_time:.1%} of {len(late)} crawls on time, latest {latest}",
            f"busiest hour in times the mean of open hours: {spreads(week, crawls)}",
            f"requests of all: {busiest(week, [at for at, *_ in lines]):.1f}",
        )
    )


def check_requests(case: Case, week: Week, since: dt.datetime, until: dt.datetime) -> str:
    """Check the requests of some time: by one host at a time, in windows, and at the pace; return the figures."""
    every = week.requests()
    requests = {site: [each for each in seen if since <= each.at < until] for site, seen in every.items()}
    at_once = sum(map(count_at_once, requests.values()))
    case.require(not at_once, f"{since:%F}: {at_once} times a site was asked by two at once")
    outside = sum(count_outside(site, seen) for site, seen in requests.items())
    case.require(not outside, f"{since:%F}: {outside} requests outside of a window")
    paces = sorted(pace for seen in requests.values() for pace in paces_of(seen))
    hasty = sum(pace < DELAY_S * LEAST_PACE for pace in paces)
    allowed = f"{LEAST_PACE:.0%} of their pace allows"
    case.require(not hasty, f"{since:%F}: {hasty} times {IN_A_ROW} requests came sooner than {allowed}")
    return (
        f"{since:%F %H:%M} to {until:%F %H:%M}: {sum(map(len, requests.values()))} requests to "
        f"{sum(map(bool, requests.values()))} sites, {at_once} times a site asked by two at once, "
        f"{outside} requests outside of a window, least mean distance of {IN_A_ROW} requests in a row "
        f"{f'{paces[0]:.2f} s' if paces else 'unknown, as there were fewer'}, pace {DELAY_S} s"
    )


def count_at_once(seen: list[Asked]) -> int:
    """Return how often a host asked a site that another one was crawling: each crawl begins with robots.txt."""
    first = seen[0].host if seen else ""  # a crawl may have begun before
    crawlers = itertools.accumulate(seen, lambda host, each: each.host if each.begins else host, initial=first)
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


def latenesses(week: Week, site: str, crawls: list[Crawl]) -> Iterator[tuple[dt.timedelta, dt.datetime]]:
    """Yield how late each crawl of a site began, but for the first, and when it was due; also those that never came.

    A schedule does not crawl a site twice at once: what is due during a crawl is passed over.
    """
    windows = habits(int(site[1:])).windows
    schedule = schedule_of(habits(int(site[1:])).schedule, site, windows)
    starts = [each.started for each in crawls]
    for last, following in itertools.zip_longest(crawls, starts[1:]):
        due = next(at for at in scheduled_times(schedule, last.started, windows) if at >= last.ended)
        if following or week.end - due > ON_TIME:
            yield max((following or week.end) - due, dt.timedelta()), due


def spreads(week: Week, crawls: dict[str, list[Crawl]]) -> str:
    """Return how even crawls begin, of the sites without windows and of those with the same windows."""
    starts: defaultdict[tuple[str, ...], list[dt.datetime]] = defaultdict(list)
    for site, done in crawls.items():
        starts[habits(int(site[1:])).windows] += [each.started for each in done]
    return ", ".join(
        f"{busiest(week, times, windows):.1f} of crawls {' '.join(windows) or 'at any time'}"
        for windows, times in sorted(starts.items())
    )


def busiest(week: Week, times: Iterable[dt.datetime], windows: tuple[str, ...] = ()) -> float:
    """Return how many times the mean of open hours come in the busiest hour after the first day."""
    first = week.begin + DAY
    counts = Counter((at - first) // HOUR for at in times if at >= first)
    share = sum(minutes for _begin, minutes in open_spans(windows, ())) / MINUTES_A_DAY or 1
    mean = sum(counts.values()) / max(1, (week.end - first) / HOUR * share)
    return max(counts.values(), default=0) / max(mean, 1e-9)
