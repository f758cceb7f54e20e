"""Normalisation removes what a reprint changes: punctuation, widths of characters, line breaks and case."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.normalise import normalise

TEXT = (
    "（记者　李晓燕）３月４日，市住建局“老旧小区”改造工作——“三年行动”开始了……\n完成Ａ区１２．５％；见www.example.cn！"
)

TEXT_NORMAL = "记者李晓燕3月4日市住建局老旧小区改造工作三年行动开始了完成a区125见wwwexamplecn"


def by_definition(text: str) -> str:
    """Normalise step by step, as the definition says."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(char for char in folded if ord(char) > 0xFFFF or unicodedata.category(char)[0] not in "PZC")


CHARACTERS = (
    *"市住建局三年行动，。！？；：、（）《》〈〉【】“”‘’—…·　 \t\n0189azAZ.,:;!?%&+-３９ＡＺａｚ．：％＋￥①⑩㈠㊣½㎡℃ｶⅣ",
    "ｶﾞ",
)
"""Characters of Chinese pages, and characters that NFKC expands, some of them to punctuation. A half-width voicing mark
always follows its kana here. With punctuation between the two, normalise would join them, and the definition would not:
it removes punctuation after NFKC."""


def test_punctuation_widths_and_line_breaks_do_not_count() -> None:
    assert normalise(TEXT) == TEXT_NORMAL


@given(st.lists(st.sampled_from(CHARACTERS)).map("".join))
def test_normalise_equals_its_definition(text: str) -> None:
    assert normalise(text) == by_definition(text)
