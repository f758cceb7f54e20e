"""Shell. The catalogue: one row a capture, and who had which bytes and which text first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from attrs import evolve

from pipelines.catalogue import nearby, queries
from pipelines.catalogue.engine import open_engine
from pipelines.catalogue.queries import Filter
from pipelines.catalogue.tables import (
    DIGESTS,
    ENTRIES,
    PAYLOAD,
    TEXT,
    digest_bytes,
    id_of,
    mark,
)
from pipelines.catalogue.upgrade import prepare
from pipelines.document import entry_from_json, entry_json, texts_from_json
from pipelines.errors import StoreUnavailable
from pipelines.files import FILE, addresses, with_files
from pipelines.model import Article, Entry, Location, Neighbour, Prints, Reference, Seen, Verdict
from pipelines.nearness import anchors_of
from pipelines.times import from_us, to_us

EXACT = ("same-bytes", "same-text")
"""Verdicts on what says word for word what was there before."""


class Catalogue:
    """One catalogue behind a URL, `sqlite:///…`, `sqlite://` (in memory) or `postgresql+psycopg://…`.

    Use it from one thread at a time; several processes may share one.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        """Open the catalogue and make what is missing of its tables; with `create=False` it must be there."""
        self.url = sa.make_url(url).render_as_string() if "@" in url else url
        self._engine = open_engine(url, create=create)
        self._writing = self._engine.execution_options(writes=True)
        with self._translated():
            prepare(self._writing, self.url)

    def seen(self, prints: Prints, before: Reference) -> Seen:
        """Return what was there before a capture; captures made later do not count, so that a replay decides alike."""
        moment = _moment(before.id, before.fetched_at)
        payload = moment | {"kind": PAYLOAD, "digest": digest_bytes(prints.payload)}
        with self._translated(), self._engine.connect() as connection:
            same_bytes = _reference(connection, queries.FIRST, payload)
            kept = _reference(connection, queries.FIRST_KEPT, payload) if same_bytes else None
            if not prints.text:
                return Seen(same_bytes=same_bytes, kept=kept)
            text = moment | {"kind": TEXT, "digest": digest_bytes(prints.text)}
            return Seen(
                same_bytes=same_bytes,
                kept=kept,
                same_text=_reference(connection, queries.FIRST, text),
                previous=_reference(connection, queries.PREVIOUS, moment | {"url": before.url}),
            )

    def near(self, articles: Iterable[Article], before: Reference) -> list[Neighbour]:
        """Return the few texts from before a capture that share most with its articles, the earliest first."""
        anchors = anchors_of(articles)
        moment = to_us(before.fetched_at), mark(before.id)
        with self._translated(), self._engine.connect() as connection:
            found = [id_of(*made) for made in nearby.nearest(connection, anchors, moment)]
            given = connection.execute(queries.DOCUMENTS, {"ids": found}) if found else ()
            texts = {of: "\n".join(texts_from_json(document)) for of, document in given}
        return [Neighbour(id=each, text=texts[each]) for each in found]

    def followers(self, anchors: Set[int], after: Reference) -> list[Reference]:
        """Return the later captures that one with these anchors, made then, may be near to."""
        moment = to_us(after.fetched_at), mark(after.id)
        with self._translated(), self._engine.connect() as connection:
            found = nearby.followers(connection, anchors, moment) if anchors else []
            given = [connection.execute(queries.REFERENCE, {"id": id_of(*made)}).one() for made in found]
        return [_referred(row) for row in given]

    def confirmed(self, before: Reference) -> Reference | None:
        """Return what an answer 304 stands for: where our archive first kept the body that its URL gave last."""
        asked = _moment(before.id, before.fetched_at)
        with self._translated(), self._engine.connect() as connection:
            given = connection.execute(queries.KEPT_OF, asked | {"url": before.url}).scalars()
            last = next((entry for entry in map(entry_from_json, given) if entry.status == 200), None)
            if last is None:
                return None
            payload = last.digests.payload
            held = {"kind": PAYLOAD, "digest": digest_bytes(payload)}
            found = _reference(connection, queries.FIRST_KEPT, asked | held)
            return evolve(found, payload=payload) if found else None

    def put(self, entry: Entry) -> Set[int]:
        """Remember an entry in one transaction; one with its id that is there already is replaced.

        Returns the anchors of texts that are there now and were not, or the other way round.
        """
        row = _row(entry)
        with self._translated(), self._writing.begin() as connection:
            old = connection.execute(queries.STORED, {"id": entry.id}).mappings().first()
            if old and old["document"] == row["document"]:
                return frozenset()
            before = entry_from_json(old["document"]) if old else None
            had, has = _anchors(before) if before else frozenset(), _anchors(entry)
            if old and before:
                _forget(connection, old, before.digests)
            entries, digests = queries.REMEMBER
            connection.execute(entries, row)
            at = {"fetched_us": row["fetched_us"]}
            connection.execute(digests, [held | at for held in _held(row, entry.digests)])
            made = row["fetched_us"], mark(entry.id)
            if had != has:
                nearby.forget(connection, had, made)
                nearby.remember(connection, has, made)
            return frozenset() if old and had == has and old["text"] == row["text"] else had | has

    def later(self, entry: Entry, seen: Seen) -> list[Entry]:
        """Return the entries of later captures for which this one changes what was before them.

        `seen` is what was before this one. It matters to others only as the first with its bytes or its text, or that
        of one of its articles, and, as an article, to the next one under its address: none, as long as captures come
        in their order.
        """
        prints = entry.digests
        asked = {
            "payload": digest_bytes(prints.payload) if seen.same_bytes is None else None,
            "text": digest_bytes(prints.text) if prints.text and seen.same_text is None else None,
            "url": entry.final_url if prints.text else None,
        }
        several = [dict.fromkeys(asked) | {"text": digest_bytes(each)} for each in prints.articles]
        given = [{name: value for name, value in each.items() if value} for each in (asked, *several)]
        moment = _moment(entry.id, entry.fetched_at)
        found: dict[str, None] = {}
        with self._translated(), self._engine.connect() as connection:
            for values in filter(None, given):
                query = queries.later(**{name: name in values for name in asked})
                found |= dict.fromkeys(connection.execute(query, values | moment).scalars())
        return [entry_from_json(document) for document in found]

    def revise(self, entry: Entry, verdict: Verdict) -> Set[int]:
        """Put another verdict on an entry; returns what `put` does."""
        return self.put(evolve(entry, verdict=verdict))

    def get(self, key: str) -> Entry | None:
        """Return the entry with this id, or the newest capture of this URL, asked or answered."""
        asked = sa.or_(ENTRIES.c.id == key, ENTRIES.c.url == key, ENTRIES.c.final_url == key)
        newest = sa.select(ENTRIES.c.document).where(asked).order_by(ENTRIES.c.fetched_us.desc(), ENTRIES.c.id.desc())
        with self._translated(), self._engine.connect() as connection:
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
        query = sa.select(ENTRIES.c.document).where(*conditions).order_by(*order).limit(limit)
        with self._translated(), self._engine.connect() as connection:
            for document in connection.execution_options(yield_per=200).execute(query).scalars():
                yield entry_from_json(document)

    def location(self, payload: str) -> Location | None:
        """Return where the archive first kept the bytes with this digest; None also for a digest of another kind."""
        if not re.fullmatch("sha256:[0-9A-Fa-f]{64}", payload):
            return None
        held = (DIGESTS.c.kind == PAYLOAD, DIGESTS.c.digest == digest_bytes(payload), ENTRIES.c.own)
        query = sa.select(ENTRIES.c.document).join(DIGESTS, DIGESTS.c.id == ENTRIES.c.id).where(*held)
        query = query.order_by(DIGESTS.c.fetched_us, DIGESTS.c.id).limit(1)
        with self._translated(), self._engine.connect() as connection:
            found = connection.execute(query).scalar()
        return entry_from_json(found).location if found else None

    def places(self, url: str, at: dt.datetime | None = None) -> list[Location]:
        """Return where the captures that a URL answered with lie: those of a second, or else the newest 20."""
        conditions = [ENTRIES.c.final_url == url]
        if at:
            second = to_us(at.replace(microsecond=0))
            conditions.append(ENTRIES.c.fetched_us.between(second, second + 999_999))
        query = sa.select(ENTRIES.c.document).where(*conditions).order_by(ENTRIES.c.fetched_us.desc()).limit(20)
        with self._translated(), self._engine.connect() as connection:
            found = [entry_from_json(document) for document in connection.execute(query).scalars()]
        return [entry.location for entry in found if entry.location]

    def captures(self, url: str) -> list[Entry]:
        """Return every capture that was asked for or answered under a URL, oldest first."""
        held = sa.or_(ENTRIES.c.url == url, ENTRIES.c.final_url == url)
        query = sa.select(ENTRIES.c.document).where(held).order_by(ENTRIES.c.fetched_us, ENTRIES.c.id)
        with self._translated(), self._engine.connect() as connection:
            return [entry_from_json(document) for document in connection.execute(query).scalars()]

    def missed(self, site: str | None = None, since: dt.datetime | None = None) -> list[str]:
        """Return the URLs that had an article and may once have been missing, of those asked for `since` then.

        They are few; whether and when they were missing only their captures tell.
        """
        given = {"site": site, "us": to_us(since) if since else None}
        asked = {name: value for name, value in given.items() if value is not None}
        query = queries.missed(site="site" in asked, since="us" in asked)
        with self._translated(), self._engine.connect() as connection:
            return list(connection.execute(query, asked).scalars())

    def joined(self, entry: Entry) -> Entry:
        """Return an entry with what is known of its attachments: it is remembered before they are asked for."""
        if not (urls := addresses(entry)):
            return entry
        query = sa.select(ENTRIES.c.document).where(ENTRIES.c.url.in_(urls), ENTRIES.c.reason == FILE)
        with self._translated(), self._engine.connect() as connection:
            return with_files(entry, [entry_from_json(each) for each in connection.execute(query).scalars()])

    def family(self, entry: Entry) -> tuple[Entry, list[Entry]]:
        """Return what an entry is a copy of, or else itself, and all copies of that: same bytes, same text, or near."""
        head = entry
        while head.verdict.kind in EXACT and (found := self.get(head.verdict.of or "")):
            head = found
        if head.verdict.kind == "near-copy":
            head = self.get(head.verdict.of or "") or head
        query = sa.select(ENTRIES.c.document)
        with self._translated(), self._engine.connect() as connection:
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
        with self._translated(), self._engine.connect() as connection:
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
        with self._translated(), self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            hint = "check that its folder is there and can be written to, and that the disk is not full"
            raise StoreUnavailable(f"the catalogue {self.url} cannot be used: {cause}", hint) from error


