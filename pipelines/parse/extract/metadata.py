"""Reads the metadata of an article from its page, with the place where each value was found, and makes the draft."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

from pipelines.model import Attachment, Draft, Edition, Evidence, Image, LeftOut, OfficialDocument, Person
from pipelines.parse.extract import breadcrumb, byline, dates, disclosure, edition, headlines, media, source, title
from pipelines.parse.extract.body import Body, lines_below
from pipelines.parse.extract.container import SECOND_READER, Container
from pipelines.parse.extract.datetimes import china_date
from pipelines.parse.extract.furniture import PageValues, page_values
from pipelines.parse.extract.info import lines_near_title, other_articles
from pipelines.parse.extract.markers import STRONG
from pipelines.parse.extract.media import MEDIA_TYPES, absolute_url, file_type
from pipelines.parse.extract.meta_tags import plain_text
from pipelines.parse.extract.page import ParsedPage, Sourced, fold
from pipelines.parse.extract.parts import parts
from pipelines.parse.extract.tree import select
from pipelines.text.script import simplified_copy

Metadata = Mapping[str, Sourced[Any]]
"""Values of a draft by field name; fields that the page does not have are absent."""

_HEADLINE_FIELDS = ("title", "kicker", "subtitle")

GKMLPT_FILES = "_CONFIG:attachment"
"""Evidence origin of files that only a script of gkmlpt lists."""

_ABOUT_SITE = re.compile(r"网站?.{0,40}(?:是|由).{2,40}[主承]办|[主承]办单位|欢迎(?:您|访问|光临)")
"""A description of the whole site: 市政府门户网站是由市人民政府办公室主办、……承办的"""

_WORD_SEPARATOR = re.compile(r"[,，;；、|｜\s]+")

MAX_GKMLPT_FILES = 500
"""Files of a gkmlpt post that are read: a yearly budget of 90 departments has about 200."""


def read_metadata(page: ParsedPage) -> tuple[Metadata, tuple[str, ...]]:
    """Return the metadata of a page's article that does not depend on the body, and the lines near its headline."""
    group = headlines.headline_group(page, title.find_title(page))
    name = group.title.value if group.title else None
    others = other_articles(page, fold(name or ""))
    near_lines = lines_near_title(page, name, others)
    values = {
        "title": group.title,
        "kicker": group.kicker,
        "subtitle": group.subtitle,
        "published_at": dates.published(page, near_lines, others),
        "modified_at": dates.modified(page, near_lines),
        "source": source.find_source(page, near_lines, name),
        "column": breadcrumb.find_column(page, name),
        "document": disclosure.find_document(page, name, near_lines),
        **_declared(page, name),
    }
    return {field: found for field, found in values.items() if found and found.value}, near_lines


def _declared(page: ParsedPage, title: str | None) -> dict[str, Sourced[Any] | None]:
    """Return what the page declares about article, column and site.

    Many templates have the keywords and the description of the site on each page: names of the site and the column are
    no keywords of an article, and neither the title nor a text about the site is its description.
    """
    descriptions = page.meta("Description", "og:description")
    own = (
        each for each in descriptions if fold(each.value) != fold(title or "") and not _ABOUT_SITE.search(each.value)
    )
    return {
        "keywords": next((_without_names(page, _split_words(words)) for words in page.meta("Keywords")), None),
        "description": next(own, None),
        "column_type": next(page.meta("ColumnType"), None),
        "column_keywords": next(map(_split_words, page.meta("ColumnKeywords")), None),
        "column_description": next(page.meta("ColumnDescription"), None),
        "site_name": next(page.meta("SiteName", "og:site_name"), None),
        "site_domain": next(page.meta("SiteDomain"), None),
        "site_code": next(page.meta("SiteIDCode"), None),
    }


def _split_words(words: Sourced[str]) -> Sourced[tuple[str, ...]]:
    """Return a list of words as a tuple, each word once; commas, semicolons, bars and spaces separate them."""
    return Sourced(tuple(dict.fromkeys(filter(None, _WORD_SEPARATOR.split(words.value)))), words.origin)


