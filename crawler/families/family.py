"""What a CMS family is: how its pages look, how its lists lead on, and how its articles are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from attrs import frozen

from pipelines.model import Recipe


@frozen(kw_only=True)
class Link:
    """An article that a list leads to; `listed_on` is the day that its row, or else its URL, gives."""

    url: str
    title: str
    listed_on: dt.date | None = None


@frozen(kw_only=True)
class ListRequest:
    """How a further list page is asked for: by GET, or where there is a `form` by POST, with that as the body.

    A form is a query string, or JSON: its first character tells, see `media_type`.
    """

    url: str
    body: str | None = None


@frozen(kw_only=True)
class Listing:
    """What a list page leads to: articles in page order, and the list pages after it in walking order.

    URLs are absolute and without fragment, each once. Links to other sites are among them: the caller tells whose
    they are. `pages` are those that this page knows of; a pager shows only some, so each further one is asked anew:
    it is enough to take the first, or the first `pages_to_request` where some may not be there.
    `lists` are lists that begin elsewhere, where a page only leads to them: each is walked by itself from its page 1.
    """

    articles: tuple[Link, ...] = ()
    pages: tuple[ListRequest, ...] = ()
    pages_to_request: int = 1
    lists: tuple[ListRequest, ...] = ()


def list_requests(urls: Iterable[str]) -> tuple[ListRequest, ...]:
    """Return how pages are asked for that need no form."""
    return tuple(ListRequest(url=url) for url in urls)


def media_type(form: str) -> str:
    """Return the media type of a form.

    >>> media_type('{"pageIndex": 1}'), media_type("currpage=2")
    ('application/json', 'application/x-www-form-urlencoded')
    """
    return "application/json" if form.startswith(("{", "[")) else "application/x-www-form-urlencoded"


@frozen(kw_only=True)
class Family:
    """A CMS as its sites look from outside; every function is pure and never raises on a strange page.

    `recognise(html, url)` returns the mark by which a page is told to be its, empty where there is none.
    `listing(text, url)` reads a list page, which may be HTML or the XML, JSON or script that a list API answers with,
    `is_article(url)` and `is_list(url)` go by the address alone, and both may say no. `recipes` are best first. To
    `listing`, `url` has as its fragment the form that was sent to it, else that of the section that is walked.
    """

    name: str
    recognise: Callable[[str, str], str]
    listing: Callable[[str, str], Listing]
    is_article: Callable[[str], bool]
    is_list: Callable[[str], bool]
    recipes: tuple[Recipe, ...]
