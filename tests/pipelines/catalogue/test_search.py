"""Words are found in either script and shown in the script of the article."""

from __future__ import annotations

import pytest
from attrs import evolve

from pipelines.catalogue.query import text_term
from pipelines.catalogue.search import CONTEXT_CHARS_AFTER, CONTEXT_CHARS_BEFORE, Passage, find_passage
from pipelines.model import Article

HANT = Article(
    title="市政府部署老舊小區改造",
    text="會議聽取了進展情況彙報。\n會議要求，各縣區年底前完成加裝電梯的任務。",
    script="hant",
    text_hans="会议听取了进展情况汇报。\n会议要求，各县区年底前完成加装电梯的任务。",
)


def passage(article: Article, *wanted: str) -> Passage:
    return find_passage(article, [text_term("", word) for word in wanted])


@pytest.mark.parametrize("word", ["加装电梯", "加裝電梯", "加裝电梯"])
def test_a_word_in_either_script_is_found_and_shown_in_the_script_of_the_text(word: str) -> None:
    found = passage(HANT, word)
    assert (found.before, found.word, found.after) == ("…報。 會議要求，各縣區年底前完成", "加裝電梯", "的任務。")


def test_the_first_word_in_the_text_is_shown_and_else_its_beginning() -> None:
    assert passage(HANT, "电梯", "进展").word == "進展"
    assert passage(HANT, "老旧小区").text == "會議聽取了進展情況彙報。 會議要求，各縣區年底前完成加裝電梯的任務。"


def test_omitted_text_on_either_side_is_marked() -> None:
    long = evolve(HANT, text="甲" * 100 + "电梯" + "乙" * 100, text_hans="甲" * 100 + "电梯" + "乙" * 100)
    assert passage(long, "电梯").text == "…" + "甲" * CONTEXT_CHARS_BEFORE + "电梯" + "乙" * CONTEXT_CHARS_AFTER + "…"


def test_latin_letters_are_found_in_either_case() -> None:
    assert passage(evolve(HANT, text="检出ba.5变异株。", text_hans="检出ba.5变异株。"), "BA.5").word == "ba.5"


def test_a_text_whose_conversion_has_another_length_is_shown_converted() -> None:
    assert passage(evolve(HANT, text="電梯"), "电梯").word == "电梯"


def test_full_width_letters_and_punctuation_inside_a_phrase_are_shown_as_they_are() -> None:
    text = "依据国办发〔２０１７〕４７号，"
    assert passage(evolve(HANT, text=text, text_hans=text), "国办发2017 47").word == "国办发〔２０１７〕４７"
