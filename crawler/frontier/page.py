"""A page that the crawler knows, and the order in which pages are fetched."""

from __future__ import annotations

import hashlib
from typing import Literal

from attrs import field, frozen
from w3lib.url import canonicalize_url

from pipelines.masking import without_credentials

PageRole = Literal["list", "article", "file", "requisite", "remote-requisite"]
"""`requisite` is what a browser loads to show a page of the site, `remote-requisite` the same on a host of no site."""

REQUISITES: tuple[PageRole, ...] = ("requisite", "remote-requisite")


@frozen(kw_only=True)
class Page:
    """A page to fetch: its URL, its site's slug, its role, and where its link was found.

    `section` is the URL of the section whose lists led here; for a file, the URL of the article that links it; for a
    requisite, the URL of the page that is shown with it.
    `list_page_number` counts a section's list pages from 1; 1 is also the page on which the list begins if that is not
    the section's own page. A page with a `body` is requested by POST.
    """

    url: str = field(converter=without_credentials)
    site: str
    role: PageRole = "article"
    section: str | None = None
    list_page_number: int = 0
    body: str | None = None

    @property
    def key(self) -> str:
        """Return the identity of the page: a hash of its URL (no fragment, sorted query) and its request body."""
        return page_key(self.url, self.body)

    @property
    def is_requisite(self) -> bool:
        """Tell whether it is what a browser loads to show a page."""
        return self.role in REQUISITES

    @property
    def priority(self) -> int:
        """Return the priority, highest first: first pages of sections, articles, then files and older list pages.

        So new articles come first, a full crawl goes from the newest to the oldest, and files are fetched soon after
        their articles: on some sites their URLs expire. Priorities below 0 are those of requisites, which are leased
        apart from pages: `ReadyPages` says when they are fetched.
        """
        if self.is_requisite:
            return -1
        if self.role == "article":
            return 2
        return 3 if self.role == "list" and self.list_page_number <= 1 else 1


def page_key(url: str, body: str | None = None) -> str:
    """Return the key of a URL and a request body.

    >>> page_key("http://a.cn/b?y=2&x=1#top") == page_key("http://a.cn/b?x=1&y=2")
    True
    """
    return hashlib.sha256(f"{canonicalize_url(url)}\n{body or ''}".encode()).hexdigest()[:32]
