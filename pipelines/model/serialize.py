"""Entries as JSON and back, with the keys and in the order of the contract."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import attrs
import cattrs
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.model import Article, DateOrTime, Digests, Entry, File
from pipelines.times import rfc3339

OMITTED = override(omit=True)

SHOWN_CHARS = 80
"""Characters of a damaged entry in the message: its id and site."""

_FIRST_KEYS = (
    *("title", "subtitle", "kicker", "text", "script", "text_hans", "outline", "published_at", "published_on"),
)
"""The first keys of an article's JSON: headline and text come before the other metadata."""


def entry_document(entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON values: every key is present; an unknown value is None, an empty collection a list."""
    document: dict[str, Any] = _CONVERTER.unstructure(entry)
    return document


def article_document(article: Article) -> dict[str, Any]:
    """Return one article of an entry as JSON values."""
    document: dict[str, Any] = _CONVERTER.unstructure(article)
    return document


def entry_json(entry: Entry) -> str:
    """Return an entry as one line of JSON."""
    return json.dumps(entry_document(entry), ensure_ascii=False, separators=(",", ":"))


def unasked_document(url: str, reason: str) -> dict[str, Any]:
    """Return a document in place of an entry for a page that was not requested: all keys, no values of a capture."""
    nothing = dict.fromkeys(field.name for field in attrs.fields(Entry))
    digests = dict.fromkeys(field.name for field in attrs.fields(Digests))
    digests = digests | {"articles": []}
    return nothing | {"url": url, "outcome": "rejected", "reason": reason, "articles": [], "digests": digests}


def entry_from_json(text: str) -> Entry:
    """Return the entry that `entry_json` wrote; raises StoreCorrupt for any other text.

    >>> entry_from_json('{"id": 1}')
    Traceback (most recent call last):
    pipelines.errors.StoreCorrupt: the catalogue has an entry that is damaged: {"id": 1}
    `fangzhi rebuild` makes a new one from the archive; check the disk
    """
    try:
        return _CONVERTER.structure(json.loads(text), Entry)
    except (BaseValidationError, ValueError, TypeError, AttributeError, RecursionError):
        raise StoreCorrupt(
            _("the catalogue has an entry that is damaged: {text}", text=text[:SHOWN_CHARS]),
            hint=_("`fangzhi rebuild` makes a new one from the archive; check the disk"),
        ) from None


def texts_from_json(text: str) -> list[str]:
    """Return the simplified texts of the articles in the JSON of an entry, without structuring the rest.

    >>> texts_from_json('{"articles": [{"text_hans": "正文"}]}')
    ['正文']
    """
    return [article["text_hans"] for article in json.loads(text)["articles"]]


def _moment(text: str, _: object) -> DateOrTime:
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True, unstruct_collection_overrides={tuple: list})
    converter.register_unstructure_hook(dt.datetime, rfc3339)
    converter.register_unstructure_hook(dt.date, dt.date.isoformat)
    converter.register_unstructure_hook(
        DateOrTime, lambda m: rfc3339(m) if isinstance(m, dt.datetime) else m.isoformat()
    )
    converter.register_structure_hook(dt.datetime, lambda text, _: dt.datetime.fromisoformat(text))
    converter.register_structure_hook(dt.date, lambda text, _: dt.date.fromisoformat(text))
    converter.register_structure_hook(DateOrTime, _moment)
    converter.register_structure_hook(DateOrTime | None, lambda text, _: None if text is None else _moment(text, None))
    converter.register_unstructure_hook(
        DateOrTime | None, lambda m: None if m is None else converter.unstructure(m, type(m))
    )
    without_name = make_dict_unstructure_fn(File, converter, name=override(omit_if_default=True))
    converter.register_unstructure_hook(File, without_name)  # most servers give no name
    unordered = make_dict_unstructure_fn(Article, converter, fingerprints=OMITTED)

    def ordered(article: Article) -> dict[str, Any]:
        document = unordered(article)
        return {key: document.pop(key) for key in _FIRST_KEYS} | document

    converter.register_unstructure_hook(Article, ordered)
    strict = make_dict_structure_fn(Article, converter, _cattrs_forbid_extra_keys=True, fingerprints=OMITTED)
    converter.register_structure_hook(Article, strict)
    return converter


_CONVERTER = _converter()
