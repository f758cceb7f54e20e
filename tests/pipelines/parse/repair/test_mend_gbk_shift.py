"""Repair of misaligned GBK text, and the likelihoods that it uses."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.model import Block, Draft
from pipelines.parse.repair import mend, repair
from pipelines.parse.repair.language_model import join_gain
from pipelines.parse.repair.mend_gbk_shift import mend_gbk_shift
from pipelines.parse.repair.word_likelihood import count_words, fluency
from tests.damage import shift
from tests.fangzhi import ROOT

SEEDS = ROOT.parent / "shared" / "seeds"

TEXT = (
    "市委書記來到服務大廳，詳細瞭解辦事流程。“群眾的事情再小也是大事，要想辦法解決好。”他對現場工作人員說。\n"
    "老城區的道路改造已經完成。“現在出門方便多了，孩子上學也安全。”居民們告訴記者。"
)


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("觀察任務?!肮ぷ魅藛T怎么調配?”", "觀察任務。“工作人員怎么調配?”"),
        ("相關情況?!按蠹倚量嗔?,你們", "相關情況。“大家辛苦了,你們"),
        ("采樣篩查?!懊總€點安排", "采樣篩查。“每個點安排"),
        ("日常生活用品?!叭罕娋蛹腋綦x是否落實", "日常生活用品。“群眾居家隔離是否落實"),
        (
            "人員底數!暗靥菏脚挪椤本褪峭怀鰬艏丝谛畔⑴挪、鎖定",
            "人員底數。“地毯式排查”就是突出戶籍人口信息排查、鎖定",
        ),
        ("區域?qū)嵉乜疾?,對", "區域實地考察,對"),
    ],
)
def test_runs_as_mirrors_show_them(damaged: str, mended: str) -> None:
    assert mend_gbk_shift(damaged).text == mended


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the five seed texts are not beside this checkout")
@pytest.mark.parametrize(
    ("seed", "spans"),
    [
        ("001", ["。“工作人員怎么", "。“大家辛苦了,你們", "。“每個點安排", "。“群眾居家隔離是否"]),
        ("002", ["。“地毯式排查”就是突出戶籍人口信息排查、鎖定"]),
        ("000", []),
        ("003", []),
        ("004", []),
    ],
)
def test_runs_in_the_seed_texts(seed: str, spans: list[str]) -> None:
    text = next(SEEDS.glob(f"{seed}_*.txt")).read_text("utf-8")
    draft = repair(Draft(title=None, blocks=tuple(Block(text=line) for line in text.split("\n"))))
    made = [each for each in draft.repairs if "mend-gbk-shift" in each.rule]
    assert len(made) == len(spans)
    mended, _ = mend(text)
    assert all(span.replace(",", "，") in mended.replace(",", "，") for span in spans)
    assert ("guessed-characters" in draft.quality.flags) == bool(spans)
    assert not set("肮按懊叭暗") & {each.after[:1] for each in made}


@pytest.mark.parametrize("kind", shift.KINDS)
@pytest.mark.parametrize("width", [str, shift.half_width])
@pytest.mark.parametrize(("places", "min_found"), [(2, 2), pytest.param(6, 5, marks=pytest.mark.soak)])
def test_made_damage_is_found(kind: str, width: type[str], places: int, min_found: int) -> None:
    """Damage the text at random places, one at a time; a search of one text takes 0.5 s."""
    found = 0
    for number in range(places):
        damaged = shift.KINDS[kind](TEXT, random.Random(number))
        assert damaged != TEXT
        edits = mend_gbk_shift(width(damaged)).edits
        assert all(edit.confidence <= 1 for edit in edits)
        found += len(edits) == 1
    assert found >= min_found


def test_a_run_after_a_guess_keeps_its_confidence() -> None:
    sure, lost = mend_gbk_shift("觀察任務?!肮ぷ魅藛T怎么調配?”\n相關情況?!按蠹倚量嗔?,你們").edits
    assert lost.confidence < 1
    assert sure.confidence > lost.confidence


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "他高喊：“加油！按計劃前進！”暗處有人答道：什么?!不可能！叭的一聲，門開了。",
        "这个问题?(qū)的读音见附表。",
        "祝贺！昂首阔步！傲雪凌霜！懊悔莫及！",
        "?!",
        "！叭",
        "結(jié)果?!",
    ],
)
def test_intact_text_stays(text: str) -> None:
    assert mend_gbk_shift(text).edits == ()


@settings(max_examples=settings.default.max_examples // 5)  # each takes 0.2 s
@given(
    st.lists(st.sampled_from([*"?！!肮ぷ魅藛T€，,\n 。“", "?!懊總€", "域?qū)嵉乜疾?,", "工作"]), max_size=12).map(
        "".join
    )
)
def test_a_second_run_changes_nothing(text: str) -> None:
    mended = mend_gbk_shift(text).text
    assert mend_gbk_shift(mended).text == mended


def test_fluency_separates_prose_from_garbage_in_both_scripts() -> None:
    assert fluency("現場工作人員") == fluency("现场工作人员") > -7 > -10 > fluency("蠹倚量嗔靥菏")
    assert fluency("") == 0


def test_a_break_inside_a_word_is_likelier_joined() -> None:
    assert join_gain("负责人向经促部", "门汇报工作") > 2
    assert join_gain("负责人作了汇报", "会议还审议了") < 2
    assert join_gain("", "会议") == 0


def test_counts_after_a_replaced_line_are_those_of_the_new_text() -> None:
    first, second = TEXT.split("\n")
    new = second.replace("居民們", "\n")
    counted = count_words(TEXT).replaced(second, new)
    right = count_words(f"{first}\n{new}")
    for word in {*counted.counts, *counted.changes, *right.counts}:
        assert counted.likelihood(word) == right.likelihood(word)
