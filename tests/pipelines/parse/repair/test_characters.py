"""Repair of characters: mojibake, character references, invisible and private-use characters."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.model import Block, Draft
from pipelines.parse.repair import mend, repair
from pipelines.parse.repair.clean_characters import PRIVATE_CHARS, clean_characters
from pipelines.parse.repair.mend_mojibake import mend_mojibake
from pipelines.parse.repair.unescape_html import unescape_html
from tests.damage import mojibake

TEXT = "市住房和城乡建设局召开工作会议，部署老旧小区改造任务。今年全市计划改造小区二十六个，惠及居民一千二百户。"
PIECES = [
    "锟斤拷", "锟", "ÖÐ", "¹ú", "é", "T", "涓浗", "鏂伴椈", "&amp;nbsp;", "&#x4e2d;", "&amp;", "lt;", "&", "２", "0",
    "﹒", "．", "\u200b", "\ue81e", "\uf000", "中", " ", "\ufffd", "?", "“", "……",
]  # fmt: skip


@pytest.mark.parametrize("kind", mojibake.KINDS)
def test_a_wrongly_decoded_clause_is_decoded_again(kind: str) -> None:
    for number in range(8):
        damaged = mojibake.KINDS[kind](TEXT, random.Random(number))
        assert damaged != TEXT
        mended = mend(damaged)[0]
        assert re.fullmatch(mended.replace("\ufffd", ".{1,3}"), TEXT)
        assert mended.count("\ufffd") <= damaged.count("\ufffd")


def test_lost_characters_are_counted_and_flagged() -> None:
    assert mend_mojibake("市政府锟斤拷锟斤拷公告").text == "市政府\ufffd\ufffd\ufffd\ufffd公告"
    assert mend_mojibake("“锟斤拷”是乱码的代名词").edits == ()
    article = repair(Draft(title=None, blocks=(Block(text="市政府锟斤拷公告\uf000"),)))
    assert article.quality.flags == ("lost-characters", "private-characters")


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("&amp;nbsp;&amp;nbsp;会议&#x4e2d;，&ldquo;好&rdquo;", "会议中，“好”"),
        ("Word&nbsp;2016&amp;amp;Excel", "Word 2016&Excel"),
        ("代码“&nbsp;”表示空格，AT&T;", "代码“&nbsp;”表示空格，AT&T;"),
    ],
)
def test_references(damaged: str, mended: str) -> None:
    assert unescape_html(damaged).text == mended


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("２0２4年１月", "2024年１月"),
        ("增长3．5％、3﹒2％", "增长3.5％、3.2％"),
        ("阿卜杜﹒买买提﹐男", "阿卜杜·买买提，男"),
        ("全\u200b市\ufeff，共\x07计", "全市，共计"),
        ("\ue81e\ue864\ue815", "龴龻⺁"),
        ("１９９８年，ＡＰＥＣ会议", "１９９８年，ＡＰＥＣ会议"),
        ("👨\u200d👩", "👨\u200d👩"),
    ],
)
def test_characters(damaged: str, mended: str) -> None:
    assert clean_characters(damaged).text == mended


def test_private_characters_have_standard_ones() -> None:
    assert len(PRIVATE_CHARS) == 82
    assert not any("\ue000" <= char <= "\uf8ff" for char in PRIVATE_CHARS.values())


@pytest.mark.parametrize("rule", [mend_mojibake, unescape_html, clean_characters])
@given(text=st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_a_second_run_changes_nothing(rule, text: str) -> None:
    mended = rule(text).text
    assert rule(mended).text == mended
