"""What a catalogue in PostgreSQL is asked about the entries of a batch: all of them at once, in a few statements.

A statement costs client and server .1 ms, as much as it takes to find what it asks for. An answer is used as long as
nothing that was put since then can change it. So it is the one that a statement for this entry alone would give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import islice
from typing import Any

import sqlalchemy as sa
from attrs import evolve, frozen

from pipelines.catalogue import additions, candidates, fingerprint_index, queries, text_index
from pipelines.catalogue.fingerprint_index import Nearest
from pipelines.catalogue.rows import moment_values
from pipelines.catalogue.tables import digest_bytes, id_mark, id_of
from pipelines.dedupe.winnowing import fingerprints_of
from pipelines.model import Entry
from pipelines.times import to_us

ENTRIES_PER_QUESTION = 50
"""Entries that are asked for at once. The more there are, the more answers are asked again, because an entry before
them shares a passage; one statement for 50 already costs each of them as good as nothing."""

Rows = Sequence[tuple[Any, ...]]


@frozen(kw_only=True)
class Answers:
    """What the catalogue has for an entry: the rows of its prior captures, and the texts that share most with it.

    `is_new` is whether neither this capture nor another one of its URL is there. `nearest` is None if it was not asked.
    """

    entry: Entry
    fingerprints: Set[int]
    prior: Rows = ()
    is_new: bool = False
    nearest: Nearest | None = None
    texts: Mapping[str, str] = {}

    @property
    def keys(self) -> Set[str | int]:
        """What these answers depend on: a capture that has nothing of it does not change them."""
        return _keys(self.entry, self.fingerprints)


class ExpectedEntries:
    """The entries that a transaction is going to put, in their order, and the answers for the next ones of them."""

    def __init__(self, connection: sa.Connection, entries: Iterable[Entry]) -> None:
        """Expect some entries; nothing is asked yet."""
        self._connection = connection
        self._waiting = {entry.id: entry for entry in entries}
        self._answers: Mapping[str, Answers] = {}
        self._changed: set[str | int] = set()

    def answers(self, key: str) -> Answers | None:
        """Return the answers for an entry; None if it is not expected, or if what was put may have changed them."""
        if key in self._waiting:
            self._ask([self._waiting.pop(each) for each in [*islice(self._waiting, ENTRIES_PER_QUESTION)]])
        found = self._answers.get(key)
        return found if found and self._changed.isdisjoint(found.keys) else None

    def note_put(self, entries: Iterable[Entry], fingerprints: Set[int]) -> None:
        """Note that an entry was put: it and the one that it replaces, and the fingerprints whose captures changed."""
        for entry in entries:
            self._changed |= _keys(entry, fingerprints)

    def _ask(self, entries: Sequence[Entry]) -> None:
        additions.flush_rows(self._connection)
        self._changed.clear()
        prior = queries.PRIOR_BY_BYTES_TEXT_AND_URL.fetch_for_each(self._connection, [*map(_prior_values, entries)])
        known = text_index.has_known(self._connection, entries)
        answers = [
            Answers(entry=entry, fingerprints=frozenset(fingerprints_of(entry.articles)), prior=rows, is_new=not has)
            for entry, rows, has in zip(entries, prior, known, strict=True)
        ]
        self._answers = {each.entry.id: each for each in answers} | self._with_nearest(
            [each for each in answers if each.fingerprints and not each.prior]
        )

    def _with_nearest(self, answers: Sequence[Answers]) -> dict[str, Answers]:
        """Return the answers for entries that will be compared with near copies, because they have no prior capture."""
        asked = [(each.fingerprints, (to_us(each.entry.fetched_at), id_mark(each.entry.id))) for each in answers]
        found = fingerprint_index.nearest_of_each(self._connection, asked)
        ids = sorted({id_of(*moment) for each in found for moment in each.captures})
        texts = candidates.texts_of(self._connection, ids)
        return {
            each.entry.id: evolve(each, nearest=nearest, texts=texts)
            for each, nearest in zip(answers, found, strict=True)
        }


def _prior_values(entry: Entry) -> dict[str, Any]:
    """Return the parameters by which prior captures are asked for; without a text only by its bytes."""
    digests = entry.digests
    of_text = {"text": digest_bytes(digests.text), "url": entry.final_url} if digests.text else {}
    return {"text": None, "url": None} | moment_values(entry) | {"payload": digest_bytes(digests.payload)} | of_text


def _keys(entry: Entry, fingerprints: Set[int]) -> Set[str | int]:
    digests = entry.digests
    texts = (digests.payload, digests.text, *digests.articles)
    return {entry.final_url, *filter(None, texts), *fingerprints}
