"""`fangzhi show --evidence`: where each field of an article was found, what its text lacks, how it was repaired."""

from __future__ import annotations

import datetime as dt

from crawler.cli.columns import padded, shortened, width
from crawler.config.language import in_language
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.model import Article, Attachment, Edition, OfficialDocument, Person, Repair
from pipelines.model.fields import label_of
from pipelines.model.readable import minute, newspaper_page

MAX_VALUE_CHARS = 40
"""Characters shown of a field's value: enough to recognise it."""


CONTEXT_CHARS = 8
"""Characters shown before a repair: enough to find its place in the text, where a removed syllable says nothing."""


def article_lines(article: Article, lang: str, columns: int | None = None) -> list[str]:
    """Return the lines of an article: its evidence and, below headings, what was left out and repaired, if anything.

    `columns` is the width of a terminal.
    """
    repairs = repair_lines(article, lang)
    heading = in_language(ngettext("{count} repair", "{count} repairs", len(repairs)), lang)
    left_out = left_out_lines(article)
    lines = [
        *evidence_lines(article, lang),
        *(["", label_of("left_out", lang), *left_out] if left_out else []),
        *(["", heading, *repairs] if repairs else []),
    ]
    return [shortened(line, columns) for line in lines]


def evidence_lines(article: Article, lang: str) -> list[str]:
    """Return a line for each field of an article: its label, where on the page it was found, and its beginning.

    >>> from pipelines.model import Evidence
    >>> evidence = Evidence(field="title", origin="h1")
    >>> evidence_lines(Article(title="春耕", text="春", script="hans", text_hans="春", evidence=(evidence,)), "en")
    ['Title  h1                      春耕']
    """
    labels = [label_of(each.field, lang) for each in article.evidence]
    label_columns = max(map(width, labels), default=0)
    return [
        f"{padded(label, label_columns)}  {each.origin:<23} {beginning(getattr(article, each.field), lang)}".rstrip()
        for label, each in zip(labels, article.evidence, strict=True)
    ]


def left_out_lines(article: Article) -> list[str]:
    """Return a line for each line of the page that was left out of the text: the rule, the place, the beginning.

    >>> from pipelines.model import LeftOut
    >>> tool = LeftOut(rule="tool", text="【打印】", place="tail")
    >>> left_out_lines(Article(title="", text="春", script="hans", text_hans="春", left_out=(tool,)))
    ['tool                  tail  【打印】']
    """
    return [f"{each.rule:<20}  {each.place}  {each.text[:MAX_VALUE_CHARS]}" for each in article.left_out]


def repair_lines(article: Article, lang: str) -> list[str]:
    """Return a line for each repair of an article's text: the rule, its confidence, its place, the text before, after.

    >>> from pipelines.model import Repair
    >>> repair = Repair(rule="strip-pinyin", start=1, end=1, before="(guān)", after="", confidence=1.0)
    >>> repair_lines(Article(title="", text="關於", script="hant", text_hans="关于", repairs=(repair,)), "en")
    ['strip-pinyin          1.00  關: (guān) → (removed)']
    """
    line_start = in_language(_("(line start)"), lang)
    return [
        f"{each.rule:<20}  {each.confidence:.2f}  {_context(article.text, each) or line_start}: "
        f"{_passage(each, each.before, lang)} → {_passage(each, each.after, lang)}"
        for each in article.repairs
    ]


def _context(text: str, repair: Repair) -> str:
    """Return the last characters before a repair, back to the beginning of its line."""
    return text[: repair.start].rpartition("\n")[2][-CONTEXT_CHARS:]


def _passage(repair: Repair, text: str, lang: str) -> str:
    """Return the text before or after a repair, with visible line breaks, and a word where it is empty."""
    if not text:
        return in_language(_("(removed)") if repair.before else _("(nothing)"), lang)
    visible = text.replace("\n", "⏎")
    return visible if len(visible) <= MAX_VALUE_CHARS else visible[: MAX_VALUE_CHARS - 1] + "…"


def beginning(value: object, lang: str) -> str:
    """Return the first `MAX_VALUE_CHARS` of a field's value, formatted for people."""
    if isinstance(value, OfficialDocument):
        shown = "、".join(filter(None, (value.index_number, value.document_number)))
    elif isinstance(value, Edition):
        shown = in_language(newspaper_page(value), lang)
    elif isinstance(value, tuple):
        shown = "、".join(_name(part) for part in value)
    else:
        shown = minute(value) if isinstance(value, dt.date) else str(value or "")
    return shown.replace("\n", " ")[:MAX_VALUE_CHARS]


def _name(part: object) -> str:
    if isinstance(part, Person):
        return part.name
    return part.title if isinstance(part, Attachment) else str(part)
