"""Fetch on demand: by a page with a form, and by the API. Both need the token."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from urllib.parse import parse_qsl

from attrs import frozen
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from crawler.web.answers import DATA_POLICY, origin, template_answer
from crawler.web.desk import FetchQueue
from crawler.web.fetching import Job
from crawler.web.guard import Limit
from crawler.web.problems import NotHere, Refused
from crawler.web.requests import asked_by
from crawler.web.room import Room
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _

POLL_S = 0.3
"""Seconds between two looks at a fetch."""

MAX_EVENTS_S = 300
"""Seconds for which events are sent; a browser asks again by itself."""


class Unknown(Refused):
    """The token is missing or wrong."""

    status = HTTPStatus.UNAUTHORIZED


class Forbidden(Refused):
    """Nobody may fetch, or the request comes from a page of somebody else."""

    status = HTTPStatus.FORBIDDEN


@frozen(kw_only=True)
class Door:
    """Checks who may fetch: those with the token, and only from our own pages or from programs."""

    room: Room
    wrong: Limit

    def check(self, request: Request, token: str) -> None:
        """Raise Forbidden or Unknown."""
        expected = self.room.serving.token
        if not expected:
            raise Forbidden(_("pages are not fetched here"), _("set FANGZHI_SERVE_TOKEN where `fangzhi serve` runs"))
        sender = request.headers.get("origin")
        if sender and sender.lower() not in self._origins:
            raise Forbidden(_("this request comes from another site"))
        if not hmac.compare_digest(token.encode(), expected.encode()):
            client = request.client.host if request.client else ""
            if self.wrong.wait(client):
                raise Forbidden(_("too many wrong tokens"), _("try again later"))
            raise Unknown(_("the token is missing or wrong"))

    @property
    def _origins(self) -> set[str]:
        serving = self.room.serving
        return {origin(serving.base_url).lower(), *(f"http://{host}" for host in serving.hosts)}


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of the form, of a fetch, and of the API."""
    fetches, door = room.desk.fetches, Door(room=room, wrong=room.desk.wrong_tokens)

    def form(request: Request) -> Response:
        asked = asked_by(room, request)
        values = {"url": asked.one("url"), "enabled": bool(room.serving.token), "problem": None, "job": None}
        return template_answer(asked, "fetch.html", "fetch", values)

    async def submit(request: Request) -> Response:
        asked = asked_by(room, request)
        given = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=10))
        try:
            door.check(request, given.get("token", ""))
            job = await run_in_threadpool(fetches.ask, given.get("url", ""))
        except FangzhiError as error:
            values = {"url": given.get("url", ""), "enabled": bool(room.serving.token), "problem": error, "job": None}
            return template_answer(asked, "fetch.html", "fetch", values, getattr(error, "status", 400))
        return RedirectResponse(asked.links.to("fetch", job.id), 303)

    def watch(request: Request) -> Response:
        asked, job = asked_by(room, request), _job(fetches, request)
        values = {"url": job.url, "enabled": True, "problem": None, "job": job}
        return template_answer(asked, "fetch.html", "fetch", values, refresh=not job.is_over)

    async def ask(request: Request) -> Response:
        scheme, _blank, token = request.headers.get("authorization", "").partition(" ")
        door.check(request, token.strip() if scheme.lower() == "bearer" else "")
        try:
            body = json.loads(await request.body())
            url = body["url"] if isinstance(body["url"], str) else ""
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Refused(_("the body is no JSON object with an url"), '{"url": "http://…"}') from None
        job = await run_in_threadpool(fetches.ask, url)
        place = f"{room.serving.prefix}/api/fetch/{job.id}"
        return JSONResponse(job.document(), 202, {"Location": place, **_HEADERS})

    def state(request: Request) -> Response:
        return JSONResponse(_job(fetches, request).document(), headers=_HEADERS)

    def events(request: Request) -> Response:
        job = _job(fetches, request)
        return StreamingResponse(event_stream(fetches, job), media_type="text/event-stream", headers=_HEADERS)

    yield Route("/fetch", form, methods=["GET"])
    yield Route("/fetch", submit, methods=["POST"])
    yield Route("/fetch/{job}", watch, methods=["GET"])
    yield Route("/api/fetch", ask, methods=["POST"])
    yield Route("/api/fetch/{job}", state, methods=["GET"])
    yield Route("/api/fetch/{job}/events", events, methods=["GET"])


_HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": DATA_POLICY}


async def event_stream(fetches: FetchQueue, job: Job) -> AsyncIterator[str]:
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


def _present(fetches: FetchQueue, job: Job) -> Job:
    """Return a fetch as it is now; as it was if it is forgotten."""
    return fetches.job(job.id) or job


def _job(fetches: FetchQueue, request: Request) -> Job:
    job = fetches.job(request.path_params["job"])
    if job is None:
        raise NotHere(_("there is no such fetch"))
    return job
