"""Answers to requests: pages, their twins in JSON and CSV, and problems."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import evolve
from starlette.requests import Request
from starlette.responses import Response

from crawler.web.navigation import SECTIONS
from crawler.web.page_request import CsvTable, PageRequest, View, WebPage
from crawler.web.problems import RETRY_S, HttpProblem
from crawler.web.style import SCRIPT_PATH, STYLE_PATH
from crawler.web.templating import render
from pipelines.export.rows import cell_text
from pipelines.printable import printable_json

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src {script}; connect-src 'self'; frame-src {frame}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of our own pages (Content Security Policy Level 3): no inline script or style, nothing from elsewhere."""

OF_BODY = ("content-type", "content-length", "content-disposition")
"""Headers that a 304 does not have, because it has no body."""

DATA_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of data, in case that a browser shows it as a page."""


def html_answer(asked: PageRequest, page: WebPage, view: View) -> Response:
    """Return a page. It is not kept by shared caches: its language is the reader's. It has no script."""
    twins = {form: asked.here(ending=f".{form}") for form in page.twins}
    body = render(page.template, asked.lang, view=view, twins=twins, **frame(asked, page.section))
    return _html(body, None, asked.room.serving.content_base_url)


def template_answer(
    asked: PageRequest,
    template: str,
    section: str,
    values: Mapping[str, Any],
    status: int = 200,
    *,
    refresh: bool = False,
) -> Response:
    """Return a page that has no twins."""
    nonce = secrets.token_urlsafe(16)
    script = f"{asked.links.prefix}/{SCRIPT_PATH}"
    shown = {**values, "refresh": refresh, "script": script, "nonce": nonce, **frame(asked, section)}
    answer = _html(render(template, asked.lang, **shown), nonce, asked.room.serving.content_base_url, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def json_answer(document: Any) -> Response:
    """Return JSON with an ETag."""
    text = printable_json(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    return data_answer(text.encode(), "application/json")


def csv_answer(table: CsvTable, name: str) -> Response:
    """Return a table as CSV, which a browser saves under a name; no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.heads)
    writer.writerows([cell_text(cell) for cell in row] for row in table.rows)
    answer = data_answer(out.getvalue().encode(), "text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def data_answer(body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return data with an ETag of its bytes (RFC 9110 §8.8.3)."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    given = {"ETag": etag, "Cache-Control": "no-cache", "Content-Security-Policy": DATA_POLICY, **(headers or {})}
    return Response(body, media_type=media_type, headers=given)


def unless_known(request: Request, answer: Response) -> Response:
    """Return an answer, or 304 with its headers if the client has the bytes that its ETag names."""
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if "etag" not in answer.headers or not known & {answer.headers["etag"], "*"}:
        return answer
    return Response(status_code=304, headers={n: v for n, v in answer.headers.items() if n not in OF_BODY})


def aged(answer: Response, seconds: int) -> Response:
    """Return an answer that was made some seconds ago, with its `Age` (RFC 9111 §5.1)."""
    return Response(answer.body, answer.status_code, {**answer.headers, "Age": f"{seconds}"})


def problem_answer(asked: PageRequest, problem: HttpProblem, *, as_page: bool) -> Response:
    """Return a problem, as a page or as problem details."""
    again = {"Retry-After": f"{RETRY_S}"} if problem.status in (429, 503) else {}
    if as_page:
        body = render("problem.html", asked.lang, problem=problem, **frame(asked, ""))
        answer = _html(body, None, asked.room.serving.content_base_url, problem.status)
    else:
        document = {name: asked.text(value) if isinstance(value, str) else value for name, value in _members(problem)}
        answer = Response(
            printable_json(json.dumps(document, ensure_ascii=False)),
            problem.status,
            {"Content-Security-Policy": DATA_POLICY, "Cache-Control": "no-store"},
            "application/problem+json",
        )
    answer.headers.update(again)
    return answer


def frame(asked: PageRequest, section: str) -> dict[str, Any]:
    """Return what the frame of every page shows: navigation, languages, the archive."""
    other = "en" if asked.lang == "zh" else "zh"
    return {
        "asked": asked,
        "links": asked.links,
        "sections": SECTIONS,
        "section": section,
        "style": f"{asked.links.prefix}/{STYLE_PATH}",
        "other_language": evolve(asked, links=evolve(asked.links, lang=other)).here(),
    }


def origin(address: str) -> str:
    """Return the origin of an address, as a policy names it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _members(problem: HttpProblem) -> list[tuple[str, Any]]:
    return list(problem.document().items())


def _html(body: str, nonce: str | None, content: str, status: int = 200) -> Response:
    script = f"'nonce-{nonce}'" if nonce else "'none'"
    policy = CONTENT_POLICY.format(script=script, frame=origin(content))
    headers = {"Content-Security-Policy": policy, "Cache-Control": "private, no-cache", "Vary": "Accept-Language"}
    return Response(body, status, headers, "text/html")
