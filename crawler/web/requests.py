"""From a request to what it asks for."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qsl

from starlette.requests import Request

from crawler.web.language import chosen_language
from crawler.web.links import Links, Parameters
from crawler.web.page_request import PageRequest
from crawler.web.problems import Refused
from crawler.web.room import Room
from pipelines.messages import gettext as _


def asked_by(room: Room, request: Request, ending: str = "") -> PageRequest:
    """Return what a request asks for; `ending` is that of a twin. Raises Refused for parameters that are no UTF-8."""
    parameters = _parameters(request)
    named = next((value for name, value in parameters if name == "lang"), None)
    lang = chosen_language(named, request.headers.get("accept-language", ""))
    path = request.scope["path"].removeprefix("/").removesuffix(ending)
    return PageRequest(
        room=room,
        address="" if path == "index" else path,
        parameters=tuple(each for each in parameters if each[0] != "lang"),
        path=dict(request.path_params),
        lang=lang,
        links=Links(prefix=room.serving.prefix, base_url=room.serving.base_url, lang=lang if named == lang else ""),
        now=dt.datetime.now(dt.UTC),
    )


def _parameters(request: Request) -> Parameters:
    query = request.scope["query_string"].decode("ascii", "replace")
    try:
        return tuple(parse_qsl(query, keep_blank_values=True, errors="strict"))
    except ValueError:
        raise Refused(_("the parameters are no valid UTF-8")) from None
