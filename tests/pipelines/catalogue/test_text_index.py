"""The full-text index finds what a look at every entry finds, in SQLite and in PostgreSQL, whatever was changed."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.catalogue import text_index
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.query import Node
from pipelines.catalogue.query_match import SEARCHED
from pipelines.model import Entry
from pipelines.text.tokens import canonical, index_tokens, phrase_pattern, phrase_tokens
from tests.pipelines.catalogue.searching import CHARS, entries, found, ids, queries, scan
from tests.pipelines.catalogue.summing import check_sums
from tests.pipelines.made import capture, entry

SLOW_TO_OPEN = settings(
    max_examples=settings.default.max_examples // 5,  # each takes 0.1 s in SQLite and 0.2 s in PostgreSQL
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""A catalogue is opened once for a test and emptied for each example."""

FOUR_ENTRIES = st.tuples(*(entries(number) for number in range(4)))


@SLOW_TO_OPEN
@given(FOUR_ENTRIES, FOUR_ENTRIES, st.lists(queries, min_size=3, max_size=6), st.integers(0, 3), st.booleans())
def test_the_index_finds_what_a_scan_finds_also_after_edits_and_removals(
    catalogue: Catalogue,
    first: tuple[Entry, ...],
    second: tuple[Entry, ...],
    asked: list[Node],
    removed: int,
    together: bool,
) -> None:
    for each in list(catalogue.entries()):  # of an example that failed
        catalogue.remove(each.id)
    with catalogue.transaction() if together else nullcontext():
        for each in first:
            catalogue.put(each)
    for query in asked:
        assert found(catalogue, query) == scan(first, query)
    check_sums(catalogue, first)
    edited = [catalogue.get(each.id) or each for each in first]
    with catalogue.transaction() if together else nullcontext():
        for at, each in enumerate(second[:2]):  # the same captures, read again with another result
            changed = {name: getattr(each, name) for name in ("articles", "region", "site", "outcome", "verdict")}
            edited[at] = evolve(edited[at], **changed)
            catalogue.put(edited[at])
        catalogue.remove(edited[removed].id)
    left = [each for at, each in enumerate(edited) if at != removed]
    for query in asked:
        assert found(catalogue, query) == scan(left, query)
    check_sums(catalogue, left)
    for each in left:
        catalogue.remove(each.id)
    assert not any(found(catalogue, query) for query in asked)
    check_sums(catalogue, [])


@given(st.text(CHARS, max_size=40), st.text(CHARS, max_size=5))
def test_tokens_in_order_are_the_same_as_a_part_of_the_canonical_form(text: str, phrase: str) -> None:
    pattern = phrase_pattern(phrase)
    if not pattern:
        return
    tokens, prefix = phrase_tokens(pattern)
    indexed = index_tokens(canonical(text))

    def is_at(place: int) -> bool:
        *exact, last = indexed[place : place + len(tokens)]
        return exact == tokens[:-1] and (last.startswith(tokens[-1]) if prefix else last == tokens[-1])

    in_order = any(is_at(place) for place in range(len(indexed) - len(tokens) + 1))
    assert in_order == (pattern in canonical(text))


def test_writers_at_once_leave_one_row_for_each_article(url: str) -> None:
    Catalogue(url).close()

    def write(writer: int) -> None:
        with closing(Catalogue(url)) as catalogue:
            for number in range(20):
                catalogue.put(entry(capture(number), text=f"电梯{'小区' if number % 2 else ''}{writer}"))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, range(3)))
    with closing(Catalogue(url)) as catalogue:
        assert len(ids(catalogue, "电梯")) == 20
        assert len(ids(catalogue, "小区")) == 10
        assert sum(len(ids(catalogue, f"{writer}")) for writer in range(3)) == 20


def test_a_transaction_that_fails_leaves_the_index_as_it_was(catalogue: Catalogue) -> None:
    catalogue.put(entry(capture(1), text="电梯"))

    def fail() -> None:
        with catalogue.transaction():
            catalogue.put(entry(capture(1), text="小区"))
            catalogue.put(entry(capture(2), text="小区"))
            assert len(ids(catalogue, "小区")) == 2
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert ids(catalogue, "小区") == []
    assert len(ids(catalogue, "电梯")) == 1


def test_long_texts_are_searched_to_a_limit(catalogue: Catalogue) -> None:
    filler = "".join(map(chr, range(0x4E00, 0x9000))) * 6
    text = f"电梯{filler[:90_000]}小区{filler[:90_000]}防汛"
    catalogue.put(entry(capture(1), text=text))
    assert [len(ids(catalogue, query)) for query in ("电梯", "小区", "防汛")] == [1, 1, 0]


def test_words_of_any_length_are_indexed(catalogue: Catalogue) -> None:
    word = "5a" * 3000
    catalogue.put(entry(capture(1), text=f"电梯{word}小区"))
    assert len(ids(catalogue, word)) == len(ids(catalogue, f"电梯{word}小区")) == 1


def test_rows_whose_tokens_are_unknown_stay_in_the_index_and_are_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "catalogue.sqlite"
    with closing(Catalogue(f"sqlite:///{path}")) as catalogue:
        with monkeypatch.context() as earlier:  # a version that makes other tokens
            earlier.setattr(text_index, "canonical_forms", lambda _: dict.fromkeys(SEARCHED, " 防汛 "))
            catalogue.put(entry(capture(1), text="电梯"))
        catalogue.put(entry(capture(1), text="小区"))
        catalogue.put(entry(capture(2), text="小区"))
        assert [len(ids(catalogue, query)) for query in ("防汛", "电梯", "小区")] == [0, 0, 2]
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO article_index(article_index) VALUES ('integrity-check')")