def _without_names(page: ParsedPage, words: Sourced[tuple[str, ...]]) -> Sourced[tuple[str, ...]]:
    names = page.site_and_column_names
    return Sourced(tuple(word for word in words.value if fold(word) not in names), words.origin)


def add_document_number(metadata: Metadata, lines: Sequence[str]) -> Metadata:
    """Add the number of an official document from the body's first lines, if the page has it nowhere else."""
    document = disclosure.add_number(metadata.get("document"), lines)
    return {**metadata, "document": document} if document else metadata


def add_headlines(metadata: Metadata, lines: Sequence[str]) -> tuple[Metadata, tuple[str, ...]]:
    """Add kicker and subtitle from the body's first lines; return also all headlines that the body may repeat."""
    group = headlines.HeadlineGroup(**{field: metadata.get(field) for field in _HEADLINE_FIELDS})
    group, repeated = headlines.add_from_body(group, lines)
    found = {field: value for field in _HEADLINE_FIELDS if (value := getattr(group, field))}
    return {**metadata, **found}, (*(each.value for each in found.values()), *repeated)


def known_values(metadata: Metadata, headline_texts: Sequence[str]) -> PageValues:
    """Return the values of a page by which lines above and below the text are proved to be its furniture.

    The document number is not one of them: alone in a line above the text it is the first line of the document.
    """
    found = {field: value.value for field, value in metadata.items()}
    document: OfficialDocument = found.get("document") or OfficialDocument()
    table = (document.index_number, document.issuer, document.keywords, document.status)
    names = (found.get("source"), found.get("site_name"), *found.get("column", ()), *table)
    moments = (
        *(found.get("published_at"), found.get("modified_at")),
        *(document.written_on, document.effective_on, document.expires_on),
    )
    return page_values(headline_texts, names, (china_date(moment) if moment else None for moment in moments))


def make_draft(
    page: ParsedPage, metadata: Metadata, near_lines: Sequence[str], body: Body, container: Container | None
) -> Draft:
    """Return the draft of a page with this body; `container` is None if trafilatura found the body."""
    texts = [block.text for block in body.blocks]
    elements = container.elements if container else ()
    name = metadata["title"].value if "title" in metadata else None
    people = byline.find_people(page, near_lines, (texts[0], *texts[-3:]), name)
    dateline = byline.find_dateline(texts[0])
    linked = _linked_files(page, elements)
    listed = _gkmlpt_files(page, linked)
    newspaper = edition.find_edition(page, metadata["source"].value if "source" in metadata else None)
    known_urls = {file.url for file in (*linked, *listed)}
    is_paper = newspaper is not None and newspaper.origin != edition.PRINTED_LINE
    page_files = [file for file in edition.page_files(page) if file.url not in known_urls] if is_paper else []
    images = media.images((*_picture_elements(page), *elements), page.base_url)
    attachments = (*linked, *listed, *page_files)
    return Draft(
        blocks=body.blocks,
        below=lines_below(page, body.blocks),
        torn=page.is_incomplete,
        flags=_flags(page, container, body),
        authors=tuple(person.value for person in people),
        dateline=dateline,
        images=images,
        attachments=attachments,
        left_out=tuple(_unaccounted(body.left_out, metadata, images, attachments)),
        edition=newspaper.value if newspaper else None,
        parts=parts(page.html, page.url),
        evidence=(
            *(Evidence(field="text", origin=origin) for origin in _origins(page, container)),
            *(Evidence(field=field, origin=value.origin) for field, value in metadata.items()),
            *_evidence(people, dateline, listed, newspaper),
        ),
        **{"title": None, **{field: value.value for field, value in metadata.items()}},
    )


