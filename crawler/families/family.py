"""Pure. What a CMS family is: how its pages look, how its lists lead on, and how its articles are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from attrs import frozen

from pipelines.model import Recipe


@frozen(kw_only=True)
class Link:
    """An article that a list leads to; `listed_on` is the day that its row, or else its URL, gives."""

    url: str
    title: str
    listed_on: dt.date | None = None


@frozen(kw_only=True)
class Listing:
    """What a list page leads to: articles in page order, and the list pages after it in walking order.

    URLs are absolute and without fragment, each once. Links to other sites are among them: the caller tells whose
    they are. `pages` are those that this page knows of; a pager shows only some, so each further one is asked anew.
    """

    articles: tuple[Link, ...] = ()
    pages: tuple[str, ...] = ()


@frozen(kw_only=True)
class Family:
    """A CMS as its sites look from outside; every function is pure and never raises on a strange page.

    `recognise(html, url)` tells its pages, `listing(html, url)` reads a list page, `is_article(url)` and
    `is_list(url)` go by the address alone, and both may say no. `recipes` are best first.
    """

    name: str
    recognise: Callable[[str, str], bool]
    listing: Callable[[str, str], Listing]
    is_article: Callable[[str], bool]
    is_list: Callable[[str], bool]
    recipes: tuple[Recipe, ...]
