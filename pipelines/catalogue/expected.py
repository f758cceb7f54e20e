"""What a catalogue in PostgreSQL is asked about the entries of a batch: all of them at once, in a few statements.

A statement costs client and server .1 ms, as much as it takes to find what it asks for. An answer is used as long as
nothing that was put since then can change it, or with what was put. So it is the one that a statement for this entry
alone would give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import islice
from typing import Any

import sqlalchemy as sa
from attrs import frozen

from pipelines.catalogue import additions, candidates, fingerprint_index, queries, text_index
from pipelines.catalogue.fingerprint_index import AFTER_ALL, Holder, Moment
from pipelines.catalogue.rows import moment_of, moment_values
from pipelines.catalogue.tables import digest_bytes, id_of
from pipelines.dedupe.winnowing import fingerprints_of
from pipelines.model import Entry

ENTRIES_PER_QUESTION = 50
"""Entries that are asked for at once: then the statements cost each of them a fiftieth of .5 ms."""

Rows = Sequence[tuple[Any, ...]]


@frozen(kw_only=True)
class Answers:
    """What the catalogue has for an entry: the rows of its prior captures, and whether it is new.

    It `is_new` if neither this capture nor another one of its URL is there.
    """

    entry: Entry
    prior: Rows
    is_new: bool


class ExpectedEntries:
    """The entries that a transaction is going to put, in their order, and the answers for the next ones of them."""

    def __init__(self, connection: sa.Connection, entries: Iterable[Entry]) -> None:
        """Expect some entries; nothing is asked yet."""
        self._connection = connection
        self._waiting = {entry.id: entry for entry in entries}
        self._answers: Mapping[str, Answers] = {}
        self._changed: set[str] = set()
        self._holders: dict[int, list[Holder]] = {}
        self._texts: dict[str, str] = {}

    def answers(self, key: str) -> Answers | None:
        """Return the answers for an entry; None if it is not expected, or if what was put may have changed them."""
        if key in self._waiting:
            self._ask([self._waiting.pop(each) for each in [*islice(self._waiting, ENTRIES_PER_QUESTION)]])
        found = self._answers.get(key)
        return found if found and self._changed.isdisjoint(_keys(found.entry)) else None

    def nearest(self, fingerprints: Set[int], before: Moment) -> list[Moment]:
        """Return what `fingerprint_index.nearest` would return."""
        self._ask_for_holders(fingerprints)
        return fingerprint_index.nearest_among(self._holders, fingerprints, before)

    def texts_of(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Return the simplified texts of all articles of these entries at least, by id."""
        if unknown := [key for key in ids if key not in self._texts]:
            additions.flush_rows(self._connection)
            self._texts |= candidates.texts_of(self._connection, unknown)
        return self._texts

    def crowded(self, fingerprints: Set[int]) -> Set[int]:
        """Return those of some fingerprints that the greatest number of captures has already."""
        self._ask_for_holders(fingerprints)
        return fingerprint_index.crowded_among(self._holders, fingerprints)

    def note_put(self, entry: Entry, before: Entry | None, changed: Set[int], crowded: Set[int] | None) -> None:
        """Note that an entry was put, in the place of the one `before`, and that it had or has some fingerprints.

        `crowded` are those of a capture that is the last one; for another one they are not known.
        """
        self._changed.update(_keys(entry), _keys(before) if before else ())
        self._texts[entry.id] = "\n".join(article.text_hans for article in entry.articles)
        is_added = crowded is not None and before is None
        holder = (*moment_of(entry), len(changed))
        for each in changed & self._holders.keys():
            if not is_added:
                del self._holders[each]
            elif each not in (crowded or ()):
                self._holders[each].append(holder)

    def _ask(self, entries: Sequence[Entry]) -> None:
        additions.flush_rows(self._connection)
        self._changed.clear()
        prior = queries.PRIOR_BY_BYTES_TEXT_AND_URL.fetch_for_each(self._connection, [*map(_prior_values, entries)])
        known = text_index.has_known(self._connection, entries)
        self._answers = {
            entry.id: Answers(entry=entry, prior=rows, is_new=not has)
            for entry, rows, has in zip(entries, prior, known, strict=True)
        }
        compared: dict[Moment, Set[int]] = {
            moment_of(each.entry): frozenset(fingerprints_of(each.entry.articles))
            for each in self._answers.values()
            if not each.prior
        }
        self._ask_for_holders({each for fingerprints in compared.values() for each in fingerprints})
        found = {id_of(*near) for moment, each in compared.items() for near in self.nearest(each, moment)}
        self.texts_of(sorted(found))

    def _ask_for_holders(self, fingerprints: Set[int]) -> None:
        # Not a difference of sets, which would read all holders.
        if unknown := {each for each in fingerprints if each not in self._holders}:
            additions.flush_rows(self._connection)
            self._holders |= fingerprint_index.holders(self._connection, unknown, AFTER_ALL)


def _prior_values(entry: Entry) -> dict[str, Any]:
    """Return the parameters by which prior captures are asked for; without a text only by its bytes."""
    digests = entry.digests
    of_text = {"text": digest_bytes(digests.text), "url": entry.final_url} if digests.text else {}
    return {"text": None, "url": None} | moment_values(entry) | {"payload": digest_bytes(digests.payload)} | of_text


def _keys(entry: Entry) -> Set[str]:
    """Return what the answers for an entry depend on: a capture that has nothing of it does not change them."""
    digests = entry.digests
    return {entry.final_url, *filter(None, (digests.payload, digests.text, *digests.articles))}
