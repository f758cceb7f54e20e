"""What a page tells of its article beside the text, and where on the page each of it was read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

from pipelines.model import Attachment, Block, Draft, Evidence
from pipelines.parse.extract import byline, dates, disclosure, edition, headlines, media, source, title
from pipelines.parse.extract.body import below
from pipelines.parse.extract.container import Container
from pipelines.parse.extract.info import near_title
from pipelines.parse.extract.media import MEDIA_TYPES, absolute, file_type
from pipelines.parse.extract.meta_tags import plain
from pipelines.parse.extract.page import Page, Sourced
from pipelines.parse.extract.parts import parts
from pipelines.parse.extract.tree import select

Facts = Mapping[str, Sourced[Any]]
"""Fields of a draft, as they are called there, as far as the page tells them."""

_HEADS = ("title", "kicker", "subtitle")

POSTED = "_CONFIG:attachment"

MOST_FILES = 500
"""Files of a post that are read: a yearly budget of 90 departments has about 200."""


def facts(page: Page) -> Facts:
    """Return what a page tells of its article without looking at the body."""
    top = headlines.heads(page, title.title(page))
    name = top.title.value if top.title else None
    near = near_title(page, name)
    told = {
        "title": top.title,
        "kicker": top.kicker,
        "subtitle": top.subtitle,
        "published_at": dates.published(page, near),
        "modified_at": dates.modified(page, near),
        "source": source.source(page, near),
        "column": disclosure.column(page, name),
        "document": disclosure.document(page, name),
        "site_name": next(page.meta("SiteName", "og:site_name"), None),
        "site_code": next(page.meta("SiteIDCode"), None),
    }
    return {field: found for field, found in told.items() if found}


def opened(told: Facts, lines: Sequence[str]) -> tuple[Facts, tuple[str, ...]]:
    """Return a page's facts with the headlines that its body's lines repeat, and all headlines as they stand there."""
    top, repeated = headlines.opening(headlines.Heads(**{name: told.get(name) for name in _HEADS}), lines)
    found = {name: one for name in _HEADS if (one := getattr(top, name))}
    return {**told, **found}, (*(one.value for one in found.values()), *repeated)


def _apart(page: Page) -> Iterator[HtmlElement]:
    """Yield what the recipe says to hold pictures apart from the text."""
    return (element for selector in page.recipe.pictures for element in select(page.root, selector))


def _files(page: Page, elements: tuple[HtmlElement, ...]) -> tuple[Attachment, ...]:
    """Return the article's files, then the one that the recipe names; links to several are an index of other pages'."""
    files = media.attachments(elements, page.root, page.base)
    named = (element for selector in page.recipe.files for element in select(page.root, selector))
    own = media.attachments(named, None, page.base)
    known = {file.url for file in files}
    return (*files, *own) if len(own) == 1 and own[0].url not in known else files


def _posted(page: Page, linked: Collection[Attachment]) -> tuple[Attachment, ...]:
    """Return the files that `_CONFIG.DETAIL.attachment` lists, each once, without those that the page links."""
    listed = page.detail.get("attachment")
    known = {file.url for file in linked}
    found: dict[str, Attachment] = {}
    for item in listed[:MOST_FILES] if isinstance(listed, list) else ():
        file = _posted_file(item, page.base) if isinstance(item, dict) else None
        if file and file.url not in known:
            found.setdefault(file.url, file)
    return tuple(found.values())


def _posted_file(item: dict[str, Any], base: str) -> Attachment | None:
    """Return a listed file: its type may stand beside the name alone; its size is known once it is archived itself."""
    url = absolute(str(item.get("url") or ""), base)
    name = plain(str(item.get("name") or "")) or url.rpartition("/")[2]
    kind = file_type(url) or MEDIA_TYPES.get(str(item.get("type") or "").lstrip(".").lower())
    return Attachment(url=url, title=name, media_type=kind) if url else None


def draft(page: Page, told: Facts, body: tuple[Block, ...], found: Container | None) -> Draft:
    """Return the draft of a page with this body; `found` is where the body was, if anything marked it."""
    texts = [block.text for block in body]
    elements = found.elements if found else ()
    near = near_title(page, told["title"].value if "title" in told else None)
    people = byline.people(page, near, (texts[0], *texts[-3:]))
    opening = byline.dateline(texts[0])
    linked = _files(page, elements)
    listed = _posted(page, linked)
    paper = edition.edition(page, told["source"].value if "source" in told else None)
    known = {file.url for file in (*linked, *listed)}
    shown = [file for file in edition.files(page) if file.url not in known] if paper else []
    evidence = [
        Evidence(field="text", origin=found.marker if found else "whole-page"),
        *(Evidence(field=field, origin=one.origin) for field, one in told.items()),
        *(Evidence(field="authors", origin=origin) for origin in dict.fromkeys(one.origin for one in people)),
        *([Evidence(field="dateline", origin="body")] if opening else ()),
        *([Evidence(field="attachments", origin=POSTED)] if listed else ()),
        *([Evidence(field="edition", origin=paper.origin)] if paper else ()),
    ]
    return Draft(
        blocks=body,
        below=below(page, body),
        torn=page.torn,
        authors=tuple(one.value for one in people),
        dateline=opening,
        images=media.images((*_apart(page), *elements), page.base),
        attachments=(*linked, *listed, *shown),
        edition=paper.value if paper else None,
        parts=parts(page.html, page.url),
        evidence=tuple(evidence),
        **{"title": None, **{field: one.value for field, one in told.items()}},
    )
