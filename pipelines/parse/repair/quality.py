"""The quality of a mended text: what is missing, masked or damaged, and what was repaired."""

from __future__ import annotations

import re

from attrs import evolve

from pipelines.model import Draft, Quality, Repair
from pipelines.parse.repair.drop_stubs import MissingText
from pipelines.parse.repair.masks import count_masked_chars
from pipelines.parse.repair.score import damaged_chars, score, score_parts

FLAG_BY_RULE = {
    "strip-pinyin": "pinyin",
    "drop-spam": "spam",
    "lift-captions": "captions",
    "part-paragraphs": "run-together",
    "join-lines": "wrapped",
    "part-outline": "outline",
}
"""The flag that an article gets when a rule has changed it."""

CONVERSION_RULES = {"strip-pinyin", "mend-gbk-shift"}
"""Rules that repair damage which only machine conversion from simplified characters causes."""

INCOMPLETE_FLAGS = {"missing-head", "missing-tail"}
"""Flags of an article of which the page holds only a part."""

_PRIVATE = re.compile("[\ue000-\uf8ff]")


def assess_quality(
    draft: Draft, text: str, repairs: tuple[Repair, ...], missing: MissingText, title_mended: bool, unfinished: bool
) -> Quality:
    """Return the quality of a mended text; `missing` is what its paywall notices say.

    It is `unfinished` if the budget of a rule ended before it had examined all of it.
    """
    quality = Quality(
        truncated=missing.truncated or draft.torn or not INCOMPLETE_FLAGS.isdisjoint(draft.flags),
        paywall=missing.paywall,
        shown_chars=missing.shown,
        full_chars=missing.full,
        omitted_chars=missing.omitted or _remaining_chars(missing),
        masked_chars=count_masked_chars(text),
        flags=_flags(draft, text, repairs, title_mended, unfinished),
    )
    parts = score_parts(text, quality, repairs)
    return evolve(quality, parts=parts, score=score(parts))


def _remaining_chars(missing: MissingText) -> int | None:
    remaining = missing.full - missing.shown if missing.full and missing.shown else 0
    return remaining if remaining > 0 else None


def _flags(
    draft: Draft, text: str, repairs: tuple[Repair, ...], title_mended: bool, unfinished: bool
) -> tuple[str, ...]:
    rules = {rule for repair in repairs for rule in repair.rule.split("+")}
    flags = {
        "guessed-characters": any("mend-gbk-shift" in repair.rule and repair.confidence < 1 for repair in repairs),
        "lost-characters": damaged_chars(text) > 0,
        "machine-converted": bool(CONVERSION_RULES & rules),
        "mended-title": title_mended,
        "private-characters": _PRIVATE.search(text) is not None,
        "repair-limit": unfinished,
        "torn": draft.torn,
        **{flag: rule in rules for rule, flag in FLAG_BY_RULE.items()},
    }
    return tuple(dict.fromkeys((*draft.flags, *(name for name, holds in flags.items() if holds))))
