"""Reading rooms of made archives, and a client that asks them without a network."""

from __future__ import annotations

import datetime as dt
import http.client
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from attrs import evolve
from starlette.testclient import TestClient

from crawler.config.config import Config
from crawler.config.load import load_config
from crawler.records import RECORDS_FILE, CrawlRecord, LogLine, opened_records
from crawler.web.app import application
from crawler.web.room import Room
from crawler.web.serving import Serving
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.model import Article, Digests, Entry, Region, Repair, Verdict
from pipelines.storage import open_storage
from tests.pipelines.made import capture, entry, sha256

CRAWLED = dt.datetime(2024, 3, 4, 16, 5, 6, tzinfo=dt.UTC)
"""When the crawl of `news` began that is recorded."""

BASE = "http://127.0.0.1:8940"


def status(port: int, path: str) -> int:
    """Return the status that a room on a port answers with; 0 if it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def article(title: str, text: str, **fields: Any) -> Article:
    """Return an article in simplified characters."""
    return Article(title=title, text=text, script="hans", text_hans=text, **fields)


def made_entry(number: int, one: Article | None, *, url: str | None = None, **changes: Any) -> Entry:
    """Return the entry of the capture with a number, with an article of its own text."""
    made = entry(capture(number, body=f"<p>{number}</p>".encode(), url=url), text=one.text if one else None)
    return evolve(made, articles=(one,) if one else (), **changes)


def sample() -> list[Entry]:
    """Return captures of two sites: an edited page, one that is gone, a copy, one with a repair, and a file."""
    at = "http://news.example/a.html"
    elevator = article(
        "老旧小区加装电梯",
        "全市加装电梯12部。\n完",
        published_on=dt.date(2024, 3, 1),
        source="云洲日报",
        column=("新闻", "要闻"),
    )
    first = made_entry(0, elevator, url=at, region=Region(code="440783", name="广东省江门市开平市"))
    edited = made_entry(
        1,
        evolve(elevator, text="全市加装电梯15部。\n完", text_hans="全市加装电梯15部。\n完"),
        url=at,
        verdict=Verdict(kind="new-version", of=first.id),
    )
    gone_at = "http://news.example/gone.html"
    before = made_entry(2, article("供水通告", "今日停水。", published_on=dt.date(2024, 2, 9)), url=gone_at)
    missing = made_entry(3, None, url=gone_at, status=404, reason="http-error")
    copy = made_entry(
        4,
        article("老旧小区加装电梯", "全市加装电梯12部。\n完", published_on=dt.date(2024, 3, 2)),
        site="paper",
        verdict=Verdict(kind="same-text", of=first.id),
        digests=Digests(payload=sha256(b"4"), text=first.digests.text),
    )
    mended = made_entry(
        5,
        article(
            "关于春耕",
            "关于春耕的通知",
            repairs=(Repair(rule="strip-pinyin", start=2, end=2, before="(yú)", after="", confidence=0.9),),
        ),
    )
    return [first, edited, before, missing, copy, mended]


def config_of(folder: Path, **settings: Any) -> Config:
    """Return the configuration of an archive in a folder."""
    return load_config({"archive": str(folder), **settings}, {}, folder)


def archived(folder: Path, entries: Iterable[Entry], body: bytes = b"") -> list[Entry]:
    """Put captures into the archive in a folder, with their records, and return their entries.

    The body of each is `body`, or else its number.
    """
    config, found = config_of(folder), []
    store = Archive(open_storage(config.archive, config.options))
    with closing(Catalogue(config.catalogue)) as catalogue:
        for number, each in enumerate(entries):
            made = evolve(
                capture(number, body=body or f"<p>{number}</p>".encode(), url=each.url),
                final_url=each.final_url,
                fetched_at=each.fetched_at,
                status=each.status or 200,
            )
            stored = evolve(each, location=store.put(made, each.digests, each.site))
            catalogue.put(stored)
            found.append(stored)
    store.sync()
    store.close()
    return found


def record_crawl(folder: Path) -> None:
    """Record a crawl of `news` and its log."""
    with opened_records(folder / RECORDS_FILE) as records:
        records.add_crawls([CrawlRecord(site="news", started=CRAWLED, ended=CRAWLED, outcome="done")])
        run = records.logs.begin(["news"], CRAWLED)
        line = LogLine(at=CRAWLED, level="warning", event="page-failed", site="news", message="http://news.example/: x")
        records.logs.add(run, [line], 0, CRAWLED)


@contextmanager
def opened(folder: Path, settings: dict[str, Any] | None = None, **serving: Any) -> Iterator[TestClient]:
    """Yield a client of the room of the archive in a folder."""
    room = Room(config_of(folder, **(settings or {})), Serving(**serving))
    with TestClient(application(room), base_url=room.serving.base_url, raise_server_exceptions=False) as client:
        yield client
