"""The fields of an article in reading order, with their labels, their table columns and their lines in `fangzhi show`.

CSV, Parquet, `fangzhi show` and the diff page all read `FIELDS`, so a new field of an article needs its attribute in
`About` and one row here. A test fails if an attribute has no row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from attrs import frozen

from pipelines.model.article import Article
from pipelines.model.draft import DateOrTime
from pipelines.model.readable import joined, minute, missing_text, newspaper_page, people, score_with_parts

Cell = str | int | float | dt.datetime | dt.date | None
"""A value in a table."""

SEPARATOR = "; "
"""Separates several values in one cell."""


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
    label, as text or as a message to translate, empty if there is nothing to print; it is None if `show` prints the
    field elsewhere or not at all.
    """

    key: str
    zh: str
    en: str
    column: Column | None = None
    line: Callable[[Article], str] | None = None

    def label(self, lang: str) -> str:
        """Return the label in a language, `zh` or `en`."""
        return self.zh if lang == "zh" else self.en


def column_text(names: Iterable[str]) -> str:
    """Return the path of a column as text."""
    return " > ".join(names)


def _of_document(key: str) -> Callable[[Article], str]:
    """Return a function that reads a key of the disclosure table as text, empty if there is no table."""
    return lambda article: str(getattr(article.document, key, None) or "")


def _time(name: str) -> Callable[[Article], Cell]:
    """Return a function that reads a time as ISO 8601 text: a page gives a time or only a day."""

    def cell(article: Article) -> Cell:
        moment: DateOrTime | None = getattr(article, name)
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
        line=people,
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
        column=Column(name="column", type=str, cell=lambda article: column_text(article.column)),
        line=lambda article: column_text(article.column),
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
    Field(key="document.effective_on", zh="实施日期", en="Effective on", line=_of_document("effective_on")),
    Field(key="document.expires_on", zh="失效日期", en="Expires on", line=_of_document("expires_on")),
    Field(key="document.status", zh="文件状态", en="Status", line=_of_document("status")),
    Field(key="document.subject", zh="名称", en="Subject"),
    Field(key="document.keywords", zh="主题词", en="Keywords"),
    Field(key="keywords", zh="关键词", en="Keywords of the article"),
    Field(key="description", zh="摘要", en="Description"),
    Field(key="column_type", zh="栏目类别", en="Type of the column"),
    Field(key="column_keywords", zh="栏目关键词", en="Keywords of the column"),
    Field(key="column_description", zh="栏目描述", en="Description of the column"),
    Field(key="site_name", zh="网站名称", en="Site name", column=_text("site_name")),
    Field(key="site_domain", zh="网站域名", en="Site domain"),
    Field(key="site_code", zh="网站标识码", en="Site code"),
    Field(key="parts", zh="续页", en="Further pages", line=lambda article: joined(*article.parts)),
    Field(key="outline", zh="提纲", en="Outline", line=lambda article: "；".join(article.outline)),
    Field(key="tables", zh="表格", en="Tables"),
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
    Field(
        key="quality.score",
        zh="质量分",
        en="Quality score",
        column=Column(name="score", type=float, cell=lambda article: article.quality.score),
    ),
    Field(key="text", zh="正文", en="Text", column=_text("text")),
    Field(key="text_hans", zh="正文（简体）", en="Text, simplified", column=_text("text_hans")),
    Field(key="left_out", zh="未收入正文", en="Left out of the text"),
    Field(key="repairs", zh="修补", en="Repairs"),
    Field(key="evidence", zh="依据", en="Evidence"),
)


def label_of(key: str, lang: str) -> str:
    """Return the label of a field in a language; a key without a row is its own label."""
    return next((field.label(lang) for field in FIELDS if field.key == key), key)
