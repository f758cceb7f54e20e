"""Differences between two extractions or two versions of a page: on a terminal and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import click

from crawler.cli.output import echo
from crawler.cli.results import result
from crawler.cli.session import Session
from crawler.compare.entries import ArticleChange, Comparison, Totals, compare, without_derived_fields
from crawler.compare.text import TextChange, inline_diff
from crawler.config.language import in_language
from pipelines.catalogue.history import is_present, version_at_capture
from pipelines.errors import FangzhiError
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _
from pipelines.model import Entry
from pipelines.model.fields import label_of
from pipelines.printable import printable
from pipelines.times import CHINA

MAX_PIECE_CHARS = 120
"""Characters shown of a piece that was added or removed, in `replay --diff`, which may list thousands of pages.

They hold two or three sentences; `--json` prints the piece in full.
"""

MARKS = {"changed": "~", "new": "+", "lost": "-"}
KINDS: dict[str, Message] = {
    "added": _("added"),
    "changed": _("changed"),
    "equal": _("equal"),
    "lost": _("lost"),
    "new": _("new"),
    "unchanged": _("unchanged"),
}
COLOURS = {"changed": "yellow", "new": "green", "lost": "red"}


def show_diff(session: Session, entry: Entry, versions: Sequence[Entry], form: str) -> None:
    """Print what changed between the version that a capture shows, or repeats, and the version before it.

    Raises FangzhiError if there is no earlier version.
    """
    from crawler.cli.diff_markdown import diff_markdown
    from crawler.cli.diff_page import diff_page

    lang = session.config.lang
    after = (version_at_capture(versions, entry) if is_present(entry) else None) or entry
    before = next((each for each in reversed(versions) if each.fetched_at < after.fetched_at), None)
    if before is None:
        missing = _("{url} has no version earlier than {id}", url=entry.url, id=entry.id)
        raise FangzhiError(missing, _("--history lists all versions"))
    names = (_version_name(before, versions, lang), _version_name(after, versions, lang))
    if session.as_json or form == "json":
        session.emit(comparison_document(compare(before, after)))
    elif form == "html":
        echo(diff_page(before, after, names, lang=lang, archive=session.config.archive))
    elif form == "md":
        echo(diff_markdown(before, after, names, lang=lang))
    else:
        _width, coloured = session.terminal(sys.stdout)
        session.echo("\n".join(version_diff_lines(before, after, coloured=coloured, lang=lang)), styled=True)


def comparison_lines(comparison: Comparison, *, coloured: bool, lang: str) -> Iterator[str]:
    """Yield a page's differences as lines: the page, each article that differs, and its fields."""
    kind = in_language(KINDS[comparison.kind], lang)
    yield _styled(f"{kind}: {comparison.id} {comparison.url}", coloured, bold=True)
    for name, change in comparison.facts.items():
        yield f"  {name}: {marked_change(change, coloured=coloured, shorten=True)}"
    for article in comparison.articles:
        if article.kind != "equal":
            yield from _article_lines(article, coloured, lang, shorten=True)


def version_diff_lines(before: Entry, after: Entry, *, coloured: bool, lang: str) -> Iterator[str]:
    """Yield the differences between two versions of a page as lines: both captures, then each article that differs."""
    yield _styled(after.url, coloured, bold=True)
    for sign, colour, entry in (("-", "red", before), ("+", "green", after)):
        reason = "" if entry.articles else f"  {in_language(_without_article(entry), lang)}"
        time = f"{entry.fetched_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        yield _styled(f"{sign} {time}  {entry.id}{reason}", coloured, fg=colour)
    changes = [without_derived_fields(article) for article in compare(before, after).articles]
    lines = [line for each in changes if each.kind != "equal" for line in _article_lines(each, coloured, lang)]
    yield from lines or ["  " + in_language(_("The text is unchanged."), lang)]


