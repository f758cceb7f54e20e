"""A text's family: its prints, the likely source first, with what each added, left out and changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.city.prose import compose
from crawler.family import family
from pipelines.catalogue import Catalogue
from pipelines.line import remember
from pipelines.model import Entry
from tests.fangzhi import documents, fangzhi
from tests.pipelines.made import capture, entry

SENTENCES = ["云洲市老旧小区改造现场会召开。", *compose("family", "news", dt.date(2024, 3, 5)).text.split("\n")]
ADDED = "本网编辑部提醒读者注意查询所在街道的具体安排。"


def printed(number: int, sentences: list[str], published: dt.date, url: str | None = None) -> Entry:
    made = entry(capture(number, str(number).encode(), url), text="\n".join(sentences))
    article = evolve(made.articles[0], published_at=published, source=f"第{number}家")
    return evolve(made, articles=(article,))


PRINTS = (
    printed(0, SENTENCES, dt.date(2024, 3, 6)),
    printed(1, [*SENTENCES, ADDED], dt.date(2024, 3, 5)),
    printed(2, SENTENCES, dt.date(2024, 3, 8)),
    printed(3, SENTENCES[:-1], dt.date(2024, 3, 7)),
    printed(4, [*SENTENCES, ADDED], dt.date(2024, 3, 9)),
    printed(5, [*SENTENCES, ADDED], dt.date(2024, 3, 5), url="http://news.example/a/t20240305_1.html"),
    printed(6, ["别的文章，与前面各篇都没有关系。"] * 9, dt.date(2024, 3, 1)),
)
"""The head, one with more, a copy, one cut short, a copy of the second, the second captured again, another text."""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as opened:
        for made in PRINTS:
            remember(made, opened)
        yield opened


def numbers(entries: list[Entry]) -> list[int]:
    return sorted(next(n for n, made in enumerate(PRINTS) if made.id == each.id) for each in entries)


@pytest.mark.parametrize("asked", range(6))
def test_a_family_is_the_same_whichever_of_it_is_asked_for(catalogue: Catalogue, asked: int) -> None:
    head, others = catalogue.family(catalogue.get(PRINTS[asked].id))
    assert (head.id, numbers(others)) == (PRINTS[0].id, [1, 2, 3, 4, 5])


def test_the_first_published_comes_first_and_an_address_once(catalogue: Catalogue) -> None:
    members = family(*catalogue.family(catalogue.get(PRINTS[0].id)))
    assert [member.source for member in members] == ["第1家", "第0家", "第3家", "第2家", "第4家"]


def test_it_is_told_what_each_added_and_left_out(catalogue: Catalogue) -> None:
    by_source = {member.source: member for member in family(*catalogue.family(catalogue.get(PRINTS[0].id)))}
    assert by_source["第1家"].added == by_source["第4家"].added == [ADDED]
    assert "".join(by_source["第3家"].left_out) == SENTENCES[-1]
    assert by_source["第2家"].edits == ()
    assert (by_source["第0家"].relation, by_source["第2家"].similarity) == (None, 1.0)
    assert by_source["第4家"].similarity == by_source["第1家"].similarity < 1


def test_the_command_tells_it(catalogue: Catalogue, tmp_path: Path) -> None:
    told = documents(fangzhi("show", PRINTS[2].id, "--family", "--json", "--archive", str(tmp_path)))
    assert [each["likely_source"] for each in told] == [True, False, False, False, False]
    assert told[0]["added"] == [ADDED]
    shown = fangzhi("show", PRINTS[2].id, "--family", "--archive", str(tmp_path)).stdout
    assert f"    + {ADDED}\n" in shown
    assert "word for word" in shown
    alone = documents(fangzhi("show", PRINTS[6].id, "--family", "--json", "--archive", str(tmp_path)))
    assert [each["id"] for each in alone] == [PRINTS[6].id]
