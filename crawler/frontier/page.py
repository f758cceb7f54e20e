"""An address that the crawler knows, and the order in which addresses are asked for."""

from __future__ import annotations

import hashlib
from typing import Literal

from attrs import frozen
from w3lib.url import canonicalize_url

Role = Literal["list", "article", "file"]


@frozen(kw_only=True)
class Page:
    """What is to be asked for, and what is known of why.

    `section` is the URL of the list that led here, of a file that of the article which links it.

    `walked` numbers a section's list pages from 1, which is also where its list begins if that is not the section's own
    page. A `form` is sent by POST.
    """

    url: str
    site: str
    role: Role = "article"
    section: str | None = None
    walked: int = 0
    form: str | None = None

    @property
    def key(self) -> str:
        """Return what tells the page from others: its URL without fragment, its query in any order, and its form."""
        return page_key(self.url, self.form)

    @property
    def priority(self) -> int:
        """Return which pages come first: heads of sections, then articles, then files and older list pages in turn.

        So what is new comes first, a walk back to the beginning goes newest first, and takes the files along, whose
        addresses expire on some sites.
        """
        if self.role == "article":
            return 2
        return 3 if self.role == "list" and self.walked <= 1 else 1


def page_key(url: str, form: str | None = None) -> str:
    """Return the key of an address.

    >>> page_key("http://a.cn/b?y=2&x=1#top") == page_key("http://a.cn/b?x=1&y=2")
    True
    """
    return hashlib.sha256(f"{canonicalize_url(url)}\n{form or ''}".encode()).hexdigest()[:32]
