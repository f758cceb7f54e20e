"""Pure. What a new reading changes, for people: in colour on a terminal, with the marks of a word diff elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import click

from crawler.compare import ArticleChange, Comparison, Edit, Totals, inline

SHOWN = 120
"""Characters of a piece that went or came as a whole that are shown: two or three sentences; `--json` has all of it."""

MARKS = {"changed": "~", "new": "+", "lost": "-"}
COLOURS = {"changed": "yellow", "new": "green", "lost": "red"}


def told(comparison: Comparison, *, coloured: bool) -> Iterator[str]:
    """Yield a page's changes as lines: the page, each article that changed, and under it field by field what."""
    yield _styled(f"{comparison.kind}: {comparison.id} {comparison.url}", coloured, bold=True)
    for name, edit in comparison.facts.items():
        yield f"  {name}: {_edited(edit, coloured)}"
    for article in comparison.articles:
        if article.kind != "equal":
            yield from _article(article, coloured)


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


def _article(article: ArticleChange, coloured: bool) -> Iterator[str]:
    mark = _styled(f"{MARKS[article.kind]} {article.kind}", coloured, fg=COLOURS[article.kind])
    yield f"  {mark} {article.title or '（无题）'}"
    for name, edit in article.fields.items():
        yield f"      {name}: {_edited(edit, coloured)}"
    if article.text:
        yield f"      text: {len(article.text)} places, {article.sentences} sentences before"
        yield from (f"        {_edited(edit, coloured)}" for edit in article.text)


def _edited(edit: Edit, coloured: bool) -> str:
    return "".join(
        piece.after if piece.before == piece.after else _gone(piece.before, coloured) + _come(piece.after, coloured)
        for piece in inline(edit.before, edit.after)
    )


def _gone(text: str, coloured: bool) -> str:
    if not text:
        return ""
    shown = _shortened(text)
    return click.style(shown, fg="red", strikethrough=True) if coloured else f"[-{shown}-]"


def _come(text: str, coloured: bool) -> str:
    if not text:
        return ""
    return click.style(_shortened(text), fg="green") if coloured else f"{{+{_shortened(text)}+}}"


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
