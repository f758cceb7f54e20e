"""The full-text index as it fills: time and bytes of an entry, and the CPU time of each kind of query.

`python -m tests.benchmarks.index 100000` fills a catalogue with so many entries; 100,000 take about ten minutes and
1 GB. Texts are those of the demo city, which has few words: a common word is in nearly every text.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Sequence
from contextlib import closing

import psutil
import sqlalchemy as sa
from attrs import evolve, frozen

from crawler.demo.prose import compose
from pipelines.catalogue import text_index
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.query import parse_query
from pipelines.dedupe.winnowing import fingerprints
from pipelines.model import Entry
from tests.benchmarks.catalogue import DATABASES
from tests.pipelines.made import capture, entry

BATCH = 40
"""Entries of a transaction, about as many as in a crawl."""

BARE = 2_000
"""Entries that are put without the index, for comparison."""

REPEATS, SHOWN = 20, 20

QUERIES = (
    ("1 character", "桥"),
    ("2 characters", "小区"),
    ("4 characters", "老旧小区"),
    ("8 characters", "老旧小区改造工程"),
    ("phrase", '"图书馆馆长"'),
    ("two words", "小区 图书馆"),
    ("OR", "图书馆 OR 电梯 OR 防汛"),
    ("without", "小区 -图书馆"),
    ("rare", "甲乙丙丁"),
    ("common", "市"),
    ("traditional", "老舊小區"),
    ("title", "title:通知"),
    ("number", "国办发〔2017〕47号"),
)


def main(arguments: Sequence[str] = ()) -> None:
    """Print a table for each kind of database; the argument is the number of entries."""
    parser = argparse.ArgumentParser()
    parser.add_argument("entries", nargs="?", type=int, default=4_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args(arguments)
    for name, where in DATABASES:
        if options.only in (None, name):
            with where() as url:
                print(f"  {name}" if url else f"  {name}: not installed")
                if url is None:
                    continue
                bare_s = _put_without_index(url, min(options.entries, BARE))
            with where() as url:
                _measure(str(url), options.entries, bare_s)


def _measure(url: str, count: int, bare_s: float) -> None:
    with closing(Catalogue(url)) as catalogue:
        clock = _clock(catalogue)
        chars, put_s = _fill(catalogue, count, clock)
        print(f"    {count:,} entries of {chars / count:,.0f} characters")
        print(f"    put {put_s / count * 1000:.2f} ms CPU an entry, {bare_s * 1000:.2f} ms without the index")
        whole, index = _sizes(catalogue)
        print(f"    {whole / count:,.0f} bytes an entry, {index / count:,.0f} of it for the index")
        for name, query in QUERIES:
            wanted = Filter(query=parse_query(query))
            begin = clock.cpu_s()
            for _ in range(REPEATS):
                results = catalogue.search(wanted, SHOWN)
            each_ms = (clock.cpu_s() - begin) / REPEATS * 1000
            print(f"    {name:<14}{each_ms:>9.1f} ms CPU {results.captures:>9,} captures  {query}")


def _put_without_index(url: str, count: int) -> float:
    """Return the CPU seconds of a put that leaves the index out."""
    indexing = text_index.put
    text_index.put = lambda *_: None
    try:
        with closing(Catalogue(url)) as catalogue:
            return _fill(catalogue, count, _clock(catalogue))[1] / count
    finally:
        text_index.put = indexing


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
            pids.append(connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one())
    return _Clock(tuple(map(psutil.Process, pids)))


def _fill(catalogue: Catalogue, count: int, clock: _Clock) -> tuple[int, float]:
    """Put entries in batches; return their characters, and the CPU seconds of all puts."""
    chars, put_s = 0, 0.0
    for first in range(0, count, BATCH):
        made = [_made(number) for number in range(first, min(first + BATCH, count))]
        begin = clock.cpu_s()
        with catalogue.transaction():
            for each in made:
                catalogue.put(each)
        put_s += clock.cpu_s() - begin
        chars += sum(len(each.articles[0].text) for each in made)
    return chars, put_s


def _made(number: int) -> Entry:
    story = compose(f"index/{number}", "news", dt.date(2024, 3, 5))
    made = entry(capture(number, str(number).encode()), text=story.text)
    article = evolve(made.articles[0], title=story.title, source="云洲日报", fingerprints=fingerprints(story.text))
    return evolve(made, articles=(article,))


def _sizes(catalogue: Catalogue) -> tuple[int, int]:
    """Return the bytes of the catalogue and of the index in it."""
    with catalogue._database.reading() as connection:
        if connection.dialect.name == "postgresql":
            query = "SELECT pg_database_size(current_database()), pg_total_relation_size('articles')"
        else:
            query = "SELECT sum(pgsize), sum(pgsize * (name GLOB '*article*')) FROM dbstat"
        whole, index = connection.execute(sa.text(query)).one()
        return int(whole), int(index)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
