"""A mirror's traditional characters: a machine's, character by character and phrase by phrase."""

from __future__ import annotations

from attrs import evolve

from crawler.demo.model import Truth
from pipelines.catalogue.search import traditional


def mirrored(truth: Truth) -> Truth:
    """Return what must come of a page once it is shown in traditional characters."""
    return evolve(
        truth,
        title=_told(truth.title),
        text=_told(truth.text),
        source=_told(truth.source),
        authors=tuple(evolve(person, name=traditional(person.name)) for person in truth.authors),
        column=tuple(map(traditional, truth.column)),
    )


def _told(text: str | None) -> str | None:
    return None if text is None else traditional(text)
