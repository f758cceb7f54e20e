"""The facets of a search: tables of how many articles of the result have which month, place, source or verdict."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from crawler.cli.counts import HEADS
from crawler.cli.session import Session
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from pipelines.catalogue.facets import Facets

SHOWN = 10
"""Values that are shown of a facet that is sorted by number: a screen has place for two such tables."""


def print_facets(session: Session, facets: Facets) -> None:
    """Print a table for each facet; with --json one line with all values."""
    if session.as_json:
        document = {
            name: [{"value": value, "articles": number} for value, number in values] for name, values in facets.items()
        }
        session.emit({"facets": document})
        return
    from crawler.cli.tables import TextColumn
    from crawler.cli.value_names import value_cells

    for name, values in facets.items():
        shown = values if name == "month" else values[:SHOWN]
        if not shown:
            continue
        cells = value_cells(session, name, [value for value, _number in shown])
        numbers = [str(number) for _value, number in shown]
        session.echo("")
        columns = [
            TextColumn(head=HEADS[name], cells=cells, is_text=True),
            TextColumn(head=_("articles"), cells=numbers),
        ]
        for line in session.layout(sys.stdout).table(columns):
            session.echo(line, styled=True)
        if left := len(values) - len(shown):
            session.echo(session.text(ngettext("and {count} more", "and {count} more", left)))
    session.echo("")
