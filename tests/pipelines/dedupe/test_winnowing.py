from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys

from opencc import OpenCC

from crawler.demo.prose import compose
from pipelines.dedupe.winnowing import GRAM, MOST, WINDOW, anchors
from pipelines.text.simplify import simplify
from tests.pipelines.dedupe.reprints import CHANGES

TEXTS = [compose(f"anchors/{number}", "news", dt.date(2024, 3, 5)).text for number in range(60)]


def test_anchors_are_the_same_in_every_process() -> None:
    told = "from pipelines.dedupe.winnowing import anchors; print(anchors('市住建局召开会议，部署老旧小区改造。' * 9))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", told], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {f"{anchors('市住建局召开会议，部署老旧小区改造。' * 9)}\n"}


def test_marks_widths_and_breaks_do_not_matter() -> None:
    assert anchors("３月４日,市住建局\n召开“会议”!") == anchors("3月4日，市住建局召开会议。") != ()


def test_a_passage_in_common_is_found_wherever_it_stands() -> None:
    chance = random.Random(7)
    for text in TEXTS:
        passage = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(GRAM + WINDOW - 1))
        at = chance.randrange(len(text))
        assert set(anchors(text[:at] + passage + text[at:])) & set(anchors("云洲" + passage + "通告"))


def test_a_reprint_shares_some_of_them_whatever_was_done_to_it() -> None:
    chance = random.Random(1)
    for text in TEXTS:
        for change in CHANGES.values():
            assert set(anchors(text)) & set(anchors(change(text, chance)))


def test_a_text_in_the_other_script_shares_nearly_all() -> None:
    for text in TEXTS[:10]:
        here, back = set(anchors(text)), set(anchors(simplify(OpenCC("s2t").convert(text))))
        assert len(here & back) > 0.9 * len(here)


def test_a_short_text_has_few_and_a_long_one_no_more_than_it_may() -> None:
    assert anchors("通知") == ()
    assert len(anchors("关于召开会议的通知。")) == 1
    chance = random.Random(3)
    book = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(40_000))
    assert len(anchors(book)) == MOST
    assert len(set(anchors(book)) & set(anchors("前言" + book))) > 0.99 * MOST


def test_characters_outside_the_basic_plane_count_as_others_do() -> None:
    assert anchors("𠮷野家在本市开设") != anchors("吉野家在本市开设") != ()
    assert anchors("\ud800" * 20) == (), "half a character is none"
