"""The catalogue as the line uses it: what was there before a capture, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa
from attrs import evolve

from pipelines.catalogue import fingerprint_index, queries
from pipelines.catalogue.database import Database
from pipelines.catalogue.lookups import CatalogueLookups
from pipelines.catalogue.rows import anchors_under, digests_of, moment_of, reference_of, row_of
from pipelines.catalogue.tables import digest_bytes, id_of, mark
from pipelines.dedupe.winnowing import fingerprints_of
from pipelines.model import Article, Digests, Entry, NearDuplicateCandidate, PriorCaptures, Reference, Verdict
from pipelines.model.serialize import entry_from_json, texts_from_json
from pipelines.times import to_us


class Catalogue(CatalogueLookups):
    """One catalogue behind a URL, `sqlite:///…`, `sqlite://` (in memory) or `postgresql+psycopg://…`.

    Use it from one thread at a time; several processes may share one.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        """Open the catalogue and make what is missing of its tables; with `create=False` it must be there."""
        super().__init__(Database(url, create=create))
        self.url = self._database.url

    def together(self) -> AbstractContextManager[None]:
        """Make one transaction of what is asked and remembered within: all of it is kept at the end, or nothing.

        Meanwhile no other process remembers anything, so what was asked still holds when its answer is acted on.
        """
        return self._database.together()

    def prior(self, digests: Digests, before: Reference) -> PriorCaptures:
        """Return what was there before a capture; captures made later do not count, so that a replay decides alike."""
        asked = moment_of(before) | {"payload": digest_bytes(digests.payload)}
        if digests.text:
            asked |= {"text": digest_bytes(digests.text), "url": before.url}
        with self._database.reading() as connection:
            rows = connection.execute(queries.SEEN_TEXT if digests.text else queries.SEEN_BYTES, asked)
            found = {row.asked: reference_of(row) for row in rows}
            kept = _reference(connection, queries.FIRST_KEPT, asked) if "same_bytes" in found else None
        return PriorCaptures(kept=kept, **found)

    def near(self, articles: Iterable[Article], before: Reference) -> list[NearDuplicateCandidate]:
        """Return the few texts from before a capture that share most with its articles, the earliest first."""
        fingerprints = frozenset(fingerprints_of(articles))
        with self._database.reading() as connection:
            found = [id_of(*moment) for moment in fingerprint_index.nearest(connection, fingerprints, _made(before))]
            given = connection.execute(queries.DOCUMENTS, {"ids": found}) if found else ()
            texts = {of: "\n".join(texts_from_json(document)) for of, document in given}
        return [NearDuplicateCandidate(id=each, text=texts[each]) for each in found]

    def confirmed(self, before: Reference) -> Reference | None:
        """Return what an answer 304 stands for: where our archive first kept the body that its URL gave last."""
        asked = moment_of(before)
        with self._database.reading() as connection:
            given = connection.execute(queries.KEPT_OF, asked | {"url": before.url}).scalars()
            last = next((entry for entry in map(entry_from_json, given) if entry.status == 200), None)
            if last is None:
                return None
            payload = last.digests.payload
            found = _reference(connection, queries.FIRST_KEPT, asked | {"payload": digest_bytes(payload)})
            return evolve(found, payload=payload) if found else None

    def put(self, entry: Entry) -> Set[int]:
        """Remember an entry in one transaction; one with its id that is there already is replaced.

        Returns the anchors of texts that are there now and were not, or the other way round.
        """
        row = row_of(entry)
        with self._database.writing() as connection:
            old = connection.execute(queries.STORED, {"id": entry.id}).mappings().first()
            if old and old["document"] == row["document"]:
                return frozenset()
            before = entry_from_json(old["document"]) if old else None
            had, has = anchors_under(before) if before else frozenset(), anchors_under(entry)
            if old and before:
                _forget(connection, old, before.digests)
            entries, digests = queries.REMEMBER
            connection.execute(entries, row)
            connection.execute(digests, digests_of(row, entry.digests))
            made = _made(entry)
            if had != has:
                fingerprint_index.forget(connection, had, made)
                fingerprint_index.remember(connection, has, made)
            return frozenset() if old and had == has and old["text"] == row["text"] else had | has

    def later(self, entry: Entry, seen: PriorCaptures, fingerprints: Set[int]) -> list[Reference]:
        """Return the later captures for which an entry that was just put changes what was before them.

        `seen` is what was before this one, `anchors` what `put` returned. An entry matters to others as one that they
        may be near to, as the first with its bytes or its text, or that of one of its articles, and, as an article, to
        the next one under its address. As long as captures come in their order there are none.
        """
        moment = moment_of(entry)
        with self._database.reading() as connection:
            if connection.execute(queries.NEWER, moment).first() is None:
                return []
            found = {
                reference_of(row): None
                for values in _repeated(entry, seen)
                for row in connection.execute(queries.later(*values), values | moment)
            }
            return [*(found | dict.fromkeys(_followers(connection, fingerprints, entry)))]

    def followers(self, fingerprints: Set[int], after: Reference) -> list[Reference]:
        """Return the later captures that one with these anchors, made then, may be near to."""
        with self._database.reading() as connection:
            return _followers(connection, fingerprints, after)

    def revise(self, entry: Entry, verdict: Verdict) -> Set[int]:
        """Put another verdict on an entry; returns what `put` does."""
        return self.put(evolve(entry, verdict=verdict))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def _repeated(entry: Entry, seen: PriorCaptures) -> Iterator[dict[str, Any]]:
    """Yield what others may have in common with an entry that was not seen before it, as `queries.later` takes it."""
    digests = entry.digests
    first = {
        "payload": digest_bytes(digests.payload) if seen.same_bytes is None else None,
        "text": digest_bytes(digests.text) if digests.text and seen.same_text is None else None,
        "url": entry.final_url if digests.text else None,
    }
    if asked := {name: value for name, value in first.items() if value}:
        yield asked
    for text in digests.articles:
        yield {"text": digest_bytes(text)}


def _followers(connection: sa.Connection, fingerprints: Set[int], after: Reference | Entry) -> list[Reference]:
    found = fingerprint_index.followers(connection, fingerprints, _made(after))
    given = [connection.execute(queries.REFERENCED, {"id": id_of(*made)}).one() for made in found]
    return [reference_of(row) for row in given]


def _forget(connection: sa.Connection, row: sa.RowMapping, digests: Digests) -> None:
    forget_digest, forget_entry = queries.FORGET
    for held in digests_of(row, digests):
        connection.execute(forget_digest, held)
    connection.execute(forget_entry, {"id": row["id"]})


def _reference(connection: sa.Connection, query: sa.Select[Any], asked: Mapping[str, Any]) -> Reference | None:
    row = connection.execute(query, asked).first()
    return reference_of(row) if row else None


def _made(capture: Reference | Entry) -> fingerprint_index.Moment:
    return to_us(capture.fetched_at), mark(capture.id)
