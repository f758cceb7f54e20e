"""The pages and the archive that the tests of the package `fangzhi` read."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

from crawler.sites.folders import load
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.order import process
from pipelines.line.protocols import Stores
from pipelines.model import Capture
from pipelines.storage import open_storage

GULOU, ELSEWHERE = "http://www.njgl.gov.cn/xxgk/202304/t20230405_1.html", "http://news.example/2023/0512/7.html"
FETCHED = dt.datetime(2023, 6, 1, 2, 0, tzinfo=dt.UTC)
BUSES = "昨日起，城区新增两条公交线路，沿途增设四个站点，末班车延长到晚上十点半，方便市民出行。"
SCHOOL = "城東小學的新校舍昨日落成，一千二百名學生將在這裏上課，食堂和操場同時啟用，家長紛紛前來參觀。"


def page(title: str, text: str, day: str) -> str:
    body = f"<p>{text}</p>" * 4 + '<p><a href="/f/1.pdf">附件：线路图.pdf</a></p>'
    return (
        f'<html><head><meta charset="utf-8"><meta name="PubDate" content="{day} 09:00"><title>{title}</title></head>'
        f'<body><h1>{title}</h1><div class="TRS_Editor">{body}</div></body></html>'
    )


def capture(url: str, body: bytes, *, minutes: int, kind: str = "text/html", status: int = 200) -> Capture:
    headers = (("Content-Type", kind),)
    at = FETCHED + dt.timedelta(minutes=minutes)
    return Capture(url=url, final_url=url, fetched_at=at, status=status, headers=headers, body=body)


BUS_PAGE, SCHOOL_PAGE = page("新增公交线路", BUSES, "2023-04-05"), page("新校舍落成", SCHOOL, "2023-05-12")
CAPTURES = (
    capture(GULOU, BUS_PAGE.encode(), minutes=0),
    capture(ELSEWHERE, SCHOOL_PAGE.encode(), minutes=1),
    capture("http://news.example/copy/1.html", BUS_PAGE.encode(), minutes=2),
    capture("http://news.example/gone.html", b"<p>404</p>", minutes=3, status=404),
    capture("http://news.example/f/1.pdf", b"%PDF-1.4 ...", minutes=4, kind="application/pdf"),
)


def build(address: str, catalogue_url: str) -> None:
    """Create an archive with two articles, a copy of the first, a missing page and a file."""
    with (
        closing(Catalogue(catalogue_url)) as catalogue,
        closing(Archive(open_storage(address))) as archive,
    ):
        stores, registry = Stores(archive=archive, catalogue=catalogue), load()
        for each in CAPTURES:
            process(registry.job(each), stores)
