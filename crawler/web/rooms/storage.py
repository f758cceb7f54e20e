"""Storage: the bytes and files of the archive by site and year, how it grew, and what waits to be published."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from crawler.web.cache import LEDGER_AGE_S
from crawler.web.charts import Chart, Series, chart
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.readers import Reader
from pipelines.archive.open_files import WARC_FOLDER, open_sizes
from pipelines.messages import gettext as _
from pipelines.model.fields import Cell
from pipelines.storage import Storage, StoredObject

_PLACE = re.compile(rf"{WARC_FOLDER}(?P<site>[^/]+)/(?P<year>\d{{4}})/(?P<month>\d{{2}})/")
"""The key of a WARC file: site, year and month of its first capture."""

OTHER_FOLDERS = ("cdx/", "manifest/", "ledger/")

MB = 1e6


@frozen(kw_only=True)
class Size:
    """A number of files and of their bytes."""

    files: int = 0
    bytes: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(files=self.files + other.files, bytes=self.bytes + other.bytes)


@frozen(kw_only=True)
class Sizes:
    """The sizes of the WARC files by site and month, of the other folders, and of the files that are still written."""

    by_month: Mapping[tuple[str, str], Size]
    others: Mapping[str, Size]
    waiting: Size


@frozen(kw_only=True)
class SiteSize:
    """The size of a site's files, by year and in all."""

    slug: str
    name: str
    href: str
    years: Sequence[Size]
    total: Size


@frozen(kw_only=True)
class StorageView:
    """How large the archive is."""

    archive: str
    years: Sequence[str]
    rows: Sequence[SiteSize]
    months: Sequence[tuple[str, Size]]
    sizes: Sequence[tuple[str, Size]]
    waiting: Size
    growth: Chart | None

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Storage")

    @property
    def total(self) -> Size:
        """The size of all WARC files."""
        return sum((size for _month, size in self.months), Size())

    def document(self) -> dict[str, Any]:
        """Return the sizes as JSON values."""
        return {
            "files": self.total.files,
            "bytes": self.total.bytes,
            "waiting": {"files": self.waiting.files, "bytes": self.waiting.bytes},
            "other_folders": {name: {"files": each.files, "bytes": each.bytes} for name, each in self.sizes},
            "months": [{"month": name, "files": each.files, "bytes": each.bytes} for name, each in self.months],
            "sites": [
                {
                    "site": row.slug,
                    "files": row.total.files,
                    "bytes": row.total.bytes,
                    "years": {year: each.bytes for year, each in zip(self.years, row.years, strict=True)},
                }
                for row in self.rows
            ],
        }

    def table(self) -> CsvTable:
        """Return the files and bytes of each site and year as a table."""
        rows: list[list[Cell]] = [
            [row.slug, year, each.files, each.bytes]
            for row in self.rows
            for year, each in zip(self.years, row.years, strict=True)
            if each.files
        ]
        return CsvTable(heads=("site", "year", "files", "bytes"), rows=rows)


def read(asked: PageRequest, reader: Reader) -> StorageView:
    """List the files of the archive, which is kept for some minutes."""
    storage = reader.archive.storage
    found = asked.room.kept.get("storage", LEDGER_AGE_S, lambda: sizes_of(storage))
    years = sorted({month[:4] for _site, month in found.by_month})
    by_year: dict[tuple[str, str], Size] = defaultdict(Size)
    by_month: dict[str, Size] = defaultdict(Size)
    for (site, month), size in found.by_month.items():
        by_year[site, month[:4]] += size
        by_month[month] += size
    rows = [
        _row(asked, site, [by_year[site, year] for year in years]) for site in {site for site, _m in found.by_month}
    ]
    months = months_between(by_month)
    return StorageView(
        archive=asked.room.archive_name,
        years=years,
        rows=sorted(rows, key=lambda row: (-row.total.bytes, row.slug)),
        months=[(month, by_month[month]) for month in months],
        sizes=list(found.others.items()),
        waiting=found.waiting,
        growth=_growth(months, by_month),
    )


def sizes_of(storage: Storage) -> Sizes:
    """Return the sizes of an archive's files; those that are still written are counted apart."""
    others = {folder: _sum(storage.objects(folder)) for folder in OTHER_FOLDERS}
    files, sizes = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for each in storage.objects(WARC_FOLDER):
        found = _PLACE.match(each.key)
        place = (found["site"], f"{found['year']}-{found['month']}") if found else ("", "")
        files[place] += 1
        sizes[place] += each.size
    waiting = open_sizes(storage)
    return Sizes(
        by_month={place: Size(files=files[place], bytes=sizes[place]) for place in files},
        others=others,
        waiting=Size(files=len(waiting), bytes=sum(waiting.values())),
    )


def months_between(known: Iterable[str]) -> list[str]:
    """Return all months from the first to the last one.

    >>> months_between(["2023-12", "2024-02"])
    ['2023-12', '2024-01', '2024-02']
    """
    numbers = [int(month[:4]) * 12 + int(month[5:]) - 1 for month in known if month]
    return [f"{at // 12}-{at % 12 + 1:02}" for at in range(min(numbers), max(numbers) + 1)] if numbers else []


def _sum(objects: Iterable[StoredObject]) -> Size:
    return sum((Size(files=1, bytes=each.size) for each in objects), Size())


def _row(asked: PageRequest, slug: str, years: Sequence[Size]) -> SiteSize:
    return SiteSize(
        slug=slug,
        name=asked.room.site_name(slug) or _("in no folder of a site"),
        href=asked.links.to("sites", slug) if slug else "",
        years=years,
        total=sum(years, Size()),
    )


def _growth(months: Sequence[str], sizes: Mapping[str, Size]) -> Chart | None:
    """Return the MB of each month as a chart; None for a single month, and if no month has a MB, which is the axis."""
    values = [round(sizes[month].bytes / MB, 1) if month in sizes else 0 for month in months]
    if len(months) < 2 or max(values) < 1:
        return None
    return chart(months, [Series(name="", values=values)], [False] * len(months))


PAGE = WebPage(
    path="/storage",
    read=read,
    template="storage.html",
    section="sites",
    is_slow=lambda _asked: True,
    summary=_("The bytes and files of the archive by site, year and month."),
    chart=lambda view: view.growth,
)
