"""What commands and replays read from the catalogue: entries, captures of a URL, copies, counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import frozen

from pipelines.catalogue import counting, facets, newest, queries, results, sums
from pipelines.catalogue.attachments import FILE_REASON, attachment_urls, with_archived_files
from pipelines.catalogue.counting import Count
from pipelines.catalogue.dimensions import CountKey, Dimension
from pipelines.catalogue.facets import Facets
from pipelines.catalogue.filters import Filter, Order
from pipelines.catalogue.listing import count_query, list_query
from pipelines.catalogue.locations import LocationLookups
from pipelines.catalogue.newest import Recent
from pipelines.catalogue.query import Node
from pipelines.catalogue.requisites import RequisiteLookups
from pipelines.catalogue.results import Found, Results
from pipelines.catalogue.rows import EXACT_COPIES, stored_text
from pipelines.catalogue.sums import Publications
from pipelines.catalogue.tables import ENTRIES
from pipelines.masking import without_credentials
from pipelines.model import Entry, Requisite, requisite_of_entry
from pipelines.model.serialize import entry_from_json
from pipelines.times import to_us

if TYPE_CHECKING:
    from pipelines.catalogue.search import Passage

BATCH = 200
"""Entries that are read at a time: 200 documents have about 1 MB."""


@frozen(kw_only=True)
class Hit:
    """An entry that a search found: passages by the index of each matching article, and how many copies it has."""

    entry: Entry
    passages: Mapping[int, Passage]
    copies: int


class CatalogueLookups(LocationLookups, RequisiteLookups):
    """The methods of a catalogue that only read."""

    def get(self, key: str) -> Entry | None:
        """Return the entry with this id, or the latest capture of this URL, as requested or after redirects."""
        key = without_credentials(key)
        matches = sa.or_(ENTRIES.c.id == key, ENTRIES.c.url == key, ENTRIES.c.final_url == key)
        query = sa.select(ENTRIES.c.document).where(matches).order_by(ENTRIES.c.fetched_us.desc(), ENTRIES.c.id.desc())
        with self._database.reading() as connection:
            document = connection.execute(query.limit(1)).scalar()
        return entry_from_json(document) if document else None

    def by_id(self, ids: Sequence[str]) -> dict[str, Entry]:
        """Return the entries with these ids, as many as there are, by id."""
        with self._database.reading() as connection:
            rows = queries.documents_by_ids(connection, ids)
            return {key: entry_from_json(stored_text(document)) for key, document in rows}

    def ids(self, prefix: str, limit: int) -> list[str]:
        """Return the first ids that begin with a prefix of digits, a hyphen and lower-case hex digits."""
        # The range uses the primary key, which LIKE does not in SQLite; "g" is after every character of an id. LIKE
        # decides where the collation of a database ignores hyphens.
        in_range = ENTRIES.c.id.between(prefix, prefix + "g")
        query = sa.select(ENTRIES.c.id).where(in_range, ENTRIES.c.id.startswith(prefix)).order_by(ENTRIES.c.id)
        with self._database.reading() as connection:
            return list(connection.execute(query.limit(limit)).scalars())

    def adjacent_ids(self, capture_id: str) -> list[str]:
        """Return the ids before and after an id in their order; fewer at the ends."""
        before = sa.select(sa.func.max(ENTRIES.c.id)).where(ENTRIES.c.id < capture_id)
        after = sa.select(sa.func.min(ENTRIES.c.id)).where(ENTRIES.c.id > capture_id)
        with self._database.reading() as connection:
            return [found for query in (before, after) if (found := connection.execute(query).scalar())]

    def count(self, wanted: Filter, *, scored: bool = False) -> int:
        """Return the number of entries that a filter accepts; with `scored` only of those that have a score."""
        with self._database.reading() as connection:
            query = count_query(wanted, connection.dialect.name, scored=scored)
            return int(connection.execute(query).scalar_one())

    def entries(
        self,
        wanted: Filter | None = None,
        limit: int | None = None,
        *,
        order: Order = "captured",
        without: Set[str] = frozenset(),
    ) -> Iterator[Entry]:
        """Yield the entries that a filter accepts in an order; by `score` only those that have one.

        Those with ids in `without` are left out.
        """
        with self._database.reading() as connection:
            query = list_query(wanted or Filter(), order, limit, connection.dialect.name)
            for key, document in connection.execute(query.execution_options(yield_per=BATCH)):
                if key not in without:
                    yield entry_from_json(document)

    def indexed(self) -> Iterator[Entry | Requisite]:
        """Yield what the catalogue has of every capture: the entries of pages, then the rows of requisites."""
        yield from self.entries()
        yield from self.requisites()

    def search(
        self, wanted: Filter, limit: int | None = None, *, order: Order = "relevance", folded: bool = True
    ) -> Results:
        """Return the first captures with an article that a filter accepts, and the number of all; see `results`."""
        with self._database.reading() as connection:
            return results.search(connection, wanted, order, limit, folded=folded)

    def count_articles(self, wanted: Filter, by: Sequence[Dimension], *, once: bool = False) -> list[Count]:
        """Return the number of articles that a filter accepts by some values; see `counting.count_articles`."""
        with self._database.reading() as connection:
            return counting.count_articles(connection, wanted, by, once=once)

    def ids_by(self, wanted: Filter, by: Sequence[Dimension]) -> dict[CountKey, list[str]]:
        """Return the ids of the captures with an article that a filter accepts, by some values of their articles."""
        with self._database.reading() as connection:
            return counting.ids_by(connection, wanted, by)

    def facets(self, wanted: Filter, *, once: bool = True) -> Facets:
        """Return how the articles that a filter accepts are spread over months, places and sources; see `facets`."""
        with self._database.reading() as connection:
            return facets.facets(connection, wanted, once=once)

    def crawled_days(self, wanted: Filter) -> list[str]:
        """Return the days on which a site was crawled, as text, the first one first; see `counting.crawled_days`."""
        with self._database.reading() as connection:
            return sorted(f"{day}" for (day,) in counting.crawled_days(connection, wanted, ["day"]))

    def hits(self, query: Node | None, found: Sequence[Found]) -> Iterator[Hit]:
        """Yield the entries of search results, each with the passages of its matching articles.

        An entry that was removed or replaced after the search and matches no more is left out.
        """
        from pipelines.catalogue.search import passages  # loads the tables of OpenCC

        for at in range(0, len(found), BATCH):
            batch = found[at : at + BATCH]
            with self._database.reading() as connection:
                documents = dict(queries.documents_by_ids(connection, [each.id for each in batch]))
            for each in batch:
                entry = entry_from_json(stored_text(documents[each.id])) if each.id in documents else None
                if entry and (matching := passages(query, entry)):
                    yield Hit(entry=entry, passages=matching, copies=each.copies)

    def captures(self, url: str) -> list[Entry]:
        """Return every capture of a URL, as requested or after redirects, oldest first."""
        matches = sa.or_(ENTRIES.c.url == url, ENTRIES.c.final_url == url)
        query = sa.select(ENTRIES.c.document).where(matches).order_by(ENTRIES.c.fetched_us, ENTRIES.c.id)
        with self._database.reading() as connection:
            return [entry_from_json(document) for document in connection.execute(query).scalars()]

    def possibly_missing(self, site: str | None = None, since: dt.datetime | None = None) -> list[str]:
        """Return the URLs that had an article and at some time an answer that may mean that the page was missing.

        With `since` only URLs that were requested since then. They are few; whether and when a page was really missing
        follows from its captures (see `history`).
        """
        values = {"site": site, "us": to_us(since) if since else None}
        parameters = {name: value for name, value in values.items() if value is not None}
        query = queries.possibly_missing(site="site" in parameters, since="us" in parameters)
        with self._database.reading() as connection:
            return list(connection.execute(query, parameters).scalars())

    def with_articles(self, urls: Collection[str]) -> list[str]:
        """Return those of some URLs that had an article, as requested or after redirects, in order."""
        with self._database.reading() as connection:
            return newest.with_articles(connection, urls)

    def with_attachments(self, entry: Entry) -> Entry:
        """Return an entry with the metadata of its archived attachments, which are fetched after it is indexed."""
        if not (urls := attachment_urls(entry)):
            return entry
        query = sa.select(ENTRIES.c.document).where(ENTRIES.c.url.in_(urls), ENTRIES.c.reason == FILE_REASON)
        with self._database.reading() as connection:
            files = [entry_from_json(document) for document in connection.execute(query).scalars()]
            return with_archived_files(entry, files)

    def captures_by_url(self, urls: Collection[str]) -> Mapping[str, list[Requisite]]:
        """Return the captures of some URLs as they were requested, by URL, the oldest first.

        A file that is both linked by an article and shown by a page has an entry: it is returned as a requisite, too.
        """
        found = {url: list(each) for url, each in self.requisites_of(urls).items()}
        left = [url for url in urls if url not in found]
        with self._database.reading() as connection:
            for at in range(0, len(left), BATCH):
                query = sa.select(ENTRIES.c.document).where(ENTRIES.c.url.in_(left[at : at + BATCH]))
                for document in connection.execute(query.order_by(ENTRIES.c.fetched_us)).scalars():
                    entry = entry_from_json(document)
                    found.setdefault(entry.url, []).append(requisite_of_entry(entry))
        return found

    def original_and_copies(self, entry: Entry) -> tuple[Entry, list[Entry]]:
        """Return the original of an entry, which may be itself, and all its copies: same bytes, same text, or near."""
        original = entry
        while original.verdict.kind in EXACT_COPIES and (found := self.get(original.verdict.of or "")):
            original = found
        if original.verdict.kind == "near-copy":
            original = self.get(original.verdict.of or "") or original
        query = sa.select(ENTRIES.c.document)
        with self._database.reading() as connection:
            of_original = query.where(ENTRIES.c.copy_of == original.id)
            copies = [entry_from_json(document) for document in connection.execute(of_original).scalars()]
            near = [each.id for each in copies if each.verdict.kind == "near-copy"]
            of_near = query.where(ENTRIES.c.copy_of.in_(near), ENTRIES.c.verdict.in_(EXACT_COPIES))
            return original, copies + [entry_from_json(document) for document in connection.execute(of_near).scalars()]

    def sites(self) -> list[str]:
        """Return the slugs of all sites with captures, in order."""
        with self._database.reading() as connection:
            return list(connection.execute(queries.SITES).scalars())

    def site_of_host(self, host: str) -> str | None:
        """Return the site of a capture from a host, `host` or `host:port`; None if there is none."""
        with self._database.reading() as connection:
            for prefix in (f"http://{host}/", f"https://{host}/"):
                after_all = prefix[:-1] + chr(ord("/") + 1)
                slug = connection.execute(queries.SITE_OF_URLS, {"first": prefix, "after_all": after_all}).scalar()
                if slug:
                    return str(slug)
        return None

    def counts(self) -> list[dict[str, Any]]:
        """Return the number of captures and the time of the newest for each site, outcome, reason and verdict.

        Near copies are counted for each relation. The time is that of the site's newest capture, in microseconds.
        """
        with self._database.reading() as connection:
            return sums.captures_by_site(connection)

    def publication_days(self) -> list[dict[str, Any]]:
        """Return a row for each site and day of publication: the number of articles, the first and the last capture.

        Articles without a day of publication are counted only if their text was new.
        """
        with self._database.reading() as connection:
            return sums.publication_days(connection)

    def publications(self) -> list[Publications]:
        """Return what `publication_days` has, one object for each site."""
        with self._database.reading() as connection:
            return sums.publications(connection)

    def recent(self, sites: Collection[str], number: int) -> list[Recent]:
        """Return how many of so many newest captures of each site are of each kind, without reading documents."""
        with self._database.reading() as connection:
            return list(newest.kinds(connection, sites, number))

    def among_newest(self, ids: Collection[str], number: int) -> frozenset[str]:
        """Return those of some ids whose captures are among so many newest ones of their sites."""
        with self._database.reading() as connection:
            return newest.among_newest(connection, ids, number)
