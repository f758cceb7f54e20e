"""The application: which address leads to which room, and how errors are answered."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from crawler.web import style
from crawler.web.answers import csv_answer, data_answer, html_answer, json_answer, problem_answer, unless_known
from crawler.web.api import api_routes
from crawler.web.api.openapi import PAGE as API
from crawler.web.guard import Guard
from crawler.web.health import health_routes
from crawler.web.lanes import Lanes
from crawler.web.page_request import PICTURES, TEXT, TWINS, PageRequest, View, WebPage
from crawler.web.parameters import check_names
from crawler.web.pictures import FORMS, png, svg
from crawler.web.problems import NotHere, Refused, of_status, problem_of
from crawler.web.recent import RecentAnswers
from crawler.web.requests import asked_by
from crawler.web.room import Room
from crawler.web.rooms import PAGES
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _
from pipelines.printable import printable

logger = logging.getLogger(__name__)

FOREVER = "public, max-age=31536000, immutable"
"""For files whose address changes with their content."""

DATA = ("/api/", "/cdx", "/timegate/", "/timemap/", "/metrics")
"""Beginnings of paths for programs, whose problems are JSON."""


def application(room: Room) -> ASGIApp:
    """Return the application of a reading room, with its guard around it."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        room.close()

    recent, lanes = RecentAnswers(), Lanes()
    routes = [
        *health_routes(room),
        *api_routes(room),
        *(Route(f"/{style.address(name)}", _static(name), methods=["GET"]) for name in style.FILES),
        *(route for page in (*PAGES, API) for route in _routes(room, page, recent, lanes)),
    ]
    handlers: dict[Any, Callable[[Request, Any], Response]] = {
        FangzhiError: lambda request, error: _failed(room, request, error),
        HTTPException: lambda request, error: _failed(room, request, error),
        Exception: lambda request, error: _failed(room, request, error),
    }
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
    serving = room.serving
    return Guard(app=app, hosts=serving.hosts, prefix=serving.prefix, limit=room.desk.requests)


def _routes(room: Room, page: WebPage, recent: RecentAnswers, lanes: Lanes) -> list[Route]:
    """Return the routes of a page: those of its twins come first, because an id may contain a dot."""
    bare = "/index" if page.path == "/" else page.path
    paths = [*((f"{bare}.{form}", form) for form in page.twins), *([(page.data, "json")] if page.data else [])]
    return [
        Route(path, _endpoint(room, page, form, recent, lanes), methods=["GET"])
        for path, form in (*paths, (page.path, ""))
    ]


def _endpoint(
    room: Room, page: WebPage, form: str, recent: RecentAnswers, lanes: Lanes
) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """Return what answers requests for a page in a form. Pages are made in threads, which wait for the database."""

    async def answer(request: Request) -> Response:
        asked = asked_by(room, request, f".{form}" if form else "")
        check_names(asked.parameters, page.parameters())
        filled = tuple(each for each in asked.parameters if each[1])
        if not form and filled != asked.parameters:
            return RedirectResponse(asked.here(filled), 303)
        state = await room.state()
        key = (
            state,
            form,
            asked.address,
            asked.lang,
            asked.links.lang,
            request.scope["query_string"].decode("latin-1"),
        )
        made = await recent.get(key, lambda: lanes.run(page.is_slow(asked), lambda: _made(asked, page, form)))
        return unless_known(request, made)

    return answer


def _made(asked: PageRequest, page: WebPage, form: str) -> Response:
    with asked.room.reader() as reader:
        view = page.read(asked, reader)
        if form == "json":
            return json_answer(view.document())
        if form == "csv":
            return csv_answer(view.table(), page.path.strip("/").partition("/")[0] or "index")
        if form == TEXT and page.plain:
            return data_answer(page.plain(view).encode(), "text/plain; charset=utf-8")
        if form:
            return _picture(asked, page, view, form)
    return html_answer(asked, page, view)


def _picture(asked: PageRequest, page: WebPage, view: View, form: str) -> Response:
    """Return the chart of a page as a picture; raises NotHere if it has none now."""
    chart = page.chart(view) if page.chart else None
    if chart is None:
        raise NotHere(_("there is no chart of this"), _("count by year, month or day, over more than one"))
    drawing = svg(chart, asked)
    return data_answer(png(drawing) if form == "png" else drawing.encode(), FORMS[form])


def _static(name: str) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return Response(style.content(name), media_type=kind, headers={"Cache-Control": FOREVER})

    return answer


def _failed(room: Room, request: Request, error: Exception) -> Response:
    problem = of_status(error.status_code) if isinstance(error, HTTPException) else problem_of(error)
    if problem.status >= 500:
        logger.error("%s %s", request.method, printable(request.scope["path"]), exc_info=error)
    path = request.scope["path"]
    is_data = path.startswith(DATA) or path.endswith(tuple(f".{form}" for form in (*TWINS, *PICTURES, TEXT, "atom")))
    try:
        asked = asked_by(room, request)
    except Refused:
        request.scope["query_string"] = b""
        asked = asked_by(room, request)
    return problem_answer(asked, problem, as_page=not is_data)
