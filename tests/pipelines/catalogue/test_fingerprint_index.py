"""Texts that share passages are found in both kinds of databases, earliest first, also among many with one phrase."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from attrs import evolve

from crawler.demo.prose import compose
from pipelines.catalogue import fingerprint_index
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.fingerprint_index import MAX_CANDIDATES, MAX_CAPTURES_PER_FINGERPRINT, Moment
from pipelines.dedupe.winnowing import fingerprints
from pipelines.model import Entry, Verdict
from tests.pipelines.made import capture, entry, reference

TEXTS = [compose("nearby", kind, dt.date(2024, 3, 5)).text for kind in ("news", "notice", "trade")]


@pytest.fixture(params=["sqlite", "postgresql"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    where = f"sqlite:///{tmp_path}/catalogue.sqlite" if request.param == "sqlite" else None
    with closing(Catalogue(where or request.getfixturevalue("database"))) as opened:
        yield opened


def put(catalogue: Catalogue, number: int, text: str) -> Entry:
    made = entry(capture(number, str(number).encode()), text=text)
    catalogue.put(made)
    return made


def count_fingerprints(catalogue: Catalogue) -> int:
    with catalogue._database.reading() as connection:
        count = "sum(cardinality(anchors) + cardinality(crowded))"
        number = "count(*)" if connection.dialect.name == "sqlite" else count
        return int(connection.execute(sa.text(f"SELECT {number} FROM anchors")).scalar_one())


def near_ids(catalogue: Catalogue, number: int, text: str) -> list[str]:
    """Return the ids of the near-duplicate candidates of a text that is captured at this second."""
    made = entry(capture(number, b"candidate"), text=text)
    return [each.id for each in catalogue.near_candidates(made.articles, reference(capture(number, b"candidate")))]


def test_earlier_texts_that_share_passages_are_found(catalogue: Catalogue) -> None:
    made = [put(catalogue, number, text) for number, text in enumerate((*TEXTS, f"本网讯　{TEXTS[0]}"))]
    assert near_ids(catalogue, 9, TEXTS[0]) == [made[0].id, made[3].id]
    assert near_ids(catalogue, 2, TEXTS[0]) == [made[0].id], "later captures are excluded"
    assert near_ids(catalogue, 0, TEXTS[0]) == [], "captures of the same moment are excluded, too"
    (found,) = catalogue.near_candidates(entry(capture(1), text=TEXTS[0]).articles, reference(capture(1)))
    assert found.text == TEXTS[0]


def test_among_many_texts_with_one_phrase_the_one_that_shares_more_is_found(catalogue: Catalogue) -> None:
    phrase = "为保障施工期间道路交通安全，根据有关法律的规定，决定对有关路段实行临时交通管制，请过往车辆注意绕行。"
    chars = [chr(0x4E00 + number) for number in range(3 * MAX_CAPTURES_PER_FINGERPRINT)]
    made = [put(catalogue, number, phrase + char * 60) for number, char in enumerate(chars)]
    found = near_ids(catalogue, 999, f"{phrase}{chars[-2] * 60}\n编辑")
    assert made[-2].id in found
    assert len(found) <= MAX_CANDIDATES


def test_all_fingerprints_of_a_page_with_long_articles_are_looked_up(catalogue: Catalogue) -> None:
    chance = random.Random(1)
    long = ["".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(12_000)) for _ in range(4)]
    made = [put(catalogue, number, text) for number, text in enumerate(long)]
    page = entry(capture(9, b"page"))
    articles = tuple(evolve(page.articles[0], text_hans=text) for text in long)
    found = catalogue.near_candidates(articles, reference(capture(9, b"page")))
    assert [each.id for each in found] == [each.id for each in made]


def test_exact_copies_are_not_indexed_and_replaced_texts_are_deleted(catalogue: Catalogue) -> None:
    first = put(catalogue, 0, TEXTS[0])
    assert count_fingerprints(catalogue) == len(fingerprints(TEXTS[0]))
    catalogue.put(evolve(entry(capture(1, b"again"), text=TEXTS[0]), verdict=Verdict(kind="same-text", of=first.id)))
    assert count_fingerprints(catalogue) == len(fingerprints(TEXTS[0]))
    changed = put(catalogue, 0, TEXTS[1])
    assert changed.id == first.id
    assert count_fingerprints(catalogue) == len(fingerprints(TEXTS[1]))


def test_a_text_is_indexed_again_if_an_earlier_version_computed_other_fingerprints(catalogue: Catalogue) -> None:
    made = entry(capture(0, b"0"), text=TEXTS[0])
    old = evolve(made.articles[0], fingerprints=(*fingerprints(TEXTS[0])[::2], *fingerprints(TEXTS[1])[::2]))
    catalogue.put(evolve(made, articles=(old,)))
    changed = put(catalogue, 0, TEXTS[1])
    assert near_ids(catalogue, 9, TEXTS[1]) == [changed.id]


def test_put_returns_the_fingerprints_by_which_later_captures_are_affected(catalogue: Catalogue) -> None:
    later = put(catalogue, 5, TEXTS[0])
    put(catalogue, 6, TEXTS[1])
    made = entry(capture(1, b"early"), text=TEXTS[0])
    changed = catalogue.put(made).fingerprints
    assert [each.id for each in catalogue.later_near_captures(changed, reference(capture(1, b"early")))] == [later.id]
    assert not catalogue.put(made).fingerprints, "nothing changed"
    assert not catalogue.put(evolve(made, recipe="trs/2")).fingerprints, "the text did not change"
    assert catalogue.later_near_captures(changed, reference(capture(7))) == []


def test_a_text_that_another_process_has_replaced_is_compared_as_it_is_now(catalogue: Catalogue) -> None:
    first = put(catalogue, 0, TEXTS[0])
    asked = entry(capture(9), text=TEXTS[0]).articles, reference(capture(9))
    assert [each.text for each in catalogue.near_candidates(*asked)] == [TEXTS[0]]
    catalogue.put(evolve(first, articles=entry(capture(0), text=f"本网讯　{TEXTS[0]}").articles))
    assert [each.text for each in catalogue.near_candidates(*asked)] == [f"本网讯　{TEXTS[0]}"]


def test_both_databases_find_the_same_whatever_the_order_of_insertions(tmp_path: Path, database: str) -> None:
    chance = random.Random(1)
    made = {
        (chance.randrange(100), mark): frozenset(chance.sample(range(12), chance.randint(1, 6)))
        for mark in range(8 * MAX_CAPTURES_PER_FINGERPRINT)
    }
    gone = chance.sample([*made], len(made) // 3)
    with (
        closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as one,
        closing(Catalogue(database)) as other,
        one._database.writing() as rows,
        other._database.writing() as arrays,
    ):
        for connection in (rows, arrays):
            for moment in chance.sample([*made], len(made)):
                fingerprint_index.insert(connection, made[moment], moment)
            for moment in gone:
                fingerprint_index.delete(connection, made[moment], moment)
        for _ in range(100):
            asked = frozenset(chance.sample(range(12), 4)), (chance.randrange(100), chance.randrange(100))
            found = [fingerprint_index.nearest(connection, *asked) for connection in (rows, arrays)]
            assert found[0] == found[1]
            later = [fingerprint_index.later_captures(connection, *asked) for connection in (rows, arrays)]
            assert later[0] == later[1]
        left = _arrays(arrays)
        arrays.exec_driver_sql("DELETE FROM anchors")
        for moment in sorted(made.keys() - {*gone}):
            fingerprint_index.insert(arrays, made[moment], moment)
        assert _arrays(arrays) == left
        assert any(crowded for _anchors, crowded in left.values())


def _arrays(connection: sa.Connection) -> dict[Moment, tuple[list[int], list[int]]]:
    found = connection.exec_driver_sql("SELECT fetched_us, mark, anchors, crowded FROM anchors").all()
    return {(us, mark): (sorted(anchors), sorted(crowded)) for us, mark, anchors, crowded in found}
