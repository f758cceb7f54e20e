"""The ground truth of a portal in traditional characters, converted by phrases and characters as by a CMS."""

from __future__ import annotations

from functools import cache

from attrs import evolve

from crawler.demo.model import Truth
from pipelines.text.traditional import traditional


def in_traditional(truth: Truth) -> Truth:
    """Return the expected result for a page that is shown in traditional characters."""
    return evolve(
        truth,
        title=_traditional_or_none(truth.title),
        text=_traditional_or_none(truth.text),
        source=_traditional_or_none(truth.source),
        authors=tuple(evolve(person, name=traditional(person.name)) for person in truth.authors),
        column=tuple(map(traditional, truth.column)),
    )


@cache
def _traditional_or_none(text: str | None) -> str | None:
    """Convert a text of a city, whose texts are as many as its articles and are asked for again and again."""
    return None if text is None else traditional(text)
