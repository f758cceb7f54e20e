"""Clean texts are not changed: the project's own ones, and those of the corpus where it is available."""

from __future__ import annotations

from collections import Counter

import pytest

from pipelines.parse.repair import mend
from pipelines.parse.repair.close_gaps import close_gaps
from pipelines.parse.repair.strip_pinyin import strip_pinyin
from pipelines.parse.repair.widen_punctuation import widen_punctuation
from pipelines.text.script import script_of
from pipelines.text.simplify import convert, simplify
from tests.damage.texts import CORPUS, corpus, own, pages

RULES = (strip_pinyin, close_gaps, widen_punctuation)


@pytest.mark.parametrize("script", ["hans", "hant"])
@pytest.mark.parametrize("size", [1, 100, 800, 10_000])
def test_our_own_texts_stay_as_a_whole_and_in_pages(script: str, size: int) -> None:
    for page in pages(own()[script], size):
        assert mend(page) == (page, ())


@pytest.mark.parametrize("script", ["hans", "hant"])
def test_the_script_of_our_own_texts_is_detected(script: str) -> None:
    assert script_of(own()[script]) == script


def test_simplified_text_is_not_converted() -> None:
    assert simplify(own()["hans"]) is own()["hans"]


def test_simplified_form_is_opencc_s_except_known_errors() -> None:
    from opencc import OpenCC

    theirs = OpenCC("t2s").convert(own()["hant"])
    assert convert(own()["hant"]) == theirs
    changed = {(old, new) for old, new in zip(theirs, simplify(own()["hant"]), strict=True) if old != new}
    assert changed == {("著", "着")}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of clean texts is not beside this checkout")
def test_texts_of_the_corpus_stay() -> None:
    hits = Counter(
        rule.__name__ for text in corpus().values() for page in pages(text, 800) for rule in RULES if rule(page).edits
    )
    assert hits == {}
