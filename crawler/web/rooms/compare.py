"""Two versions of a page compared: what was removed and added, field by field and sentence by sentence."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from crawler.cli.diff import comparison_document
from crawler.cli.diff_view import KINDS, ArticleDiff, article_views, pieces
from crawler.cli.render import document_language
from crawler.compare.entries import compare
from crawler.web.captures import capture_at, captures_of
from crawler.web.links import Links
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.problems import NotHere
from crawler.web.readers import Reader
from pipelines.catalogue.history import versions
from pipelines.messages import gettext as _
from pipelines.model import Entry
from pipelines.model.capture_fields import VERSION_FIELDS
from pipelines.model.fields import Cell
from pipelines.times import CHINA


@frozen(kw_only=True)
class Choice:
    """A version that can be compared: `before` and `after` are the addresses with it on that side."""

    name: str
    at: str
    before: str | None
    after: str | None
    is_before: bool
    is_after: bool


@frozen(kw_only=True)
class CompareView:
    """Two captures of a page side by side."""

    before: Entry
    after: Entry
    language: str
    changes: Sequence[ArticleDiff]
    facts: Sequence[tuple[str, str, str]]
    choices: Sequence[Choice]
    previous: str | None
    next: str | None

    @property
    def title(self) -> str:
        """The title of the page."""
        return self.heading

    @property
    def heading(self) -> str:
        """The title of the article."""
        found = (each.title for entry in (self.after, self.before) for each in entry.articles if each.title)
        return next(found, self.after.final_url)

    @property
    def kinds(self) -> dict[Any, str]:
        """The headings of articles that only one version has."""
        return dict(KINDS)

    @property
    def pieces(self) -> Any:
        """The function that divides a change into pieces."""
        return pieces

    def document(self) -> dict[str, Any]:
        """Return the differences as JSON values, the same as `fangzhi show --diff --json`, with the ids of both."""
        ids = {"before": self.before.id, "after": self.after.id}
        return {**ids, **comparison_document(compare(self.before, self.after))}

    def table(self) -> CsvTable:
        """Return the differences as a table: a row for each field and for each sentence that differs."""
        return CsvTable(heads=("article", "kind", "field", "before", "after"), rows=self._rows())

    def _rows(self) -> Iterator[Sequence[Cell]]:
        for article in compare(self.before, self.after).articles:
            for name, change in article.fields.items():
                yield article.title, article.kind, name, change.before, change.after
            for sentence in article.text:
                yield article.title, article.kind, "text", sentence.before, sentence.after


def read(asked: PageRequest, reader: Reader) -> CompareView:
    """Compare two captures."""
    before, after = (capture_at(asked, reader, side) for side in ("before", "after"))
    return compare_view(before, after, versions(captures_of(reader, after)), asked.links, asked.lang)


def read_changes(asked: PageRequest, reader: Reader) -> CompareView:
    """Compare a capture with the version before it; raises NotHere if it is the first one."""
    after = capture_at(asked, reader)
    found = versions(captures_of(reader, after))
    earlier = [each for each in found if each.fetched_at < after.fetched_at and each.id != after.id]
    if not earlier:
        raise NotHere(_("there is no version before the capture {id}", id=after.id))
    return compare_view(earlier[-1], after, found, asked.links, asked.lang)


def compare_view(before: Entry, after: Entry, found: Sequence[Entry], links: Links, lang: str) -> CompareView:
    """Return what the page of two captures shows; `found` are the versions of the page, oldest first."""
    ids = [each.id for each in found]
    pairs = list(itertools.pairwise(ids))
    at = ids.index(after.id) - 1 if after.id in ids else -1
    return CompareView(
        before=before,
        after=after,
        language=document_language(next(iter(after.articles or before.articles), None)),
        changes=article_views(before, after, lang),
        facts=[(each.label(lang), each.line(before), each.line(after)) for each in VERSION_FIELDS],
        choices=[_choice(number, each, before.id, after.id, links) for number, each in enumerate(found, 1)],
        previous=links.to("compare", *pairs[at - 1]) if at > 0 else None,
        next=links.to("compare", *pairs[at + 1]) if 0 <= at < len(pairs) - 1 else None,
    )


def _choice(number: int, entry: Entry, before: str, after: str, links: Links) -> Choice:
    return Choice(
        name=_("version {number}", number=number),
        at=f"{entry.fetched_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        before=links.to("compare", entry.id, after) if entry.id not in (before, after) else None,
        after=links.to("compare", before, entry.id) if entry.id not in (before, after) else None,
        is_before=entry.id == before,
        is_after=entry.id == after,
    )


PAGE = WebPage(
    path="/compare/{before}/{after}",
    read=read,
    template="compare.html",
    section="changed",
    summary=_("Two captures of a page compared, field by field and sentence by sentence."),
)

CHANGES = WebPage(
    path="/a/{id}/diff",
    read=read_changes,
    template="compare.html",
    section="changed",
    summary=_("A capture compared with the version before it."),
)