def _origins(page: ParsedPage, container: Container | None) -> Iterator[str]:
    """Yield where the text was read: the marker of its container, after `hidden:` if a script must show it first.

    The second reader is named too if it changed the text.
    """
    if container is None:
        yield "whole-page"
        return
    yield f"hidden:{container.marker}" if page.has_hidden_text else container.marker
    if container.is_mended and container.marker != SECOND_READER:
        yield SECOND_READER


def _flags(page: ParsedPage, container: Container | None, body: Body) -> tuple[str, ...]:
    """Return the flags of the text that are known before it is repaired."""
    flags = {
        "text-beside": container is not None and container.has_text_beside,
        "hidden-text": container is not None and page.has_hidden_text and container.marker not in STRONG,
        "readers-disagree": container is not None and container.readers_disagree,
        "table-spans": any(block.table_row and block.table_row.is_clipped for block in body.blocks),
    }
    return tuple(flag for flag, holds in flags.items() if holds)


def _unaccounted(
    left_out: Sequence[LeftOut], metadata: Metadata, images: Sequence[Image], attachments: Sequence[Attachment]
) -> Iterator[LeftOut]:
    """Yield the lines left out that are in no other field: as its whole value, as a caption or as a file's title."""
    values = (value.value for value in metadata.values() if isinstance(value.value, str))
    titles = (*(image.caption or "" for image in images), *(file.title for file in attachments))
    known = set(map(fold, (*values, *map(simplified_copy, titles))))  # attributes are as on the page
    return (each for each in left_out if fold(each.text) not in known)


def _evidence(
    people: Sequence[Sourced[Person]],
    dateline: str | None,
    listed: Sequence[Attachment],
    newspaper: Sourced[Edition] | None,
) -> Iterator[Evidence]:
    """Yield the evidence of the fields that depend on the body."""
    for origin in dict.fromkeys(person.origin for person in people):
        yield Evidence(field="authors", origin=origin)
    if dateline:
        yield Evidence(field="dateline", origin="body")
    if listed:
        yield Evidence(field="attachments", origin=GKMLPT_FILES)
    if newspaper:
        yield Evidence(field="edition", origin=newspaper.origin)


def _picture_elements(page: ParsedPage) -> Iterator[HtmlElement]:
    """Yield the elements outside the text that contain pictures according to the recipe."""
    return (element for selector in page.recipe.pictures for element in select(page.root, selector))


def _linked_files(page: ParsedPage, elements: tuple[HtmlElement, ...]) -> tuple[Attachment, ...]:
    """Return the article's files, then the file that the recipe selects; if it selects several, they are an index."""
    files = media.attachments(elements, page.root, page.base_url)
    selected = (element for selector in page.recipe.files for element in select(page.root, selector))
    by_recipe = media.attachments(selected, None, page.base_url)
    known_urls = {file.url for file in files}
    return (*files, *by_recipe) if len(by_recipe) == 1 and by_recipe[0].url not in known_urls else files


def _gkmlpt_files(page: ParsedPage, linked: Collection[Attachment]) -> tuple[Attachment, ...]:
    """Return the files in gkmlpt's `_CONFIG.DETAIL.attachment`, each once, without those that the page links."""
    items = page.gkmlpt_post.get("attachment")
    linked_urls = {file.url for file in linked}
    found: dict[str, Attachment] = {}
    for item in items[:MAX_GKMLPT_FILES] if isinstance(items, list) else ():
        file = _gkmlpt_file(item, page.base_url) if isinstance(item, dict) else None
        if file and file.url not in linked_urls:
            found.setdefault(file.url, file)
    return tuple(found.values())


def _gkmlpt_file(item: dict[str, Any], base: str) -> Attachment | None:
    """Return a listed file. Its type may be only in the item; its size becomes known when the file is archived."""
    url = absolute_url(str(item.get("url") or ""), base)
    name = plain_text(str(item.get("name") or "")) or url.rpartition("/")[2]
    media_type = file_type(url) or MEDIA_TYPES.get(str(item.get("type") or "").lstrip(".").lower())
    return Attachment(url=url, title=name, media_type=media_type) if url else None
