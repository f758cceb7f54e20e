"""What people, commands and replays read of the catalogue: entries, histories, families, counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from pipelines.catalogue import queries
from pipelines.catalogue.attachments import FILE, addresses, with_files
from pipelines.catalogue.database import Database
from pipelines.catalogue.queries import Filter
from pipelines.catalogue.rows import EXACT
from pipelines.catalogue.tables import DIGESTS, ENTRIES, PAYLOAD, digest_bytes
from pipelines.model import Entry, Location
from pipelines.model.serialize import entry_from_json
from pipelines.times import to_us


class CatalogueLookups:
    """What a catalogue holds, as it is looked up and listed."""

    def __init__(self, database: Database) -> None:
        """Read what a database holds."""
        self._database = database

    def get(self, key: str) -> Entry | None:
        """Return the entry with this id, or the newest capture of this URL, asked or answered."""
        asked = sa.or_(ENTRIES.c.id == key, ENTRIES.c.url == key, ENTRIES.c.final_url == key)
        newest = sa.select(ENTRIES.c.document).where(asked).order_by(ENTRIES.c.fetched_us.desc(), ENTRIES.c.id.desc())
        with self._database.reading() as connection:
            found = connection.execute(newest.limit(1)).scalar()
        return entry_from_json(found) if found else None

    def entries(
        self, wanted: Filter | None = None, limit: int | None = None, *, worst: bool = False
    ) -> Iterator[Entry]:
        """Yield the entries that a filter lets through, newest first; or the articles among them by rising score."""
        conditions = (wanted or Filter()).conditions()
        order: tuple[sa.ColumnElement[Any], ...] = (ENTRIES.c.fetched_us.desc(), ENTRIES.c.id.desc())
        if worst:
            conditions.append(ENTRIES.c.score.is_not(None))
            order = (ENTRIES.c.score, *order)
        query = (
            sa.select(ENTRIES.c.document)
            .where(*conditions)
            .order_by(*order)
            .limit(limit)
            .execution_options(yield_per=200)
        )
        with self._database.reading() as connection:
            for document in connection.execute(query).scalars():
                yield entry_from_json(document)

    def location(self, payload: str) -> Location | None:
        """Return where the archive first kept the bytes with this digest; None also for a digest of another kind."""
        if not re.fullmatch("sha256:[0-9A-Fa-f]{64}", payload):
            return None
        held = (DIGESTS.c.kind == PAYLOAD, DIGESTS.c.digest == digest_bytes(payload), ENTRIES.c.own)
        query = sa.select(ENTRIES.c.document).join(DIGESTS, DIGESTS.c.id == ENTRIES.c.id).where(*held)
        query = query.order_by(DIGESTS.c.fetched_us, DIGESTS.c.id).limit(1)
        with self._database.reading() as connection:
            found = connection.execute(query).scalar()
        return entry_from_json(found).location if found else None

    def places(self, url: str, at: dt.datetime | None = None) -> list[Location]:
        """Return where the captures that a URL answered with lie: those of a second, or else the newest 20."""
        conditions = [ENTRIES.c.final_url == url]
        if at:
            second = to_us(at.replace(microsecond=0))
            conditions.append(ENTRIES.c.fetched_us.between(second, second + 999_999))
        query = sa.select(ENTRIES.c.document).where(*conditions).order_by(ENTRIES.c.fetched_us.desc()).limit(20)
        with self._database.reading() as connection:
            found = [entry_from_json(document) for document in connection.execute(query).scalars()]
        return [entry.location for entry in found if entry.location]

    def captures(self, url: str) -> list[Entry]:
        """Return every capture that was asked for or answered under a URL, oldest first."""
        held = sa.or_(ENTRIES.c.url == url, ENTRIES.c.final_url == url)
        query = sa.select(ENTRIES.c.document).where(held).order_by(ENTRIES.c.fetched_us, ENTRIES.c.id)
        with self._database.reading() as connection:
            return [entry_from_json(document) for document in connection.execute(query).scalars()]

    def missed(self, site: str | None = None, since: dt.datetime | None = None) -> list[str]:
        """Return the URLs that had an article and may once have been missing, of those asked for `since` then.

        They are few; whether and when they were missing only their captures tell.
        """
        given = {"site": site, "us": to_us(since) if since else None}
        asked = {name: value for name, value in given.items() if value is not None}
        query = queries.missed(site="site" in asked, since="us" in asked)
        with self._database.reading() as connection:
            return list(connection.execute(query, asked).scalars())

    def joined(self, entry: Entry) -> Entry:
        """Return an entry with what is known of its attachments: it is remembered before they are asked for."""
        if not (urls := addresses(entry)):
            return entry
        query = sa.select(ENTRIES.c.document).where(ENTRIES.c.url.in_(urls), ENTRIES.c.reason == FILE)
        with self._database.reading() as connection:
            return with_files(entry, [entry_from_json(each) for each in connection.execute(query).scalars()])

    def family(self, entry: Entry) -> tuple[Entry, list[Entry]]:
        """Return what an entry is a copy of, or else itself, and all copies of that: same bytes, same text, or near."""
        head = entry
        while head.verdict.kind in EXACT and (found := self.get(head.verdict.of or "")):
            head = found
        if head.verdict.kind == "near-copy":
            head = self.get(head.verdict.of or "") or head
        query = sa.select(ENTRIES.c.document)
        with self._database.reading() as connection:
            copies = query.where(ENTRIES.c.copy_of == head.id)
            near = [entry_from_json(document) for document in connection.execute(copies).scalars()]
            known = [each.id for each in near if each.verdict.kind == "near-copy"]
            same = query.where(ENTRIES.c.copy_of.in_(known), ENTRIES.c.verdict.in_(EXACT))
            return head, near + [entry_from_json(document) for document in connection.execute(same).scalars()]

    def counts(self) -> list[dict[str, Any]]:
        """Return how many captures each site, outcome, reason, verdict and relation has, and the newest one's time."""
        keys = (ENTRIES.c.site, ENTRIES.c.outcome, ENTRIES.c.reason, ENTRIES.c.verdict, ENTRIES.c.relation)
        newest = sa.func.max(ENTRIES.c.fetched_us).label("newest_us")
        query = sa.select(*keys, sa.func.count().label("captures"), newest).group_by(*keys).order_by(*keys)
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def days(self) -> list[dict[str, Any]]:
        """Return a row for each site and day of publication: how many articles, when captured first and last.

        Of those without a day only captures that were new are counted.
        """
        dated = sa.or_(ENTRIES.c.published_on.is_not(None), ENTRIES.c.verdict == "new")
        keys = (ENTRIES.c.site, ENTRIES.c.published_on)
        first, newest = (of(ENTRIES.c.fetched_us) for of in (sa.func.min, sa.func.max))
        counted = (sa.func.count().label("captures"), first.label("first_us"), newest.label("newest_us"))
        query = sa.select(*keys, *counted).where(ENTRIES.c.outcome == "article", dated).group_by(*keys)
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]
