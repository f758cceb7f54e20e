"""What an archive holds, by its catalogue: captures by URL and time, read from its records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from crawler.player.nearest import NOT_MODIFIED, Held, nearest
from crawler.replay.places import capture_at_place
from crawler.replay.run import body_finder
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.model import Capture, Entry, Requisite


class ArchiveHoldings:
    """The captures of an archive, for the player."""

    def __init__(self, archive: Archive, catalogue: Catalogue) -> None:
        """Read an archive through its catalogue."""
        self._archive, self._catalogue = archive, catalogue
        self._find = body_finder(archive, catalogue)

    def locate(self, url: str, when: dt.datetime) -> Held | None:
        """Return the capture that shows best what a URL returned at a time; also by the other one of http and https."""
        return nearest(self._held(url), when) or nearest(self._held(_other_scheme(url)), when)

    def times(self, url: str) -> list[dt.datetime]:
        """Return the times of all captures of a URL that have a body, the oldest first."""
        return sorted({each.at for each in self._held(url) if each.status != NOT_MODIFIED and not each.rendered})

    def archived(self, urls: Collection[str]) -> set[str]:
        """Return those of the URLs of which the archive has a successful capture."""
        found = self._catalogue.requisites_of([*urls, *map(_other_scheme, urls)])
        compact = {url for url, each in found.items() if any(one.is_archived for one in each)}
        left = {url for url in urls if not {url, _other_scheme(url)} & compact}
        others = {url for url in left if any(each.ok for each in (*self._held(url), *self._held(_other_scheme(url))))}
        return {*urls} - left | others

    def capture(self, held: Held) -> Capture:
        """Return a capture with its body; raises StoreError."""
        return capture_at_place(self._archive, held.location, self._find)

    def _held(self, url: str) -> list[Held]:
        requisites = self._catalogue.requisites_of([url]).get(url, ())
        return [held for each in (*self._catalogue.captures(url), *requisites) if (held := held_of(each))]


def held_of(entry: Entry | Requisite) -> Held | None:
    """Return the capture of an entry or requisite; None if it is not archived."""
    if entry.location is None:
        return None
    return Held(
        id=entry.id,
        url=entry.url,
        final_url=entry.final_url,
        at=entry.fetched_at,
        status=entry.status or 200,  # a record without an HTTP head has none
        location=entry.location,
        rendered=entry.rendered if isinstance(entry, Entry) else None,
    )


def _other_scheme(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{'http' if scheme == 'https' else 'https'}://{rest}"
