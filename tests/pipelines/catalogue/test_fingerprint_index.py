"""What shares passages is found in both databases, the earliest first, and costs no more where a phrase is common."""

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
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.fingerprint_index import MAX_CANDIDATES, MAX_CAPTURES_PER_FINGERPRINT
from pipelines.catalogue.tables import FINGERPRINTS
from pipelines.dedupe.winnowing import fingerprints
from pipelines.model import Entry, Verdict
from tests.pipelines.made import capture, entry, reference

TELLS = [compose("nearby", kind, dt.date(2024, 3, 5)).text for kind in ("news", "notice", "trade")]


@pytest.fixture(params=["sqlite", "postgresql"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    where = f"sqlite:///{tmp_path}/catalogue.sqlite" if request.param == "sqlite" else None
    with closing(Catalogue(where or request.getfixturevalue("database"))) as opened:
        yield opened


def put(catalogue: Catalogue, number: int, text: str) -> Entry:
    made = entry(capture(number, str(number).encode()), text=text)
    catalogue.put(made)
    return made


def held(catalogue: Catalogue) -> int:
    with catalogue._database.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(FINGERPRINTS)).scalar()


def near(catalogue: Catalogue, number: int, text: str) -> list[str]:
    """Return the ids of what is near a text that is captured then."""
    made = entry(capture(number, b"asked"), text=text)
    return [each.id for each in catalogue.near_candidates(made.articles, reference(capture(number, b"asked")))]


def test_texts_from_before_that_share_passages_are_found(catalogue: Catalogue) -> None:
    made = [put(catalogue, number, text) for number, text in enumerate((*TELLS, f"本网讯　{TELLS[0]}"))]
    assert near(catalogue, 9, TELLS[0]) == [made[0].id, made[3].id]
    assert near(catalogue, 2, TELLS[0]) == [made[0].id], "what came later is not there yet"
    assert near(catalogue, 0, TELLS[0]) == [], "nor is what was captured at the same moment"
    (found,) = catalogue.near_candidates(entry(capture(1), text=TELLS[0]).articles, reference(capture(1)))
    assert found.text == TELLS[0]


def test_of_many_that_have_a_passage_the_one_that_has_the_rest_as_well_is_found(catalogue: Catalogue) -> None:
    form = "为保障施工期间道路交通安全，根据有关法律的规定，决定对有关路段实行临时交通管制，请过往车辆注意绕行。"
    marks = [chr(0x4E00 + number) for number in range(3 * MAX_CAPTURES_PER_FINGERPRINT)]
    made = [put(catalogue, number, form + mark * 60) for number, mark in enumerate(marks)]
    found = near(catalogue, 999, f"{form}{marks[-2] * 60}\n编辑")
    assert made[-2].id in found
    assert len(found) <= MAX_CANDIDATES


def test_a_page_of_many_long_articles_is_asked_about_whole(catalogue: Catalogue) -> None:
    chance = random.Random(1)
    long = ["".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(12_000)) for _ in range(4)]
    made = [put(catalogue, number, text) for number, text in enumerate(long)]
    page = entry(capture(9, b"page"))
    articles = tuple(evolve(page.articles[0], text_hans=text) for text in long)
    found = catalogue.near_candidates(articles, reference(capture(9, b"page")))
    assert [each.id for each in found] == [each.id for each in made]


def test_what_was_there_before_takes_no_room_and_what_is_replaced_is_forgotten(catalogue: Catalogue) -> None:
    first = put(catalogue, 0, TELLS[0])
    assert held(catalogue) == len(fingerprints(TELLS[0]))
    catalogue.put(evolve(entry(capture(1, b"again"), text=TELLS[0]), verdict=Verdict(kind="same-text", of=first.id)))
    assert held(catalogue) == len(fingerprints(TELLS[0]))
    changed = put(catalogue, 0, TELLS[1])
    assert changed.id == first.id
    assert held(catalogue) == len(fingerprints(TELLS[1]))


def test_a_text_is_noted_anew_where_an_earlier_version_saw_other_anchors_in_it(catalogue: Catalogue) -> None:
    made = entry(capture(0, b"0"), text=TELLS[0])
    noted = evolve(made.articles[0], fingerprints=(*fingerprints(TELLS[0])[::2], *fingerprints(TELLS[1])[::2]))
    catalogue.put(evolve(made, articles=(noted,)))
    changed = put(catalogue, 0, TELLS[1])
    assert near(catalogue, 9, TELLS[1]) == [changed.id]


def test_putting_tells_who_has_to_be_judged_again(catalogue: Catalogue) -> None:
    later = put(catalogue, 5, TELLS[0])
    put(catalogue, 6, TELLS[1])
    made = entry(capture(1, b"early"), text=TELLS[0])
    changed = catalogue.put(made)
    assert [each.id for each in catalogue.later_near_captures(changed, reference(capture(1, b"early")))] == [later.id]
    assert catalogue.put(made) == frozenset(), "nothing is otherwise now"
    assert catalogue.put(evolve(made, recipe="trs/2")) == frozenset(), "nor where the text is what it was"
    assert catalogue.later_near_captures(changed, reference(capture(7))) == []
