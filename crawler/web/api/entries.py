"""Captures as data: those that are selected, the citations of one, and the sites of the directory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.cli.filters import narrowed
from crawler.cli.sites_find import document
from crawler.directory import find
from crawler.web.answers import json_answer, unless_known
from crawler.web.captures import capture_at, cited
from crawler.web.parameters import FILTERS, check_names, window
from crawler.web.requests import asked_by
from crawler.web.room import Room
from pipelines.errors import ConfigError
from pipelines.export.citation import FORMS
from pipelines.messages import gettext as _
from pipelines.model.serialize import entry_document

MAX_SITES = 200
"""Sites of the directory in an answer: as many as a page of results has at most."""


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of all three."""

    def entries(request: Request) -> Response:
        asked = asked_by(room, request)
        check_names(asked.parameters, FILTERS())
        with room.reader() as reader:
            selected = asked.selected(reader)
            if selected.order == "relevance":
                raise ConfigError(_("sort: entries have no relevance"), _("ask /api/search"))
            wanted, shown = narrowed(reader.catalogue, selected), window(asked.parameters, selected.limit)
            total = reader.catalogue.count(wanted)
            found = reader.catalogue.entries(wanted, shown.end, order=selected.order or "captured")
            items = [entry_document(each) for each in islice(found, shown.offset, None)]
        return unless_known(request, json_answer({"total": total, "next": asked.after(shown, total), "items": items}))

    def cite(request: Request) -> Response:
        asked = asked_by(room, request)
        check_names(asked.parameters, ())
        with room.reader() as reader:
            entry = capture_at(asked, reader)
        found = cited(room, entry)
        return unless_known(request, json_answer({form: write(found) for form, write in FORMS.items()}))

    def directory(request: Request) -> Response:
        asked = asked_by(room, request)
        check_names(asked.parameters, ("q",))
        found = find(room.directory, asked.one("q"))
        slug_of = room.registry.slug_of
        items = [document(room.directory, each, slug_of(each.url)) for each in found[:MAX_SITES]]
        return unless_known(request, json_answer({"total": len(found), "items": items}))

    yield Route("/api/entries", entries, methods=["GET"])
    yield Route("/api/cite/{id}", cite, methods=["GET"])
    yield Route("/api/directory", directory, methods=["GET"])
