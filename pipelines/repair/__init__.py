"""Pure. From the text as its page has it to the article: each repair small, recorded, and harmless to clean text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from attrs import evolve

from pipelines.model import Article, Draft, Moment, Quality, Repair
from pipelines.repair.drop_furniture import drop_furniture, named_in
from pipelines.repair.edits import Repaired, record
from pipelines.repair.script import script_of, simplify
from pipelines.repair.strip_pinyin import strip_pinyin
from pipelines.repair.widen_punctuation import widen_punctuation

__all__ = ["RULES", "mend", "repair"]

RULES: tuple[tuple[str, Callable[[str], Repaired]], ...] = (
    ("strip-pinyin", strip_pinyin),
    ("drop-furniture", drop_furniture),
    ("widen-punctuation", widen_punctuation),
)
"""The rules in their order: pinyin hides what lines say, and its brackets are none of the text's."""

IN_TITLES = ("strip-pinyin", "widen-punctuation")

_CHINA = dt.timezone(dt.timedelta(hours=8))
_MASK = re.compile(r"(?<![\w*])\*{3,}(?!\*)|(?<=[\u4e00-\u9fff、，,])[_*](?=[\u4e00-\u9fff、，,。“”])")


def repair(draft: Draft) -> Article:
    """Return the article of a draft: its text mended with every change recorded, its script told and simplified."""
    original = "\n".join(block.text for block in draft.blocks)
    text, repairs = mend(original)
    named = named_in(_dropped(repairs))
    title = _mended_title(draft.title)
    return Article(
        title=title,
        text=text,
        script=script_of(text),
        text_hans=simplify(text),
        subtitle=draft.subtitle,
        published_at=draft.published_at,
        published_on=_day(draft.published_at),
        modified_at=draft.modified_at,
        source=draft.source or named.source,
        authors=tuple(dict.fromkeys((*draft.authors, *named.people))),
        dateline=draft.dateline,
        column=draft.column,
        document=draft.document,
        images=draft.images,
        attachments=draft.attachments,
        parts=draft.parts,
        quality=_quality(text, repairs, title != draft.title),
        repairs=repairs,
        evidence=draft.evidence,
    )


def mend(text: str) -> tuple[str, tuple[Repair, ...]]:
    """Return a text after all rules, and their repairs in order with places in it."""
    repairs: tuple[Repair, ...] = ()
    for name, rule in RULES:
        repaired = rule(text)
        if repaired.edits:
            repairs = record(text, repairs, name, repaired.edits)
            text = repaired.text
    return text, repairs


def _dropped(repairs: tuple[Repair, ...]) -> str:
    lines = (made.before.strip("\n") for made in repairs if "drop-furniture" in made.rule)
    return strip_pinyin("\n".join(lines)).text


def _mended_title(title: str | None) -> str | None:
    for name, rule in RULES:
        if title and name in IN_TITLES:
            title = rule(title).text
    return title


def _quality(text: str, repairs: tuple[Repair, ...], retitled: bool) -> Quality:
    flags = {
        "lost-characters": "\ufffd" in text,
        "mended-title": retitled,
        "pinyin": any("strip-pinyin" in made.rule for made in repairs),
    }
    masked = sum(len(mask[0]) for mask in _MASK.finditer(text))
    return evolve(Quality(), masked_chars=masked, flags=tuple(name for name, holds in flags.items() if holds))


def _day(moment: Moment | None) -> dt.date | None:
    return moment.astimezone(_CHINA).date() if isinstance(moment, dt.datetime) else moment
