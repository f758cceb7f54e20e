"""The catalogue as the line uses it: look up earlier captures, and index entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from attrs import evolve

from pipelines.catalogue import additions, candidates, fingerprint_index, queries, sums, text_index
from pipelines.catalogue.database import CatalogueDatabase
from pipelines.catalogue.expected import Answers, ExpectedEntries
from pipelines.catalogue.lookups import CatalogueLookups
from pipelines.catalogue.prepared import prefer_indexes
from pipelines.catalogue.rows import (
    digest_rows,
    entry_row,
    indexed_fingerprints,
    moment_of,
    moment_values,
    reference_from_row,
)
from pipelines.catalogue.tables import digest_bytes, id_of
from pipelines.catalogue.text_index import KnownCapture
from pipelines.dedupe.winnowing import fingerprints_of
from pipelines.model import (
    Article,
    Digests,
    Entry,
    EntryChange,
    NearDuplicateCandidate,
    PriorCaptures,
    Reference,
    Verdict,
)
from pipelines.model.serialize import entry_from_json
from pipelines.times import from_us


class Catalogue(CatalogueLookups):
    """The catalogue at a URL: `sqlite:///…`, `sqlite://` (in memory) or `postgresql+psycopg://…`.

    Use an object from one thread at a time; several processes may use the same catalogue.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        """Open a catalogue and create its tables where they are missing; with `create=False` it must exist."""
        super().__init__(CatalogueDatabase(url, create=create))
        self._newest: _Newest | None = None
        self._expected: ExpectedEntries | None = None
        self.url = self._database.url

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all reads and writes in the block one transaction: at the end all of it is committed, or nothing.

        No other process can write meanwhile, so what was read is still true when it is acted on.
        """
        with self._database.transaction(), self._database.writing() as connection, additions.gathered(connection):
            prefer_indexes(connection)
            outer, self._newest = (self._newest, self._expected), self._newest or _Newest()
            try:
                yield
            finally:
                self._newest, self._expected = outer

    def expect(self, entries: Sequence[Entry]) -> None:
        """Let PostgreSQL be asked at once for what the next entries of a transaction need; it changes no answer."""
        if self._newest:
            with self._database.reading() as connection:
                if connection.dialect.name == "postgresql":
                    self._expected = ExpectedEntries(connection, entries)

    def prior(self, digests: Digests, before: Reference) -> PriorCaptures:
        """Return the earlier captures with the same bytes, with the same text, and of the same URL.

        Captures made after `before` do not count, so a replay gives the same verdicts.
        """
        answers = self._answers(before)
        if answers and answers.entry.digests == digests:
            return PriorCaptures(**{name: _reference(capture) for name, *capture in answers.prior})
        parameters = moment_values(before) | {"payload": digest_bytes(digests.payload)}
        if digests.text:
            parameters |= {"text": digest_bytes(digests.text), "url": before.url}
        query = queries.PRIOR_BY_BYTES_TEXT_AND_URL if digests.text else queries.PRIOR_BY_BYTES
        with self._database.reading() as connection:
            rows = query.execute(connection, parameters).fetchall()
        return PriorCaptures(**{name: _reference(capture) for name, *capture in rows})

    def first_own_capture(self, payload: str, before: Reference) -> Reference | None:
        """Return the first capture with this payload digest that fangzhi wrote into the archive.

        A revisit record may refer to it, but not to captures in files of other programs.
        """
        parameters = moment_values(before) | {"payload": digest_bytes(payload)}
        with self._database.reading() as connection:
            row = queries.FIRST_OWN_PAYLOAD.execute(connection, parameters).fetchone()
        return _reference(row) if row else None

    def near_candidates(self, articles: Iterable[Article], before: Reference) -> list[NearDuplicateCandidate]:
        """Return the few texts captured before `before` that share most with these articles, earliest first."""
        fingerprints = frozenset(fingerprints_of(articles))
        if self._expected:
            ids = [id_of(*moment) for moment in self._expected.nearest(fingerprints, moment_of(before))]
            texts = self._expected.texts_of(ids)
        else:
            with self._database.reading() as connection:
                found = fingerprint_index.nearest(connection, fingerprints, moment_of(before))
                ids = [id_of(*moment) for moment in found]
                texts = candidates.texts_of(connection, ids)
        return [NearDuplicateCandidate(id=key, text=texts[key]) for key in ids]

    def confirmed_capture(self, before: Reference) -> Reference | None:
        """Return the capture that a 304 answer confirms.

        It is the first one in our own archive with the body that the URL of `before` last returned.
        """
        parameters = moment_values(before)
        with self._database.reading() as connection:
            documents = connection.execute(queries.OWN_DOCUMENTS_OF_URL, parameters | {"url": before.url}).scalars()
            last = next((entry for entry in map(entry_from_json, documents) if entry.status == 200), None)
        first = self.first_own_capture(last.digests.payload, before) if last else None
        return evolve(first, payload=last.digests.payload) if first and last else None

    def put(self, entry: Entry) -> EntryChange:
        """Insert or replace an entry, in one transaction."""
        row = entry_row(entry)
        added = indexed_fingerprints(entry)
        with self._database.writing() as connection:
            is_last = self._newest is not None and self._newest.put(connection, row)
            crowded = self._expected.crowded(added) if self._expected and is_last else None
            known = self._known(connection, entry)
            old = (
                connection.execute(queries.ROW_BY_ID, {"id": entry.id}).mappings().first() if known.has_entry else None
            )
            if old and old["document"] == row["document"]:
                return EntryChange()
            before = entry_from_json(old["document"]) if old else None
            removed = indexed_fingerprints(before) if before else frozenset()
            if self._expected:
                self._expected.note_put(entry, before, removed | added, crowded)
            if old and before:
                _delete(connection, old, before.digests)
            additions.insert(connection, queries.INSERT_ENTRY, [row])
            additions.insert(connection, queries.INSERT_DIGEST, digest_rows(row, entry.digests))
            sums.change(connection, old, row)
            text_index.put(connection, row, entry, before, known)
            if removed != added:
                fingerprint_index.delete(connection, removed, moment_of(entry))
                fingerprint_index.insert(connection, added, moment_of(entry), crowded)
            is_same_text = old is not None and removed == added and old["text"] == row["text"]
            return EntryChange(fingerprints=frozenset() if is_same_text else removed | added, replaced=before)

    def remove(self, key: str) -> EntryChange:
        """Remove the entry with an id, in one transaction."""
        with self._database.writing() as connection:
            additions.flush_rows(connection)
            self._expected = None
            row = connection.execute(queries.ROW_BY_ID, {"id": key}).mappings().first()
            if row is None:
                return EntryChange()
            entry = entry_from_json(row["document"])
            removed = indexed_fingerprints(entry)
            _delete(connection, row, entry.digests)
            sums.change(connection, row, None)
            text_index.remove(connection, entry)
            fingerprint_index.delete(connection, removed, moment_of(entry))
            return EntryChange(fingerprints=removed)

    def later_captures(self, entry: Entry, prior: PriorCaptures, change: EntryChange) -> list[Reference]:
        """Return the later captures whose prior captures changed because `entry` was just put or removed.

        `prior` are the entry's own prior captures. An entry matters to a later capture as a near-duplicate candidate;
        as the first one with its bytes, its text or the text of one of its articles; and, if it has articles, to the
        next article at its URL. The entry that it replaced matters in the same ways, if its text was another one. While
        captures arrive in order, none is affected.
        """
        if self._newest and self._newest.id == entry.id:
            return []
        moment = moment_values(entry)
        with self._database.reading() as connection:
            if connection.execute(queries.ANY_LATER, moment).first() is None:
                return []
            affected = {
                reference_from_row(row): None
                for values in (*_first_occurrences(entry, prior), *self._of_replaced(entry, change.replaced))
                for row in connection.execute(queries.later_captures(*values), values | moment)
            }
            return [*(affected | dict.fromkeys(_later_near_captures(connection, change.fingerprints, entry)))]

    def _of_replaced(self, entry: Entry, replaced: Entry | None) -> Iterator[dict[str, Any]]:
        """Yield what the entry that `entry` has replaced was the first to have, if it had another text."""
        if replaced and replaced.digests != entry.digests:
            here = Reference(id=replaced.id, url=replaced.final_url, fetched_at=replaced.fetched_at)
            yield from _first_occurrences(replaced, self.prior(replaced.digests, before=here))

    def later_near_captures(self, fingerprints: Set[int], after: Reference) -> list[Reference]:
        """Return the captures after `after` that have it as a near-duplicate candidate by these fingerprints."""
        with self._database.reading() as connection:
            return _later_near_captures(connection, fingerprints, after)

    def _answers(self, capture: Reference | Entry) -> Answers | None:
        """Return what is known for certain of an entry that is expected."""
        return self._expected.answers(capture.id) if self._expected else None

    def _known(self, connection: sa.Connection, entry: Entry) -> KnownCapture:
        """Return what is there of a capture and its URL; reads nothing for a new one that was expected."""
        answers = self._answers(entry)
        if answers and answers.is_new and answers.entry.final_url == entry.final_url:
            return KnownCapture(has_entry=False, first_keys={})
        additions.flush_rows(connection)
        return text_index.find_known(connection, entry)

    def replace_verdict(self, entry: Entry, verdict: Verdict) -> EntryChange:
        """Replace the verdict of an entry."""
        return self.put(evolve(entry, verdict=verdict))

    def refuse_writes(self) -> None:
        """Make all later writes fail, for a program that only reads, whatever it is asked."""
        self._database.refuse_writes()

    def close(self) -> None:
        """Close the database."""
        self._database.close()


class _Newest:
    """The capture that is newer than all others, as far as a transaction knows: `id` is empty if none is."""

    def __init__(self) -> None:
        self.id = ""
        self._us: int | None = None

    def put(self, connection: sa.Connection, row: Mapping[str, Any]) -> bool:
        """Note that a capture is put, and return whether it is the newest one.

        The first one asks for the newest capture that is there.
        """
        if self._us is None:
            self._us = queries.NEWEST.execute(connection, {}).fetchone()[0] or 0
        if row["fetched_us"] > self._us:
            self.id, self._us = row["id"], row["fetched_us"]
        elif row["fetched_us"] == self._us:
            self.id = ""
        return bool(self.id == row["id"])


def _first_occurrences(entry: Entry, prior: PriorCaptures) -> Iterator[dict[str, Any]]:
    """Yield what an entry is the first to have, as parameters of `queries.later_captures`."""
    digests = entry.digests
    values = {
        "payload": digest_bytes(digests.payload) if prior.same_bytes is None else None,
        "text": digest_bytes(digests.text) if digests.text and prior.same_text is None else None,
        "url": entry.final_url if digests.text else None,
    }
    if parameters := {name: value for name, value in values.items() if value}:
        yield parameters
    for text in digests.articles:
        yield {"text": digest_bytes(text)}


def _later_near_captures(
    connection: sa.Connection, fingerprints: Set[int], after: Reference | Entry
) -> list[Reference]:
    moments = fingerprint_index.later_captures(connection, fingerprints, moment_of(after))
    ids = [id_of(*moment) for moment in moments]
    return [_reference(row) for row in queries.references_by_ids(connection, ids)]


def _delete(connection: sa.Connection, row: sa.RowMapping, digests: Digests) -> None:
    for digest_row in digest_rows(row, digests):
        connection.execute(queries.DELETE_DIGEST, digest_row)
    connection.execute(queries.DELETE_ENTRY, {"id": row["id"]})


def _reference(row: Sequence[Any]) -> Reference:
    """Return the capture of a row of a prepared statement: id, final URL and time."""
    key, url, us = row
    return Reference(id=key, url=url, fetched_at=from_us(us))
