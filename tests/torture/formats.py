"""The formats that are fuzzed, and what reads each of them."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import h11
import httpcore2
from attrs import frozen
from hypothesis import strategies as st

from crawler.cli.capture_key import find_capture
from crawler.cli.days import parse_day
from crawler.config.load import load_config
from crawler.directory import load_directory
from crawler.directory.find import find, near_names
from crawler.families import FAMILIES, recognise
from crawler.families.feeds import discover_feeds, read_feed
from crawler.sites.folders import load
from crawler.sites.serialize import site_from_json
from pipelines.archive import source_at
from pipelines.archive.cdxj import cdxj_lines, read_cdxj
from pipelines.archive.headers import dechunk, parse_http, parse_warc_fields
from pipelines.archive.ledger.entries import parse_entry
from pipelines.archive.manifest import read_manifest
from pipelines.archive.record_reader import records
from pipelines.archive.record_stream import RecordStream
from pipelines.archive.seals.statement import parse_list, parse_seal
from pipelines.archive.signatures.check import TrustedRoots
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.query import parse_query
from pipelines.errors import FangzhiError
from pipelines.line.order import read_page
from pipelines.model import Capture, Job, Recipe
from pipelines.model.serialize import entry_from_json
from pipelines.verify.packages import PackageCheck
from tests.crawler.download.test_odd_answers import SENT
from tests.crawler.download.test_standard_response import IncompleteBody, exchange
from tests.crawler.families.test_answers import APIS, JSON
from tests.pipelines.made import capture, entry
from tests.torture.samples import (
    ARCS,
    FEEDS,
    HEADS_WORDS,
    HTML,
    HTML_WORDS,
    INDEX,
    JSON_WORDS,
    QUERIES,
    SETTINGS,
    SITE,
    STORED,
    TOML_WORDS,
    WACZ,
    WARC_WORDS,
    WARCS,
    XML_WORDS,
    changed,
    with_member,
)

AT = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
_TEMPORARY = tempfile.TemporaryDirectory(prefix="fuzz-")
FOLDER = Path(_TEMPORARY.name)


@frozen(kw_only=True)
class Format:
    """A format: its inputs, what reads them, and the exceptions by which the reader refuses one."""

    inputs: st.SearchStrategy[Any]
    read: Callable[[Any], None]
    allowed: tuple[type[Exception], ...] = (FangzhiError,)


def read_warc(data: bytes, name: str = "a.warc") -> None:
    path = FOLDER / name
    path.write_bytes(data)
    with suppress(FangzhiError):
        for _ in source_at(str(path)).captures():
            pass
    with path.open("rb") as file:
        list(cdxj_lines(records(RecordStream(file)), "warc/a"))


def read_wacz(data: bytes) -> None:
    path = FOLDER / "a.wacz"
    path.write_bytes(data)
    source = source_at(str(path))
    with suppress(FangzhiError):
        for _ in source.captures():
            pass
    list(PackageCheck("a.wacz", sample=None, trusted=TrustedRoots(domains=(), stamps=())).findings(source))


def read_index(data: bytes) -> None:
    with suppress(ValueError):
        read_cdxj(data)
    read_wacz(with_member("indexes/index.cdxj", data))


def read_html(data: bytes) -> None:
    url = "http://www.a.gov.cn/art/2024/3/5/art_1_2.html"
    made = Capture(url=url, final_url=url, fetched_at=AT, status=200, body=data)
    read_page(Job(capture=made, recipe=Recipe(name="generic/1")))
    text = data.decode("utf-8", "replace")
    recognise(text, url)
    discover_feeds(text, url)
    for family in FAMILIES.values():
        family.listing(text, url)


def read_heads(data: bytes) -> None:
    with suppress(IncompleteBody, h11.RemoteProtocolError, httpcore2.RemoteProtocolError):
        exchange([data, b""])
    parse_http(data)
    parse_warc_fields(data)
    dechunk(data)


def read_toml(data: bytes) -> None:
    path = FOLDER / "a.toml"
    path.write_bytes(data)
    with suppress(FangzhiError):
        load_config({"config": str(path)}, {"HOME": "/"}, FOLDER)
    load(FOLDER)


def read_json(data: bytes | str) -> None:
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    raw = text.encode("utf-8", "replace")
    for parse in (lambda: entry_from_json(text), lambda: site_from_json(text), lambda: read_manifest(raw, "a")):
        with suppress(FangzhiError):
            parse()
    parse_entry(raw)
    parse_seal(raw)
    parse_list(raw)
    for api in APIS:
        url = f"http://www.a.gov.cn{api}"
        for family in FAMILIES.values():
            family.listing(text, url)


def read_xml(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    read_feed(text, "http://a.cn/sitemap.xml")
    for family in FAMILIES.values():
        family.listing(text, "http://a.cn/module/web/jpage/dataproxy.jsp?page=1&columnid=7")


class _Filled:
    """A catalogue with a few entries, made at its first use."""

    catalogue: Catalogue | None = None

    @classmethod
    def get(cls) -> Catalogue:
        if cls.catalogue is None:
            cls.catalogue = Catalogue(f"sqlite:///{FOLDER}/catalogue.sqlite")
            for number in range(5):
                cls.catalogue.put(entry(capture(number), text=f"开平市今天 100% 正文 {number}"))
        return cls.catalogue


def read_query(text: str) -> None:
    catalogue = _Filled.get()
    with suppress(FangzhiError):
        catalogue.search(Filter(query=parse_query(text)))
    with suppress(FangzhiError):
        find_capture(catalogue, text)
    with suppress(ValueError, OverflowError):
        parse_day(text, dt.date(2024, 3, 5))
    directory = load_directory()
    if not find(directory, text) and text.strip():
        near_names(directory, text)


FORMATS = {
    "WARC": Format(inputs=changed(WARCS, WARC_WORDS), read=read_warc),
    "ARC": Format(inputs=changed(ARCS, WARC_WORDS), read=lambda data: read_warc(data, "a.arc")),
    "WACZ": Format(inputs=WACZ, read=read_wacz),
    "CDXJ": Format(inputs=changed([INDEX], JSON_WORDS), read=read_index),
    "HTML": Format(inputs=changed(HTML, HTML_WORDS), read=read_html, allowed=()),
    "HTTP": Format(inputs=changed([*SENT.values()], HEADS_WORDS), read=read_heads, allowed=()),
    "TOML": Format(inputs=changed([SITE.encode(), SETTINGS.encode()], TOML_WORDS), read=read_toml),
    "JSON": Format(inputs=changed(STORED, JSON_WORDS) | JSON.map(json.dumps), read=read_json, allowed=()),
    "XML": Format(inputs=changed(FEEDS, XML_WORDS), read=read_xml, allowed=()),
    "queries": Format(inputs=QUERIES, read=read_query),
}
