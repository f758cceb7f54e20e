"""Renders a page of a fictitious public host, and prints its HTML: `python -m …portal HTML`.

The page counts as one of the public web: only public addresses may be fetched for it.
"""

from __future__ import annotations

import datetime as dt
import sys

from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.download.capture import add_capture, captures
from crawler.download.handler import ExchangeHandler
from crawler.spiders.url import UrlSpider
from pipelines.model import Capture

PAGE = "http://portal.example/a.html"
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Portal(ExchangeHandler):
    """Answers requests to the fictitious host, and downloads from all others as usual."""

    async def download_request(self, request: Request) -> Response:
        if not request.url.startswith("http://portal.example/"):
            return await super().download_request(request)
        if request.url != PAGE:
            return Response(request.url, 404)
        body = sys.argv[1].encode()
        now = dt.datetime.now(dt.UTC)
        headers = tuple(HTML.items())
        add_capture(request, Capture(url=PAGE, final_url=PAGE, fetched_at=now, status=200, headers=headers, body=body))
        return Response(request.url, headers=HTML, body=body)


class Printer(UrlSpider):
    """Prints the last capture."""

    def parse(self, response: Response) -> None:
        assert response.request
        sys.stdout.write(captures(response.request)[-1].body.decode())


if __name__ == "__main__":
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.update({"DOWNLOAD_HANDLERS": {"http": Portal}, "ITEM_PIPELINES": {}, "FANGZHI_ALLOW_PRIVATE": False})
    process = AsyncCrawlerProcess(settings)
    process.crawl(Printer, urls=PAGE, render="1")
    process.start()
