"""Shell. The catalogue: one row a capture, and who had which bytes and which text first."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from attrs import evolve, frozen

from pipelines.catalogue.tables import DIGESTS, ENTRIES, METADATA, PAYLOAD, TEXT, digest_bytes, microseconds
from pipelines.document import entry_from_json, entry_json
from pipelines.errors import ConfigError, StoreUnavailable
from pipelines.model import Entry, Location, Prints, Reference, Seen, Verdict

_REFERENCE = (ENTRIES.c.id, ENTRIES.c.final_url, ENTRIES.c.fetched_us)

BUSY_S = 30
"""How long a writer waits for another process's transaction; ours last milliseconds."""


@frozen(kw_only=True)
class Filter:
    """Which entries are wanted; every condition that is given must hold. Days are of `fetched_at`, in UTC."""

    site: str | None = None
    outcome: str | None = None
    verdict: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return the WHERE clauses; `until` includes its day."""
        found = [ENTRIES.c[name] == value for name in ("site", "outcome", "verdict") if (value := getattr(self, name))]
        if self.since:
            found.append(ENTRIES.c.fetched_us >= _midnight(self.since))
        if self.until:
            found.append(ENTRIES.c.fetched_us < _midnight(self.until + dt.timedelta(days=1)))
        return found


class Catalogue:
    """One catalogue behind a URL, `sqlite:///…` or `sqlite://` (in memory); use it from one thread at a time."""

    def __init__(self, url: str, *, create: bool = True) -> None:
        """Open the catalogue and make its tables where they are missing; with `create=False` it must be there."""
        self.url = url
        try:
            self._engine = sa.create_engine(url, **_options(url, create))
        except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
            raise ConfigError(f"not a catalogue: {url}", "give sqlite:///path/to/catalogue.sqlite") from error
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _use_wal)
            sa.event.listen(self._engine, "begin", _begin)
        self._writing = self._engine.execution_options(writes=True)
        with self._translated():
            if not sa.inspect(self._engine).has_table(ENTRIES.name):
                with self._writing.begin() as connection:
                    METADATA.create_all(connection)

    def seen(self, prints: Prints, before: Reference) -> Seen:
        """Return what was there before a capture; captures made later do not count, so that a replay decides alike."""
        moment = (microseconds(before.fetched_at), before.id)
        with self._translated(), self._engine.connect() as connection:
            same_bytes = _first(connection, PAYLOAD, prints.payload, moment)
            return Seen(
                same_bytes=same_bytes,
                kept=_first(connection, PAYLOAD, prints.payload, moment, ENTRIES.c.own) if same_bytes else None,
                same_text=_first(connection, TEXT, prints.text, moment) if prints.text else None,
                previous=_previous(connection, before.url, moment) if prints.text else None,
            )

    def put(self, entry: Entry) -> None:
        """Remember an entry in one transaction; one with its id that is there already is replaced."""
        row = _row(entry)
        prints = ((PAYLOAD, row["payload"]), (TEXT, row["text"]))
        with self._translated(), self._writing.begin() as connection:
            old = connection.execute(sa.select(ENTRIES).where(ENTRIES.c.id == entry.id)).mappings().first()
            if old and old["document"] == row["document"]:
                return
            if old:
                _forget(connection, old)
            connection.execute(sa.insert(ENTRIES).values(**row))
            held = [
                {"kind": kind, "digest": digest, "fetched_us": row["fetched_us"], "id": entry.id}
                for kind, digest in prints
                if digest
            ]
            connection.execute(sa.insert(DIGESTS), held)

    def later(self, entry: Entry, seen: Seen) -> list[Entry]:
        """Return the entries of later captures for which this one changes what was before them.

        `seen` is what was before this one. It matters to others only as the first with its bytes or its text, and, as
        an article, to the next one under its address: none, as long as captures come in their order.
        """
        moment = (microseconds(entry.fetched_at), entry.id)
        found = [_holders(PAYLOAD, entry.digests.payload, moment)] if seen.same_bytes is None else []
        if entry.digests.text:
            found += [_holders(TEXT, entry.digests.text, moment)] if seen.same_text is None else []
            found.append(_next(entry.final_url, moment))
        if not found:
            return []
        query = sa.select(ENTRIES.c.document).where(ENTRIES.c.id.in_(sa.union(*found)))
        with self._translated(), self._engine.connect() as connection:
            return [entry_from_json(document) for document in connection.execute(query).scalars()]

    def revise(self, entry: Entry, verdict: Verdict) -> None:
        """Put another verdict on an entry."""
        self.put(evolve(entry, verdict=verdict))

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

    def versions(self, url: str) -> list[Entry]:
        """Return the captures of an answered URL that brought another text than the one before, oldest first."""
        held = (ENTRIES.c.final_url == url, ENTRIES.c.outcome == "article")
        query = sa.select(ENTRIES.c.text, ENTRIES.c.document).where(*held).order_by(ENTRIES.c.fetched_us, ENTRIES.c.id)
        with self._translated(), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [entry_from_json(row.document) for i, row in enumerate(rows) if i == 0 or rows[i - 1].text != row.text]

    def counts(self) -> list[dict[str, Any]]:
        """Return a row for each site, outcome, reason and verdict: how many captures, and the newest one's time."""
        keys = (ENTRIES.c.site, ENTRIES.c.outcome, ENTRIES.c.reason, ENTRIES.c.verdict)
        newest = sa.func.max(ENTRIES.c.fetched_us).label("newest_us")
        query = sa.select(*keys, sa.func.count().label("captures"), newest).group_by(*keys).order_by(*keys)
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


