from __future__ import annotations

import datetime as dt
import random
from itertools import combinations

import pytest

from crawler.demo.prose import compose
from pipelines.dedupe.similarity import ComparedText, compared
from tests.pipelines.dedupe.reprints import CHANGES

TEXTS = [compose(f"likeness/{number}", "news", dt.date(2024, 3, 5)).text for number in range(60)]


@pytest.mark.parametrize("change", CHANGES)
def test_a_reprint_is_a_copy(change: str) -> None:
    chance = random.Random(change)
    missed = [
        text for text in TEXTS if not ComparedText(CHANGES[change](text, chance)).similarity_to(ComparedText(text))
    ]
    assert missed == []


def test_other_articles_of_the_same_city_are_none() -> None:
    made = [ComparedText(text) for text in TEXTS]
    assert [pair for pair in combinations(made, 2) if pair[0].similarity_to(pair[1])] == []


def test_a_part_and_its_whole_say_which_is_the_larger() -> None:
    short, *others = sorted(TEXTS, key=len)
    page = "\n".join((others[-1], short, others[-2]))
    assert len(page) > 5 * len(short)
    found = ComparedText(page).similarity_to(ComparedText(short))
    assert found
    assert (found.relation, found.similarity) == ("contains", 1.0)
    assert ComparedText(short).similarity_to(ComparedText(page)).relation == "within"


def test_what_a_paywall_shows_is_within_the_whole() -> None:
    text = max(TEXTS, key=len)
    stub = text[: len(text) // 3] + "登录后阅读全文。"
    assert ComparedText(stub).similarity_to(ComparedText(text)).relation == "within"


def test_a_preview_that_runs_its_lines_together_is_within_the_whole() -> None:
    captions = "\n".join(f"图为{place}新建成的便民服务中心。本报记者 李明 摄" for place in ("清河区", "桐岭县"))
    whole = f"{captions}\n云岭日报讯 {TEXTS[0]}\n{TEXTS[1]}"
    preview = whole.replace("\n", "").replace(" ", "")[:130] + "..."
    assert ComparedText(preview).similarity_to(ComparedText(whole)).relation == "within"


@pytest.mark.parametrize("figure", ["1", "38"])
def test_other_figures_are_not_found_inside_longer_ones(figure: str) -> None:
    counted = "据市防汛抗旱指挥部办公室最新统计显示今年以来全市累计转移安置沿河低洼地带受威胁群众共计{}"
    whole = "\n".join((counted.format("138户"), *TEXTS[:3]))
    assert ComparedText(counted.format(figure)).similarity_to(ComparedText(whole)) is None


def test_a_line_or_two_are_looked_for_in_nothing() -> None:
    assert ComparedText("特此通告。").similarity_to(ComparedText(max(TEXTS, key=len) + "特此通告。")) is None
    assert ComparedText("").similarity_to(ComparedText("")) is None


def test_a_text_is_worked_out_once_unless_it_is_a_book() -> None:
    assert compared(TEXTS[0]) is compared(TEXTS[0])
    book = "\n".join(TEXTS) * 3
    assert compared(book) is not compared(book)
    assert compared(book).similarity_to(compared(TEXTS[0])) == ComparedText(book).similarity_to(ComparedText(TEXTS[0]))
