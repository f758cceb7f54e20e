"""What the lists of a site show: whether it still leads to articles, and how fresh they are."""

from __future__ import annotations

import datetime as dt

from attrs import frozen


@frozen(kw_only=True)
class ListResult:
    """What one visit of a list page showed: how many `links` to articles, how many of them were not known before.

    `links` is None where the page was not read: it answers that it is as it was, or sends on. `answer` names what stood
    in the way: a reason, a status, or a failure; it is empty where the page was there. `newest_on` is the latest day
    that it gives an article.
    """

    links: int | None = None
    found: int = 0
    newest_on: dt.date | None = None
    answer: str = ""


@frozen(kw_only=True)
class ListStatus:
    """What all list pages of a section showed, by the URL of the section.

    `asked` and `showing` tell of the site's last crawl: whether it asked for what there is of them, and whether one
    showed an article. One last did at `shown_at`, and last brought an article that was not known at `brought_at`.
    """

    section: str
    asked: bool
    showing: bool
    asked_at: dt.datetime
    shown_at: dt.datetime | None = None
    brought_at: dt.datetime | None = None
    newest_on: dt.date | None = None
    answer: str = ""
