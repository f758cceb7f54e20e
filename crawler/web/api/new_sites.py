"""New sites: the address of a portal → what `sites new` and `sites check` find of it → its TOML. Needs the token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from crawler.cli.sites_new import is_address
from crawler.directory import best_matches
from crawler.web.access import AccessControl, bearer, form_of, object_of
from crawler.web.answers import data_answer, template_answer
from crawler.web.api.fetches import EXAMPLE, accepted, job_at, url_of
from crawler.web.jobs import BackgroundJob
from crawler.web.problems import NotHere, Refused
from crawler.web.requests import asked_by
from crawler.web.room import Room
from crawler.web.rooms.article import is_web_address
from crawler.web.samples import played
from pipelines.errors import FangzhiError
from pipelines.messages import either
from pipelines.messages import gettext as _

SHOWN_PLACES = 8
"""Places of one name that are listed; the most frequent names of districts, 鼓楼区 and 市中区, are those of four."""


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of the form, of a survey, of its TOML, and of the API."""
    jobs, door = room.desk.fetches, AccessControl(room=room, wrong=room.desk.wrong_tokens)

    def shown(request: Request, status: int = 200, **values: Any) -> Response:
        given = {"url": "", "enabled": bool(room.serving.token), "problem": None, "job": None, **values}
        job = given["job"]
        is_running = bool(job and not job.is_over)
        content = room.serving.content_base_url
        samples = job.receipt.get("samples", ()) if job else ()
        given["samples"] = [(each, played(each, job, content), is_web_address(each["url"])) for each in samples]
        return template_answer(asked_by(room, request), "new-site.html", "sites", given, status, refresh=is_running)

    def survey(given: str) -> BackgroundJob:
        url, code = site_named(room, given)
        return jobs.ask(url, "survey", (code,) if code else ())

    def form(request: Request) -> Response:
        return shown(request, url=asked_by(room, request).one("url"))

    async def submit(request: Request) -> Response:
        asked, given = asked_by(room, request), await form_of(request)
        try:
            door.check(request, given.get("token", ""))
            job = await run_in_threadpool(survey, given.get("url", ""))
        except FangzhiError as error:
            return shown(request, getattr(error, "status", 400), url=given.get("url", ""), problem=error)
        return RedirectResponse(asked.links.to("new-site", job.id), 303)

    def watch(request: Request) -> Response:
        return shown(request, job=job_at(jobs, request, "survey"))

    def toml(request: Request) -> Response:
        job = job_at(jobs, request, "survey")
        if job.toml is None or request.path_params["slug"] != job.slug:
            raise NotHere(_("there is no such file"))
        saved = {"Content-Disposition": f'attachment; filename="{job.slug}.toml"', "Cache-Control": "no-store"}
        return data_answer(job.toml.encode(), "application/toml", saved)

    async def ask(request: Request) -> Response:
        door.check(request, bearer(request))
        url = url_of(await object_of(request, EXAMPLE))
        return accepted(room, await run_in_threadpool(survey, url))

    yield Route("/new-site", form, methods=["GET"])
    yield Route("/new-site", submit, methods=["POST"])
    yield Route("/new-site/{job}", watch, methods=["GET"])
    yield Route("/api/new-site/{job}/{slug}.toml", toml, methods=["GET"])
    yield Route("/api/new-site", ask, methods=["POST"])


def site_named(room: Room, given: str) -> tuple[str, str]:
    """Return the address of a site and its code in the directory, empty if it was given by its address.

    Raises Refused for a name that no place or several places have.
    """
    if is_address(given) or not given.strip():
        return given, ""
    found = best_matches(room.directory, given)
    if len(found) == 1:
        return found[0].url, found[0].code or found[0].name
    if not found:
        raise Refused(
            _("no place of the directory is called {name}", name=given), _("give the address of its home page")
        )
    codes = either([f"{each.code or '-'} ({each.name})" for each in found[:SHOWN_PLACES]])
    raise Refused(
        _("{count} places are called {name}", count=len(found), name=given),
        _("name one by its code: {codes}", codes=codes),
    )
