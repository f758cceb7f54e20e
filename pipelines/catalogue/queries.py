"""What the catalogue is asked for each page, as statements built once.

Building a statement costs more than the database's answer to it, so their values are parameters: `payload` and `text`,
the digests of a capture, `url`, and `us` and `id` of a moment, the pair by which captures are ordered.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from typing import Any

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy import bindparam

from pipelines.catalogue.attachments import FILE
from pipelines.catalogue.tables import DIGESTS, ENTRIES, PAYLOAD, TEXT
from pipelines.times import to_us

_REFERENCE = (ENTRIES.c.id, ENTRIES.c.final_url, ENTRIES.c.fetched_us)
_MOMENT = sa.tuple_(bindparam("us", type_=sa.BigInteger), bindparam("id", type_=sa.String))
_HELD = sa.tuple_(DIGESTS.c.fetched_us, DIGESTS.c.id)
_ANSWERED = (ENTRIES.c.final_url == bindparam("url"), ENTRIES.c.outcome == "article")

_ABSENT = ("http-error", "soft-404", "redirect")
"""Reasons that captures may have which say that a page is not there; it may also have led elsewhere."""


def _first(kind: int, name: str) -> sa.Select[Any]:
    held = (DIGESTS.c.kind == kind, DIGESTS.c.digest == bindparam(name), _HELD < _MOMENT)
    found = sa.select(*_REFERENCE).join(DIGESTS, DIGESTS.c.id == ENTRIES.c.id).where(*held)
    return found.order_by(DIGESTS.c.fetched_us, DIGESTS.c.id).limit(1)


FIRST_KEPT = _first(PAYLOAD, "payload").where(ENTRIES.c.own)
"""The first capture with a payload, of those before a moment whose bytes our own archive holds."""

_PREVIOUS = (
    sa.select(*_REFERENCE)
    .where(*_ANSWERED, ENTRIES.c.fetched_us < bindparam("us"))
    .order_by(ENTRIES.c.fetched_us.desc())
    .limit(1)
)
_SEEN = {
    "same_bytes": _first(PAYLOAD, "payload"),
    "same_text": _first(TEXT, "text"),
    "previous": _PREVIOUS,
}


def _seen(*names: str) -> sa.CompoundSelect[Any]:
    found = ((name, _SEEN[name].subquery()) for name in names)
    return sa.union_all(*(sa.select(sa.literal(name).label("asked"), each) for name, each in found))


SEEN_BYTES = _seen("same_bytes")
"""The first capture with a payload, of those before a moment, as the field of `Seen` that `asked` names."""

SEEN_TEXT = _seen("same_bytes", "same_text", "previous")
"""The same with the first that has a text, and with the last article that a URL answered with before the moment."""

KEPT_OF = (
    sa.select(ENTRIES.c.document)
    .where(ENTRIES.c.final_url == bindparam("url"), ENTRIES.c.own, ENTRIES.c.fetched_us < bindparam("us"))
    .order_by(ENTRIES.c.fetched_us.desc())
)
"""What our own archive holds of a URL from before a moment, the newest first."""

DOCUMENTS = sa.select(ENTRIES.c.id, ENTRIES.c.document).where(ENTRIES.c.id.in_(bindparam("ids", expanding=True)))
"""The entries of some ids."""

REFERENCED = sa.select(*_REFERENCE).where(ENTRIES.c.id == bindparam("id"))
"""A capture by its id."""

STORED = sa.select(ENTRIES.c.id, ENTRIES.c.fetched_us, ENTRIES.c.payload, ENTRIES.c.text, ENTRIES.c.document).where(
    ENTRIES.c.id == bindparam("id")
)
"""An entry's row as it stands."""

NEWER = sa.select(ENTRIES.c.id).where(ENTRIES.c.fetched_us >= bindparam("us"), ENTRIES.c.id != bindparam("id")).limit(1)
"""Any other capture that was not made before a moment: there is none as long as they come in their order."""

REMEMBER = (sa.insert(ENTRIES), sa.insert(DIGESTS))

FORGET = (
    sa.delete(DIGESTS).where(*(column == bindparam(column.name) for column in DIGESTS.c)),
    sa.delete(ENTRIES).where(ENTRIES.c.id == bindparam("id")),
)


