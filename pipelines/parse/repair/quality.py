"""What is known of a mended text's quality: what is missing, masked or damaged, and what was done to it."""

from __future__ import annotations

import re

from attrs import evolve

from pipelines.model import Draft, Quality, Repair
from pipelines.parse.repair.drop_stubs import Missing
from pipelines.parse.repair.masks import masked
from pipelines.parse.repair.score import damage, parts_of, score

FLAGS = {
    "strip-pinyin": "pinyin",
    "drop-spam": "spam",
    "lift-captions": "captions",
    "part-paragraphs": "run-together",
    "join-lines": "wrapped",
    "part-outline": "outline",
}
"""What a rule's repairs say of the page that they were made on."""

CONVERSION = {"strip-pinyin", "mend-gbk-shift"}
"""Rules whose damage only conversion from simplified characters by a machine does."""

CUT = {"missing-head", "missing-tail"}
"""Flags of an article whose page does not hold all of it."""

_PRIVATE = re.compile("[\ue000-\uf8ff]")


def appraise(draft: Draft, text: str, repairs: tuple[Repair, ...], said: Missing, retitled: bool) -> Quality:
    """Return the quality of a draft's text once it is mended; `said` is what its stubs say, `retitled` of its title."""
    quality = Quality(
        truncated=said.truncated or draft.torn or not CUT.isdisjoint(draft.flags),
        paywall=said.paywall,
        shown_chars=said.shown,
        full_chars=said.full,
        omitted_chars=said.omitted or _left(said),
        masked_chars=masked(text),
        flags=_flags(draft, text, repairs, retitled),
    )
    parts = parts_of(text, quality, repairs)
    return evolve(quality, parts=parts, score=score(parts))


def _left(said: Missing) -> int | None:
    left = said.full - said.shown if said.full and said.shown else 0
    return left if left > 0 else None


def _flags(draft: Draft, text: str, repairs: tuple[Repair, ...], retitled: bool) -> tuple[str, ...]:
    used = {name for made in repairs for name in made.rule.split("+")}
    flags = {
        "guessed-characters": any("mend-gbk-shift" in made.rule and made.confidence < 1 for made in repairs),
        "lost-characters": damage(text) > 0,
        "machine-converted": bool(CONVERSION & used),
        "mended-title": retitled,
        "private-characters": _PRIVATE.search(text) is not None,
        "torn": draft.torn,
        **{flag: rule in used for rule, flag in FLAGS.items()},
    }
    return tuple(dict.fromkeys((*draft.flags, *(name for name, holds in flags.items() if holds))))
