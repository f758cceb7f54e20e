"""The words of a query: quoted or not, each with its field and its place, and operators and parentheses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from attrs import frozen

from pipelines.errors import ConfigError
from pipelines.messages import gettext as _
from pipelines.text.script import fold_to_simplified

FIELDS: Mapping[str, str] = {
    "title": "标题",
    "source": "来源",
    "column": "栏目",
    "author": "作者",
    "number": "文号",
    "site": "网站",
    "region": "地区",
}
"""The names of fields in a query, in English and in Chinese."""

QUOTES = {'"': '"”“＂', "“": '”"', "„": '”“"', "＂": '"＂', "「": "」", "『": "』"}
"""Quotation marks that begin a phrase, and those that may end it."""

_SPACE = re.compile(r"\s+")
_FIELD = re.compile(r"([A-Za-zＡ-Ｚａ-ｚ]+|[\u4e00-\u9fff]{2})[:：]")
_BY_CHINESE_NAME = {chinese: name for name, chinese in FIELDS.items()}
_MINUS, _OPENING, _CLOSING = "-－", "(（", ")）"


class QueryError(ConfigError):
    """A query is not valid; the message shows the place in it.

    `said` is the message without the place, `query` the query in one line, `at` the place in it.
    """

    def __init__(self, problem: str, query: str, at: int, hint: str | None = None) -> None:
        """Say what is wrong with a query at a place in it."""
        line = _SPACE.sub(lambda found: " " * len(found[0]), query)
        pad = "".join("  " if unicodedata.east_asian_width(char) in "FW" else " " for char in line[:at])
        said = _("{problem} ({hint})", problem=problem, hint=hint) if hint else problem
        super().__init__(_("{problem}:\n  {query}\n  {caret}", problem=said, query=line, caret=f"{pad}^"))
        self.said, self.query, self.at = said, line, at


@frozen(kw_only=True)
class Word:
    """A part of a query: `kind` is `word`, `phrase` (in quotation marks), `(`, `)` or `-`.

    `field` is the name before a colon, as given but half-width, in lower case and simplified; `start` is the place of
    the word in the query.
    """

    kind: str
    start: int
    text: str = ""
    field: str = ""

    def is_operator(self, name: str) -> bool:
        """Return whether the word is an operator such as `OR`, half- or full-width, in capitals, without quotes."""
        return self.kind == "word" and not self.field and unicodedata.normalize("NFKC", self.text) == name


def split_words(query: str) -> list[Word]:
    """Return the words of a query in order; raises QueryError for a quotation mark that is not closed.

    >>> [word.text or word.kind for word in split_words('电梯 -（防汛 OR "10 月"）')]
    ['电梯', '-', '(', '防汛', 'OR', '10 月', ')']
    """
    words: list[Word] = []
    at = 0
    while at < len(query):
        if space := _SPACE.match(query, at):
            at = space.end()
            continue
        char = query[at]
        if char in _MINUS and not _ends_here(query, at + 1):
            words.append(Word(kind="-", start=at))
            at += 1
        elif char in _OPENING or char in _CLOSING:
            words.append(Word(kind="(" if char in _OPENING else ")", start=at))
            at += 1
        else:
            word, at = _word(query, at)
            words.append(word)
    return words


def _word(query: str, start: int) -> tuple[Word, int]:
    """Return the word that begins at a place, and where it ends."""
    found = _FIELD.match(query, start)
    name = _field_name(found[1]) if found else ""
    at = found.end() if found and name else start
    if at < len(query) and query[at] in QUOTES:
        end = next((place for place in range(at + 1, len(query)) if query[place] in QUOTES[query[at]]), None)
        if end is None:
            raise QueryError(_("this quotation mark is not closed"), query, at)
        return Word(kind="phrase", start=start, text=query[at + 1 : end], field=name), end + 1
    end = _word_end(query, at)
    return Word(kind="word", start=start, text=query[at:end], field=name), end


def _word_end(query: str, start: int) -> int:
    """Return where a word without quotation marks ends: at white space, a quotation mark or an outer parenthesis."""
    depth = 0
    for at in range(start, len(query)):
        char = query[at]
        if char.isspace() or (char in QUOTES and at > start) or (char in _CLOSING and not depth):
            return at
        depth += (char in _OPENING) - (char in _CLOSING)
    return len(query)


def _field_name(given: str) -> str:
    """Return the English name of a field; empty for Chinese characters before a colon that are no name of a field."""
    if ord(given[0]) in range(0x4E00, 0xA000):
        return _BY_CHINESE_NAME.get(fold_to_simplified(given), "")
    return unicodedata.normalize("NFKC", given).lower()


def _ends_here(query: str, at: int) -> bool:
    return at >= len(query) or query[at].isspace()