def _options(url: str, create: bool) -> dict[str, Any]:
    """Settings of the engine, once it is sure that a SQLite file can be there."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return {}
    if not parsed.database:
        return {"poolclass": sa.StaticPool, "connect_args": {"check_same_thread": False}}
    path = Path(parsed.database)
    if create:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"the catalogue {url} cannot be made: {error.strerror}", "choose another folder"
            ) from error
    if not create and not path.exists():
        raise ConfigError(
            f"there is no catalogue at {path}",
            "name the archive with --archive, or fill one with fangzhi crawl or fetch",
        )

    return {"connect_args": {"timeout": BUSY_S, "check_same_thread": False}}


def _use_wal(connection: Any, _: object) -> None:
    """WAL lets readers and a writer go on beside each other; NORMAL may lose the last commits to a power cut.

    Python's own transactions begin at the first write, too late for what was read before it: `_begin` begins ours.
    SQLite does not wait for others when it changes the mode of a new file, so that is tried again.
    """
    connection.isolation_level = None
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
    connection.execute("PRAGMA synchronous=NORMAL")


def _begin(connection: sa.Connection) -> None:
    """Whoever will write waits for its turn before it reads: what another process writes meanwhile would be missed."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _row(entry: Entry) -> dict[str, Any]:
    first = entry.articles[0] if entry.articles else None
    return {
        "id": entry.id,
        "site": entry.site,
        "url": entry.url,
        "final_url": entry.final_url,
        "fetched_us": microseconds(entry.fetched_at),
        "outcome": entry.outcome,
        "reason": entry.reason,
        "verdict": entry.verdict.kind,
        "payload": digest_bytes(entry.digests.payload),
        "text": digest_bytes(entry.digests.text) if entry.digests.text else None,
        "own": entry.location is not None and entry.location.file.startswith("warc/"),
        "title": first.title if first else None,
        "published_on": first.published_on if first else None,
        "score": entry.score,
        "document": entry_json(entry),
    }


def _forget(connection: sa.Connection, row: sa.RowMapping) -> None:
    for kind, digest in ((PAYLOAD, row["payload"]), (TEXT, row["text"])):
        key = (DIGESTS.c.kind == kind, DIGESTS.c.digest == digest, DIGESTS.c.fetched_us == row["fetched_us"])
        connection.execute(sa.delete(DIGESTS).where(*key, DIGESTS.c.id == row["id"]))
    connection.execute(sa.delete(ENTRIES).where(ENTRIES.c.id == row["id"]))


def _first(
    connection: sa.Connection, kind: int, digest: str, moment: tuple[int, str], *conditions: sa.ColumnElement[bool]
) -> Reference | None:
    """The first capture with a digest, of those made before a moment."""
    earlier = sa.tuple_(DIGESTS.c.fetched_us, DIGESTS.c.id) < sa.tuple_(*moment)
    held = (DIGESTS.c.kind == kind, DIGESTS.c.digest == digest_bytes(digest), earlier)
    query = sa.select(*_REFERENCE).join(DIGESTS, DIGESTS.c.id == ENTRIES.c.id).where(*held, *conditions)
    return _reference(connection, query.order_by(DIGESTS.c.fetched_us, DIGESTS.c.id))


def _holders(kind: int, digest: str, moment: tuple[int, str]) -> sa.Select[Any]:
    """The captures with a digest that were made after a moment."""
    later = sa.tuple_(DIGESTS.c.fetched_us, DIGESTS.c.id) > sa.tuple_(*moment)
    return sa.select(DIGESTS.c.id).where(DIGESTS.c.kind == kind, DIGESTS.c.digest == digest_bytes(digest), later)


def _next(url: str, moment: tuple[int, str]) -> sa.Select[Any]:
    """The first article that a URL answered with after a moment."""
    later = (ENTRIES.c.final_url == url, ENTRIES.c.outcome == "article", ENTRIES.c.fetched_us > moment[0])
    return sa.select(sa.select(ENTRIES.c.id).where(*later).order_by(ENTRIES.c.fetched_us).limit(1).subquery().c.id)


def _previous(connection: sa.Connection, url: str, moment: tuple[int, str]) -> Reference | None:
    """The last article that a URL answered with before a moment."""
    earlier = (ENTRIES.c.final_url == url, ENTRIES.c.outcome == "article", ENTRIES.c.fetched_us < moment[0])
    return _reference(connection, sa.select(*_REFERENCE).where(*earlier).order_by(ENTRIES.c.fetched_us.desc()))


def _reference(connection: sa.Connection, query: sa.Select[Any, Any, Any]) -> Reference | None:
    row = connection.execute(query.limit(1)).first()
    if row is None:
        return None
    fetched_at = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=row.fetched_us)
    return Reference(id=row.id, url=row.final_url, fetched_at=fetched_at)


def _midnight(day: dt.date) -> int:
    return microseconds(dt.datetime.combine(day, dt.time(), dt.UTC))
