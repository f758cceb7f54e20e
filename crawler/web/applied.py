"""The filters in force on a page: their names, and the address of the page without each of them."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from crawler.cli.results import RESULTS
from crawler.web.facets import FACETS
from crawler.web.links import without
from crawler.web.page_request import PageRequest
from crawler.web.room import Room
from pipelines.messages import gettext as _

FIELDS = (
    ("since", _("Published from"), "2024-03, 7d"),
    ("until", _("Published until"), "2024-03"),
    ("site", _("Site"), ""),
    ("region", _("Region"), "4407"),
    ("source", _("Source"), ""),
    ("column", _("Column"), ""),
    ("min_score", _("Lowest quality score"), "0.8"),
    ("captured_since", _("Captured from"), "30d"),
    ("captured_until", _("Captured until"), ""),
)
"""The filters in the form of the page: parameter, label and an example. The address takes all others, too."""

LABELS: Mapping[str, str] = {
    **{name: label for name, label, _example in FIELDS},
    "verdict": FACETS["verdict"],
    "q": _("Words to find"),
}
"""Parameter → its label; a parameter without a label is shown by its name."""

VERDICT_NAMES: Mapping[str, str] = {**RESULTS, "new": _("new text")}
"""Verdict → its name among other verdicts; beside one article, the result of a new text is `article`."""

NO_FILTERS = ("page", "sort", "limit", "by", "share", "marked")
"""Parameters that select nothing, or whose choice a page shows by itself."""


@frozen(kw_only=True)
class Applied:
    """A filter that is in force, with the address of the results without it."""

    label: str
    value: str
    href: str


def applied(asked: PageRequest, *besides: str) -> list[Applied]:
    """Return the filters that are in force on a page, without the parameters that it shows in another way."""
    plain = without(asked.parameters, "page")
    return [
        Applied(
            label=LABELS.get(name, name),
            value=value_name(asked.room, name, value),
            href=asked.here(without(plain, name)),
        )
        for name, value in plain
        if value and name not in (*NO_FILTERS, *besides)
    ]


def value_name(room: Room, key: str, value: str) -> str:
    """Return the name of a value for people."""
    if key == "site":
        return room.site_name(value)
    if key == "region":
        return room.region_names.get(value) or value
    return VERDICT_NAMES.get(value, value) if key == "verdict" else value
