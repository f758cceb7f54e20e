"""Normalisation ignores what changes when a text is reprinted, in every position and every form."""

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
    normalised = unicodedata.normalize("NFKC", text).lower()
    return "".join(one for one in normalised if ord(one) > 0xFFFF or unicodedata.category(one)[0] not in "PZC")


CHARACTERS = (
    *"市住建局三年行动，。！？；：、（）《》〈〉【】“”‘’—…·　 \t\n0189azAZ.,:;!?%&+-３９ＡＺａｚ．：％＋￥①⑩㈠㊣½㎡℃ｶⅣ",
    "ｶﾞ",
)
"""Characters of Chinese pages, and characters that NFKC expands, also to punctuation. A voicing mark directly follows
its kana: with punctuation between them, `normalise` would combine both after removing it, the definition would not."""


def test_marks_widths_and_breaks_do_not_count() -> None:
    assert normalise(TEXT) == TEXT_NORMAL


@given(st.lists(st.sampled_from(CHARACTERS)).map("".join))
def test_the_result_is_that_of_the_definition(text: str) -> None:
    assert normalise(text) == by_definition(text)
