"""`fangzhi export` of entries and articles as JSON Lines, CSV or one Parquet file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.cli.bar import ProgressBar
from crawler.cli.session import Session
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.filters import Filter, Order

CONTINUED_FORMATS = ("jsonl", "csv")
"""Formats that an export goes on with after it was cut off."""

STDOUT = "-"

COUNTED: dict[str, Callable[[int], Message]] = {
    "entries": lambda number: ngettext("{count} entry", "{count} entries", number),
    "articles": lambda number: ngettext("{count} article", "{count} articles", number),
    "pages": lambda number: ngettext("{count} page", "{count} pages", number),
    "captures": lambda number: ngettext("{count} capture", "{count} captures", number),
    "originals": lambda number: ngettext("{count} original of revisits", "{count} originals of revisits", number),
    "requisites": lambda number: ngettext("{count} requisite of pages", "{count} requisites of pages", number),
    "renditions": lambda number: ngettext("{count} rendition", "{count} renditions", number),
    "files": lambda number: ngettext("{count} file", "{count} files", number),
    "kept": lambda number: ngettext("{count} kept", "{count} kept", number),
    "missing": lambda number: ngettext("{count} missing", "{count} missing", number),
}
"""The messages for what is counted, by the keys of the JSON."""


def describe(query: Sequence[str], order: Order, limit: int | None) -> dict[str, object] | None:
    """Return what tells an export from others; None for one with a limit, which does not go on after it was cut off.

    Captures that came in the meantime would take places of others within the limit.
    """
    from crawler.cli.filters import given_filters
    from pipelines import __version__

    if limit:
        return None
    return {"query": " ".join(query), "filters": given_filters(), "order": order, "fangzhi": __version__}


def write_rows(
    session: Session,
    catalogue: Catalogue,
    filters: Filter,
    out: str,
    form: str,
    order: Order,
    described: dict[str, object] | None,
) -> dict[str, int]:
    """Write entries or articles, and return their number."""
    from pipelines.export import continued, output, write_csv, write_jsonl, write_parquet
    from pipelines.export.continued import Begun

    with ExitStack() as stack:
        if described is not None and out != STDOUT and form in CONTINUED_FORMATS:
            begun = stack.enter_context(continued(Path(out), form, described))
        else:
            begun = Begun(file=stack.enter_context(output(out)))
        bar = stack.enter_context(ProgressBar(session, total=0))
        if begun.ids:
            session.say(_("{file}: goes on after {counts}", file=out, counts=COUNTED["entries"](len(begun.ids))))
        entries = bar.over(
            catalogue.entries(filters, order=order, without=begun.ids),
            lambda: catalogue.count(filters, scored=order == "score") - len(begun.ids),
            COUNTED["entries"],
        )
        if form == "jsonl":
            return {"entries": begun.rows + write_jsonl(map(catalogue.with_attachments, entries), begun.file)}
        if form == "csv":
            rows = write_csv(entries, begun.file, marked=out != STDOUT, headed=not begun.end)
            return {"articles": begun.rows + rows}
        try:
            return {"articles": write_parquet(map(catalogue.with_attachments, entries), begun.file)}
        except KeyboardInterrupt:
            session.say(_("a Parquet file cannot go on where it stopped; with --partition an export can"))
            raise
