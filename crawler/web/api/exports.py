"""The whole result of a selection, streamed as JSON Lines or CSV: what `fangzhi export` writes."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator

import click
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from crawler.cli.filters import Selected, entry_order, narrowed
from crawler.web.answers import DATA_POLICY
from crawler.web.parameters import FILTERS, check_names
from crawler.web.problems import Busy, Refused
from crawler.web.requests import asked_by
from crawler.web.room import Room
from pipelines.catalogue.filters import Order
from pipelines.export.rows import cell_text, columns, rows
from pipelines.model import Entry
from pipelines.model.serialize import entry_json
from pipelines.printable import printable_json

EXPORTS = 2
"""Exports at a time: each keeps a reader, of which there are four, and pages must stay fast."""

MAX_S = 1_800
"""Seconds that an export may take: at 5,000 entries a second this is nine million. A client that reads more slowly
keeps old pages in SQLite's log, which grows meanwhile."""


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of both forms."""
    slots = threading.BoundedSemaphore(EXPORTS)
    forms: dict[str, tuple[str, Callable[[Iterable[Entry]], Iterator[str]]]] = {
        "jsonl": ("application/x-ndjson", json_lines),
        "csv": ("text/csv; charset=utf-8", csv_lines),
    }
    for form, (media_type, lines) in forms.items():
        yield Route(f"/api/export.{form}", _endpoint(room, slots, form, media_type, lines), methods=["GET"])


def json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield each entry as a line of JSON."""
    for entry in entries:
        yield printable_json(entry_json(entry)) + "\n"


def csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the header and a row for each article, as lines of CSV."""
    yield _line(columns())
    for entry in entries:
        for row in rows(entry):
            yield _line(map(cell_text, row.values()))


def _endpoint(
    room: Room,
    slots: threading.BoundedSemaphore,
    form: str,
    media_type: str,
    lines: Callable[[Iterable[Entry]], Iterator[str]],
) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        asked = asked_by(room, request)
        check_names(asked.parameters, FILTERS())
        if not slots.acquire(blocking=False):
            raise Busy
        try:
            with room.reader() as reader:
                selected = asked.selected(reader)
                wanted, order = narrowed(reader.catalogue, selected), _order(selected)
        except BaseException:
            slots.release()
            raise

        def stream() -> Iterator[str]:
            until = time.monotonic() + MAX_S
            try:
                with room.reader() as reader:
                    entries = reader.catalogue.entries(wanted, selected.limit, order=order)
                    yield from lines(_until(map(reader.catalogue.with_attachments, entries), until))
            finally:
                slots.release()

        headers = {
            "Content-Disposition": f'attachment; filename="export.{form}"',
            "Content-Security-Policy": DATA_POLICY,
            "Cache-Control": "no-store",
        }
        return StreamingResponse(stream(), media_type=media_type, headers=headers)

    return answer


def _order(selected: Selected) -> Order:
    try:
        return entry_order(selected)
    except click.UsageError as error:
        raise Refused(error.message) from None


def _until(entries: Iterable[Entry], end: float) -> Iterator[Entry]:
    """Yield entries; after the time is over, raise an error that breaks the connection: the result is not complete."""
    for entry in entries:
        if time.monotonic() > end:
            raise TimeoutError(f"an export took more than {MAX_S} s")
        yield entry


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue()
