"""The result of extraction: the draft of an article, or the reason why the page has none."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from attrs import frozen

from pipelines.model.capture import Location

DateOrTime = dt.datetime | dt.date
"""A date that a page states: a time with +08:00 if the page gives a time, else the day alone."""

CELL_MARK = "\t"
"""Separates the cells of a table row in a text, as in HTML's innerText."""


@frozen(kw_only=True)
class Person:
    """A name in a byline with its role: reporter, correspondent, editor, photographer, proofreader or author."""

    name: str
    role: str


@frozen(kw_only=True)
class Image:
    """A picture in the body: its absolute URL, and its caption if it has one."""

    url: str
    caption: str | None = None


@frozen(kw_only=True)
class Attachment:
    """A file that an article links to: absolute URL and link text; the rest is known once the file is archived."""

    url: str
    title: str
    media_type: str | None = None
    size: int | None = None
    digest: str | None = None
    location: Location | None = None


@frozen(kw_only=True)
class OfficialDocument:
    """The disclosure table of an official document (索引号, 发布机构, 成文日期, 发文字号, 名称, 主题词).

    `effective_on` and `expires_on` are the days from which and until which the document is in force (实施日期,
    失效日期); `status` is what the page says about its validity (文件状态): 有效, 失效, 废止, … A page without 索引号
    but with the registration number of a normative document (统一编号) has that number as `index_number`.
    """

    index_number: str | None = None
    issuer: str | None = None
    written_on: dt.date | None = None
    document_number: str | None = None
    subject: str | None = None
    keywords: str | None = None
    effective_on: dt.date | None = None
    expires_on: dt.date | None = None
    status: str | None = None


@frozen(kw_only=True)
class TableRow:
    """The place of a block in a data table: a block is a whole row, one paragraph of one cell, or the caption.

    `table` numbers the data tables of a page, `number` the rows of a table; the caption has the number -1. `cells` are
    the texts of the row's own cells; if the block is a paragraph, all cells but one are empty. `columns` are the
    columns of the table from left to right, with spans resolved: each is the number of a row and the index of its cell,
    or None where the row has no cell. `headers` are the indices of the columns in which the row has a header cell.
    `is_clipped` is whether the table is too large to resolve all of its spans.
    """

    table: int
    number: int
    cells: tuple[str, ...] = ()
    columns: tuple[tuple[int, int] | None, ...] = ()
    headers: tuple[int, ...] = ()
    is_clipped: bool = False


@frozen(kw_only=True)
class Block:
    """One paragraph or other element of the body, in reading order, without line breaks.

    `parted` is whether the markup separates it from the block before: by a rule, or by a container of its own.
    `table_row` is its place in a data table, or None outside such tables.
    """

    text: str
    kind: Literal["paragraph", "heading", "item", "row", "caption"] = "paragraph"
    parted: bool = False
    table_row: TableRow | None = None


@frozen(kw_only=True)
class Evidence:
    """The place on a page from which a field of an article was read.

    `origin` is `meta:PubDate`, `enpproperty:date`, `json-ld:pubDate`, a tag or selector such as `h1` or
    `#pubtime_baidu`, `info-line`, `breadcrumb`, `url`, …, with the prefix `recipe:` if a recipe names it. `relative`
    (昨天 09:30) and `without-year` (03-12 09:15) are dates that follow from the time of the capture. For the field
    `text` it is the marker of the container. `furniture` is a line of boilerplate that repair removed from the text.
    """

    field: str
    origin: str


@frozen(kw_only=True)
class Edition:
    """The newspaper page on which an article is printed: paper, day of issue, number and name of the page.

    `page` is as the paper counts, such as A03 or 2; `weekday` is 1 for Monday to 7, as in ISO 8601.
    """

    paper: str | None = None
    issued_on: dt.date | None = None
    weekday: int | None = None
    page: str | None = None
    name: str | None = None


@frozen(kw_only=True)
class Repair:
    """One change of the text: `text[start:end]` is `after` and replaced `before`; `confidence` is from 0 to 1."""

    rule: str
    start: int
    end: int
    before: str
    after: str
    confidence: float = 1.0


@frozen(kw_only=True)
class LeftOut:
    """A visible line of the article's block that is in no other field: why it is not in the text, and where it was.

    `rule` is kebab-case: `info-line`, `tool`, `terms`, `related`, `caption`, … `place` is `head` before the first line
    of the text, `body` between two lines of it, and `tail` after the last one.
    """

    rule: str
    text: str
    place: Literal["head", "body", "tail"]


@frozen(kw_only=True)
class About:
    """The metadata of an article: the fields that `Draft` and `Article` have in common.

    Add a new field of an article here. `repair` copies every field of this class from the draft to the article, and
    `pipelines.model.fields` has its labels and its column.

    `kicker` is the line above the headline (引题), `subtitle` the line below it (副题). `parts` are the URLs of the
    article's further pages if the site splits it into several; each of them is a capture and an entry of its own.
    `left_out` are the lines between the headline and the end of the text that are in no other field, as extraction
    found them; what repair removes is in `repairs`.

    The remaining fields are what the page declares in meta tags, mostly those that the State Council requires of
    government sites (国办发〔2017〕47号): `keywords` and `description` of the article (Keywords, Description: 摘要),
    `column_type`, `column_keywords` and `column_description` of its column (ColumnType: 政策文件, 工作动态, …), and
    `site_name`, `site_domain` and `site_code` of the site (SiteName, SiteDomain, SiteIDCode, whose first six digits are
    the code of a region).
    """

    title: str | None
    subtitle: str | None = None
    kicker: str | None = None
    published_at: DateOrTime | None = None
    modified_at: DateOrTime | None = None
    source: str | None = None
    authors: tuple[Person, ...] = ()
    dateline: str | None = None
    column: tuple[str, ...] = ()
    document: OfficialDocument | None = None
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    parts: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    description: str | None = None
    column_type: str | None = None
    column_keywords: tuple[str, ...] = ()
    column_description: str | None = None
    site_name: str | None = None
    site_domain: str | None = None
    site_code: str | None = None
    edition: Edition | None = None
    left_out: tuple[LeftOut, ...] = ()


@frozen(kw_only=True)
class Draft(About):
    """The result of extraction before any repair: the text has the same damage as the page.

    `below` are the short lines right below the text that do not belong to it; there, pages offer the rest of a text for
    money. `torn` is whether the page was not received completely. `repairs` are the changes made when a page of several
    articles was split; their offsets count in the blocks joined by line breaks. `flags` become flags of the quality.
    """

    blocks: tuple[Block, ...]
    below: tuple[str, ...] = ()
    torn: bool = False
    repairs: tuple[Repair, ...] = ()
    flags: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@frozen(kw_only=True)
class File:
    """A captured file that is not a page: its media type, and its size in bytes without content-encoding.

    `name` is the name that the server gives it in Content-Disposition.
    """

    media_type: str
    size: int
    name: str | None = None


@frozen(kw_only=True)
class Rejection:
    """Why a page has no article; `reason` is kebab-case and also the name of a counter, `detail` is for people.

    With the reason `file`, `file` describes the captured file: a PDF, a picture, an archive, …
    """

    reason: str
    detail: str = ""
    file: File | None = None
