"""`fangzhi show --evidence`: where on the page each field of an article was found, and how its text was repaired."""

from __future__ import annotations

import datetime as dt

from attrs import fields

from pipelines.model import Article, Attachment, Document, Edition, Person, Repair
from pipelines.model.fields import minute, newspaper_page

MAX_VALUE_CHARS = 40
"""Characters shown of a field's value: Chinese characters take two columns, so these fit a line of 80 columns."""

CONTEXT_CHARS = 8
"""Characters shown before a repair: enough to find its place in the text, where a removed syllable says nothing."""

FIELD_COLUMNS = 2 + max(len(field.name) for field in fields(Article))
"""Width of the first column: the longest name of a field, and two spaces."""


def article_lines(article: Article) -> list[str]:
    """Return the lines of an article: its evidence and, below a heading, its repairs if there are any."""
    repairs = repair_lines(article)
    return [*evidence_lines(article), *(["", f"repairs ({len(repairs)})", *repairs] if repairs else [])]


def evidence_lines(article: Article) -> list[str]:
    """Return a line for each field of an article: its name, where on the page it was found, and its beginning.

    >>> from pipelines.model import Evidence
    >>> evidence = Evidence(field="title", origin="h1")
    >>> evidence_lines(Article(title="春耕", text="春", script="hans", text_hans="春", evidence=(evidence,)))
    ['title         h1                      春耕']
    """
    return [
        f"{each.field:<{FIELD_COLUMNS}}{each.origin:<23} {_beginning(getattr(article, each.field))}".rstrip()
        for each in article.evidence
    ]


def repair_lines(article: Article) -> list[str]:
    """Return a line for each repair of an article's text: the rule, its confidence, its place, the text before, after.

    >>> from pipelines.model import Repair
    >>> repair = Repair(rule="strip-pinyin", start=1, end=1, before="(guān)", after="", confidence=1.0)
    >>> repair_lines(Article(title="", text="關於", script="hant", text_hans="关于", repairs=(repair,)))
    ['strip-pinyin          1.00  關: (guān) → (removed)']
    """
    return [
        f"{each.rule:<20}  {each.confidence:.2f}  {_context(article.text, each)}: "
        f"{_passage(each, each.before)} → {_passage(each, each.after)}"
        for each in article.repairs
    ]


def _context(text: str, repair: Repair) -> str:
    """Return the last characters before a repair, back to the beginning of its line."""
    return text[: repair.start].rpartition("\n")[2][-CONTEXT_CHARS:] or "(line start)"


def _passage(repair: Repair, text: str) -> str:
    """Return the text before or after a repair, with visible line breaks, and a word where it is empty."""
    if not text:
        return "(removed)" if repair.before else "(nothing)"
    visible = text.replace("\n", "⏎")
    return visible if len(visible) <= MAX_VALUE_CHARS else visible[: MAX_VALUE_CHARS - 1] + "…"


def _beginning(value: object) -> str:
    """Return the first characters of a field's value, formatted for people."""
    if isinstance(value, Document):
        shown = "、".join(filter(None, (value.index_number, value.document_number)))
    elif isinstance(value, Edition):
        shown = newspaper_page(value)
    elif isinstance(value, tuple):
        shown = "、".join(_name(part) for part in value)
    else:
        shown = minute(value) if isinstance(value, dt.date) else str(value or "")
    return shown.replace("\n", " ")[:MAX_VALUE_CHARS]


def _name(part: object) -> str:
    if isinstance(part, Person):
        return part.name
    return part.title if isinstance(part, Attachment) else str(part)
