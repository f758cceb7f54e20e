"""Pages composed of written articles and damaged: headlines and joins that are found; no character is lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from pipelines.model import Draft
from pipelines.parse.repair import language_model, repair
from pipelines.parse.repair.edits import undo
from pipelines.parse.repair.widen_punctuation import widen_punctuation
from pipelines.parse.segment import segment
from tests.benchmarks.segment import found
from tests.pages_of_articles.compose import KINDS, Page, compose
from tests.pages_of_articles.printed import printed

SIZES = range(2, 13)


def pages(kind: str, source: str = "held") -> Iterator[Page]:
    rng = random.Random(kind)
    return (compose(size, kind, source, rng) for size in SIZES for _ in range(2))


def totals(kind: str, field: str) -> tuple[int, int, int]:
    """Return the numbers of titles or joins that are correct, found, and true on all pages of a kind."""
    both = [(getattr(found(page), field), getattr(page, field)) for page in pages(kind) if len(page.titles) > 2]
    return sum(len(one & two) for one, two in both), sum(len(one) for one, _ in both), sum(len(two) for _, two in both)


@pytest.mark.parametrize("kind", KINDS)
def test_every_character_of_a_page_is_in_one_article_once(kind: str) -> None:
    for page in pages(kind):
        assert found(page).conserved


@pytest.mark.parametrize("kind", KINDS)
def test_headlines_are_found_and_few_other_lines(kind: str) -> None:
    right, taken, true = totals(kind, "titles")
    assert right / taken >= 0.99
    assert right / true >= 0.96


def test_columns_that_break_off_are_joined() -> None:
    right, made, true = totals("torn", "joins")
    assert right / made >= 0.99
    assert right / true >= 0.95


def test_on_pages_with_all_kinds_of_damage_most_columns_are_joined() -> None:
    right, made, true = totals("all", "joins")
    assert right / made >= 0.97
    assert right / true >= 0.84


def test_some_articles_that_continue_after_another_are_joined_and_few_wrongly() -> None:
    right, made, true = totals("parted", "joins")
    assert right / made >= 0.97
    assert right / true >= 0.5


@pytest.mark.skipif(not printed("held"), reason="the evaluation corpus is not beside this checkout")
def test_most_articles_of_a_newspaper_that_continue_after_another_are_joined() -> None:
    rng = random.Random("printed")
    drawn = [compose(size, "parted", "printed-held", rng) for size in SIZES for _ in range(5)]
    both = [(found(page).joins, page.joins) for page in drawn]
    right = sum(len(one & two) for one, two in both)
    assert right / sum(len(one) for one, _ in both) >= 0.97
    assert right / sum(len(two) for _, two in both) >= 0.7


@pytest.mark.parametrize("kind", ["torn", "all"])
def test_undoing_all_repairs_gives_the_pieces_of_the_page(kind: str) -> None:
    for page in pages(kind):
        articles = [repair(part) for part in segment(page.draft, language_model)]
        lines = Counter(line for each in articles for line in undo(each.text, each.repairs).split("\n"))
        heads = {article.title for article in articles}
        missing = Counter(piece.text for piece in page.pieces) - lines
        assert {widen_punctuation(text).text for text in missing} <= heads


@pytest.mark.parametrize("source", ["held", "tuned"])
def test_one_article_stays_one(source: str) -> None:
    for seed in range(40):
        page: Draft = compose(1, "whole", source, random.Random(seed)).draft
        assert segment(page, language_model) == (page,)
