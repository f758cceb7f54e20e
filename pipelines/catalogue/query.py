"""The query language of the search: a query is parsed to a small tree.

Words are combined by AND; `OR` is weaker than AND; `-` or `NOT` before a word excludes it; `"…"` holds a phrase
together, `(…)` a part of the query; `title:` and the other names of `FIELDS` before a word search one field only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from attrs import evolve, frozen

from pipelines.catalogue.query_words import FIELDS, QueryError, Word, split_words
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _
from pipelines.text.simplify import simplify
from pipelines.text.tokens import phrase_pattern

TEXT_FIELDS = ("title", "source", "column", "author", "number")
"""Fields whose words are searched."""

PLACE_FIELDS = ("site", "region")
"""Fields that are compared as a whole: the slug of a site, and the beginning of the code of a region."""

MAX_DEPTH = 40
"""Levels of parentheses: more are no query of a person, and each one is a call of the parser."""

MAX_TERMS = 200
"""Words of a query: each one is a search in the index."""


@frozen
class Term:
    """A phrase in a field, or in title or text if the field is empty; `pattern` is what occurs in canonical forms.

    For `site` and `region`, the pattern is the value as given.
    """

    field: str
    pattern: str
    given: str


@frozen
class And:
    """All parts must match."""

    parts: tuple[Node, ...]


@frozen
class Or:
    """At least one part must match."""

    parts: tuple[Node, ...]


@frozen
class Not:
    """The part must not match."""

    part: Node


Node = Term | And | Or | Not


def parse_query(query: str) -> Node:
    """Return the tree of a query; raises QueryError, which shows the place of what is wrong.

    >>> parse_query("电梯 -防汛")
    And(parts=(Term(field='', pattern='电梯', given='电梯'), Not(part=Term(field='', pattern='防汛', given='防汛'))))
    """
    return _Parser(query).parsed()


def text_term(field: str, text: str) -> Term:
    """Return the term for a phrase in a field; raises ConfigError if the phrase has no letter, digit or character."""
    pattern = phrase_pattern(simplify(text))
    if not pattern:
        raise ConfigError(_("{text!r} has no letter, digit or Chinese character to search for", text=text))
    return Term(field, pattern, text)


def all_of(*parts: Node | None) -> Node | None:
    """Return the tree of which all parts must match; None if there is no part."""
    found = tuple(part for part in parts if part)
    return And(found) if len(found) > 1 else next(iter(found), None)


def terms(node: Node | None, *, positive: bool = True) -> Iterator[Term]:
    """Yield the terms of a tree in order; with `positive` without those that are excluded."""
    match node:
        case Term():
            yield node
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms(part, positive=positive)
        case Not(part) if not positive:
            yield from terms(part, positive=False)


def with_places(node: Node, resolve: Mapping[str, Callable[[str], str]]) -> Node:
    """Return a tree in which the values of `site:` and `region:` are replaced by what a function gives for them."""
    match node:
        case Term(field) if field in resolve:
            return evolve(node, pattern=resolve[field](node.given))
        case And(parts) | Or(parts):
            return evolve(node, parts=tuple(with_places(part, resolve) for part in parts))
        case Not(part):
            return Not(with_places(part, resolve))
        case _:
            return node


class _Parser:
    """Reads the words of a query from left to right."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._words = split_words(query)
        self._at = 0
        self._depth = 0

    def parsed(self) -> Node:
        """Return the tree of the whole query."""
        if not self._words:
            raise self._error(_("the query is empty"), 0)
        if len(self._words) > MAX_TERMS:
            raise self._error(_("the query has more than {count} words", count=MAX_TERMS), self._words[MAX_TERMS].start)
        tree = self._any()
        if word := self._next():
            raise self._error(_("this parenthesis closes nothing"), word.start)
        return tree

    def _any(self) -> Node:
        parts = [self._all()]
        while (word := self._next()) and word.is_operator("OR"):
            self._at += 1
            parts.append(self._all(after=word))
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def _all(self, after: Word | None = None) -> Node:
        parts: list[Node] = []
        while (word := self._next()) and not (word.is_operator("OR") or word.kind == ")"):
            if word.is_operator("AND") and parts:
                self._at += 1
                after = word
                continue
            parts.append(self._one())
            after = None
        if after or not parts:
            place = after or self._next()
            raise self._error(
                _("a word is missing here"),
                place.start if place else len(self._query.rstrip()),
                _('write an operator in quotation marks to search for it: "OR"'),
            )
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def _one(self) -> Node:
        word = self._words[self._at]
        self._at += 1
        if word.kind == "-" or word.is_operator("NOT"):
            following = self._next()
            if following is None or following.kind == ")":
                raise self._error(_("a word is missing after this"), word.start)
            return Not(self._nested(word, self._one))
        if word.kind == "(":
            tree = self._nested(word, self._any)
            closing = self._next()
            if closing is None:
                raise self._error(_("this parenthesis is not closed"), word.start)
            self._at += 1
            return tree
        return self._term(word)

    def _nested(self, word: Word, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(_("the query has more than {count} levels", count=MAX_DEPTH), word.start)
        tree = read()
        self._depth -= 1
        return tree

    def _term(self, word: Word) -> Term:
        field = word.field
        if field and field not in FIELDS:
            raise self._error(
                _("there is no field {name!r}", name=field),
                word.start,
                _("fields are {names}; in quotation marks it is searched literally", names=[*FIELDS]),
            )
        if not word.text.strip():
            raise self._error(_("a word is missing after this"), word.start)
        if field in PLACE_FIELDS:
            return Term(field, word.text, word.text)
        pattern = phrase_pattern(simplify(word.text))
        if not pattern:
            raise self._error(_("this has no letter, digit or Chinese character to search for"), word.start)
        return Term(field, pattern, word.text)

    def _next(self) -> Word | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _error(self, problem: str, at: int, hint: str | None = None) -> QueryError:
        return QueryError(problem, self._query, at, hint)
