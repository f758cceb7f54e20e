"""The WARC record of a capture as it is stored, and a WACZ package of one capture."""

from __future__ import annotations

import io
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.web.answers import data_answer, unless_known
from crawler.web.captures import capture_at
from crawler.web.problems import NotHere
from crawler.web.readers import Reader
from crawler.web.requests import asked_by
from crawler.web.room import Room
from pipelines.catalogue.filters import Filter
from pipelines.export import select_captures, write_wacz
from pipelines.messages import gettext as _
from pipelines.model import Entry, Location
from pipelines.storage import spool_path


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of records and packages."""

    def record(request: Request) -> Response:
        asked = asked_by(room, request)
        with room.reader() as reader:
            entry = capture_at(asked, reader)
            data = record_bytes(reader, _location(entry))
        return unless_known(request, data_answer(data, "application/warc", _saved(f"{entry.id}.warc.gz")))

    def package(request: Request) -> Response:
        asked = asked_by(room, request)
        with room.reader() as reader:
            entry = capture_at(asked, reader)
            _location(entry)
            only = Filter(ids=frozenset((entry.id,)))
            chosen = select_captures(reader.archive, reader.catalogue, only)
            if not chosen.files:
                raise NotHere(_("the file of the capture {id} is not finished yet", id=entry.id), _("try again later"))
            file = io.BytesIO()
            write_wacz(reader.archive.storage, chosen, reader.catalogue.entries(only), file)
        return unless_known(request, data_answer(file.getvalue(), "application/wacz", _saved(f"{entry.id}.wacz")))

    yield Route("/api/record/{id}", record, methods=["GET"])
    yield Route("/api/wacz/{id}", package, methods=["GET"])


def record_bytes(reader: Reader, location: Location) -> bytes:
    """Return the bytes of a record, from the spool if its file is still there."""
    storage = reader.archive.storage
    try:
        with spool_path(storage, location.file).open("rb") as file:
            file.seek(location.offset)
            return file.read(location.length)
    except OSError:
        return storage.read(location.file, location.offset, location.length)


def _location(entry: Entry) -> Location:
    """Return where the record of a capture is; raises NotHere for one that is only referred to elsewhere."""
    if entry.location is None or not entry.location.kept:
        raise NotHere(_("the record of the capture {id} is not in this archive", id=entry.id))
    return entry.location


def _saved(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
