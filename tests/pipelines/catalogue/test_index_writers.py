"""Four writers at once leave the index that a scan agrees with: after edits, gone pages, a replay and a rebuild."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.query import Node
from pipelines.catalogue.replacement import Replacement
from pipelines.model import Entry
from tests.pipelines.catalogue.searching import entries, found, queries, scan
from tests.pipelines.catalogue.summing import check_sums

WRITERS = 4

EIGHT_ENTRIES = st.tuples(*(entries(number) for number in range(8)))
"""Captures of three pages, so that writers meet at the pages of each other."""


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(EIGHT_ENTRIES, EIGHT_ENTRIES, st.lists(queries, min_size=3, max_size=5), st.permutations(range(8)))
def test_four_writers_leave_what_a_scan_finds(
    url: str, first: tuple[Entry, ...], second: tuple[Entry, ...], asked: list[Node], order: Sequence[int]
) -> None:
    _empty(url)
    _at_once(url, [(each, Catalogue.put) for each in first])
    _check(url, first, asked)
    edited, gone, forgotten = order[:3], order[3:5], order[5]
    now = dict(enumerate(first))
    now |= {at: _read_again(first[at], second[at]) for at in edited}
    now |= {at: _gone(first[at]) for at in gone}
    changes = [(now[at], Catalogue.put) for at in (*edited, *gone)]
    _at_once(url, [*changes, (now.pop(forgotten), lambda catalogue, each: catalogue.remove(each.id))])
    _check(url, now.values(), asked)
    replayed = [at for at in order if at in now]
    _at_once(url, [(now[at], Catalogue.put) for at in replayed])
    _check(url, now.values(), asked)
    with closing(Replacement(url)) as rebuilt:
        for at in replayed:
            rebuilt.catalogue.put(now[at])
        rebuilt.swap()
    _check(url, now.values(), asked)


def _read_again(before: Entry, after: Entry) -> Entry:
    """Return an entry of the same capture with another result."""
    changed = ("articles", "region", "site", "outcome", "reason", "verdict")
    return evolve(before, **{name: getattr(after, name) for name in changed})


def _gone(entry: Entry) -> Entry:
    """Return an entry of the same capture that shows that the page is missing."""
    digests = evolve(entry.digests, text=None)
    return evolve(entry, status=404, outcome="rejected", reason="http-error", articles=(), digests=digests)


def _at_once(url: str, work: Sequence[tuple[Entry, Callable[[Catalogue, Entry], object]]]) -> None:
    """Do every fourth piece of work in each of four threads, which have a catalogue of their own."""

    def write(writer: int) -> None:
        with closing(Catalogue(url)) as catalogue:
            for entry, change in work[writer::WRITERS]:
                change(catalogue, entry)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))


def _empty(url: str) -> None:
    with closing(Catalogue(url)) as catalogue, catalogue.transaction():
        for each in list(catalogue.entries()):
            catalogue.remove(each.id)


def _check(url: str, entries: Iterable[Entry], asked: Sequence[Node]) -> None:
    with closing(Catalogue(url)) as catalogue:
        for query in asked:
            assert found(catalogue, query) == scan(entries, query)
        check_sums(catalogue, list(entries))