def _row(entry: Entry) -> dict[str, Any]:
    first = entry.articles[0] if entry.articles else None
    return {
        "id": entry.id,
        "site": entry.site,
        "url": entry.url,
        "final_url": entry.final_url,
        "fetched_us": to_us(entry.fetched_at),
        "outcome": entry.outcome,
        "reason": entry.reason,
        "verdict": entry.verdict.kind,
        "relation": entry.verdict.relation,
        "copy_of": None if entry.verdict.kind == "new-version" else entry.verdict.of,
        "payload": digest_bytes(entry.digests.payload),
        "text": digest_bytes(entry.digests.text) if entry.digests.text else None,
        "own": entry.location is not None and entry.location.own and entry.rendered is None,
        "title": first.title if first else None,
        "published_on": first.published_on if first else None,
        "score": entry.score,
        "document": entry_json(entry),
    }


def _held(row: Mapping[str, Any] | sa.RowMapping, prints: Prints) -> list[dict[str, Any]]:
    """The fingerprints of an entry's row, as the digests' table holds them: of several articles each has its text's."""
    texts = dict.fromkeys([row["text"], *map(digest_bytes, prints.articles)])
    found = ((PAYLOAD, row["payload"]), *((TEXT, text) for text in texts))
    return [{"kind": kind, "digest": digest, "id": row["id"]} for kind, digest in found if digest]


def _forget(connection: sa.Connection, row: sa.RowMapping, prints: Prints) -> None:
    digests, entries = queries.FORGET
    for held in _held(row, prints):
        connection.execute(digests, held | {"us": row["fetched_us"]})
    connection.execute(entries, {"id": row["id"]})


def _reference(connection: sa.Connection, query: sa.Select[Any], asked: Mapping[str, Any]) -> Reference | None:
    row = connection.execute(query, asked).first()
    return _referred(row) if row else None


def _referred(row: Any) -> Reference:
    return Reference(id=row.id, url=row.final_url, fetched_at=from_us(row.fetched_us))


def _anchors(entry: Entry) -> frozenset[int]:
    """The anchors under which an entry is found: none where its text was there before."""
    return frozenset() if entry.verdict.kind in EXACT else frozenset(anchors_of(entry.articles))


def _moment(of: str, fetched_at: dt.datetime) -> dict[str, Any]:
    return {"id": of, "us": to_us(fetched_at)}
