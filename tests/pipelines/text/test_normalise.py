"""What printing a text once more changes does not count, wherever it stands and however it is written."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.normalise import normalise

TEXT = (
    "（记者　李晓燕）３月４日，市住建局“老旧小区”改造工作——“三年行动”开始了……\n完成Ａ区１２．５％；见www.example.cn！"
)

TEXT_NORMAL = "记者李晓燕3月4日市住建局老旧小区改造工作三年行动开始了完成a区125见wwwexamplecn"


def spelled(text: str) -> str:
    """Normalise as the definition says it, in its order."""
    whole = unicodedata.normalize("NFKC", text).lower()
    return "".join(one for one in whole if ord(one) > 0xFFFF or unicodedata.category(one)[0] not in "PZC")


WRITTEN = (
    *"市住建局三年行动，。！？；：、（）《》〈〉【】“”‘’—…·　 \t\n0189azAZ.,:;!?%&+-３９ＡＺａｚ．：％＋￥①⑩㈠㊣½㎡℃ｶⅣ",
    "ｶﾞ",
)
"""What Chinese pages are written in, and what NFKC writes out, also with punctuation. A voicing mark stands behind its
kana: with punctuation between them it is joined to it once that is gone, and the definition has it apart."""


def test_marks_widths_and_breaks_do_not_count() -> None:
    assert normalise(TEXT) == TEXT_NORMAL


@given(st.lists(st.sampled_from(WRITTEN)).map("".join))
def test_it_is_what_the_definition_says(text: str) -> None:
    assert normalise(text) == spelled(text)
