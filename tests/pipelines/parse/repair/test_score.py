"""The quality score of a text and its parts."""

from __future__ import annotations

import pytest

from pipelines.model import Block, Draft, Parts, Quality, Repair
from pipelines.parse.repair import repair
from pipelines.parse.repair.score import damaged_chars, score, score_parts

PROSE = "市住建局召开会议，部署今年老旧小区改造任务，要求各县区按时完成。" * 8


def quality(*texts: str) -> Quality:
    return repair(Draft(title=None, blocks=tuple(Block(text=text) for text in texts))).quality


def test_an_intact_text_has_the_best_score() -> None:
    found = quality(PROSE)
    assert found.score == 1
    assert found.parts == Parts(intact=1, chinese=1, complete=1, length=1)


@pytest.mark.parametrize(
    "damage",
    ["\ufffd\ufffd", "锟斤拷锟斤拷", "\ue5e5\ue5e6", "烫烫烫烫"],
    ids=["U+FFFD", "twice", "private", "debug"],
)
def test_remaining_damage_lowers_the_score(damage: str) -> None:
    found = quality(PROSE + damage)
    assert found.parts is not None
    assert found.parts.intact < 1
    assert "lost-characters" in found.flags


def test_a_guess_counts_as_its_doubt() -> None:
    guess = Repair(rule="mend", start=0, end=2, before="?!", after="市住", confidence=0.75)
    assert damaged_chars(PROSE, [guess]) == 0.5
    assert score_parts(PROSE, Quality(), [guess]).intact < 1


def test_foreign_short_cut_and_masked_texts_score_less() -> None:
    whole = quality(PROSE)
    for worse in (
        quality(PROSE + " Lorem ipsum dolor sit amet" * 5),
        quality(PROSE[:60]),
        quality(PROSE, "登录后阅读全文"),
        quality(PROSE, "（全文共4000字，当前仅显示300字）"),
        quality(PROSE.replace("市住建局", "***局")),
    ):
        assert worse.score is not None
        assert whole.score is not None
        assert worse.score < whole.score


def test_the_score_is_the_product_of_its_parts_and_zero_for_no_text() -> None:
    assert score(Parts(intact=0.5, chinese=0.5, complete=1, length=1)) == 0.25
    assert score(score_parts("", Quality(), ())) == 0
    assert score_parts("x\ufffd" * 9, Quality(), ()).intact == 0
