"""Similarity: reprints are copies, other articles are not, and parts are recognised as parts."""

from __future__ import annotations

import datetime as dt
import random
from itertools import combinations

import pytest

from crawler.demo.prose import compose
from pipelines.dedupe.similarity import MAX_KEPT_CHARS, ComparedText, compared
from pipelines.text.recent import MAX_SHARE
from tests.pipelines.dedupe.reprints import CHANGES

TEXTS = [compose(f"likeness/{number}", "news", dt.date(2024, 3, 5)).text for number in range(60)]


@pytest.mark.parametrize("change", CHANGES)
def test_a_reprint_is_a_copy(change: str) -> None:
    chance = random.Random(change)
    missed = [
        text for text in TEXTS if not ComparedText(CHANGES[change](text, chance)).similarity_to(ComparedText(text))
    ]
    assert missed == []


def test_other_articles_of_the_same_city_are_not_copies() -> None:
    made = [ComparedText(text) for text in TEXTS]
    assert [pair for pair in combinations(made, 2) if pair[0].similarity_to(pair[1])] == []


def test_the_relation_says_which_text_is_the_larger() -> None:
    short, *others = sorted(TEXTS, key=len)
    page = "\n".join((others[-1], short, others[-2]))
    assert len(page) > 5 * len(short)
    found = ComparedText(page).similarity_to(ComparedText(short))
    assert found
    assert (found.relation, found.similarity) == ("contains", 1.0)
    assert ComparedText(short).similarity_to(ComparedText(page)).relation == "within"


def test_the_opening_before_a_paywall_is_within_the_full_text() -> None:
    text = max(TEXTS, key=len)
    stub = text[: len(text) // 3] + "登录后阅读全文。"
    assert ComparedText(stub).similarity_to(ComparedText(text)).relation == "within"


def test_a_preview_with_joined_lines_is_within_the_full_text() -> None:
    captions = "\n".join(f"图为{place}新建成的便民服务中心。本报记者 李明 摄" for place in ("清河区", "桐岭县"))
    whole = f"{captions}\n云岭日报讯 {TEXTS[0]}\n{TEXTS[1]}"
    preview = whole.replace("\n", "").replace(" ", "")[:130] + "..."
    assert ComparedText(preview).similarity_to(ComparedText(whole)).relation == "within"


@pytest.mark.parametrize("figure", ["1", "38"])
def test_other_figures_are_not_found_inside_longer_ones(figure: str) -> None:
    counted = "据市防汛抗旱指挥部办公室最新统计显示今年以来全市累计转移安置沿河低洼地带受威胁群众共计{}"
    whole = "\n".join((counted.format("138户"), *TEXTS[:3]))
    assert ComparedText(counted.format(figure)).similarity_to(ComparedText(whole)) is None


def test_texts_of_one_or_two_lines_have_no_similarity() -> None:
    assert ComparedText("特此通告。").similarity_to(ComparedText(max(TEXTS, key=len) + "特此通告。")) is None
    assert ComparedText("").similarity_to(ComparedText("")) is None


def test_a_prepared_text_is_cached_unless_it_is_a_book() -> None:
    assert compared(TEXTS[0]) is compared(TEXTS[0])
    book = "\n".join(TEXTS) * 3
    assert len(book) * MAX_SHARE > MAX_KEPT_CHARS
    assert compared(book) is not compared(book)
    assert compared(book).similarity_to(compared(TEXTS[0])) == ComparedText(book).similarity_to(ComparedText(TEXTS[0]))
