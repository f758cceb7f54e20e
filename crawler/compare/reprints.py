"""A text's family: who printed it, who was likely the first, and what the others added and left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from attrs import frozen

from crawler.compare.source_names import is_named
from crawler.compare.text import Edit, text_edits
from pipelines.dedupe.similarity import ComparedText, Similarity
from pipelines.model import Edition, Entry
from pipelines.times import CHINA


@frozen(kw_only=True)
class Member:
    """One print of a text: how near it is to the one that it is held `against`, and its sentences that are otherwise.

    `against` is the likely source, of which it is None; or, for one that is not near to that, the print that it was
    judged by. `named_by` are those that name this one's site or paper as where they have the text from.
    """

    entry: Entry
    against: Entry | None
    similarity_to: Similarity | None
    edits: tuple[Edit, ...]
    named_by: tuple[Entry, ...]

    @property
    def source(self) -> str | None:
        """Where the page says that it has the text from."""
        return source_of(self.entry)

    @property
    def added(self) -> list[str]:
        """The sentences that the one that it is held against has not."""
        return [edit.after for edit in self.edits if not edit.before]

    @property
    def left_out(self) -> list[str]:
        """That one's sentences that are not in it."""
        return [edit.before for edit in self.edits if not edit.after]

    @property
    def changed(self) -> list[Edit]:
        """The sentences that are otherwise in both."""
        return [edit for edit in self.edits if edit.before and edit.after]


def family(head: Entry, others: Iterable[Entry], names: Mapping[str, str]) -> list[Member]:
    """Return a family's members, the likely source first, the others by when they were published.

    `others` are what was judged by the head, or says the same as one that was: members need not be near to each other.
    `names` are those of sites by their slugs. Of one address only the earliest capture is a member.
    """
    near = {entry.id: entry for entry in (*others, head)}
    earliest = sorted(near.values(), key=_fetched, reverse=True)
    prints = list(({entry.final_url: entry for entry in earliest} | {head.final_url: head}).values())
    named_by = {entry.id: tuple(each for each in prints if _names(each, entry, names)) for entry in prints}
    source = _source(prints, named_by)
    rest = sorted((each for each in prints if each is not source), key=lambda each: (_since(each), _fetched(each)))
    first = Member(entry=source, against=None, similarity_to=None, edits=(), named_by=named_by[source.id])
    return [first, *(_member(entry, source, _judge(entry, near, head), named_by[entry.id]) for entry in rest)]


def near_versions(entry: Entry, versions: Iterable[Entry]) -> list[Entry]:
    """Return the versions of a page that are near to one of them, that one among them: a text's, not the address's."""
    here = ComparedText(_text(entry))
    return [each for each in versions if each.id == entry.id or here.similarity_to(ComparedText(_text(each)))]


def source_of(entry: Entry) -> str | None:
    """Return where a page says that it has its text from."""
    return next((article.source for article in entry.articles if article.source), None)


def _source(prints: list[Entry], named_by: Mapping[str, tuple[Entry, ...]]) -> Entry:
    """Return the likely source: the earliest, on one day rather one that others name, but none that names another.

    What names another had the text from there, whatever the dates say: so that one was there before it.
    """
    borrowed = {each.id for others in named_by.values() for each in others}
    candidates = [entry for entry in prints if entry.id not in borrowed] or prints

    def rank(entry: Entry) -> tuple[dt.date, bool, dt.datetime, tuple[dt.datetime, str]]:
        since = min(_since(each) for each in (entry, *named_by[entry.id]))
        return since.astimezone(CHINA).date(), not named_by[entry.id], since, _fetched(entry)

    return min(candidates, key=rank)


def _names(copy: Entry, other: Entry, names: Mapping[str, str]) -> bool:
    """Tell whether a print names the site or the paper of another, and not its own, as where it has the text from."""
    source = source_of(copy)
    if source is None:
        return False
    return is_named(source, _called(other, names)) and not is_named(source, _called(copy, names))


def _called(entry: Entry, names: Mapping[str, str]) -> list[str]:
    """Return what the site of a page is called: by the registry, by itself, and the paper that it is a page of."""
    declared = [name for article in entry.articles for name in (article.site_name, _paper(article.edition)) if name]
    return [*filter(None, [names.get(entry.site or "")]), *declared]


def _paper(edition: Edition | None) -> str | None:
    return edition.paper if edition else None


def _judge(entry: Entry, near: Mapping[str, Entry], head: Entry) -> Entry:
    """Return what a print was judged by; one that repeats another word for word stands for that."""
    verdict = entry.verdict
    if verdict.kind != "near-copy" and (repeated := near.get(verdict.of or "")):
        verdict = repeated.verdict
    return near.get(verdict.of or "", head)


def _member(entry: Entry, source: Entry, judge: Entry, named_by: tuple[Entry, ...]) -> Member:
    """Return a print held against the source, or against what it was judged by where it is not near to that."""
    here = ComparedText(_text(entry))
    found = here.similarity_to(ComparedText(_text(source)))
    against = source if found or judge is entry else judge
    return Member(
        entry=entry,
        against=against,
        similarity_to=found or here.similarity_to(ComparedText(_text(against))),
        edits=tuple(text_edits(_text(against), _text(entry))),
        named_by=named_by,
    )


def _fetched(entry: Entry) -> tuple[dt.datetime, str]:
    return entry.fetched_at, entry.id


def _since(entry: Entry) -> dt.datetime:
    """Return since when a print was there: as it says itself, a day alone as its last moment, or since its capture.

    A page cannot have come out after it was captured, whatever it says.
    """
    told = next((article.published_at for article in entry.articles if article.published_at), None)
    if told is None:
        return entry.fetched_at
    at = told if isinstance(told, dt.datetime) else dt.datetime.combine(told, dt.time.max, CHINA)
    return min(at, entry.fetched_at)


def _text(entry: Entry) -> str:
    return "\n".join(article.text_hans for article in entry.articles)
