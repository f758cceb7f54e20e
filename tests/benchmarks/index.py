"""The index at a million entries: build time, bytes an entry, and the CPU time of each query.

`python -m tests.benchmarks.index` fills a catalogue of each kind with a million entries; `python -m
tests.benchmarks.index 100000 --only sqlite` one with fewer, which takes two minutes. Before that, each query is
compared with a scan over 10,000 entries. With `--catalogue URL` that one is filled up to this number of entries, kept
and measured: run it again with 0 to measure it once more.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext

import psutil
import sqlalchemy as sa
from attrs import frozen

from crawler.monitoring import Monitor
from crawler.sites.registry import Registry
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.dimensions import DIMENSIONS
from pipelines.catalogue.filters import Filter, Order
from pipelines.catalogue.query import parse_query
from pipelines.catalogue.query_match import matches, searched, title_hits
from tests.benchmarks.catalogue import DATABASES
from tests.benchmarks.index_entries import CHUNK, KINDS, PER_DAY, made_chunk, queries
from tests.benchmarks.index_filling import fill

CHECKED = 10_000
"""Entries over which each query is compared with a scan."""

QUERIES, SHOWN = 30, 20
"""Queries of each kind, and results that are read of each: a page of a list."""

ORDERS: tuple[Order, ...] = ("captured", "published", "score")


def main(arguments: Sequence[str] = ()) -> None:
    """Print tables for each kind of database; the argument is the number of entries."""
    parser = argparse.ArgumentParser()
    parser.add_argument("entries", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--catalogue", metavar="URL")
    parser.add_argument("--queries", type=int, default=QUERIES, help="of each kind")
    options = parser.parse_args(arguments)
    if options.catalogue:
        _measure(options.catalogue, options.entries, options.queries)
        return
    for name, where in DATABASES:
        if options.only in (None, name):
            with where() as url:
                print(f"  {name}" if url else f"  {name}: not installed")
                if url:
                    _compare(url)
            with where() if url else nullcontext() as url:
                if url:
                    _measure(url, options.entries, options.queries)


def _compare(url: str) -> None:
    """Compare each query with a scan; raises AssertionError for one that differs."""
    with closing(Catalogue(url)) as catalogue:
        for first in range(0, CHECKED, CHUNK):
            with catalogue.transaction():
                for each in made_chunk(first, CHECKED):
                    catalogue.put(each)
        entries = list(catalogue.entries())
        forms = [(each, [searched(each, article) for article in each.articles]) for each in entries]
        for query in (query for kind in KINDS for query in queries(kind, QUERIES)):
            tree = parse_query(query)
            matching = ((each, [one for one in of_entry if matches(tree, one)]) for each, of_entry in forms)
            best = {each: max(title_hits(tree, one) for one in found) for each, found in matching if found}
            scanned = sorted(best, key=lambda each: (best[each], each.fetched_at, each.id), reverse=True)
            found = catalogue.search(Filter(query=tree), folded=False)
            assert [each.id for each in found.found] == [each.id for each in scanned], query
            assert found.total == len(scanned), query
    print(f"    {QUERIES} queries of {len(KINDS)} kinds find what a scan of {CHECKED:,} entries finds")


def _measure(url: str, count: int, number: int) -> None:
    with closing(Catalogue(url)) as catalogue:
        clock = _clock(catalogue)
        if missing := max(0, count - catalogue.count(Filter())):
            begin = time.perf_counter()
            fill(catalogue, count, count - missing)
            print(f"    {missing:,} entries in {time.perf_counter() - begin:,.0f} s")
        count = catalogue.count(Filter())
        print(f"    {count:,} entries")
        for name, size in _sizes(catalogue, count):
            print(f"    {size:>9,.0f} bytes an entry  {name}")
        print(f"    {'ms CPU, mean and most':<44}  captures, mean")
        for kind in KINDS:
            _row(kind, clock, [_search(catalogue, query) for query in queries(kind, number)])
        for name, ask in _overviews(catalogue, count):
            _row(name, clock, [ask])


def _row(name: str, clock: _Clock, asked: Iterable[Callable[[], int]]) -> None:
    times, found = [], []
    for ask in asked:
        begin = clock.cpu_s()
        found.append(ask())
        times.append((clock.cpu_s() - begin) * 1000)
    print(f"    {name:<28}{sum(times) / len(times):>9,.0f}{max(times):>9,.0f}{sum(found) / len(found):>12,.0f}")


def _search(catalogue: Catalogue, query: str) -> Callable[[], int]:
    def ask() -> int:
        wanted = Filter(query=parse_query(query))
        results = catalogue.search(wanted, SHOWN)
        list(catalogue.hits(wanted.query, results.found))
        return results.captures

    return ask


def _overviews(catalogue: Catalogue, count: int) -> Iterator[tuple[str, Callable[[], int]]]:
    """Yield the other questions that commands ask, by their names."""
    articles, of_site = Filter(outcome="article"), Filter(outcome="article", site="site7")

    def listed(wanted: Filter, order: Order) -> int:
        list(catalogue.entries(wanted, SHOWN, order=order))
        return catalogue.count(wanted, scored=order == "score")

    for order in ORDERS:
        yield f"list --sort {order}", lambda order=order: listed(articles, order)
        yield f"list --site --sort {order}", lambda order=order: listed(of_site, order)
    yield "list --no-copies", lambda: listed(Filter(outcome="article", copies=False), "captured")
    yield "list --region", lambda: listed(Filter(outcome="article", region="11"), "captured")
    month = {"published_since": dt.date(2024, 3, 1), "published_until": dt.date(2024, 3, 31)}
    yield "list --since --until", lambda: listed(Filter(outcome="article", **month), "captured")
    yield "status", lambda: _status(catalogue, count)
    for by in DIMENSIONS:
        yield f"counts --by {by}", lambda by=by: len(catalogue.count_articles(Filter(), [by], once=True))
    word = Filter(query=parse_query("小区"))
    yield "counts 小区 --by month", lambda: len(catalogue.count_articles(word, ["month"], once=True))
    yield "search 小区 --facets", lambda: len(catalogue.facets(word)["site"])
    yield "counts --by month --by site", lambda: len(catalogue.count_articles(Filter(), ["month", "site"], once=True))


def _status(catalogue: Catalogue, count: int) -> int:
    now = dt.datetime(2024, 3, 5, tzinfo=dt.UTC) + dt.timedelta(days=count // PER_DAY)
    sites = sorted({row["site"] for row in catalogue.counts()})
    health = Monitor(catalogue=catalogue, registry=Registry(sites={}), now=now).current(sites)
    return sum(each.stats.captures for each in health)


@frozen
class _Clock:
    """The CPU time of this process and of the server's process that works for it."""

    processes: tuple[psutil.Process, ...]

    def cpu_s(self) -> float:
        """Return the seconds that were used so far."""
        return sum(times.user + times.system for times in (process.cpu_times() for process in self.processes))


def _clock(catalogue: Catalogue) -> _Clock:
    pids = [os.getpid()]
    with catalogue._database.reading() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET max_parallel_workers_per_gather = 0")  # their time could not be read
            connection.commit()
            pids.append(connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one())
    return _Clock(tuple(map(psutil.Process, pids)))


def _sizes(catalogue: Catalogue, count: int) -> Iterator[tuple[str, float]]:
    """Yield the bytes that an entry takes, in all and by table with its indexes."""
    with catalogue._database.reading() as connection:
        if connection.dialect.name == "postgresql":
            query = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = "
            rows = connection.execute(sa.text(query + "'public'::regnamespace")).all()
        else:
            query = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
            rows = connection.execute(sa.text(query)).all()
        sizes = sorted(((int(size) / count, name) for name, size in rows), reverse=True)
        yield "in all", sum(size for size, _ in sizes)
        yield from ((name, size) for size, name in sizes if size >= 1)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
