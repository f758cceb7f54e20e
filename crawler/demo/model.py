"""Portals, sections and articles of the demo city, its HTTP answers, and the ground truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from attrs import frozen

from crawler.demo.prose import ProseKind
from pipelines.model import OfficialDocument, Person

BaseUrls = Mapping[str, str]
"""Base URL of each portal by slug, without a slash at the end: `{"yunzhou": "http://127.0.0.1:8101", …}`."""

CmsName = Literal[
    "trs",
    "jcms",
    "gkmlpt",
    "founder-paper",
    "phpcms",
    "jcms-xxgk",
    "jpaas",
    "ucap",
    "epoint",
    "truecms",
    "vsb",
    "webplus",
    "founder",
    "founder-paper-pc",
    "dedecms",
    "empirecms",
    "generic",
    "ucap-named",
    "lonsun",
    "jeecms",
    "no-extension",
    "channels",
    "thtml",
    "uuid-columns",
    "page-numbers",
]
"""CMSs of the city's portals. The names are those of crawler families, or of a second layout of a family; those of
unknown makers are named by the form of their URLs."""

NEWSPAPERS = ("founder-paper", "founder-paper-pc")
"""CMSs of digital newspapers: their articles belong to an issue, and have a date but no time."""

REDIRECT_TRAPS = ("moved-301", "moved-302", "meta-refresh")
"""Traps of articles that have moved: lists still link to the old address, which is the article's alias."""


@frozen(kw_only=True)
class DemoSection:
    """A section of a portal.

    `path` is the address of its list (for newspapers the file name of its page), `code` its number in the CMS, `kind`
    what it publishes.
    """

    name: str
    path: str
    code: int
    kind: ProseKind
    parent: str | None = None

    @property
    def column(self) -> tuple[str, ...]:
        """Section names as the breadcrumb shows them, without the home page."""
        return (self.parent, self.name) if self.parent else (self.name,)


@frozen(kw_only=True)
class Portal:
    """One site of the city.

    `share_percent` is the portal's share of all pages. A portal with a `fixed_article_count` has that many articles,
    whatever the size of the city. `rows_per_page` is the number of links on a list page, in newspapers of articles on
    a page of an issue. `start_pages` are pairs of name and path where a crawl starts, if not at the sections.
    `issue_interval_days` is the time between two issues of a newspaper. A portal with `script="hant"` shows every page
    in traditional characters.
    """

    slug: str
    name: str
    cms: CmsName
    region_code: str
    region_name: str
    charset: Literal["utf-8", "gbk"]
    share_percent: int = 0
    fixed_article_count: int = 0
    rows_per_page: int
    sections: tuple[DemoSection, ...]
    start_pages: tuple[tuple[str, str], ...] = ()
    issue_interval_days: int = 1
    script: Literal["hans", "hant"] = "hans"


@frozen(kw_only=True)
class DemoArticle:
    """One published article.

    `alias` is a second address, whose purpose follows from `trap`. `text_key` selects the text. `pictures` are paths,
    `attachments` pairs of path and title; paths start with a slash. `original` is the article of another portal that
    this one reprints. `first_visit` is the visit from which on the article exists.
    """

    portal: str
    section: DemoSection
    serial: int
    path: str
    published: dt.datetime
    text_key: str
    source: str
    person: Person
    pictures: tuple[str, ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()
    alias: str | None = None
    trap: str | None = None
    original: DemoArticle | None = None
    first_visit: int = 1


@frozen(kw_only=True)
class ListRow:
    """One row of a list: the article, the address that the row links to, and whether the title is cut."""

    article: DemoArticle
    href: str
    cut: bool = False


@frozen(kw_only=True)
class HttpAnswer:
    """An HTTP response. `body` is in its content coding; `chunked` says that the server sends it in chunks."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    chunked: bool = False


@frozen(kw_only=True)
class Truth:
    """The expected result of a request for `url`.

    `kind` is "article", "list" (a page of links or an answer of a list API), "file" (picture or attachment) or the
    rejection reason. `final_url` is the URL after all redirects, including meta refresh. `linked` says that a crawl of
    the portal's sections that obeys robots.txt requests this URL. `trap` names what is unusual about the page, if
    anything. `published` is an RFC 3339 time with +08:00, or a date. `copy_of` is the URL of the original, `copy` how
    close the copy is.
    """

    url: str
    final_url: str
    portal: str
    kind: str
    linked: bool
    trap: str | None = None
    title: str | None = None
    text: str | None = None
    published: str | None = None
    source: str | None = None
    authors: tuple[Person, ...] = ()
    column: tuple[str, ...] = ()
    document: OfficialDocument | None = None
    attachments: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    copy_of: str | None = None
    copy: Literal["same-bytes", "same-text", "near-copy"] | None = None
