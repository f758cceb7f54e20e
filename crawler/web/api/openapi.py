"""The description of the API (OpenAPI 3.1), made from the pages, the options of the commands and this table."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.web.answers import json_answer, unless_known
from crawler.web.api.cdx import PARAMETERS as CDX_PARAMETERS
from crawler.web.asked import Asked, Page, Table
from crawler.web.parameters import FILTERS, filter_parameters
from crawler.web.pictures import FORMS as PICTURES
from crawler.web.readers import Reader
from crawler.web.room import Room
from crawler.web.rooms import PAGES
from pipelines import __version__
from pipelines.messages import gettext as _

PROBLEM = {
    "type": "object",
    "required": ["title", "status"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
    },
}
"""Problem details (RFC 9457), with the remedy as `hint`."""


FORMS: Mapping[str, str] = {"json": "application/json", "csv": "text/csv", "txt": "text/plain", **PICTURES}
"""The ending of a twin → its media type."""


@frozen(kw_only=True)
class Operation:
    """An address of the API: its summary, its parameters, the media type of its answer, and the fields of its body."""

    path: str
    summary: str
    media_type: str
    parameters: Sequence[str] = ()
    method: str = "get"
    statuses: Sequence[int] = (200, 304, 400, 404, 503)
    body: Sequence[str] = ()


OTHERS: tuple[Operation, ...] = (
    Operation(
        path="/api/entries",
        summary=_("All captures that are selected, page by page."),
        media_type="application/json",
        parameters=(*FILTERS(), "page"),
    ),
    Operation(path="/api/cite/{id}", summary=_("A capture, cited in each form."), media_type="application/json"),
    Operation(
        path="/api/directory",
        summary=_("Sites of the directory of the country, by a name, a code or a host."),
        media_type="application/json",
        parameters=("q",),
    ),
    Operation(
        path="/api/record/{id}",
        summary=_("The WARC record of a capture, as it is stored."),
        media_type="application/warc",
    ),
    Operation(path="/api/wacz/{id}", summary=_("A WACZ package of one capture."), media_type="application/wacz"),
    Operation(
        path="/api/export.jsonl",
        summary=_("All captures that are selected, one a line, streamed."),
        media_type="application/x-ndjson",
        parameters=FILTERS(),
    ),
    Operation(
        path="/api/export.csv",
        summary=_("All articles that are selected, as CSV, streamed."),
        media_type="text/csv",
        parameters=FILTERS(),
    ),
    Operation(
        path="/cdx",
        summary=_("Captures of a URL, with the parameters of pywb's CDX server."),
        media_type="text/plain",
        parameters=CDX_PARAMETERS,
    ),
    Operation(
        path="/timegate/{url}",
        summary=_("Leads to the capture of a URL nearest to Accept-Datetime (Memento, RFC 7089)."),
        media_type="text/plain",
        statuses=(302, 400, 404, 503),
    ),
    Operation(
        path="/timemap/link/{url}", summary=_("All captures of a URL (Memento)."), media_type="application/link-format"
    ),
    Operation(path="/timemap/json/{url}", summary=_("All captures of a URL, as JSON."), media_type="application/json"),
    *(
        Operation(path=f"/{name}.atom", summary=summary, media_type="application/atom+xml", parameters=FILTERS())
        for name, summary in (
            ("search", _("The newest captures of a search, as Atom.")),
            ("sites/{site}", _("The newest captures of a site, as Atom.")),
            ("regions/{region}", _("The newest captures of a region, as Atom.")),
            ("gone", _("The latest removals, as Atom.")),
            ("changed", _("The latest changes, as Atom.")),
        )
    ),
    Operation(
        path="/api/fetch",
        method="post",
        summary=_("Fetch a page into the archive; needs the token."),
        media_type="application/json",
        statuses=(202, 400, 401, 403, 409, 429),
        body=("url",),
    ),
    Operation(
        path="/api/new-site",
        method="post",
        summary=_("Describe a site that is not registered, as `fangzhi sites new` does; needs the token."),
        media_type="application/json",
        statuses=(202, 400, 401, 403, 409, 429),
        body=("url",),
    ),
    Operation(
        path="/api/new-site/{job}/{slug}.toml",
        summary=_("The TOML that a description of a site gave."),
        media_type="application/toml",
        statuses=(200, 404),
    ),
    Operation(
        path="/api/hand-over",
        method="post",
        summary=_("Write what is selected into a signed WACZ package; needs the token."),
        media_type="application/json",
        parameters=(*FILTERS(), "id"),
        statuses=(202, 400, 401, 403, 404, 409),
    ),
    Operation(
        path="/api/hand-over/{job}/archive.wacz",
        summary=_("The package of a hand-over."),
        media_type="application/wacz",
        statuses=(200, 404),
    ),
    Operation(
        path="/api/marks",
        method="post",
        summary=_("Mark an article as looked-at or wrong, with a note, or remove its mark (none); needs the token."),
        media_type="application/json",
        statuses=(200, 400, 401, 403, 404),
        body=("capture", "kind", "note"),
    ),
    Operation(
        path="/api/fetch/{job}",
        summary=_("The state of a fetch."),
        media_type="application/json",
        statuses=(200, 404),
    ),
    Operation(
        path="/api/fetch/{job}/events",
        summary=_("The progress of a fetch, as server-sent events."),
        media_type="text/event-stream",
        statuses=(200, 404),
    ),
    Operation(
        path="/metrics",
        summary=_("The state of the sites, for Prometheus."),
        media_type="text/plain",
        statuses=(200, 503),
    ),
)
"""What is not the twin of a page."""

EXTRA: Mapping[str, Mapping[str, Any]] = {
    "q": {"type": "string", "description": "The query, in the language of `fangzhi search`."},
    "id": {"type": "string", "description": "The id of one capture, instead of filters."},
    "by": {"type": "string", "description": "What is counted by."},
    "marked": {"type": "string", "enum": ["no", "looked-at", "wrong"], "description": "Only articles with this mark."},
    "share": {"type": "boolean", "description": "Shows shares of all articles."},
    "year": {"type": "integer", "minimum": 1990, "maximum": 2100, "description": "The year of the calendar."},
    "page": {"type": "string", "description": "The token of a page, from `next_page` of the page before."},
}
"""Parameters that are no options of the commands."""


def routes(_room: Room) -> Iterator[Route]:
    """Yield the route of the description."""

    def answer(request: Request) -> Response:
        return unless_known(request, json_answer(description()))

    yield Route("/api/openapi.json", answer, methods=["GET"])


def operations() -> Iterator[Operation]:
    """Yield all operations: the twins of the pages, then the others."""
    for page in PAGES:
        bare = "/index" if page.path == "/" else page.path
        names = (*page.parameters(), *(("page",) if "limit" in page.parameters() else ()))
        for form in page.twins:
            yield Operation(path=f"{bare}.{form}", summary=page.summary, media_type=FORMS[form], parameters=names)
        if page.data:
            yield Operation(path=page.data, summary=page.summary, media_type=FORMS["json"], parameters=names)
    yield from OTHERS


@functools.cache
def description() -> dict[str, Any]:
    """Return the description as JSON values."""
    paths: dict[str, Any] = {}
    for each in operations():
        paths.setdefault(each.path, {})[each.method] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fangzhi reading room",
            "version": __version__,
            "summary": "Search and read an archive of Chinese local news.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(each: Operation) -> dict[str, Any]:
    parts = [part.partition("}")[0] for part in each.path.split("{")[1:]]
    path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for name in parts
    ]
    asked: dict[str, Any] = {"security": [{"token": []}]} if each.method == "post" else {}
    if each.body:
        fields = {name: {"type": "string"} for name in each.body}
        schema = {"type": "object", "required": [each.body[0]], "properties": fields}
        asked["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {
        "summary": each.summary,
        "operationId": f"{each.method}{each.path}".replace("/", "_").replace("{", "").replace("}", ""),
        "parameters": [*path, *map(_parameter, each.parameters)],
        "responses": {f"{status}": _response(each, status) for status in each.statuses},
        **asked,
    }


def _response(each: Operation, status: int) -> dict[str, Any]:
    if status < 300:
        schema: dict[str, Any] = {} if each.media_type == "application/json" else {"type": "string"}
        return {"description": "What was asked for.", "content": {each.media_type: {"schema": schema}}}
    if status < 400:
        return {"description": "The client has it." if status == 304 else "Leads to it."}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": "A problem.", "content": problem}


def _parameter(name: str) -> dict[str, Any]:
    option = next((each.option for each in filter_parameters() if each.name == name), None)
    if option is None:
        given = dict(EXTRA.get(name, {"type": "string"}))
        meaning = given.pop("description", "")
        return {"name": name, "in": "query", "schema": given, **({"description": meaning} if meaning else {})}
    schema = _schema(option.type)
    return {
        "name": name,
        "in": "query",
        "description": option.help or "",
        "schema": {"type": "array", "items": schema} if option.multiple else schema,
    }


def _schema(kind: click.ParamType[Any]) -> dict[str, Any]:
    match kind:
        case click.Choice(choices=choices):
            return {"type": "string", "enum": list(choices)}
        case click.IntRange(min=least):
            return {"type": "integer", "minimum": least}
        case click.FloatRange(min=least, max=most):
            return {"type": "number", "minimum": least, "maximum": most}
        case click.types.BoolParamType():
            return {"type": "boolean"}
    return {"type": "string"}


@frozen(kw_only=True)
class ApiView:
    """The operations, for people, with two addresses for a notebook."""

    export: str
    counts: str

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("API")

    @property
    def operations(self) -> list[Operation]:
        """All operations."""
        return list(operations())

    @property
    def pages(self) -> list[tuple[str, str, str]]:
        """The pages: the path without the ending of a twin, these endings, and the summary."""
        bare = {"/": "/index"}
        return [
            (bare.get(page.path, page.path), " ".join(f".{form}" for form in page.twins), page.summary)
            for page in PAGES
        ]

    @property
    def others(self) -> Sequence[Operation]:
        """The operations that are no twins of pages."""
        return OTHERS

    def document(self) -> list[dict[str, str]]:
        """Return the operations as JSON values."""
        return [{"method": each.method, "path": each.path, "summary": each.summary} for each in self.operations]

    def table(self) -> Table:
        """Return the operations as a table."""
        rows = ((each.method, each.path, each.summary) for each in self.operations)
        return Table(heads=("method", "path", "summary"), rows=rows)


def read(asked: Asked, _reader: Reader) -> ApiView:
    """Return the operations."""
    return ApiView(
        export=asked.links.absolute("api", "export.csv", parameters=[("q", "电梯"), ("since", "2024")]),
        counts=asked.links.absolute("counts.csv", parameters=[("q", "电梯"), ("by", "month")]),
    )


PAGE = Page(path="/api", read=read, template="api.html", summary=_("The operations of this API."))
