"""Copies of one text are one result: as a scan over all entries folds them, in each kind of database."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from attrs import evolve

from pipelines.catalogue import result_sizes, results
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.query import parse_query
from pipelines.model import Entry, Verdict
from tests.pipelines.catalogue.searching import scan
from tests.pipelines.made import capture, entry

WORDS = ("电梯", "小区", "防汛", "号")
QUERIES = ("电梯", "号", "电梯 小区", "防汛 OR 号", "电梯 -号", "site:news 号", "-电梯")


def made(count: int, choose: random.Random) -> list[Entry]:
    """Return captures of which most are copies of earlier ones, also of copies, with one or two articles each."""
    found = list[Entry]()
    for number in range(count):
        words = [each for each in WORDS if choose.random() < 0.6]
        one = entry(capture(number), text="，".join(words) or "正文")
        article = evolve(one.articles[0], title=choose.choice(WORDS))
        further = (evolve(article, title="号", text_hans="电梯"),) if choose.random() < 0.2 else ()
        found.append(evolve(one, articles=(article, *further), verdict=verdict(found, choose)))
    return found


def verdict(earlier: Sequence[Entry], choose: random.Random) -> Verdict:
    kind = choose.choice(("new", "new-version", "same-text", "near-copy", "near-copy"))
    if kind == "new" or not earlier:
        return Verdict(kind="new")
    of = choose.choice(earlier).id
    if kind == "near-copy":
        return Verdict(kind="near-copy", of=of, relation=choose.choice(("equal", "contains")))
    return Verdict(kind=kind, of=of)  # type: ignore[arg-type]


def root(each: Entry, by_id: dict[str, Entry]) -> str:
    """Return the capture at which the chain of copies ends, after three steps at most."""
    for _ in range(3):
        if each.verdict.kind in ("new", "new-version") or each.verdict.relation == "contains":
            return each.id
        each = by_id[each.verdict.of or ""]
    return each.id


@pytest.mark.parametrize(("many", "recent"), [(0, 3), (0, results.RECENT), (results.MANY, 0)])
@pytest.mark.parametrize("seed", range(3))
def test_copies_are_folded_as_in_a_scan(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, seed: int, many: int, recent: int
) -> None:
    monkeypatch.setattr(results, "MANY", many)
    monkeypatch.setattr(result_sizes, "MANY", many)
    monkeypatch.setattr(results, "RECENT", recent)
    entries = made(40, random.Random(seed))
    by_id = {each.id: each for each in entries}
    with catalogue.transaction():
        for each in entries:
            catalogue.put(each)
    for text in QUERIES:
        query = parse_query(text)
        matching = scan(entries, query)
        prints = Counter(root(by_id[key], by_id) for key in matching)
        first = dict[str, str]()
        for key in matching:
            first.setdefault(root(by_id[key], by_id), key)
        for limit in (None, 1, 5):
            found = catalogue.search(Filter(query=query), limit)
            assert (found.total, found.captures) == (len(prints), len(matching))
            assert [(each.id, each.copies) for each in found.found] == [
                (key, prints[of] - 1) for of, key in first.items()
            ][:limit]
