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
from crawler.web.api.operations import OTHERS, Operation, operations
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.parameters import filter_parameters
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

    def table(self) -> CsvTable:
        """Return the operations as a table."""
        rows = ((each.method, each.path, each.summary) for each in self.operations)
        return CsvTable(heads=("method", "path", "summary"), rows=rows)


def read(asked: PageRequest, _reader: Reader) -> ApiView:
    """Return the operations."""
    return ApiView(
        export=asked.links.absolute("api", "export.csv", parameters=[("q", "电梯"), ("since", "2024")]),
        counts=asked.links.absolute("counts.csv", parameters=[("q", "电梯"), ("by", "month")]),
    )


PAGE = WebPage(path="/api", read=read, template="api.html", summary=_("The operations of this API."))