@functools.cache
def later(*names: str) -> sa.Select[Any]:
    """Return the statement for the captures after a moment that hold a payload or a text or are the next under a URL.

    Its parameters besides the moment are the `names` given, of `payload`, `text` and `url`.
    """
    found = [_holders(PAYLOAD, "payload")] if "payload" in names else []
    found += [_holders(TEXT, "text")] if "text" in names else []
    found += [_next()] if "url" in names else []
    return sa.select(*_REFERENCE).where(ENTRIES.c.id.in_(sa.union_all(*found)))


def _holders(kind: int, name: str) -> sa.Select[Any]:
    held = (DIGESTS.c.kind == kind, DIGESTS.c.digest == bindparam(name), _HELD > _MOMENT)
    return sa.select(DIGESTS.c.id).where(*held)


def _next() -> sa.Select[Any]:
    after = sa.select(ENTRIES.c.id).where(*_ANSWERED, ENTRIES.c.fetched_us > bindparam("us"))
    return sa.select(after.order_by(ENTRIES.c.fetched_us).limit(1).subquery().c.id)


@functools.cache
def missed(*, site: bool, since: bool) -> sa.Select[Any]:
    """Return the statement for the URLs that had an article and an answer which may say that it is not there.

    Its parameters are `site`, and `us` since which they were asked for, where these are to count.
    """
    other = ENTRIES.alias("other")
    read = sa.exists().where(
        sa.or_(other.c.url == ENTRIES.c.url, other.c.final_url == ENTRIES.c.url), other.c.outcome == "article"
    )
    absent = sa.or_(ENTRIES.c.reason.in_(_ABSENT), ENTRIES.c.final_url != ENTRIES.c.url)
    found = sa.select(ENTRIES.c.url).where(ENTRIES.c.outcome == "rejected", absent, read).distinct()
    if site:
        found = found.where(ENTRIES.c.site == bindparam("site"))
    if since:
        asked = sa.select(other.c.url).where(other.c.fetched_us >= bindparam("us"))
        found = found.where(ENTRIES.c.url.in_(asked))
    return found.order_by(ENTRIES.c.url)


@frozen(kw_only=True)
class Filter:
    """Which entries are wanted; every condition that is given must hold. Days are of `fetched_at`, in UTC.

    Without `copies` those are left out whose bytes or text were there before, or nearly so; one that holds an earlier
    text and more besides is no copy. Without `files` attachments and pictures are left out. `words` are those of which
    each must stand somewhere in the entry, in one of its spellings: all documents are read for them.
    """

    site: str | None = None
    outcome: str | None = None
    verdict: str | None = None
    copies: bool = True
    files: bool = True
    since: dt.date | None = None
    until: dt.date | None = None
    words: tuple[tuple[str, ...], ...] = ()

    def spans(self, day: dt.date) -> bool:
        """Tell whether a day is neither before `since` nor after `until`."""
        return (self.since is None or day >= self.since) and (self.until is None or day <= self.until)

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return the WHERE clauses; `until` includes its day."""
        found = [ENTRIES.c[name] == value for name in ("site", "outcome", "verdict") if (value := getattr(self, name))]
        if not self.copies:
            found.append(sa.or_(ENTRIES.c.verdict.in_(("new", "new-version")), ENTRIES.c.relation == "contains"))
        if not self.files:
            found.append(ENTRIES.c.reason.is_distinct_from(FILE))
        if self.since:
            found.append(ENTRIES.c.fetched_us >= _midnight(self.since))
        if self.until:
            found.append(ENTRIES.c.fetched_us < _midnight(self.until + dt.timedelta(days=1)))
        found += [sa.or_(*map(_mentions, spellings)) for spellings in self.words]
        return found


def _mentions(word: str) -> sa.ColumnElement[bool]:
    """Return the clause for a word that stands in a document, where it is written as in JSON."""
    written = json.dumps(word, ensure_ascii=False)[1:-1]
    return ENTRIES.c.document.icontains(written, autoescape=True)


def _midnight(day: dt.date) -> int:
    return to_us(dt.datetime.combine(day, dt.time(), dt.UTC))
