"""Pure. A text's family: who printed it, who was likely the first, and what the others added and left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from attrs import frozen

from crawler.compare import Edit, text_edits
from pipelines.model import Entry
from pipelines.times import CHINA

"""Where a day stands alone it is one there."""


@frozen(kw_only=True)
class Member:
    """One print of a text: how near it is to the family's head, and what it says otherwise than that, by sentences."""

    entry: Entry
    similarity: float | None
    relation: str | None
    edits: tuple[Edit, ...]

    @property
    def source(self) -> str | None:
        """Where the page says that it has the text from."""
        return next((article.source for article in self.entry.articles if article.source), None)

    @property
    def added(self) -> list[str]:
        """The sentences that the head has not."""
        return [edit.after for edit in self.edits if not edit.before]

    @property
    def left_out(self) -> list[str]:
        """The head's sentences that are not in it."""
        return [edit.before for edit in self.edits if not edit.after]

    @property
    def changed(self) -> list[Edit]:
        """The sentences that are otherwise in both."""
        return [edit for edit in self.edits if edit.before and edit.after]


def family(head: Entry, others: Iterable[Entry]) -> list[Member]:
    """Return the head of a family and its other members, by the day of publication and then by that of capture.

    The first is the likely source. Each was compared with the head itself or says the same as one that was: members
    need not be near to each other. Of one address only the earliest capture is a member.
    """
    near = {entry.id: entry for entry in others}
    prints = {entry.final_url: entry for entry in sorted(near.values(), key=_fetched, reverse=True)} | {
        head.final_url: head
    }
    members = (_member(head, entry, near) for entry in prints.values())
    return sorted(members, key=lambda member: (_published(member.entry), _fetched(member.entry)))


def _member(head: Entry, entry: Entry, near: dict[str, Entry]) -> Member:
    if entry is head:
        return Member(entry=head, similarity=None, relation=None, edits=())
    verdict = near.get(entry.verdict.of or "", entry).verdict
    return Member(
        entry=entry,
        similarity=verdict.similarity,
        relation=verdict.relation or "equal",
        edits=tuple(text_edits(_text(head), _text(entry))),
    )


def _fetched(entry: Entry) -> tuple[dt.datetime, str]:
    return entry.fetched_at, entry.id


def _published(entry: Entry) -> dt.datetime:
    """When a page says it was published, a day alone as its last moment; what says nothing comes last."""
    found = [article.published_at for article in entry.articles if article.published_at]
    if not found:
        return dt.datetime.max.replace(tzinfo=dt.UTC)
    first = found[0]
    return first if isinstance(first, dt.datetime) else dt.datetime.combine(first, dt.time.max, CHINA)


def _text(entry: Entry) -> str:
    return "\n".join(article.text_hans for article in entry.articles)
