"""Facets: what a selection of articles consists of, each part with its number and a link to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from crawler.web.links import Parameters, replaced
from pipelines.catalogue.counting import Dimension
from pipelines.messages import Message
from pipelines.messages import gettext as _

SHOWN = 8
"""Values shown of a facet: the page of counts has them all."""

FACETS: dict[Dimension, Message] = {
    "region": _("Region"),
    "month": _("Month of publication"),
    "site": _("Site"),
    "source": _("Source"),
    "column": _("Column"),
    "verdict": _("Verdict"),
}
"""What a search is divided by, in the order in which it is shown."""


@frozen(kw_only=True)
class Value:
    """One value of a facet: its code, None where articles have none; its name, and the address of its articles."""

    code: str | None
    name: str
    count: int
    href: str | None
    chosen: bool = False


@frozen(kw_only=True)
class Facet:
    """A facet with its most frequent values, of months the latest ones; `more` is the number of the others."""

    key: Dimension
    label: str
    values: tuple[Value, ...]
    more: int = 0


def facet(
    key: Dimension,
    counts: Sequence[tuple[str | None, int]],
    parameters: Parameters,
    href: Callable[[Parameters], str],
    names: Callable[[str], str],
) -> Facet:
    """Return a facet from its values and their numbers of articles.

    `names` gives the name of a value for people, `href` the address with other parameters.
    """
    present = sorted(counts, key=lambda each: -each[1])
    if key == "month":  # months in a row: one that is left out for its number would look like one without articles
        present.sort(key=lambda each: each[0] or "", reverse=True)
    given = dict(parameters)
    values = tuple(_value(key, *each, given, parameters, href, names) for each in present[:SHOWN])
    return Facet(key=key, label=FACETS[key], values=values, more=max(0, len(present) - SHOWN))


def parameters_of(key: Dimension, value: str) -> dict[str, str]:
    """Return the parameters that select a value: a month is a period of publication.

    >>> parameters_of("month", "2024-03"), parameters_of("site", "yunzhou")
    ({'since': '2024-03', 'until': '2024-03'}, {'site': 'yunzhou'})
    """
    if key in ("year", "month", "day"):
        return {"since": value, "until": value}
    return {key: value.replace(" > ", " ") if key == "column" else value}


def _value(
    key: Dimension,
    value: str | None,
    count: int,
    given: Mapping[str, str],
    parameters: Parameters,
    href: Callable[[Parameters], str],
    names: Callable[[str], str],
) -> Value:
    if not value:
        return Value(code=None, name=_("none stated"), count=count, href=None)
    chosen = parameters_of(key, value)
    is_chosen = all(given.get(name) == each for name, each in chosen.items())
    target = replaced(parameters, page="", **(dict.fromkeys(chosen, "") if is_chosen else chosen))
    return Value(code=value, name=names(value), count=count, href=href(target), chosen=is_chosen)
