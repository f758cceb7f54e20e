"""Winnowing fingerprints: texts with a passage in common share at least one."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys

from opencc import OpenCC

from crawler.demo.prose import compose
from pipelines.dedupe.winnowing import MAX_FINGERPRINTS, SPAN_CHARS, WINDOW_SPANS, _winnowed, fingerprints
from pipelines.text.simplify import simplify
from tests.pipelines.dedupe.reprints import CHANGES

TEXTS = [compose(f"anchors/{number}", "news", dt.date(2024, 3, 5)).text for number in range(60)]


def test_fingerprints_are_the_same_in_every_process() -> None:
    script = (
        "from pipelines.dedupe.winnowing import fingerprints; "
        "print(fingerprints('市住建局召开会议，部署老旧小区改造。' * 9))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {f"{fingerprints('市住建局召开会议，部署老旧小区改造。' * 9)}\n"}


def test_punctuation_widths_and_line_breaks_do_not_matter() -> None:
    assert fingerprints("３月４日,市住建局\n召开“会议”!") == fingerprints("3月4日，市住建局召开会议。") != ()


def test_a_common_passage_is_found_at_any_place() -> None:
    chance = random.Random(7)
    for text in TEXTS:
        passage = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(SPAN_CHARS + WINDOW_SPANS - 1))
        at = chance.randrange(len(text))
        assert set(fingerprints(text[:at] + passage + text[at:])) & set(fingerprints("云洲" + passage + "通告"))


def test_a_reprint_shares_fingerprints_after_any_change() -> None:
    chance = random.Random(1)
    for text in TEXTS:
        for change in CHANGES.values():
            assert set(fingerprints(text)) & set(fingerprints(change(text, chance)))


def test_a_text_in_the_other_script_shares_nearly_all_fingerprints() -> None:
    for text in TEXTS[:10]:
        here, back = set(fingerprints(text)), set(fingerprints(simplify(OpenCC("s2t").convert(text))))
        assert len(here & back) > 0.9 * len(here)


def test_a_short_text_has_few_fingerprints_and_a_long_one_at_most_the_maximum() -> None:
    assert fingerprints("通知") == ()
    assert len(fingerprints("关于召开会议的通知。")) == 1
    chance = random.Random(3)
    book = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(40_000))
    assert len(fingerprints(book)) == MAX_FINGERPRINTS
    assert len(set(fingerprints(book)) & set(fingerprints("前言" + book))) > 0.99 * MAX_FINGERPRINTS


def test_characters_outside_the_basic_plane_count_like_others() -> None:
    assert fingerprints("𠮷野家在本市开设") != fingerprints("吉野家在本市开设") != ()
    assert fingerprints("\ud800" * 20) == (), "half a surrogate pair does not count"


def test_the_smallest_hash_of_each_window_is_chosen_and_of_equal_ones_the_last() -> None:
    chance = random.Random(5)
    for _ in range(500):
        hashes = [chance.randrange(chance.choice((2, 9, 10**9))) for _ in range(chance.randrange(1, 200))]
        starts = range(max(1, len(hashes) - WINDOW_SPANS + 1))
        windows = [range(start, min(start + WINDOW_SPANS, len(hashes))) for start in starts]
        assert _winnowed(hashes) == {min(window, key=lambda at: (hashes[at], -at)) for window in windows}
