"""What extraction read from a page: a draft of its article, or why it holds none."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from attrs import frozen

from pipelines.model.capture import Location

Moment = dt.datetime | dt.date
"""When a page says something happened: a time with +08:00 where it gives one, else the day alone."""


@frozen(kw_only=True)
class Person:
    """A byline's name with its role: reporter, correspondent, editor, photographer, proofreader, author."""

    name: str
    role: str


@frozen(kw_only=True)
class Image:
    """A picture in the body: absolute URL, and its caption where there is one."""

    url: str
    caption: str | None = None


@frozen(kw_only=True)
class Attachment:
    """A file that the article links: absolute URL and link text; the rest is known once it is archived itself."""

    url: str
    title: str
    media_type: str | None = None
    size: int | None = None
    digest: str | None = None
    location: Location | None = None


@frozen(kw_only=True)
class Document:
    """The disclosure table of an official document (索引号, 发布机构, 成文日期, 发文字号, 名称, 主题词)."""

    index_number: str | None = None
    issuer: str | None = None
    written_on: dt.date | None = None
    document_number: str | None = None
    subject: str | None = None
    keywords: str | None = None


@frozen(kw_only=True)
class Block:
    """One piece of the body in reading order, without line breaks in it.

    `parted` is whether the markup parts it from what stands before: by a rule, or by a container of its own.
    """

    text: str
    kind: Literal["paragraph", "heading", "item", "row", "caption"] = "paragraph"
    parted: bool = False


@frozen(kw_only=True)
class Evidence:
    """Where on its page one of an article's fields was read.

    `origin` is `meta:PubDate`, `enpproperty:date`, `json-ld:pubDate`, a tag or selector such as `h1` or
    `#pubtime_baidu`, `info-line`, `breadcrumb`, `url`, …, behind `recipe:` where a recipe names it; for `text` it is
    the container's marker. `furniture` is a line that repair took out of the text.
    """

    field: str
    origin: str


@frozen(kw_only=True)
class Edition:
    """The page of a newspaper that an article stands on: paper, day of issue, number and name of the page.

    `page` is as the paper counts, such as A03 or 2; `weekday` counts from 1, Monday, as ISO 8601 does.
    """

    paper: str | None = None
    issued_on: dt.date | None = None
    weekday: int | None = None
    page: str | None = None
    name: str | None = None


@frozen(kw_only=True)
class Repair:
    """One change made to the text: `text[start:end]` is `after` where `before` stood; `confidence` is from 0 to 1."""

    rule: str
    start: int
    end: int
    before: str
    after: str
    confidence: float = 1.0


@frozen(kw_only=True)
class About:
    """What a page says about an article, apart from its text: the fields that `Draft` and `Article` have in common.

    A new field of an article goes here. `repair` carries every field of this class over from the draft to the article,
    and `pipelines.model.fields` says what it is called and how a table shows it.

    `kicker` is the line above the headline (引题), `subtitle` the line below it (副题). `parts` are the addresses of
    the article's further pages, where the site splits it into several: each of them is a capture and an entry too.
    `site_name` and `site_code` are what the page declares about its site (SiteName; SiteIDCode, whose first six digits
    are the code of a region).
    """

    title: str | None
    subtitle: str | None = None
    kicker: str | None = None
    published_at: Moment | None = None
    modified_at: Moment | None = None
    source: str | None = None
    authors: tuple[Person, ...] = ()
    dateline: str | None = None
    column: tuple[str, ...] = ()
    document: Document | None = None
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    parts: tuple[str, ...] = ()
    site_name: str | None = None
    site_code: str | None = None
    edition: Edition | None = None


@frozen(kw_only=True)
class Draft(About):
    """What extraction read from a page, before any repair: text still as damaged as the page has it.

    `below` are the short lines that stand right under the text and are none of it, where pages offer the rest of a
    text for money; `torn` is whether the page itself did not come whole. `repairs` are what was changed when a page of
    several articles was cut, in places of the blocks with a line break between them; `flags` go into its quality.
    """

    blocks: tuple[Block, ...]
    below: tuple[str, ...] = ()
    torn: bool = False
    repairs: tuple[Repair, ...] = ()
    flags: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@frozen(kw_only=True)
class File:
    """What a capture holds that is no page: its media type, and its size in bytes without a content-encoding."""

    media_type: str
    size: int


@frozen(kw_only=True)
class Rejection:
    """Why a page gave no article; `reason` is kebab-case and the counter's name, `detail` is for people.

    `file` is what it is where the reason is `file`: a whole PDF, picture, archive, …
    """

    reason: str
    detail: str = ""
    file: File | None = None
