"""Fetch on demand: by a page with a form, and by the API. Both need the token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from crawler.web.access import AccessControl, bearer, form_of, object_of
from crawler.web.answers import DATA_POLICY, template_answer
from crawler.web.desk import FetchQueue
from crawler.web.jobs import BackgroundJob, JobKind
from crawler.web.problems import NotHere, Refused
from crawler.web.requests import asked_by
from crawler.web.room import Room
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _

POLL_S = 0.3
"""Seconds between two looks at a fetch."""

MAX_EVENTS_S = 300
"""Seconds for which events are sent; a browser asks again by itself."""


EXAMPLE = '{"url": "http://…"}'


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of the form, of a fetch, and of the API."""
    fetches, door = room.desk.fetches, AccessControl(room=room, wrong=room.desk.wrong_tokens)

    def form(request: Request) -> Response:
        asked = asked_by(room, request)
        values = {"url": asked.one("url"), "enabled": bool(room.serving.token), "problem": None, "job": None}
        return template_answer(asked, "fetch.html", "fetch", values)

    async def submit(request: Request) -> Response:
        asked = asked_by(room, request)
        given = await form_of(request)
        try:
            door.check(request, given.get("token", ""))
            job = await run_in_threadpool(fetches.ask, given.get("url", ""))
        except FangzhiError as error:
            values = {"url": given.get("url", ""), "enabled": bool(room.serving.token), "problem": error, "job": None}
            return template_answer(asked, "fetch.html", "fetch", values, getattr(error, "status", 400))
        return RedirectResponse(asked.links.to("fetch", job.id), 303)

    def watch(request: Request) -> Response:
        asked, job = asked_by(room, request), job_at(fetches, request, "fetch")
        values = {"url": job.url, "enabled": True, "problem": None, "job": job}
        return template_answer(asked, "fetch.html", "fetch", values, refresh=not job.is_over)

    async def ask(request: Request) -> Response:
        door.check(request, bearer(request))
        url = url_of(await object_of(request, EXAMPLE))
        return accepted(room, await run_in_threadpool(fetches.ask, url))

    def state(request: Request) -> Response:
        return JSONResponse(job_at(fetches, request).document(), headers=_HEADERS)

    def events(request: Request) -> Response:
        job = job_at(fetches, request)
        return StreamingResponse(event_stream(fetches, job), media_type="text/event-stream", headers=_HEADERS)

    yield Route("/fetch", form, methods=["GET"])
    yield Route("/fetch", submit, methods=["POST"])
    yield Route("/fetch/{job}", watch, methods=["GET"])
    yield Route("/api/fetch", ask, methods=["POST"])
    yield Route("/api/fetch/{job}", state, methods=["GET"])
    yield Route("/api/fetch/{job}/events", events, methods=["GET"])


_HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": DATA_POLICY}


async def event_stream(fetches: FetchQueue, job: BackgroundJob) -> AsyncIterator[str]:
    """Yield the progress of a fetch as server-sent events: `progress` for each line, then `end` with the fetch."""
    sent = 0
    for _turn in range(int(MAX_EVENTS_S / POLL_S)):
        while sent < len(job.events):
            yield f"event: progress\ndata: {json.dumps(job.events[sent], ensure_ascii=False)}\n\n"
            sent += 1
        if job.is_over:
            yield f"event: end\ndata: {json.dumps(job.document(), ensure_ascii=False)}\n\n"
            return
        await asyncio.sleep(POLL_S)
        job = await run_in_threadpool(_present, fetches, job)


def _present(fetches: FetchQueue, job: BackgroundJob) -> BackgroundJob:
    """Return a fetch as it is now; as it was if it is forgotten."""
    return fetches.job(job.id) or job


def job_at(jobs: FetchQueue, request: Request, kind: JobKind | None = None) -> BackgroundJob:
    """Return the job that the path names; raises NotHere if there is none, or if it is of another kind."""
    job = jobs.job(request.path_params["job"])
    if job is None or kind not in (None, job.kind):
        raise NotHere(_("there is no such fetch"))
    return job


def accepted(room: Room, job: BackgroundJob) -> Response:
    """Return the answer of the API to a job that begins."""
    place = f"{room.serving.prefix}/api/fetch/{job.id}"
    return JSONResponse(job.document(), 202, {"Location": place, **_HEADERS})


def url_of(body: dict[str, Any]) -> str:
    """Return the address in the body of a request; raises Refused if there is none."""
    url = body.get("url")
    if not isinstance(url, str):
        raise Refused(_("the body is no JSON object with an url"), EXAMPLE)
    return url
