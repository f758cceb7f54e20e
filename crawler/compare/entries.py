"""What two readings of one page differ in: article by article, field by field, sentence by sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Literal

from attrs import frozen

from crawler.compare.text import LONGEST, Edit, alike, sentences, text_edits
from pipelines.model import Article, Entry
from pipelines.model.serialize import article_document, entry_document

ABOUT_TEXT = ("text", "text_hans", "repairs", "evidence")
"""Keys of an article that are its text, or follow from it."""

Kind = Literal["equal", "changed", "new", "lost"]


@frozen(kw_only=True)
class ArticleChange:
    """What became of an article: its fields by name, and the sentences of its text, of `sentences` before, in order."""

    kind: Kind
    title: str
    fields: dict[str, Edit]
    text: tuple[Edit, ...] = ()
    sentences: int = 0

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of everything that differs, text among it."""
        return (*self.fields, *(("text",) if self.text else ()))


@frozen(kw_only=True)
class Comparison:
    """What became of a page: of what is known of it as a whole, and of each of its articles."""

    kind: Literal["unchanged", "changed", "added"]
    id: str
    url: str
    facts: dict[str, Edit]
    articles: tuple[ArticleChange, ...]


class Totals:
    """Articles by what became of them, and how many of the changed ones differ in which field."""

    def __init__(self) -> None:
        self.articles: Counter[str] = Counter({"equal": 0, "changed": 0, "new": 0, "lost": 0})
        self.fields: Counter[str] = Counter()

    def add(self, comparison: Comparison) -> None:
        """Count a page."""
        for article in comparison.articles:
            self.articles[article.kind] += 1
            if article.kind == "changed":
                self.fields.update(article.changed)


def compare(before: Entry | None, after: Entry) -> Comparison:
    """Return what differs between two entries of one capture; the version that read it does not count.

    Of a page that was not there before, the one fact told is why it has no article.
    """
    reason = {"reason": Edit(before="", after=after.reason)} if after.reason else {}
    facts = _edits(_facts(before), _facts(after)) if before else reason
    articles = tuple(_article(*pair) for pair in paired(before.articles if before else (), after.articles))
    differs = facts or any(article.kind != "equal" for article in articles)
    return Comparison(
        kind="added" if before is None else "changed" if differs else "unchanged",
        id=after.id,
        url=after.final_url,
        facts=facts,
        articles=articles,
    )


def _facts(entry: Entry) -> dict[str, str]:
    document = entry_document(entry)
    for key in ("articles", "version", "id"):
        del document[key]
    return dict(_flat(document))


def _article(before: Article | None, after: Article | None) -> ArticleChange:
    told = after or before
    title = (told.title if told else None) or ""
    if before is None or after is None:
        return ArticleChange(kind="lost" if before else "new", title=title, fields={})
    if before == after:
        return ArticleChange(kind="equal", title=title, fields={})
    fields = _edits(_fields(before), _fields(after))
    text = tuple(text_edits(before.text, after.text))
    kind: Kind = "changed" if fields or text else "equal"
    return ArticleChange(kind=kind, title=title, fields=fields, text=text, sentences=len(sentences(before.text)))


def _fields(article: Article) -> dict[str, str]:
    """An article's fields for comparing; of repairs how often which, for their places move with the text."""
    document = article_document(article)
    repairs = Counter(repair.rule for repair in article.repairs)
    told = "、".join(f"{rule} × {count}" for rule, count in sorted(repairs.items()))
    return {**dict(_flat({key: value for key, value in document.items() if key not in ABOUT_TEXT})), "repairs": told}


def _edits(before: dict[str, str], after: dict[str, str]) -> dict[str, Edit]:
    return {
        key: Edit(before=before.get(key, ""), after=after.get(key, ""))
        for key in {**before, **after}
        if before.get(key, "") != after.get(key, "")
    }


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield JSON values as text by dotted names; a list of plain values is one of them, one of objects a line each."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        parts = (" ".join(str(x) for x in p.values() if x) if isinstance(p, dict) else str(p) for p in value)
        yield name, "、".join(parts)
    else:
        yield name, "" if value is None else str(value)


Pair = tuple[Article | None, Article | None]


def paired(before: tuple[Article, ...], after: tuple[Article, ...]) -> list[Pair]:
    """Return which article has become which: the same one, else the same text, the same title, or a text alike."""
    if len(before) == len(after) == 1:
        return [(before[0], after[0])]
    old, pairs = list(before), {}
    same: tuple[Callable[[Article, Article], bool], ...] = (
        lambda one, other: one.title == other.title and one.text == other.text,
        lambda one, other: one.text == other.text,
        lambda one, other: one.title == other.title,
        lambda one, other: alike(one.text[:LONGEST], other.text[:LONGEST]),
    )
    for like in same:
        for number, new in enumerate(after):
            match = None if number in pairs else next((each for each in old if like(each, new)), None)
            if match is not None:
                pairs[number] = match
                old.remove(match)
    return [*((pairs.get(number), new) for number, new in enumerate(after)), *((gone, None) for gone in old)]
