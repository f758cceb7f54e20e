"""Numbers and names decide: a template filled in with others is another text, however long the template is."""

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
"""Changes that affect neither figures nor names."""


@pytest.mark.parametrize("kind", KINDS)
def test_texts_of_one_template_are_not_copies_of_each_other(kind: str) -> None:
    made = [ComparedText(text) for text in texts(kind, COUNT)]
    copies = [(one, other) for one, other in combinations(made, 2) if one.similarity_to(other)]
    assert len(copies) <= len(made) * (len(made) - 1) // 2 // 100, (
        "at random, one pair in a hundred is filled in nearly equally"
    )


def test_without_the_check_of_templates_they_would_be_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "same_template", lambda *_: False)
    made = [ComparedText(text) for text in texts("warning", COUNT)]
    assert all(one.similarity_to(other) for one, other in combinations(made, 2))


@pytest.mark.parametrize("change", EXACT)
@pytest.mark.parametrize("kind", KINDS)
def test_a_reprint_of_a_template_text_is_a_copy(kind: str, change: str) -> None:
    chance = random.Random(change)
    missed = [
        text
        for text in texts(kind, COUNT)
        if not ComparedText(CHANGES[change](text, chance)).similarity_to(ComparedText(text))
    ]
    assert missed == []


def test_a_text_with_one_corrected_figure_is_a_copy() -> None:
    (text,) = texts("closure", 1)
    assert ComparedText(text).similarity_to(ComparedText(text.replace("咨询电话：07", "咨询电话：08"))) is not None


def test_a_text_with_one_word_replaced_throughout_is_a_copy() -> None:
    works = ("泵站", "水厂", "大桥", "学校", "医院", "码头", "公园", "车站")
    text = "，".join(f"记者了解到云洲公司承担的{work}建设工程已经按照合同约定通过竣工验收" for work in works)
    assert ComparedText(text.replace("云洲", "Yunzhou")).similarity_to(ComparedText(text)) is not None
