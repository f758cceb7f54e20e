"""Marks of readers: an article was looked at, or is wrong. They are kept apart from the archive, and need the token."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from crawler.records import MARKS, Mark, opened_records
from crawler.web.access import AccessControl, bearer, form_of, object_of
from crawler.web.answers import DATA_POLICY
from crawler.web.captures import capture_named
from crawler.web.problems import Refused
from crawler.web.requests import asked_by
from crawler.web.room import Room
from pipelines.messages import either
from pipelines.messages import gettext as _
from pipelines.printable import printable

MAX_NOTE_CHARS = 500
"""Characters of a note: two or three sentences."""

NONE = "none"
"""Instead of a kind: the mark is removed."""

EXAMPLE = '{"capture": "…", "kind": "wrong", "note": "…"}'


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of the form below an article, and of the API."""
    door = AccessControl(room=room, wrong=room.desk.wrong_tokens)

    async def submit(request: Request) -> Response:
        asked, given = asked_by(room, request), await form_of(request)
        door.check(request, given.get("token", ""))
        capture = await run_in_threadpool(change, room, given)
        return RedirectResponse(f"{asked.links.to('a', capture)}#mark", 303)

    async def ask(request: Request) -> Response:
        door.check(request, bearer(request))
        given = await object_of(request, EXAMPLE)
        capture = await run_in_threadpool(change, room, given)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": DATA_POLICY}
        kind = None if given["kind"] == NONE else given["kind"]
        return JSONResponse({"capture": capture, "kind": kind}, headers=headers)

    yield Route("/marks", submit, methods=["POST"])
    yield Route("/api/marks", ask, methods=["POST"])


def change(room: Room, given: dict[str, Any]) -> str:
    """Set or remove a mark, and return the id of its capture; raises NotHere or Refused."""
    kind, note, named = (given.get(name, "") for name in ("kind", "note", "capture"))
    if kind not in (*MARKS, NONE):
        raise Refused(
            _("{name}: {problem}", name="kind", problem=repr(kind)), _("use {names}", names=either([*MARKS, NONE]))
        )
    if not isinstance(note, str) or not isinstance(named, str) or len(note) > MAX_NOTE_CHARS:
        raise Refused(_("the note is no text of {count} characters at most", count=MAX_NOTE_CHARS), EXAMPLE)
    with room.reader() as reader:
        capture = capture_named(reader, named).id
    made = Mark(capture=capture, kind=kind, note=printable(note.strip()), at=dt.datetime.now(dt.UTC))
    with opened_records(room.records_file) as records:
        records.unmark(capture) if kind == NONE else records.mark(made)
    return capture
