"""The fields of an article in reading order, with their labels, their table columns and their lines in `fangzhi show`.

CSV, Parquet, `fangzhi show` and the diff page all read `FIELDS`, so a new field of an article needs its attribute in
`About` and one row here. A test fails if an attribute has no row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from attrs import frozen

from pipelines.model.article import Article, Quality
from pipelines.model.draft import Edition, Moment

Cell = str | int | float | dt.datetime | dt.date | None
"""A value in a table."""

SEPARATOR = "; "
"""Separates several values in one cell."""

ROLES = {
    "reporter": "记者",
    "correspondent": "通讯员",
    "editor": "编辑",
    "photographer": "摄影",
    "proofreader": "校对",
    "author": "作者",
}
"""The Chinese labels of roles."""


@frozen(kw_only=True)
class Column:
    """A column of CSV and Parquet: its name, the type of its cells that are not None, and the cell of an article."""

    name: str
    type: type
    cell: Callable[[Article], Cell]


@frozen(kw_only=True)
class Field:
    """A field by its key in an article's JSON, `document.issuer` for a nested key, with its labels.

    `column` is None if tables do not have the field. `line` returns the value that `fangzhi show` prints after the
    label, empty if there is nothing to print; it is None if `show` prints the field elsewhere or not at all.
    """

    key: str
    zh: str
    en: str
    column: Column | None = None
    line: Callable[[Article], str] | None = None


def minute(moment: Moment | None) -> str:
    """Return a time to the minute, a day alone, or an empty string.

    >>> minute(dt.date(2024, 3, 5))
    '2024-03-05'
    """
    if isinstance(moment, dt.datetime):
        return moment.strftime("%Y-%m-%d %H:%M")
    return moment.isoformat() if moment else ""


def newspaper_page(edition: Edition | None) -> str:
    """Return the page of a newspaper as in a citation, or an empty string.

    >>> newspaper_page(Edition(paper="江门日报", issued_on=dt.date(2022, 7, 20), weekday=3, page="A07", name="江海"))
    '江门日报 2022-07-20 A07版 江海'
    """
    if edition is None:
        return ""
    page = f"{edition.page}版" if edition.page else ""
    return " ".join(filter(None, (edition.paper, minute(edition.issued_on), page, edition.name)))


def missing_text(quality: Quality) -> str:
    """Return which part of a text is known to be missing, or an empty string.

    >>> missing_text(Quality(truncated=True, paywall=True, full_chars=4031, shown_chars=2036, masked_chars=3))
    '付费或登录可见，全文4031字，显示2036字，遮盖3字'
    """
    counts = (
        ("全文", quality.full_chars),
        ("显示", quality.shown_chars),
        ("省略", quality.omitted_chars),
        ("遮盖", quality.masked_chars),
    )
    why = "付费或登录可见" if quality.paywall else "不全" if quality.truncated else ""
    return "，".join(filter(None, (why, *(f"{label}{count}字" for label, count in counts if count))))


def score_with_parts(quality: Quality) -> str:
    """Return the quality score of a text with its factors, or an empty string.

    >>> from pipelines.model import Parts
    >>> score_with_parts(Quality(score=0.45, parts=Parts(intact=1, chinese=0.9, complete=0.5, length=1)))
    '0.45（完好1，中文0.9，完整0.5，篇幅1）'
    """
    parts = quality.parts
    if quality.score is None or parts is None:
        return ""
    factors = (("完好", parts.intact), ("中文", parts.chinese), ("完整", parts.complete), ("篇幅", parts.length))
    return f"{quality.score:g}（{'，'.join(f'{label}{factor:g}' for label, factor in factors)}）"


def _people(article: Article) -> str:
    return "、".join(f"{ROLES.get(person.role, person.role)} {person.name}" for person in article.authors)


def _of_document(key: str) -> Callable[[Article], str]:
    """Return a function that reads a key of the disclosure table as text, empty if there is no table."""
    return lambda article: str(getattr(article.document, key, None) or "")


def _time(name: str) -> Callable[[Article], Cell]:
    """Return a function that reads a time as ISO 8601 text: a page gives a time or only a day."""

    def cell(article: Article) -> Cell:
        moment: Moment | None = getattr(article, name)
        return moment.isoformat() if moment else None

    return cell


def _text(name: str) -> Column:
    """Return the column of a field whose value is text."""
    return Column(name=name, type=str, cell=lambda article: getattr(article, name))


FIELDS: tuple[Field, ...] = (
    Field(key="kicker", zh="引题", en="Kicker", column=_text("kicker")),
    Field(key="title", zh="标题", en="Title", column=_text("title")),
    Field(key="subtitle", zh="副题", en="Subtitle", column=_text("subtitle")),
    Field(
        key="published_at",
        zh="发布",
        en="Published",
        column=Column(name="published_at", type=str, cell=_time("published_at")),
        line=lambda article: minute(article.published_at),
    ),
    Field(
        key="published_on",
        zh="发布日期",
        en="Day of publication",
        column=Column(name="published_on", type=dt.date, cell=lambda article: article.published_on),
    ),
    Field(
        key="modified_at",
        zh="更新",
        en="Modified",
        column=Column(name="modified_at", type=str, cell=_time("modified_at")),
    ),
    Field(key="source", zh="来源", en="Source", column=_text("source"), line=lambda article: article.source or ""),
    Field(
        key="authors",
        zh="作者",
        en="Authors",
        column=Column(
            name="authors",
            type=str,
            cell=lambda article: SEPARATOR.join(f"{person.name} ({person.role})" for person in article.authors),
        ),
        line=_people,
    ),
    Field(key="edition", zh="版面", en="Newspaper page", line=lambda article: newspaper_page(article.edition)),
    Field(key="edition.paper", zh="报纸", en="Newspaper"),
    Field(key="edition.issued_on", zh="出版日期", en="Day of issue"),
    Field(key="edition.weekday", zh="星期", en="Weekday of issue"),
    Field(key="edition.page", zh="版次", en="Page number"),
    Field(key="edition.name", zh="版名", en="Page name"),
    Field(key="dateline", zh="电头", en="Dateline", column=_text("dateline")),
    Field(
        key="column",
        zh="栏目",
        en="Column",
        column=Column(name="column", type=str, cell=lambda article: " > ".join(article.column)),
        line=lambda article: " > ".join(article.column),
    ),
    Field(
        key="document.document_number",
        zh="文号",
        en="Document number",
        column=Column(
            name="document_number",
            type=str,
            cell=lambda article: article.document.document_number if article.document else None,
        ),
        line=_of_document("document_number"),
    ),
    Field(key="document.index_number", zh="索引号", en="Index number", line=_of_document("index_number")),
    Field(key="document.issuer", zh="发布机构", en="Issuer"),
    Field(key="document.written_on", zh="成文日期", en="Written on"),
    Field(key="document.subject", zh="名称", en="Subject"),
    Field(key="document.keywords", zh="主题词", en="Keywords"),
    Field(key="site_name", zh="网站名称", en="Site name"),
    Field(key="site_code", zh="网站标识码", en="Site code"),
    Field(key="parts", zh="续页", en="Further pages", line=lambda article: "、".join(article.parts)),
    Field(key="outline", zh="提纲", en="Outline", line=lambda article: "；".join(article.outline)),
    Field(key="images", zh="图片", en="Images"),
    Field(key="attachments", zh="附件", en="Attachments"),
    Field(key="script", zh="字体", en="Script", column=_text("script")),
    Field(key="quality.truncated", zh="缺失", en="Missing text", line=lambda article: missing_text(article.quality)),
    Field(
        key="quality",
        zh="质量",
        en="Quality",
        column=Column(name="flags", type=str, cell=lambda article: SEPARATOR.join(article.quality.flags)),
        line=lambda article: score_with_parts(article.quality),
    ),
    Field(key="text", zh="正文", en="Text", column=_text("text")),
    Field(key="text_hans", zh="正文（简体）", en="Text, simplified", column=_text("text_hans")),
    Field(key="left_out", zh="未收入正文", en="Left out of the text"),
    Field(key="repairs", zh="修补", en="Repairs"),
    Field(key="evidence", zh="依据", en="Evidence"),
)
