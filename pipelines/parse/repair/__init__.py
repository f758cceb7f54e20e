"""Repair: from the text of a draft to the article. Each rule is small, recorded, and leaves clean text unchanged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from attrs import frozen

from pipelines.model import About, Article, DateOrTime, Draft, Evidence, Repair
from pipelines.parse.repair.boilerplate import column_from_breadcrumb
from pipelines.parse.repair.clean_characters import clean_characters
from pipelines.parse.repair.close_gaps import close_gaps
from pipelines.parse.repair.credits import read_credits
from pipelines.parse.repair.drop_furniture import boilerplate_lines, drop_furniture
from pipelines.parse.repair.drop_spam import drop_spam
from pipelines.parse.repair.drop_stubs import drop_stubs, missing_text
from pipelines.parse.repair.edits import Edit, Repaired, record_edits
from pipelines.parse.repair.join_lines import join_lines
from pipelines.parse.repair.lift_captions import assign_captions, captions, lift_captions
from pipelines.parse.repair.mend_gbk_shift import MAX_STEPS, mend_gbk_shift
from pipelines.parse.repair.mend_mojibake import mend_mojibake
from pipelines.parse.repair.part_outline import outline, part_outline
from pipelines.parse.repair.part_paragraphs import part_paragraphs
from pipelines.parse.repair.quality import assess_quality
from pipelines.parse.repair.strip_pinyin import strip_pinyin
from pipelines.parse.repair.tables import read_tables
from pipelines.parse.repair.unescape_html import unescape_html
from pipelines.parse.repair.widen_punctuation import widen_punctuation
from pipelines.text.script import script_of
from pipelines.text.simplify import simplify
from pipelines.times import CHINA

__all__ = ["RULES", "mend", "repair"]

Rule = Callable[[str], Repaired]

RULES: tuple[tuple[str, Rule], ...] = (
    ("unescape-html", unescape_html),
    ("mend-mojibake", mend_mojibake),
    ("clean-characters", clean_characters),
    ("strip-pinyin", strip_pinyin),
    ("mend-gbk-shift", mend_gbk_shift),
    ("close-gaps", close_gaps),
    ("drop-spam", drop_spam),
    ("drop-furniture", drop_furniture),
    ("lift-captions", lift_captions),
    ("part-paragraphs", part_paragraphs),
    ("join-lines", join_lines),
    ("drop-stubs", drop_stubs),
    ("widen-punctuation", widen_punctuation),
    ("part-outline", part_outline),
)
"""The rules in their order.

Characters come first. Pinyin and gaps go early, because they hide the words of a line and separate the halves of torn
characters. Boilerplate lines go before lines are joined, paywall notices after that, so that nothing is joined across
a gap. Punctuation is widened once only the text is left; before that, the spaces around it show where paragraphs
begin. The outline is removed last, when it is mended itself."""

IN_TITLES = (
    *("unescape-html", "mend-mojibake", "clean-characters", "strip-pinyin", "mend-gbk-shift", "close-gaps"),
    "widen-punctuation",
)
"""The rules for titles: those that mend characters and punctuation. The others work on several lines."""


@frozen(kw_only=True)
class RepairedText:
    """A text after all rules, the repairs in order with positions in it, and the text before each rule that acted.

    `history` are the edits of each rule that acted, with positions in the text before it. The text is `unfinished` if
    the budget of a rule ended before it had examined all of it.
    """

    text: str
    repairs: tuple[Repair, ...]
    before: Mapping[str, str]
    history: tuple[tuple[Edit, ...], ...]
    unfinished: bool

    def found_in(self, rule: str) -> str:
        """Return the text before a rule that changed something, or an empty string."""
        return self.before.get(rule, "")


def repair(draft: Draft, articles: int = 1) -> Article:
    """Return the article of a draft: its text repaired, with every change recorded, its script and simplified form.

    `articles` is the number of articles on the page: they share the work that a rule may do for a page. An article for
    which that was too little has the flag `repair-limit`.
    """
    mended = _mended("\n".join(block.text for block in draft.blocks), draft.repairs, articles)
    title, title_unfinished = _mended_title(draft.title, articles)
    unfinished = mended.unfinished or title_unfinished
    notices = missing_text(mended.found_in("drop-stubs"), draft.below)
    images = assign_captions(draft.images, captions(mended.found_in("lift-captions")))
    found = _from_boilerplate(draft, boilerplate_lines(mended.found_in("drop-furniture")))
    about = {field.name: getattr(draft, field.name) for field in attrs.fields(About)} | found
    about |= {"title": title, "images": draft.images if images is None else images}
    return Article(
        text=mended.text,
        script=script_of(mended.text),
        text_hans=simplify(mended.text),
        outline=outline(mended.found_in("part-outline")),
        tables=read_tables(draft.blocks, mended.text, mended.history),
        published_on=_day(about["published_at"]),
        quality=assess_quality(draft, mended.text, mended.repairs, notices, title != draft.title, unfinished),
        repairs=mended.repairs,
        evidence=(*draft.evidence, *(Evidence(field=name, origin="furniture") for name in found)),
        **about,
    )


def mend(text: str) -> tuple[str, tuple[Repair, ...]]:
    """Return a text after all rules, and the repairs in order with positions in it."""
    mended = _mended(text)
    return mended.text, mended.repairs


def _mended(text: str, repairs: tuple[Repair, ...] = (), articles: int = 1) -> RepairedText:
    before: dict[str, str] = {}
    history: list[tuple[Edit, ...]] = []
    unfinished = False
    for name, rule in RULES:
        repaired = _applied(rule, text, articles)
        unfinished = unfinished or repaired.unfinished
        if repaired.edits:
            before[name] = text
            history.append(repaired.edits)
            repairs = record_edits(text, repairs, name, repaired.edits)
            text = repaired.text
    return RepairedText(text=text, repairs=repairs, before=before, history=tuple(history), unfinished=unfinished)


def _applied(rule: Rule, text: str, articles: int) -> Repaired:
    """Apply a rule to a text of one of so many articles, which share the rule's budget if it has one."""
    return mend_gbk_shift(text, MAX_STEPS // articles) if rule is mend_gbk_shift else rule(text)


def _from_boilerplate(draft: Draft, lines: list[str]) -> dict[str, Any]:
    """Return the metadata that boilerplate lines give and extraction did not find, by the names of `About`."""
    named = read_credits(lines)
    new = tuple(person for person in named.people if person.name not in {known.name for known in draft.authors})
    found = {
        "published_at": named.published_at,
        "modified_at": named.modified_at,
        "source": named.source,
        "column": next(filter(None, map(column_from_breadcrumb, lines)), ()),
    }
    empty = {name: value for name, value in found.items() if value and not getattr(draft, name)}
    return empty | ({"authors": (*draft.authors, *new)} if new else {})


def _mended_title(title: str | None, articles: int) -> tuple[str | None, bool]:
    """Return a title after the rules for titles, and whether one of them is unfinished."""
    unfinished = False
    for name, rule in RULES:
        if title and name in IN_TITLES:
            repaired = _applied(rule, title, articles)
            title, unfinished = repaired.text, unfinished or repaired.unfinished
    return title, unfinished


def _day(moment: DateOrTime | None) -> dt.date | None:
    return moment.astimezone(CHINA).date() if isinstance(moment, dt.datetime) else moment
