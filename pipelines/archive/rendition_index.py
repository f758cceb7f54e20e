"""The index of renditions: which pictures and PDFs of captures an archive holds, and where.

Each WARC file of renditions has a CDXJ index beside those of the captures. Its lines also name the page, the time of
its capture and the browser, so that the renditions of a capture are found without reading the WARC files.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Literal

from attrs import frozen

from pipelines.archive.cdxj import INDEX_FOLDER, surt_key
from pipelines.archive.headers import parse_warc_date, target_uri
from pipelines.archive.record_reader import Record, records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.records import RENDERED_BY
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.model import Location
from pipelines.storage import Storage

RENDITION_FOLDER = "views/"
"""Folder of these files in a store: not `warc/`, so that no replay takes them for captures."""

RenditionForm = Literal["png", "pdf"]

FORMS: dict[RenditionForm, tuple[str, str]] = {
    "png": ("urn:view:", "image/png"),
    "pdf": ("urn:pdf:", "application/pdf"),
}
"""Prefix of the target URI, as Browsertrix writes it, and media type."""

PARALLEL_READS = 8
"""Indexes that are read at a time: S3 takes some 20 ms for each."""

CLOCK_SLACK = dt.timedelta(days=1)
"""A file of renditions is begun after the captures that it shows, by clocks that differ by less than this."""

_FILE_TIME = re.compile(r"/fangzhi-view-(\d{14})-[^/]*$")


@frozen(kw_only=True)
class Rendition:
    """A picture or PDF of the capture of a page: what a browser showed of it at a time, and where its record is."""

    form: RenditionForm
    page: str
    captured_at: dt.datetime
    at: dt.datetime
    browser: str
    digest: str
    location: Location


def rendition_lines(found: Iterable[Record], key: str) -> Iterator[str]:
    """Yield the index lines of the renditions among the records of a file."""
    for record in found:
        fields = record.fields
        at, url = parse_warc_date(fields.get("warc-date", "")), target_uri(fields)
        if record.kind != "conversion" or record.span is None or at is None or _form(url) is None:
            continue
        values = {
            "url": url,
            "mime": fields.get("content-type", ""),
            "digest": fields.get("warc-payload-digest", ""),
            "length": str(record.span[1]),
            "offset": str(record.span[0]),
            "filename": key,
            "page": target_uri(fields, "warc-refers-to-target-uri"),
            "captured": fields.get("warc-refers-to-date", ""),
            "browser": fields.get(RENDERED_BY.lower(), ""),
        }
        yield f"{surt_key(url)} {at:%Y%m%d%H%M%S} {json.dumps(values)}\n"


def renditions(storage: Storage, since: dt.datetime | None = None) -> Iterator[Rendition]:
    """Yield the renditions that an archive holds; with `since`, those in files that were begun after this time."""
    first = f"{since - CLOCK_SLACK:%Y%m%d%H%M%S}" if since else ""
    keys = (key for key in storage.keys(f"{INDEX_FOLDER}{RENDITION_FOLDER}") if _begun(key) > first)
    with ThreadPoolExecutor(PARALLEL_READS, thread_name_prefix="renditions") as threads:
        for content in threads.map(storage.read, keys):
            yield from filter(None, map(_rendition, content.decode().splitlines()))


def renditions_of(storage: Storage, page: str, captured_at: dt.datetime) -> list[Rendition]:
    """Return the renditions of one capture of a page, the oldest first."""
    found = (each for each in renditions(storage, captured_at) if (each.page, each.captured_at) == (page, captured_at))
    return sorted(found, key=lambda each: each.at)


def rendition_body(storage: Storage, rendition: Rendition) -> bytes:
    """Return the picture or PDF; raises StoreCorrupt if it is not what was archived."""
    place = rendition.location
    data = storage.read(place.file, place.offset, place.length)
    record = next(records(RecordStream(BytesIO(data))), None)
    if record is None or f"sha256:{hashlib.sha256(record.block).hexdigest()}" != rendition.digest:
        raise StoreCorrupt(
            _("{file} is damaged at byte {offset}", file=place.file, offset=place.offset),
            hint=_("run `fangzhi verify --deep`: it lists everything that is changed"),
        )
    return record.block


def urn(rendition: Rendition) -> str:
    """Return the target URI of the record of a rendition, such as `urn:view:http://www.example.cn/`."""
    return FORMS[rendition.form][0] + rendition.page


def _begun(key: str) -> str:
    """Return the time in the name of a file of renditions; empty for other files, such as those of a site `views`."""
    found = _FILE_TIME.search(key)
    return found[1] if found else ""


def _form(url: str) -> RenditionForm | None:
    return next((form for form, (prefix, _type) in FORMS.items() if url.startswith(prefix)), None)


def _rendition(line: str) -> Rendition | None:
    values = json.loads(line.split(" ", 2)[2])
    form, captured = _form(values["url"]), parse_warc_date(values["captured"])
    at = dt.datetime.strptime(line.split(" ", 2)[1], "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    if form is None or captured is None:
        return None
    return Rendition(
        form=form,
        page=values["page"],
        captured_at=captured,
        at=at,
        browser=values["browser"],
        digest=values["digest"],
        location=Location(file=values["filename"], offset=int(values["offset"]), length=int(values["length"])),
    )
