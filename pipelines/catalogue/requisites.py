"""The catalogue's compact rows of requisites: read, written, counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from pipelines.catalogue.prepared import Prepared
from pipelines.catalogue.reading import DatabaseReader
from pipelines.catalogue.rows import moment_values
from pipelines.catalogue.tables import REQUISITES, digest_bytes
from pipelines.model import Location, Reference, Requisite
from pipelines.times import from_us, to_us

URLS_PER_QUERY = 200
"""URLs that are looked up in one statement: a page has some 30 requisites, and SQLite allows thousands of values."""

ROWS_PER_READ = 1_000
"""Rows that are read at a time: some 500 kB."""

_REFERENCE = (REQUISITES.c.id, REQUISITES.c.url.label("final_url"), REQUISITES.c.fetched_us, REQUISITES.c.payload)
_EARLIER = sa.tuple_(REQUISITES.c.fetched_us, REQUISITES.c.id) < sa.tuple_(
    bindparam("us", type_=sa.BigInteger), bindparam("id", type_=sa.String)
)
_FIRST_WITH_PAYLOAD = Prepared(
    sa.select(*_REFERENCE)
    .where(REQUISITES.c.payload == bindparam("payload"), REQUISITES.c.own, _EARLIER)
    .order_by(REQUISITES.c.fetched_us, REQUISITES.c.id)
    .limit(1)
)
_LAST_WITH_BODY = (
    sa.select(*_REFERENCE)
    .where(REQUISITES.c.url == bindparam("url"), REQUISITES.c.own, REQUISITES.c.status == 200, _EARLIER)
    .order_by(REQUISITES.c.fetched_us.desc(), REQUISITES.c.id.desc())
    .limit(1)
)
_INSERT = Prepared(sa.insert(REQUISITES))
_DELETE = Prepared(sa.delete(REQUISITES).where(REQUISITES.c.id == bindparam("id")))
_BY_ID = sa.select(REQUISITES).where(REQUISITES.c.id == bindparam("id"))
_ALL = sa.select(REQUISITES).order_by(REQUISITES.c.fetched_us, REQUISITES.c.id)
_URLS: sa.BindParameter[Any] = bindparam("urls", expanding=True)
_OF_URLS = sa.union_all(
    sa.select(REQUISITES).where(REQUISITES.c.url.in_(_URLS), REQUISITES.c.asked.is_(None)),
    sa.select(REQUISITES).where(REQUISITES.c.asked.in_(_URLS)),
)


class RequisiteLookups(DatabaseReader):
    """The methods of a catalogue for requisites."""

    def requisite(self, key: str) -> Requisite | None:
        """Return the requisite with this id."""
        with self._database.reading() as connection:
            row = connection.execute(_BY_ID, {"id": key}).first()
        return _requisite(row) if row else None

    def requisites(self) -> Iterator[Requisite]:
        """Yield all requisites, the oldest first."""
        with self._database.reading() as connection:
            for row in connection.execute(_ALL.execution_options(yield_per=ROWS_PER_READ)):
                yield _requisite(row)

    def requisites_of(self, urls: Collection[str]) -> Mapping[str, list[Requisite]]:
        """Return the captures of some URLs as they were requested, by URL; the oldest first."""
        found: dict[str, list[Requisite]] = defaultdict(list)
        left = iter(dict.fromkeys(urls))
        with self._database.reading() as connection:
            while part := list(islice(left, URLS_PER_QUERY)):
                for row in connection.execute(_OF_URLS, {"urls": part}):
                    found[row.asked or row.url].append(_requisite(row))
        return {url: sorted(each, key=lambda one: (one.fetched_at, one.id)) for url, each in found.items()}

    def count_requisites(self) -> dict[str | None, int]:
        """Return the number of captures of requisites by site; None for those on hosts of no site."""
        query = sa.select(REQUISITES.c.site, sa.func.count()).group_by(REQUISITES.c.site)
        with self._database.reading() as connection:
            return {site: int(count) for site, count in connection.execute(query)}

    def requisite_original(self, before: Reference, payload: str, *, unmodified: bool) -> Reference | None:
        """Return the earlier capture to which a revisit record of a requisite can refer, None if there is none.

        It is the first capture of a requisite with these bytes in our own archive; for a response that says that it is
        `unmodified` (304), the first one with the bytes that the URL of `before` last returned.
        """
        values: dict[str, Any] = dict(moment_values(before))
        with self._database.reading() as connection:
            digest = digest_bytes(payload)
            if unmodified:
                last = connection.execute(_LAST_WITH_BODY, values | {"url": before.url}).first()
                if last is None:
                    return None
                digest = last.payload
            row = _FIRST_WITH_PAYLOAD.execute(connection, values | {"payload": digest}).fetchone()
        if row is None:
            return None
        key, url, us, _payload = row
        return Reference(id=key, url=url, fetched_at=from_us(us), payload=f"sha256:{digest.hex()}")

    def put_requisite(self, requisite: Requisite) -> None:
        """Insert or replace a requisite."""
        with self._database.writing() as connection:
            row = _row(requisite)
            _DELETE.execute(connection, row)
            _INSERT.execute(connection, row)

    def remove_requisite(self, key: str) -> None:
        """Remove the requisite with an id."""
        with self._database.writing() as connection:
            _DELETE.execute(connection, {"id": key})


def location_of_row(row: Any) -> Location | None:
    """Return the place of the record of a row of the table."""
    return None if row.file is None else Location(file=row.file, offset=row.start, length=row.length)


def _row(requisite: Requisite) -> dict[str, Any]:
    place = requisite.location
    return {
        "id": requisite.id,
        "site": requisite.site,
        "url": requisite.final_url,
        "asked": requisite.url if requisite.url != requisite.final_url else None,
        "fetched_us": to_us(requisite.fetched_at),
        "status": requisite.status,
        "media_type": requisite.media_type,
        "payload": digest_bytes(requisite.payload),
        "own": place is not None and place.own,
        "file": place.file if place else None,
        "start": place.offset if place else None,
        "length": place.length if place else None,
    }


def _requisite(row: Any) -> Requisite:
    return Requisite(
        id=row.id,
        site=row.site,
        url=row.asked or row.url,
        final_url=row.url,
        fetched_at=from_us(row.fetched_us),
        status=row.status,
        media_type=row.media_type,
        payload=f"sha256:{row.payload.hex()}",
        location=location_of_row(row),
    )
