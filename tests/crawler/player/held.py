"""An archive in memory for tests of the player: captures by URL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from crawler.player import Held, nearest
from pipelines.model import Capture, Location

AT = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
STAMP = "20260304050607"
HOST = "http://www.example.cn"
PAGE = f"{HOST}/news/1.html"


def capture(
    url: str = PAGE,
    body: str | bytes = "",
    kind: str = "text/html; charset=utf-8",
    *,
    status: int = 200,
    at: dt.datetime = AT,
) -> Capture:
    data = body.encode() if isinstance(body, str) else body
    return Capture(url=url, final_url=url, fetched_at=at, status=status, headers=(("Content-Type", kind),), body=data)


class Memory:
    """Holds captures; `asked` are the URLs that were looked up."""

    def __init__(self, captures: Iterable[Capture]) -> None:
        self.captures = list(captures)
        self.asked: list[str] = []

    def _held(self, url: str) -> list[Held]:
        self.asked.append(url)
        return [
            Held(
                id=str(number),
                url=each.url,
                final_url=each.final_url,
                at=each.fetched_at,
                status=each.status,
                location=Location(file="warc/a.warc.gz", offset=number, length=1),
                rendered=each.rendered.browser if each.rendered else None,
            )
            for number, each in enumerate(self.captures)
            if url in (each.url, each.final_url)
        ]

    def locate(self, url: str, when: dt.datetime) -> Held | None:
        return nearest(self._held(url), when)

    def times(self, url: str) -> list[dt.datetime]:
        return sorted(each.at for each in self._held(url))

    def archived(self, urls: Collection[str]) -> set[str]:
        return {url for url in urls if any(each.ok for each in self._held(url))}

    def capture(self, held: Held) -> Capture:
        return self.captures[held.location.offset]
