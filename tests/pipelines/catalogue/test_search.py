"""Words are found in either script and shown in the script of the article."""

from __future__ import annotations

import pytest
from attrs import evolve

from pipelines.catalogue.search import CONTEXT_CHARS_AFTER, CONTEXT_CHARS_BEFORE, find_passage, fold, split_query
from pipelines.model import Article

HANT = Article(
    title="市政府部署老舊小區改造",
    text="會議聽取了進展情況彙報。\n會議要求，各縣區年底前完成加裝電梯的任務。",
    script="hant",
    text_hans="会议听取了进展情况汇报。\n会议要求，各县区年底前完成加装电梯的任务。",
)


def shown(article: Article, *wanted: str) -> str | None:
    found = find_passage(article, [fold(word) for word in wanted])
    return found.text if found else None


@pytest.mark.parametrize("word", ["加装电梯", "加裝電梯", "加裝电梯"])
def test_a_word_in_either_script_is_found_and_shown_in_the_script_of_the_text(word: str) -> None:
    found = find_passage(HANT, [fold(word)])
    assert found
    assert (found.before, found.word, found.after) == ("…報。 會議要求，各縣區年底前完成", "加裝電梯", "的任務。")


def test_every_word_must_occur_in_the_title_or_in_the_text() -> None:
    assert shown(HANT, "老旧小区", "电梯")
    assert shown(HANT, "电梯", "防汛") is None
    assert shown(HANT, "老旧小区") == "會議聽取了進展情況彙報。 會議要求，各縣區年底前完成加裝電梯的任務。"


def test_omitted_text_on_either_side_is_marked() -> None:
    long = evolve(HANT, text="甲" * 100 + "电梯" + "乙" * 100, text_hans="甲" * 100 + "电梯" + "乙" * 100)
    assert shown(long, "电梯") == "…" + "甲" * CONTEXT_CHARS_BEFORE + "电梯" + "乙" * CONTEXT_CHARS_AFTER + "…"


def test_latin_letters_are_found_in_either_case() -> None:
    assert shown(evolve(HANT, text="检出ba.5变异株。", text_hans="检出ba.5变异株。"), "BA.5") == "检出ba.5变异株。"


def test_a_text_whose_conversion_has_another_length_is_shown_converted() -> None:
    passage = find_passage(evolve(HANT, text="電梯"), ["电梯"])
    assert passage
    assert passage.word == "电梯"


def test_quotation_marks_keep_a_phrase_together() -> None:
    assert split_query(' 电梯　“10 月”  "a b" ') == ("电梯", "10 月", "a b")
    assert split_query("  ") == ()
