"""Find captures by the parts of an address, the captures of their pages, and how they are cited."""

from __future__ import annotations

from crawler.cli.capture_key import find_capture
from crawler.web.page_request import PageRequest
from crawler.web.problems import NotHere
from crawler.web.readers import Reader
from crawler.web.room import Room
from pipelines.catalogue.history import is_missing, is_present
from pipelines.errors import FangzhiError
from pipelines.export.citation import Citation, citations
from pipelines.model import Entry
from pipelines.text.urls import split_url


def capture_at(asked: PageRequest, reader: Reader, name: str = "id") -> Entry:
    """Return the capture whose id, or the beginning of it, is in the path; raises NotHere if there is none."""
    return capture_named(reader, asked.path[name])


def capture_named(reader: Reader, given: str) -> Entry:
    """Return the capture with an id, or with one that begins so; raises NotHere if there is none."""
    try:
        return find_capture(reader.catalogue, given)
    except FangzhiError as error:
        raise NotHere(error.message) from None


def cited(room: Room, entry: Entry) -> list[Citation]:
    """Return the citations of a capture; the site has its name from the registry, or is its host."""
    known = entry.site in room.registry.sites
    name = room.site_name(entry.site) if known else split_url(entry.final_url).netloc
    return citations(entry, name, room.archive_name)


def captures_of(reader: Reader, entry: Entry) -> list[Entry]:
    """Return all captures of an entry's page; none for a page that never was an article, such as a list."""
    if not (is_present(entry) or is_missing(entry)):
        return []
    return reader.catalogue.captures(entry.final_url if is_present(entry) else entry.url)
