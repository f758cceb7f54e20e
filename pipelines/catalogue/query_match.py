"""Evaluate a query over one article: the definition of what a search finds, which every index must agree with."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

from attrs import frozen

from pipelines.catalogue.query import PLACE_FIELDS, And, Node, Not, Or, Term, terms
from pipelines.model import Article, Entry
from pipelines.text.simplify import simplify
from pipelines.text.tokens import canonical

SEARCHED = ("title", "body", "source", "column", "author", "number")
"""What is searched of an article; a word without a field is searched in the first two."""

_SEPARATOR = " / "
"""Stands between the values of a list: a phrase can span them, a run of Chinese characters cannot."""


@frozen(kw_only=True)
class Searched:
    """An article as it is searched: the canonical form of each field of `SEARCHED`, its site and its region's code."""

    forms: Mapping[str, str]
    site: str | None = None
    region: str | None = None

    def has(self, term: Term) -> bool:
        """Return whether a term occurs."""
        if term.field == "site":
            return self.site == term.pattern
        if term.field == "region":
            return self.region is not None and self.region.startswith(term.pattern)
        return any(term.pattern in self.forms[name] for name in searched_fields(term))


def searched_fields(term: Term) -> tuple[str, ...]:
    """Return the fields of `SEARCHED` in which a term is searched."""
    return (term.field,) if term.field else ("title", "body")


def searched(entry: Entry, article: Article) -> Searched:
    """Return an article of an entry as it is searched."""
    return Searched(forms=canonical_forms(article), site=entry.site, region=entry.region.code if entry.region else None)


def canonical_forms(article: Article) -> dict[str, str]:
    """Return the canonical form of each field of `SEARCHED`.

    `number` are the document number (发文字号) and the index number (索引号) of an official document.
    """
    document = article.document
    numbers = (document.document_number, document.index_number) if document else ()
    return {
        "title": _short_form(article.title or ""),
        "body": canonical(article.text_hans),
        "source": _short_form(article.source or ""),
        "column": _short_form(_joined(article.column)),
        "author": _short_form(_joined(person.name for person in article.authors)),
        "number": _short_form(_joined(numbers)),
    }


def matches(node: Node | None, article: Searched) -> bool:
    """Return whether an article matches a query; each article does if there is none."""
    match node:
        case Term():
            return article.has(node)
        case And(parts):
            return all(matches(part, article) for part in parts)
        case Or(parts):
            return any(matches(part, article) for part in parts)
        case Not(part):
            return not matches(part, article)
        case None:
            return True


def title_hits(node: Node | None, article: Searched) -> int:
    """Return how many terms of a query without a field occur in the title: the relevance of an article."""
    return sum(pattern in article.forms["title"] for pattern in title_patterns(node))


def title_patterns(node: Node | None) -> tuple[str, ...]:
    """Return the patterns by which relevance is computed, each once."""
    return tuple(dict.fromkeys(term.pattern for term in terms(node) if term.field in ("", "title")))


def text_terms(node: Node | None) -> list[Term]:
    """Return the terms of a query that are not excluded and that are searched in texts."""
    return [term for term in terms(node) if term.field not in PLACE_FIELDS]


@functools.lru_cache(4096)
def _short_form(text: str) -> str:
    """Return the canonical form of a text that is not simplified; sources and columns occur again and again."""
    return canonical(simplify(text) if text else "")


def _joined(values: Iterable[str | None]) -> str:
    return _SEPARATOR.join(filter(None, values))
