"""How many requisites, and how many bytes of them, each page has got in one crawl."""

from __future__ import annotations

from collections import OrderedDict

from attrs import define

MAX_PAGES = 20_000
"""Pages whose counts are kept, the last ones: requisites are requested soon after their page, and 20,000 counts need
some 5 MB."""


@define
class _Count:
    files: int = 0
    bytes: int = 0


class RequisiteBudget:
    """Counts by the URL of the page that is shown with the requisites."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def add_files(self, page: str, files: int) -> None:
        """Count requisites that are to be requested for a page."""
        self._count(page).files += files

    def add_bytes(self, page: str, size: int) -> None:
        """Count the bytes of a requisite."""
        self._count(page).bytes += size

    def files_left(self, page: str, most: int) -> int:
        """Return how many requisites a page may still get if it may have `most`."""
        return max(0, most - self._count(page).files)

    def bytes_left(self, page: str, most: int) -> int:
        """Return how many bytes of requisites a page may still get if it may have `most`."""
        return max(0, most - self._count(page).bytes)

    def _count(self, page: str) -> _Count:
        count = self._counts.setdefault(page, _Count())
        self._counts.move_to_end(page)
        if len(self._counts) > MAX_PAGES:
            self._counts.popitem(last=False)
        return count
