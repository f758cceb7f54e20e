"""The type of a CMS family: how its pages are recognised, how its lists are paged, and how its articles are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from attrs import frozen

from pipelines.model import Recipe


@frozen(kw_only=True)
class Link:
    """An article that a list links to; `listed_on` is the date in its row, else the date in its URL."""

    url: str
    title: str
    listed_on: dt.date | None = None


@frozen(kw_only=True)
class ListRequest:
    """How to request a list page: GET, or POST with `body` if there is one.

    A body is a form (a query string) or JSON; `media_type` tells them apart by the first character.
    """

    url: str
    body: str | None = None


@frozen(kw_only=True)
class Listing:
    """What a list page leads to: its articles in page order, and the list pages that follow it, nearest first.

    URLs are absolute, unique and without fragment. Links to other sites are included: the caller filters them.
    `pages` are the following pages that this page links to or computes. A pager shows only some of them, and each of
    them is read for its own `pages` again, so the caller requests only the first `pages_to_request`: more than one
    where some of them may not exist.
    `lists` are lists on other pages, if this page only leads to them; each is read from its own page 1.
    `is_fallback` tells that the rules of the family found no article, and that the generic rules found these.
    """

    articles: tuple[Link, ...] = ()
    pages: tuple[ListRequest, ...] = ()
    pages_to_request: int = 1
    lists: tuple[ListRequest, ...] = ()
    is_fallback: bool = False


def list_requests(urls: Iterable[str]) -> tuple[ListRequest, ...]:
    """Return GET requests for list pages."""
    return tuple(ListRequest(url=url) for url in urls)


def media_type(body: str) -> str:
    """Return the media type of a request body.

    >>> media_type('{"pageIndex": 1}'), media_type("currpage=2")
    ('application/json', 'application/x-www-form-urlencoded')
    """
    return "application/json" if body.startswith(("{", "[")) else "application/x-www-form-urlencoded"


@frozen(kw_only=True)
class Family:
    """A CMS as its sites look from outside. All functions are pure and never raise, whatever page they are given.

    `recognise(html, url)` returns the fingerprint of the CMS that was found on the page, or an empty string.
    `listing(text, url)` reads a list page: HTML, or the XML, JSON or script with which a list API answers. The fragment
    of its `url` is the body of the POST request for this page, else the fragment of the section's URL.
    `is_article(url)` and `is_list(url)` look at the URL alone; both may be false. `recipes` are ordered best first.
    """

    name: str
    recognise: Callable[[str, str], str]
    listing: Callable[[str, str], Listing]
    is_article: Callable[[str], bool]
    is_list: Callable[[str], bool]
    recipes: tuple[Recipe, ...]
