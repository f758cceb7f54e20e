"""An archive that is open for reading: its entries, articles and archived pages."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

import attrs

from fangzhi.articles import ArchivedArticle, Articles, archived_article
from fangzhi.selection import QUERY_PLACES, Days, OutcomeName, Selection, region_code
from pipelines.errors import ConfigError, FangzhiError, PageError
from pipelines.model import Capture, Entry, Rejection, VerdictKind

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.dimensions import Dimension


def open_archive(archive: str | Path = "archive", catalogue: str | None = None) -> Archive:
    """Open an archive for reading: a folder, `file:///…` or `s3://bucket/prefix`.

    `catalogue` is the URL of its database, `sqlite:///…` or `postgresql+psycopg://…`; the default is where the commands
    keep it: inside a local archive, else in the user's data folder. The access to S3 is that of boto3, by its own
    variables and files; captures that are not uploaded yet are read from the spool, which `FANGZHI_SPOOL` names if it
    is not in the user's data folder. Raises ConfigError if there is no archive or no catalogue; nothing is created.

    >>> open_archive("/no/such/archive")
    Traceback (most recent call last):
    pipelines.errors.ConfigError: there is no archive at /no/such/archive
    name a folder that fangzhi has written
    """
    from crawler.config.load import default_catalogue, default_folder
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.schemes import check_catalogue_url
    from pipelines.storage import storage_address

    address = storage_address(str(archive))
    if "://" not in address:
        address = str(Path(address).expanduser().absolute())
        if not Path(address).is_dir():
            raise ConfigError(f"there is no archive at {address}", hint="name a folder that fangzhi has written")
    url = catalogue or default_catalogue(default_folder(address, os.environ))
    check_catalogue_url(url)
    try:
        return Archive(address, Catalogue(url, create=False))
    except ConfigError as error:
        hint = "catalogue= names another one; fangzhi rebuild makes one from the WARC files"
        raise ConfigError(str(error), hint=hint) from None


class Archive:
    """An archive that `fangzhi.open` opened. It closes at the end of a `with` block, by `close`, or with the object.

    Use it from one thread at a time. It cannot be pickled: open one in each process.

    The methods that select captures have these arguments; a capture must meet all that are given:

    - `site`: the name of a site in the registry;
    - `published`: the day of publication, or a pair of days for a range: `"2023-04-05"`, `"2023-04"`, `"2023"`,
      `("2023-04", "2023-09")`, `(None, "1999")`, or dates. On a page with several articles the first one decides;
    - `captured`: the day of the capture in China, in the same forms;
    - `region`: a code in GB/T 2260 with all that is below it (`"320100"`, `"32"`), or a part of the region's name;
    - `source`, `column`: words in the source (来源) or in the column (栏目), as `source:` and `column:` of a query;
    - `min_score`, `flags`: the lowest quality score, and quality flags that the text must have;
    - `verdict`: `new`, `new-version`, `same-bytes`, `same-text` or `near-copy`;
    - `copies`: whether captures count whose bytes or text, or nearly the same text, were captured before; `articles`
      ignores it if a `verdict` is given;
    - `limit`: the largest number of results.

    Results come newest capture first. The name of a region, unlike its code, is compared with every entry that the
    other arguments select.
    """

    def __init__(self, address: str, catalogue: Catalogue) -> None:
        """Read the archive at an address through its catalogue, which is closed together with it."""
        self.address = address
        self._catalogue = catalogue
        self._close = weakref.finalize(self, catalogue.close)

    def articles(
        self,
        *,
        site: str | None = None,
        published: Days | None = None,
        captured: Days | None = None,
        region: str | None = None,
        verdict: VerdictKind | None = None,
        source: str | None = None,
        column: str | None = None,
        min_score: float | None = None,
        flags: tuple[str, ...] = (),
        copies: bool = False,
        limit: int | None = None,
    ) -> Articles:
        """Select articles, by default without copies; a page with several articles gives each of them."""
        selection = Selection(
            site=site,
            published=published,
            captured=captured,
            region=region,
            outcome="article",
            verdict=verdict,
            source=source,
            column=column,
            min_score=min_score,
            flags=flags,
            copies=copies or verdict is not None,
        )
        selection.filter()  # a wrong argument is an error of this call, not of the first loop

        def read() -> Iterator[ArchivedArticle]:
            for entry in self._entries(selection):
                yield from (archived_article(entry, number) for number in range(1, len(entry.articles) + 1))

        return Articles(lambda: islice(read(), limit))

    def search(
        self,
        query: str,
        *,
        site: str | None = None,
        published: Days | None = None,
        captured: Days | None = None,
        region: str | None = None,
        source: str | None = None,
        column: str | None = None,
        min_score: float | None = None,
        flags: tuple[str, ...] = (),
        copies: bool = False,
        limit: int | None = None,
    ) -> Articles:
        """Select the articles that match a query, in simplified or traditional form.

        The language of queries is that of `fangzhi search`: `老旧小区 (电梯 OR 扶梯) -防汛 title:改造`. In a query,
        `site:` takes the name of a site in the registry, `region:` a code. `passage` of each article has the first
        place of a word. Raises ConfigError, which shows the place, for a query that is not valid.
        """
        selection = Selection(
            site=site,
            published=published,
            captured=captured,
            region=region,
            source=source,
            column=column,
            min_score=min_score,
            flags=flags,
            copies=copies,
        )
        filters = selection.filter().with_query(query, QUERY_PLACES)
        tree = filters.query

        def read() -> Iterator[ArchivedArticle]:
            catalogue = self._open_catalogue()
            results = catalogue.search(filters, order="captured", folded=False)
            for hit in catalogue.hits(tree, results.found):
                if selection.accepts(hit.entry):
                    joined = catalogue.with_attachments(hit.entry)
                    yield from (archived_article(joined, at + 1, found.text) for at, found in hit.passages.items())

        return Articles(lambda: islice(read(), limit))

    def counts(
        self,
        *by: Dimension,
        query: str | None = None,
        site: str | None = None,
        published: Days | None = None,
        captured: Days | None = None,
        region: str | None = None,
        source: str | None = None,
        column: str | None = None,
        copies: bool | None = None,
    ) -> list[dict[str, str | int | None]]:
        """Return numbers of articles, a row for each combination of values of `by`, as `fangzhi counts` prints them.

        `by` are `year`, `month`, `week`, `day`, `site`, `region`, `source`, `column` or `verdict`. The keys of a row
        are those, `articles`, `of` (without query, source and column) and `crawled_days`. An article counts once on
        each site; `copies=False` leaves out what was printed before on any site, `copies=True` counts every capture.
        `region` is a code. `pandas.DataFrame(archive.counts("month"))` makes a data frame.
        """
        from pipelines.catalogue.dimensions import DIMENSIONS

        if not by or not {*by} <= {*DIMENSIONS}:
            raise ConfigError(f"counts: cannot count by {by!r}", hint=f"valid are {', '.join(DIMENSIONS)}")
        selection = Selection(
            site=site,
            published=published,
            captured=captured,
            region=region_code(region) if region else None,
            source=source,
            column=column,
            copies=copies is not False,
        )
        wanted = selection.filter() if query is None else selection.filter().with_query(query, QUERY_PLACES)
        found = self._open_catalogue().count_articles(wanted, by, once=copies is not True)
        return [
            {**dict(zip(by, each.key, strict=True)), **attrs.asdict(each, filter=attrs.filters.exclude("key"))}
            for each in found
        ]

    def facets(
        self,
        query: str,
        *,
        site: str | None = None,
        published: Days | None = None,
        captured: Days | None = None,
        region: str | None = None,
        source: str | None = None,
        column: str | None = None,
        copies: bool | None = None,
    ) -> dict[str, list[dict[str, str | int | None]]]:
        """Return how the articles that match a query are spread, as `fangzhi search --facets --json` prints it.

        The keys are `month`, `site`, `region`, `source`, `column` and `verdict`; each has a list of the values with
        their numbers of articles. The arguments are those of `counts`.
        """
        selection = Selection(
            site=site,
            published=published,
            captured=captured,
            region=region_code(region) if region else None,
            source=source,
            column=column,
            copies=copies is not False,
        )
        wanted = selection.filter().with_query(query, QUERY_PLACES)
        found = self._open_catalogue().facets(wanted, once=copies is not True)
        return {
            name: [{"value": value, "articles": number} for value, number in values] for name, values in found.items()
        }

    def entries(
        self,
        *,
        site: str | None = None,
        published: Days | None = None,
        captured: Days | None = None,
        region: str | None = None,
        outcome: OutcomeName | None = None,
        verdict: VerdictKind | None = None,
        reason: str | None = None,
        copies: bool = True,
        files: bool = True,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Yield the entries of captures, also of those without an article.

        `outcome` is `article` or `rejected`, `reason` the reason of a rejection; `files=False` leaves out attachments
        and pictures.
        """
        selection = Selection(
            site=site,
            published=published,
            captured=captured,
            region=region,
            outcome=outcome,
            verdict=verdict,
            reason=reason,
            copies=copies,
            files=files,
        )
        selection.filter()
        return islice(self._entries(selection), limit)

    def entry(self, key: str) -> Entry:
        """Return the entry with an id, or the newest one of a URL; raises FangzhiError if there is none."""
        entry = self._open_catalogue().get(key)
        if entry is None:
            raise FangzhiError(f"no capture of {key} is in the catalogue", "entries() yields the captures")
        return self._open_catalogue().with_attachments(entry)

    def capture(self, of: Entry | ArchivedArticle | str) -> Capture:
        """Return the archived exchange of an entry, an article, an id or a URL.

        Its `body` has the bytes that the server sent, still with their content-encoding, also if the record only refers
        to an earlier capture of them. Raises FangzhiError if it is not archived, StoreError if it cannot be read.
        """
        from crawler.replay.places import capture_at_place
        from crawler.replay.run import body_finder
        from pipelines.archive import Archive as WarcArchive
        from pipelines.storage import open_storage

        entry = self.entry(of) if isinstance(of, str) else of.entry if isinstance(of, ArchivedArticle) else of
        if entry.location is None:
            raise FangzhiError(f"the capture {entry.id} of {entry.final_url} is not archived")
        archive = WarcArchive(open_storage(self.address))
        return capture_at_place(archive, entry.location, body_finder(archive, self._open_catalogue()))

    def html(self, of: Entry | ArchivedArticle | str) -> str:
        """Return the archived page of an entry, an article, an id or a URL, decoded as in a browser.

        Raises PageError if it is a file and not a page: `capture` returns the bytes.
        """
        from pipelines.parse.decode import decode

        capture = self.capture(of)
        html = decode(capture, data=True)
        if isinstance(html, Rejection):
            raise PageError(f"{capture.final_url} is no page: {html.detail}", capture.final_url, "capture(…).body")
        return html

    def close(self) -> None:
        """Close the catalogue; closing it again does nothing."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Archive {self.address}{'' if self._close.alive else ' (closed)'}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an archive cannot be pickled: call fangzhi.open() in each process")

    def _open_catalogue(self) -> Catalogue:
        if not self._close.alive:
            raise FangzhiError(f"the archive {self.address} is closed", hint="open it again with fangzhi.open()")
        return self._catalogue

    def _entries(self, selection: Selection) -> Iterator[Entry]:
        catalogue = self._open_catalogue()
        accepted = filter(selection.accepts, catalogue.entries(selection.filter()))
        return map(catalogue.with_attachments, accepted)