def totals_lines(totals: Totals) -> list[str]:
    """Return the totals as lines.

    >>> totals = Totals()
    >>> totals.articles.update(equal=3, changed=2), totals.fields.update({"title": 1, "text": 2})
    (None, None)
    >>> totals_lines(totals)
    ['articles: 3 equal, 2 changed, 0 new, 0 lost', '       2  text', '       1  title']
    """
    articles = _("articles: {equal} equal, {changed} changed, {new} new, {lost} lost", **totals.articles)
    return [articles, *(f"  {count:>6}  {field}" for field, count in totals.fields.most_common())]


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return a page's differences as JSON values, without the articles that are equal."""
    document = attrs.asdict(comparison)
    document["articles"] = [article for article in document["articles"] if article["kind"] != "equal"]
    return document


def marked_change(change: TextChange, *, coloured: bool, shorten: bool = False) -> str:
    """Return a changed string with its removed and added pieces marked as [-removed-] and {+added+}, also in colour."""
    return "".join(
        printable(piece.after)
        if piece.unchanged
        else _removed(piece.before, coloured, shorten) + _added(piece.after, coloured, shorten)
        for piece in inline_diff(change.before, change.after)
    )


def _version_name(entry: Entry, versions: Sequence[Entry], lang: str) -> str:
    """Return the number of the version that a capture is, or the reason why it is none."""
    number = next((number for number, each in enumerate(versions, 1) if each.id == entry.id), None)
    return in_language(_("version {number}", number=number) if number else _without_article(entry), lang)


def _without_article(entry: Entry) -> Message:
    return _("no article ({why}, status {status})", why=result(entry), status=entry.status)


def _article_lines(article: ArticleChange, coloured: bool, lang: str, *, shorten: bool = False) -> Iterator[str]:
    kind = in_language(KINDS[article.kind], lang)
    mark = _styled(f"{MARKS[article.kind]} {kind}", coloured, fg=COLOURS[article.kind])
    title = article.title or in_language(_("(no title)"), lang)
    yield f"  {mark} {printable(title)}"
    for name, change in article.fields.items():
        value = marked_change(change, coloured=coloured, shorten=shorten)
        yield "      " + in_language(_("{label}: {value}", label=label_of(name, lang), value=value), lang)
    if article.text:
        yield f"      {in_language(_text_changes(article, label_of('text', lang)), lang)}"
        yield from (f"        {marked_change(change, coloured=coloured, shorten=shorten)}" for change in article.text)


def _text_changes(article: ArticleChange, label: str) -> Message:
    """Return how many sentences the text had, and how many of them were changed, removed and added."""
    sentences = ngettext("{count} sentence", "{count} sentences", article.sentences)
    added = sum(not change.before for change in article.text)
    removed = sum(not change.after for change in article.text)
    counts = {
        _("{count} changed", count=len(article.text) - added - removed): len(article.text) - added - removed,
        _("{count} removed", count=removed): removed,
        _("{count} added", count=added): added,
    }
    changes = [text for text, count in counts.items() if count]
    return _("{label} ({sentences}): {changes}", label=label, sentences=sentences, changes=changes)


def _removed(text: str, coloured: bool, shorten: bool) -> str:
    if not text:
        return ""
    return _styled(f"[-{_shortened(text) if shorten else text}-]", coloured, fg="red")


def _added(text: str, coloured: bool, shorten: bool) -> str:
    if not text:
        return ""
    return _styled(f"{{+{_shortened(text) if shorten else text}+}}", coloured, fg="green")


def _shortened(text: str) -> str:
    """Return the beginning and the end of a long text, with its length.

    >>> _shortened("一" * 500).count("一")
    120
    """
    flat = text.replace("\n", " ")
    if len(flat) <= MAX_PIECE_CHARS:
        return flat
    return f"{flat[: 2 * MAX_PIECE_CHARS // 3]} … {flat[-MAX_PIECE_CHARS // 3 :]} ({len(flat)} characters)"


def _styled(text: str, coloured: bool, **style: Any) -> str:
    text = printable(text)
    return click.style(text, **style) if coloured else text
