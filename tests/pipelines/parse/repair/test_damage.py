"""Repair of each kind of damage, made on the project's own clean texts."""

from __future__ import annotations

import random
import re

import pytest

from pipelines.parse.repair import mend
from tests.damage import mojibake, pinyin, shift
from tests.damage.kinds import KINDS
from tests.damage.texts import own, pages

PAGES = [page for text in own().values() for page in pages(text, 700)]
PLAIN = [page for page in PAGES if not re.search("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]", page)]
"""Pages without pinyin glosses: on a page with pinyin damage, glosses count as damage, too."""

SEEDS = range(3)

EXACT = (*pinyin.KINDS, "spaced-clause", "indented", "double-escaped")
"""Kinds of damage after which the whole text comes back."""

FLOORS = {"half-width": 0.99, "half-width-quotes": 0.99}
"""Kinds of damage after which at least this share of the marks comes back."""

TESTED_ALONE = {"spaced", *mojibake.KINDS, *shift.KINDS}
"""Kinds of damage with tests of their own, below and in the tests of their rule."""


def mended(damaged: str) -> str:
    return mend(damaged)[0]


def test_every_kind_of_damage_has_a_test() -> None:
    assert {*EXACT, *FLOORS, *TESTED_ALONE} == set(KINDS), "add the new kind to one of the three lists"


@pytest.mark.parametrize("kind", EXACT)
def test_the_original_text_comes_back(kind: str) -> None:
    made = KINDS[kind]
    damaged = [(page, made(page, random.Random(seed))) for seed in SEEDS for page in PLAIN]
    assert [text for page, text in damaged if text != page]
    assert [mended(text) for _, text in damaged] == [page for page, _ in damaged]


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items())
def test_most_marks_come_back(kind: str, floor: float) -> None:
    """Ideographic spaces are excluded: half-width spaces do not show which of them were ideographic."""
    right = [
        (mark, out)
        for page in (page.replace("\u3000", " ") for page in PAGES)
        for mark, out in zip(page, mended(KINDS[kind](page, random.Random(0))), strict=True)
        if mark in "，；：！？（）“”"
    ]
    assert sum(mark == out for mark, out in right) >= floor * len(right)


def test_justified_paragraphs_come_back_except_spaces_beside_latin() -> None:
    page = "\n".join(line for line in PAGES[1].split("\n") if len(line) > 20 and not re.search("[A-Za-z]", line))
    assert mended(KINDS["spaced"](page, random.Random(0))) == page
