"""Reprints of a text: who printed it, who was probably first, and what the others added and left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from attrs import frozen

from crawler.compare.source_names import is_named
from crawler.compare.text import TextChange, sentence_changes
from pipelines.dedupe.similarity import ComparedText, Similarity
from pipelines.model import Edition, Entry
from pipelines.times import CHINA


@frozen(kw_only=True)
class Reprint:
    """One print of a text, compared with the likely source.

    `compared_with` is None for the likely source itself. It is the likely source for all other prints, except for those
    that are not similar to it: these are compared with the entry that their verdict names.
    `credited_by` are the prints that state this one's site or newspaper as their source.
    """

    entry: Entry
    compared_with: Entry | None
    similarity: Similarity | None
    changes: tuple[TextChange, ...]
    credited_by: tuple[Entry, ...]

    @property
    def source(self) -> str | None:
        """The source that the page states (来源)."""
        return stated_source(self.entry)

    @property
    def added(self) -> list[str]:
        """Its sentences that the print it is compared with does not have."""
        return [change.after for change in self.changes if not change.before]

    @property
    def left_out(self) -> list[str]:
        """Sentences of the print it is compared with that it does not have."""
        return [change.before for change in self.changes if not change.after]

    @property
    def changed(self) -> list[TextChange]:
        """Sentences that differ between the two."""
        return [change for change in self.changes if change.before and change.after]


def rank_reprints(head: Entry, others: Iterable[Entry], site_names: Mapping[str, str]) -> list[Reprint]:
    """Return the prints of a text, the likely source first, the others by publication time.

    `others` are the entries whose verdict names the head or a copy of it; they need not be similar to each other.
    `site_names` are the names of the sites by slug. Of the captures of one URL only the earliest counts.
    """
    by_id = {entry.id: entry for entry in (*others, head)}
    latest_first = sorted(by_id.values(), key=_capture_order, reverse=True)
    prints = list(({entry.final_url: entry for entry in latest_first} | {head.final_url: head}).values())
    credited_by = {entry.id: tuple(each for each in prints if _credits(each, entry, site_names)) for entry in prints}
    source = _likely_source(prints, credited_by)
    rest = sorted(
        (each for each in prints if each is not source), key=lambda each: (_published_by(each), _capture_order(each))
    )
    first = Reprint(entry=source, compared_with=None, similarity=None, changes=(), credited_by=credited_by[source.id])
    return [
        first,
        *(_compare(entry, source, _verdict_original(entry, by_id, head), credited_by[entry.id]) for entry in rest),
    ]


def similar_versions(entry: Entry, versions: Iterable[Entry]) -> list[Entry]:
    """Return a version of a page and those versions of the page that are similar to it.

    A later, different text under the same URL belongs to other reprints.
    """
    text = ComparedText(_text(entry))
    return [each for each in versions if each.id == entry.id or text.similarity_to(ComparedText(_text(each)))]


def stated_source(entry: Entry) -> str | None:
    """Return the source that a page states (来源)."""
    return next((article.source for article in entry.articles if article.source), None)


def _likely_source(prints: list[Entry], credited_by: Mapping[str, tuple[Entry, ...]]) -> Entry:
    """Return the likely source: the earliest print that credits no other one.

    Among those of the same day, one that others credit comes first. A print that credits another one took the text
    from there, whatever the dates say; so the credited one was published no later.
    """
    crediting = {each.id for others in credited_by.values() for each in others}
    candidates = [entry for entry in prints if entry.id not in crediting] or prints

    def rank(entry: Entry) -> tuple[dt.date, bool, dt.datetime, tuple[dt.datetime, str]]:
        published = min(_published_by(each) for each in (entry, *credited_by[entry.id]))
        return published.astimezone(CHINA).date(), not credited_by[entry.id], published, _capture_order(entry)

    return min(candidates, key=rank)


def _credits(entry: Entry, other: Entry, site_names: Mapping[str, str]) -> bool:
    """Return whether a print states the site or newspaper of another one as its source, and not its own."""
    source = stated_source(entry)
    if source is None:
        return False
    return is_named(source, _publisher_names(other, site_names)) and not is_named(
        source, _publisher_names(entry, site_names)
    )


def _publisher_names(entry: Entry, site_names: Mapping[str, str]) -> list[str]:
    """Return the names of a page's site, from the registry and from the page, and of its newspaper."""
    declared = [name for article in entry.articles for name in (article.site_name, _paper(article.edition)) if name]
    return [*filter(None, [site_names.get(entry.site or "")]), *declared]


def _paper(edition: Edition | None) -> str | None:
    return edition.paper if edition else None


def _verdict_original(entry: Entry, by_id: Mapping[str, Entry], head: Entry) -> Entry:
    """Return the entry that a print was found similar to; for a word-for-word copy, the one that its original was."""
    verdict = entry.verdict
    if verdict.kind != "near-copy" and (repeated := by_id.get(verdict.of or "")):
        verdict = repeated.verdict
    return by_id.get(verdict.of or "", head)


def _compare(entry: Entry, source: Entry, verdict_original: Entry, credited_by: tuple[Entry, ...]) -> Reprint:
    """Return a print compared with the likely source, or with its verdict's original if it is not similar to that."""
    text = ComparedText(_text(entry))
    similarity = text.similarity_to(ComparedText(_text(source)))
    compared_with = source if similarity or verdict_original is entry else verdict_original
    return Reprint(
        entry=entry,
        compared_with=compared_with,
        similarity=similarity or text.similarity_to(ComparedText(_text(compared_with))),
        changes=tuple(sentence_changes(_text(compared_with), _text(entry))),
        credited_by=credited_by,
    )


def _capture_order(entry: Entry) -> tuple[dt.datetime, str]:
    return entry.fetched_at, entry.id


def _published_by(entry: Entry) -> dt.datetime:
    """Return the latest time at which a print can have been published.

    It is the publication time that the page states (a date alone counts as its last moment), or else the capture time.
    A page cannot have been published after its capture, whatever it states.
    """
    stated = next((article.published_at for article in entry.articles if article.published_at), None)
    if stated is None:
        return entry.fetched_at
    at = stated if isinstance(stated, dt.datetime) else dt.datetime.combine(stated, dt.time.max, CHINA)
    return min(at, entry.fetched_at)


def _text(entry: Entry) -> str:
    return "\n".join(article.text_hans for article in entry.articles)
