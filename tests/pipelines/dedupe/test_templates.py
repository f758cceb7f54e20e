"""Numbers and names weigh: what is filled in otherwise is another text, however much of it is the form."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from pipelines.dedupe import similarity
from pipelines.dedupe.similarity import ComparedText
from tests.pipelines.dedupe.reprints import CHANGES
from tests.pipelines.dedupe.templates import KINDS, texts

COUNT = 30

EXACT = [name for name in CHANGES if "edits" not in name]
"""Changes that touch no figure and no name."""


@pytest.mark.parametrize("kind", KINDS)
def test_texts_of_one_form_are_no_copies_of_each_other(kind: str) -> None:
    made = [ComparedText(text) for text in texts(kind, COUNT)]
    alike = [(one, other) for one, other in combinations(made, 2) if one.similarity_to(other)]
    assert len(alike) <= len(made) * (len(made) - 1) // 2 // 100, "chance fills one pair in a hundred nearly alike"


def test_the_form_alone_would_make_copies_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "same_template", lambda *_: False)
    made = [ComparedText(text) for text in texts("warning", COUNT)]
    assert all(one.similarity_to(other) for one, other in combinations(made, 2))


@pytest.mark.parametrize("change", EXACT)
@pytest.mark.parametrize("kind", KINDS)
def test_a_reprint_of_such_a_text_is_a_copy_all_the_same(kind: str, change: str) -> None:
    chance = random.Random(change)
    missed = [
        text
        for text in texts(kind, COUNT)
        if not ComparedText(CHANGES[change](text, chance)).similarity_to(ComparedText(text))
    ]
    assert missed == []


def test_one_corrected_figure_makes_no_other_text() -> None:
    (text,) = texts("closure", 1)
    assert ComparedText(text).similarity_to(ComparedText(text.replace("咨询电话：07", "咨询电话：08"))) is not None


def test_a_word_that_an_editor_replaces_throughout_makes_no_other_text() -> None:
    works = ("泵站", "水厂", "大桥", "学校", "医院", "码头", "公园", "车站")
    text = "，".join(f"记者了解到云洲公司承担的{work}建设工程已经按照合同约定通过竣工验收" for work in works)
    assert ComparedText(text.replace("云洲", "Yunzhou")).similarity_to(ComparedText(text)) is not None
