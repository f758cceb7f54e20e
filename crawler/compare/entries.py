"""Differences between two entries of one page: article by article, field by field, sentence by sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Literal

from attrs import evolve, frozen

from crawler.compare.text import MAX_COMPARED_CHARS, TextChange, are_similar, sentence_changes, sentences
from pipelines.model import Article, Entry
from pipelines.model.serialize import article_document, entry_document

TEXT_KEYS = ("text", "text_hans", "repairs", "evidence", "left_out")
"""Keys of an article's document that hold the text, are derived from it, or describe how the page was read."""

DERIVED_FIELDS = ("quality", "repairs", "script", "published_on", "tables")
"""Fields computed from the text or from another field: in a diff of two versions they add no information."""

ComparisonKind = Literal["equal", "changed", "new", "lost"]


@frozen(kw_only=True)
class ArticleChange:
    """How an article differs: its changed fields by name, and its changed sentences in order.

    `sentences` is the number of sentences that the text had before.
    """

    kind: ComparisonKind
    title: str
    fields: dict[str, TextChange]
    text: tuple[TextChange, ...] = ()
    sentences: int = 0

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of everything that differs, including the text."""
        return (*self.fields, *(("text",) if self.text else ()))


@frozen(kw_only=True)
class Comparison:
    """How a page differs: `facts` are the fields of the entry itself, `articles` those of each article."""

    kind: Literal["unchanged", "changed", "added"]
    id: str
    url: str
    facts: dict[str, TextChange]
    articles: tuple[ArticleChange, ...]


class Totals:
    """Counts of articles by kind of change, and of changed articles by the field that differs."""

    def __init__(self) -> None:
        self.articles: Counter[str] = Counter({"equal": 0, "changed": 0, "new": 0, "lost": 0})
        self.fields: Counter[str] = Counter()

    def add(self, comparison: Comparison) -> None:
        """Count the articles of a page."""
        for article in comparison.articles:
            self.articles[article.kind] += 1
            if article.kind == "changed":
                self.fields.update(article.changed)


def compare(before: Entry | None, after: Entry) -> Comparison:
    """Return the differences between two entries of one capture, except for the version that extracted them.

    For a page that was not catalogued before, the only fact is the reason why it has no article.
    """
    reason = {"reason": TextChange(before="", after=after.reason)} if after.reason else {}
    facts = _field_changes(_entry_fields(before), _entry_fields(after)) if before else reason
    pairs = pair_articles(before.articles if before else (), after.articles)
    articles = tuple(_compare_articles(*pair) for pair in pairs)
    differs = facts or any(article.kind != "equal" for article in articles)
    return Comparison(
        kind="added" if before is None else "changed" if differs else "unchanged",
        id=after.id,
        url=after.final_url,
        facts=facts,
        articles=articles,
    )


def without_derived_fields(article: ArticleChange) -> ArticleChange:
    """Return a change without the fields that are derived from others."""
    fields = {name: change for name, change in article.fields.items() if not name.startswith(DERIVED_FIELDS)}
    unchanged = article.kind == "changed" and not fields and not article.text
    return evolve(article, fields=fields, kind="equal" if unchanged else article.kind)


def _entry_fields(entry: Entry) -> dict[str, str]:
    document = entry_document(entry)
    for key in ("articles", "version", "id"):
        del document[key]
    return dict(_flatten(document))


def _compare_articles(before: Article | None, after: Article | None) -> ArticleChange:
    newest = after or before
    title = (newest.title if newest else None) or ""
    if before is None or after is None:
        return ArticleChange(kind="lost" if before else "new", title=title, fields={})
    if before == after:
        return ArticleChange(kind="equal", title=title, fields={})
    fields = _field_changes(_article_fields(before), _article_fields(after))
    text = tuple(sentence_changes(before.text, after.text))
    kind: ComparisonKind = "changed" if fields or text else "equal"
    return ArticleChange(kind=kind, title=title, fields=fields, text=text, sentences=len(sentences(before.text)))


def _article_fields(article: Article) -> dict[str, str]:
    """Return an article's fields as text; repairs are counted by rule, because their offsets shift with the text."""
    document = article_document(article)
    repairs = Counter(repair.rule for repair in article.repairs)
    counts = "、".join(f"{rule} × {count}" for rule, count in sorted(repairs.items()))
    fields = {key: value for key, value in document.items() if key not in TEXT_KEYS}
    return {**dict(_flatten(fields)), "repairs": counts}


def _field_changes(before: dict[str, str], after: dict[str, str]) -> dict[str, TextChange]:
    return {
        key: TextChange(before=before.get(key, ""), after=after.get(key, ""))
        for key in {**before, **after}
        if before.get(key, "") != after.get(key, "")
    }


def _flatten(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield JSON values as pairs of a dotted name and a text; a list is one text with its items joined by "、"."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flatten(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        parts = (" ".join(str(x) for x in p.values() if x) if isinstance(p, dict) else str(p) for p in value)
        yield name, "、".join(parts)
    else:
        yield name, "" if value is None else str(value)


ArticlePair = tuple[Article | None, Article | None]


def pair_articles(before: tuple[Article, ...], after: tuple[Article, ...]) -> list[ArticlePair]:
    """Return each article after with its counterpart before, then the articles that are lost.

    Counterparts are searched in four passes: same title and text, same text, same title, similar text.
    """
    if len(before) == len(after) == 1:
        return [(before[0], after[0])]
    unpaired, pairs = list(before), {}
    passes: tuple[Callable[[Article, Article], bool], ...] = (
        lambda one, other: one.title == other.title and one.text == other.text,
        lambda one, other: one.text == other.text,
        lambda one, other: one.title == other.title,
        lambda one, other: are_similar(one.text[:MAX_COMPARED_CHARS], other.text[:MAX_COMPARED_CHARS]),
    )
    for matches in passes:
        for number, new in enumerate(after):
            match = None if number in pairs else next((each for each in unpaired if matches(each, new)), None)
            if match is not None:
                pairs[number] = match
                unpaired.remove(match)
    return [*((pairs.get(number), new) for number, new in enumerate(after)), *((lost, None) for lost in unpaired)]
