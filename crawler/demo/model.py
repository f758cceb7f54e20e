"""What the made city consists of, what it answers, and what must come out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from attrs import frozen

from crawler.demo.prose import Kind
from pipelines.model import Document, Person

BaseUrls = Mapping[str, str]
"""Where each portal is served, by slug, without a closing slash: `{"yunzhou": "http://127.0.0.1:8101", …}`."""

CmsFamily = Literal[
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
]

PAPERS = ("founder-paper", "founder-paper-pc")
"""Families whose portals are papers: articles lie in issues, and have a day but no time."""

MOVED = ("moved-301", "moved-302", "meta-refresh")
"""Traps of which lists still link the old address, an article's alias."""


@frozen(kw_only=True)
class Section:
    """A column of a portal: `path` is its list's address, `code` its number in the CMS, `kind` what it prints."""

    name: str
    path: str
    code: int
    kind: Kind
    parent: str | None = None

    @property
    def column(self) -> tuple[str, ...]:
        """Its names as the breadcrumb gives them, without the home page."""
        return (self.parent, self.name) if self.parent else (self.name,)


@frozen(kw_only=True)
class Portal:
    """One site of the city: `family` is its CMS, `share` its part of all pages in percent, `rows` links a list page.

    A portal of a fixed `size` has so many articles, however large the city is. `starts` are name and path of where a
    crawl begins where that is elsewhere than at the sections; `every` is how many days lie between a paper's issues.
    One whose `script` is hant shows every page in traditional characters.
    """

    slug: str
    name: str
    family: CmsFamily
    region_code: str
    region_name: str
    charset: Literal["utf-8", "gbk"]
    share: int = 0
    size: int = 0
    rows: int
    sections: tuple[Section, ...]
    starts: tuple[tuple[str, str], ...] = ()
    every: int = 1
    script: Literal["hans", "hant"] = "hans"


@frozen(kw_only=True)
class Article:
    """One published page: `path` is where it is, `alias` a second address (`trap` says what for), `key` its text's.

    Paths of pictures and attachments are absolute on their portal. `original` is what another portal took over, and
    `since` the visit on which the page is first there.
    """

    portal: str
    section: Section
    serial: int
    path: str
    published: dt.datetime
    key: str
    source: str
    person: Person
    pictures: tuple[str, ...] = ()
    attachments: tuple[tuple[str, str], ...] = ()
    alias: str | None = None
    trap: str | None = None
    original: Article | None = None
    since: int = 1


@frozen(kw_only=True)
class Row:
    """One line of a list: what it links, and the headline as the list cuts it."""

    article: Article
    href: str
    cut: bool = False


@frozen(kw_only=True)
class Answer:
    """An HTTP response: `body` has its content-encoding, `chunked` asks the server to send it in chunks."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    chunked: bool = False


@frozen(kw_only=True)
class Truth:
    """What must come of asking for `url`.

    `kind` is "article", "list" (a page of links or a list API's answer), "file" (picture or attachment) or the reason
    of a rejection. `final_url` is where redirects, also meta refresh, end. `published` is RFC 3339 with +08:00, or a
    date. `copy_of` is an original's URL, `copy` how its copy stands to it. `linked`: a crawl of the portal's
    sections that obeys robots.txt asks for this very URL. `trap` names what is unusual, if anything is.
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
    document: Document | None = None
    attachments: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    copy_of: str | None = None
    copy: Literal["same-bytes", "same-text", "near-copy"] | None = None
