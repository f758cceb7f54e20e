"""Hand over a search or a capture: a signed WACZ, with progress and a receipt. Needs the token, because it signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from crawler.cli.filters import narrowed
from crawler.web.access import AccessControl, bearer, form_of
from crawler.web.answers import DATA_POLICY, template_answer
from crawler.web.api.fetches import accepted, job_at
from crawler.web.applied import LABELS, value_name
from crawler.web.captures import capture_named
from crawler.web.jobs import BackgroundJob
from crawler.web.links import Parameters, without
from crawler.web.page_request import PageRequest
from crawler.web.parameters import FILTERS, check_names, filter_parameters
from crawler.web.problems import NotHere, Refused
from crawler.web.requests import asked_by
from crawler.web.room import Room
from crawler.web.work import PACKAGE
from pipelines.catalogue.filters import Filter
from pipelines.errors import FangzhiError
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.printable import printable

MAX_CAPTURES = 20_000
"""Captures of a package that the room writes, some 500 MB: `fangzhi export` writes larger ones."""

SIGNATURE: Mapping[str, Message] = {
    "created": _("Time"),
    "domain": _("Domain"),
    "key": _("SHA-256 of the key"),
    "software": _("Software"),
}
"""The parts of a signature → the words for them."""

NAMES = ("id", "sort", "limit", "page")
"""Parameters that are no filters of a package: `id` names one capture, the others are of lists."""


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of the form, of a hand-over, of its package, and of the API."""
    jobs, door = room.desk.fetches, AccessControl(room=room, wrong=room.desk.wrong_tokens)

    def shown(asked: PageRequest, status: int = 200, **values: Any) -> Response:
        given = {"enabled": bool(room.serving.token), "problem": None, "job": None, "count": None, **values}
        job: BackgroundJob | None = given["job"]
        given["chosen"] = chosen(room, selected_by(job.arguments) if job else asked.parameters)
        given["signature"] = signature_facts(job.receipt.get("signature") or {}) if job else []
        is_running = bool(job and not job.is_over)
        return template_answer(asked, "hand-over.html", "custody", given, status, refresh=is_running)

    def form(request: Request) -> Response:
        asked = asked_by(room, request)
        return shown(asked, count=count(room, asked))

    def ask_for(asked: PageRequest) -> BackgroundJob:
        number = count(room, asked)
        if not 0 < number <= MAX_CAPTURES:
            raise Refused(
                _("{count} captures are selected, not 1 to {most}", count=number, most=MAX_CAPTURES),
                _("narrow the search, or use `fangzhi export`"),
            )
        return jobs.ask(described(asked.parameters), "hand-over", arguments(asked.parameters))

    async def submit(request: Request) -> Response:
        asked, given = asked_by(room, request), await form_of(request)
        try:
            door.check(request, given.get("token", ""))
            job = await run_in_threadpool(ask_for, asked)
        except FangzhiError as error:
            return shown(asked, getattr(error, "status", 400), problem=error)
        return RedirectResponse(asked.links.to("hand-over", job.id), 303)

    def watch(request: Request) -> Response:
        return shown(asked_by(room, request), job=job_at(jobs, request, "hand-over"))

    def package(request: Request) -> Response:
        job = job_at(jobs, request, "hand-over")
        if job.file is None or not job.file.exists():
            raise NotHere(_("this package is not here any more"), _("ask for it again"))
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": DATA_POLICY}
        return FileResponse(job.file, media_type="application/wacz", filename=PACKAGE, headers=headers)

    async def ask(request: Request) -> Response:
        door.check(request, bearer(request))
        return accepted(room, await run_in_threadpool(ask_for, asked_by(room, request)))

    yield Route("/hand-over", form, methods=["GET"])
    yield Route("/hand-over", submit, methods=["POST"])
    yield Route("/hand-over/{job}", watch, methods=["GET"])
    yield Route(f"/api/hand-over/{{job}}/{PACKAGE}", package, methods=["GET"])
    yield Route("/api/hand-over", ask, methods=["POST"])


def count(room: Room, asked: PageRequest) -> int:
    """Return the number of captures that the parameters select; raises ConfigError or NotHere."""
    check_names(asked.parameters, (*FILTERS(), *NAMES))
    with room.reader() as reader:
        if key := asked.one("id"):
            return len(reader.catalogue.by_id([capture_named(reader, key).id]))
        wanted: Filter = narrowed(reader.catalogue, asked.selected(reader))
        return reader.catalogue.count(wanted)


def chosen(room: Room, given: Parameters) -> list[tuple[str, str]]:
    """Return what selects the captures, in the words of the search; empty for the whole archive."""
    named = without(given, "sort", "limit", "page", "lang")
    words = {**LABELS, "id": _("Capture")}
    return [(words.get(name, name), value_name(room, name, value)) for name, value in named if value]


def described(parameters: Parameters) -> str:
    """Return what is handed over as one line for people.

    >>> described((("q", "电梯"), ("site", "news"), ("page", "x")))
    'q=电梯 site=news'
    """
    given = [(name, value) for name, value in parameters if value and name not in ("sort", "limit", "page")]
    return printable(" ".join(f"{name}={value}" for name, value in given) or "*")


def signature_facts(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a signature states, as `export --json` prints it, in words; parts that it lacks are left out."""
    return [(label, f"{document[name]}") for name, label in SIGNATURE.items() if document.get(name)]


def arguments(parameters: Parameters) -> tuple[str, ...]:
    """Return parameters that were checked as arguments of `fangzhi export`.

    >>> arguments((("site", "news"), ("min_score", "0.8"), ("copies", "false"), ("q", "电梯"), ("page", "x")))
    ('--site=news', '--min-score=0.8', '--no-copies', '--', '电梯')
    """
    options = {each.name: each.option for each in filter_parameters()}
    found: list[str] = []
    for name, value in without(parameters, "q", *NAMES):
        option = options[name]
        if option.is_flag:
            names = option.opts if value.lower() in ("1", "true", "yes") else option.secondary_opts
            found += names[:1]
        elif value:
            found.append(f"{option.opts[0]}={value}")
    found += [f"--id={value}" for name, value in parameters if name == "id" and value]
    words = [value for name, value in parameters if name == "q" and value.strip()]
    return (*found, "--", *words) if words else tuple(found)


def selected_by(arguments: Sequence[str]) -> Parameters:
    """Return the parameters of which arguments were made, the words last.

    >>> selected_by(("--site=news", "--min-score=0.8", "--no-copies", "--", "电梯"))
    (('site', 'news'), ('min_score', '0.8'), ('copies', 'false'), ('q', '电梯'))
    """
    at = arguments.index("--") if "--" in arguments else len(arguments)
    named = {"--id": ("id", "")} | {
        option: (each.name, value)
        for each in filter_parameters()
        for options, value in ((each.option.opts, "true"), (each.option.secondary_opts, "false"))
        for option in options
    }
    parts = [each.partition("=") for each in arguments[:at]]
    given = [(named[option][0], value if valued else named[option][1]) for option, valued, value in parts]
    return (*given, *(("q", each) for each in arguments[at + 1 :]))
