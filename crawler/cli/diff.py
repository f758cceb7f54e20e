"""Differences between two readings or two versions of a page: on a terminal and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import click

from crawler.cli.session import Session
from crawler.compare.entries import ArticleChange, Comparison, Totals, compare
from crawler.compare.text import Edit, inline
from pipelines.catalogue.history import in_force, is_there
from pipelines.errors import FangzhiError
from pipelines.model import Entry

FORMS = ("text", "html", "json")

SHOWN = 120
"""Characters of a piece that went or came as a whole that are shown of a new reading, one of thousands: two or three
sentences; `--json` has all of it."""

FOLLOWS = ("quality", "repairs", "script", "published_on")
"""Fields that follow from the text or from another field: of a new version they tell nothing more."""

MARKS = {"changed": "~", "new": "+", "lost": "-"}
COLOURS = {"changed": "yellow", "new": "green", "lost": "red"}


def show_diff(session: Session, entry: Entry, versions: Sequence[Entry], form: str) -> None:
    """Print what changed from the version before to that which a capture shows, its own or the one that it repeats.

    Raises FangzhiError: there is none before.
    """
    from crawler.cli.diff_page import diff_page

    if form not in FORMS:
        raise click.UsageError(f"--diff has the formats {', '.join(FORMS)}, not {form}")
    after = (in_force(versions, entry) if is_there(entry) else None) or entry
    before = next((each for each in reversed(versions) if each.fetched_at < after.fetched_at), None)
    if before is None:
        raise FangzhiError(f"{entry.url} had no other version before {entry.id}", "--history shows them all")
    if session.machine or form == "json":
        session.emit(comparison_document(compare(before, after)))
    elif form == "html":
        click.echo(diff_page(before, after, (_named(before, versions), _named(after, versions))))
    else:
        _, coloured = session.terminal(sys.stdout)
        click.echo("\n".join(edited(before, after, coloured=coloured)))


def told(comparison: Comparison, *, coloured: bool) -> Iterator[str]:
    """Yield a page's changes as lines: the page, each article that changed, and under it field by field what."""
    yield _styled(f"{comparison.kind}: {comparison.id} {comparison.url}", coloured, bold=True)
    for name, edit in comparison.facts.items():
        yield f"  {name}: {marked(edit, coloured=coloured, whole=False)}"
    for article in comparison.articles:
        if article.kind != "equal":
            yield from _article(article, coloured)


def edited(before: Entry, after: Entry, *, coloured: bool) -> Iterator[str]:
    """Yield what changed from one version of a page to a later one as lines: both captures, then article by article."""
    yield _styled(after.url, coloured, bold=True)
    for sign, colour, entry in (("-", "red", before), ("+", "green", after)):
        why = "" if entry.articles else f"  no article: {entry.reason}, status {entry.status}"
        yield _styled(f"{sign} {entry.fetched_at:%Y-%m-%d %H:%M}  {entry.id}{why}", coloured, fg=colour)
    changes = [of_the_page(article) for article in compare(before, after).articles]
    shown = [line for each in changes if each.kind != "equal" for line in _article(each, coloured, whole=True)]
    yield from shown or ["  the text is the same"]


def of_the_page(article: ArticleChange) -> ArticleChange:
    """Return a change without what only follows from the rest of it."""
    fields = {name: edit for name, edit in article.fields.items() if not name.startswith(FOLLOWS)}
    unchanged = article.kind == "changed" and not fields and not article.text
    return attrs.evolve(article, fields=fields, kind="equal" if unchanged else article.kind)


def summed(totals: Totals) -> list[str]:
    """Return the totals as lines.

    >>> totals = Totals()
    >>> totals.articles.update(equal=3, changed=2), totals.fields.update({"title": 1, "text": 2})
    (None, None)
    >>> summed(totals)
    ['articles: 3 equal, 2 changed, 0 new, 0 lost', '       2  text', '       1  title']
    """
    articles = ", ".join(f"{count} {kind}" for kind, count in totals.articles.items())
    return [f"articles: {articles}", *(f"  {count:>6}  {field}" for field, count in totals.fields.most_common())]


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return a page's changes as JSON values, without the articles that are equal."""
    document = attrs.asdict(comparison)
    document["articles"] = [article for article in document["articles"] if article["kind"] != "equal"]
    return document


def marked(edit: Edit, *, coloured: bool, whole: bool = True) -> str:
    """Return a changed string with what went and what came in it, in colour or in [-…-] and {+…+}."""
    return "".join(
        piece.after if piece.stayed else _gone(piece.before, coloured, whole) + _come(piece.after, coloured, whole)
        for piece in inline(edit.before, edit.after)
    )


def _named(entry: Entry, versions: Sequence[Entry]) -> str:
    """Return which version a capture is, or why it is none."""
    number = next((number for number, each in enumerate(versions, 1) if each.id == entry.id), None)
    return f"第{number}版" if number else f"没有文章（{entry.reason}，状态 {entry.status}）"


def _article(article: ArticleChange, coloured: bool, *, whole: bool = False) -> Iterator[str]:
    mark = _styled(f"{MARKS[article.kind]} {article.kind}", coloured, fg=COLOURS[article.kind])
    yield f"  {mark} {article.title or '（无题）'}"
    for name, edit in article.fields.items():
        yield f"      {name}: {marked(edit, coloured=coloured, whole=whole)}"
    if article.text:
        yield f"      text: changed in {len(article.text)} places, of {article.sentences} sentences"
        yield from (f"        {marked(edit, coloured=coloured, whole=whole)}" for edit in article.text)


def _gone(text: str, coloured: bool, whole: bool) -> str:
    if not text:
        return ""
    shown = text if whole else _shortened(text)
    return click.style(shown, fg="red", strikethrough=True) if coloured else f"[-{shown}-]"


def _come(text: str, coloured: bool, whole: bool) -> str:
    if not text:
        return ""
    shown = text if whole else _shortened(text)
    return click.style(shown, fg="green") if coloured else f"{{+{shown}+}}"


def _shortened(text: str) -> str:
    """Return a long text by its beginning and its end.

    >>> _shortened("一" * 500).count("一")
    120
    """
    flat = text.replace("\n", " ")
    if len(flat) <= SHOWN:
        return flat
    return f"{flat[: 2 * SHOWN // 3]} … {flat[-SHOWN // 3 :]} ({len(flat)} characters)"


def _styled(text: str, coloured: bool, **style: Any) -> str:
    return click.style(text, **style) if coloured else text
