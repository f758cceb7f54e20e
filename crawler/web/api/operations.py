"""The operations of the API: the twins of the pages, and what is no twin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from crawler.web.api.cdx import PARAMETERS as CDX_PARAMETERS
from crawler.web.parameters import FILTERS
from crawler.web.pictures import FORMS as PICTURES
from crawler.web.rooms import PAGES
from pipelines.messages import gettext as _

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
