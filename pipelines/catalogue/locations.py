"""Where the catalogue has the record of a body, or of the captures of a URL, and of which addresses there are any."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa

from pipelines.catalogue.reading import DatabaseReader
from pipelines.catalogue.requisites import location_of_row
from pipelines.catalogue.tables import DIGESTS, ENTRIES, PAYLOAD, REQUISITES, digest_bytes
from pipelines.masking import without_credentials
from pipelines.model import Location
from pipelines.model.serialize import entry_from_json
from pipelines.times import to_us

MAX_LOCATIONS = 20
"""Locations that `url_locations` returns at most. The caller reads them one after another until one has the right body,
so a page that was captured very often must not return them all."""


class LocationLookups(DatabaseReader):
    """The methods of a catalogue that find records."""

    def payload_location(self, payload: str) -> Location | None:
        """Return where our own archive first stored the bytes with this digest.

        None if it does not have them, or if the digest is not of the form `sha256:HEX`.
        """
        if not re.fullmatch("sha256:[0-9A-Fa-f]{64}", payload):
            return None
        digest = digest_bytes(payload)
        stored = (DIGESTS.c.kind == PAYLOAD, DIGESTS.c.digest == digest, ENTRIES.c.own)
        query = sa.select(ENTRIES.c.document).join(DIGESTS, DIGESTS.c.id == ENTRIES.c.id).where(*stored)
        query = query.order_by(DIGESTS.c.fetched_us, DIGESTS.c.id).limit(1)
        others = sa.select(REQUISITES).where(REQUISITES.c.payload == digest, REQUISITES.c.own)
        others = others.order_by(REQUISITES.c.fetched_us, REQUISITES.c.id).limit(1)
        with self._database.reading() as connection:
            entry = entry_from_json(document) if (document := connection.execute(query).scalar()) else None
            row = connection.execute(others).first()
        if row and (entry is None or row.fetched_us < to_us(entry.fetched_at)):
            return location_of_row(row)
        return entry.location if entry else None

    def url_locations(self, url: str, at: dt.datetime | None = None) -> list[Location]:
        """Return the locations of the captures that this URL returned, newest first.

        With `at` only captures of that second are returned.
        """
        address = without_credentials(url)
        second = to_us(at.replace(microsecond=0)) if at else None
        found: list[tuple[int, Location | None]] = []
        with self._database.reading() as connection:
            query = sa.select(ENTRIES.c.document).where(ENTRIES.c.final_url == address)
            query = query if second is None else query.where(_within(ENTRIES.c.fetched_us, second))
            query = query.order_by(ENTRIES.c.fetched_us.desc()).limit(MAX_LOCATIONS)
            entries = [entry_from_json(document) for document in connection.execute(query).scalars()]
            rows = sa.select(REQUISITES).where(REQUISITES.c.url == address)
            rows = rows if second is None else rows.where(_within(REQUISITES.c.fetched_us, second))
            rows = rows.order_by(REQUISITES.c.fetched_us.desc()).limit(MAX_LOCATIONS)
            found += [(row.fetched_us, location_of_row(row)) for row in connection.execute(rows)]
        found += [(to_us(entry.fetched_at), entry.location) for entry in entries]
        newest = sorted(found, key=lambda each: each[0], reverse=True)
        return [location for _us, location in newest if location][:MAX_LOCATIONS]

    def ids_under(self, prefix: str, limit: int) -> list[str]:
        """Return the first ids of captures that were returned by URLs which begin with a prefix, by URL and time."""
        in_range = sa.and_(ENTRIES.c.final_url >= prefix, ENTRIES.c.final_url < prefix + "\U0010ffff")
        query = sa.select(ENTRIES.c.id).order_by(ENTRIES.c.final_url, ENTRIES.c.fetched_us, ENTRIES.c.id)
        with self._database.reading() as connection:
            # the collation of a server can order addresses in another way than by their characters
            is_sqlite = connection.dialect.name == "sqlite"
            query = query.where(in_range if is_sqlite else sa.func.starts_with(ENTRIES.c.final_url, prefix))
            return list(connection.execute(query.limit(limit)).scalars())

    def origins(self, limit: int) -> list[str]:
        """Return the first origins (`http://host:port`) of which there are captures.

        In SQLite each takes one look at an index; a server reads the index as a whole, because its collation can order
        addresses in another way than by their characters.
        """
        with self._database.reading() as connection:
            if connection.dialect.name != "sqlite":
                origin = sa.func.substring(ENTRIES.c.final_url, "^https?://[^/]*")
                query = sa.select(origin).where(origin.is_not(None)).distinct().limit(limit)
                return sorted(connection.execute(query).scalars())
            return list(dict.fromkeys(islice(_origins(connection), limit)))


def _within(column: sa.Column[int], second: int) -> sa.ColumnElement[bool]:
    return column.between(second, second + 999_999)


def _origins(connection: sa.Connection) -> Iterator[str]:
    """Yield the origins of an SQLite catalogue in order; one whose addresses lack a slash is yielded for each."""
    begin = "http"
    while True:
        first = sa.select(ENTRIES.c.final_url).where(ENTRIES.c.final_url >= begin, ENTRIES.c.final_url < "httpt")
        url = connection.execute(first.order_by(ENTRIES.c.final_url).limit(1)).scalar()
        if url is None:
            return
        origin = "/".join(url.split("/")[:3])
        yield origin
        begin = max(f"{origin}0", f"{url}\x01")  # 0 follows the slash
