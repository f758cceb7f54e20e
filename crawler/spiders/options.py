"""What a crawl is asked to do: the options of `fangzhi crawl`, as one value from the command line to the frontier."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any, Self, get_args

from attrs import frozen

from crawler.sites.site import PageMode


@frozen(kw_only=True)
class CrawlOptions:
    """The options of one crawl.

    `sites` are slugs, none for every enabled site. `limit` is the most new articles to take from each site. `since`
    leaves out what the lists date earlier. `full` walks each list to its end; otherwise a walk ends at the first list
    page that shows nothing new. `due` restricts the crawl to the sites and sections that are due. `recheck` requests
    every known article again, also before it is due. `page` replaces the sites' own `page`: whether pages are archived
    whole or their text alone.
    """

    sites: tuple[str, ...] = ()
    limit: int | None = None
    since: dt.date | None = None
    full: bool = False
    due: bool = False
    recheck: bool = False
    page: PageMode | None = None

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, str]) -> Self:
        """Return the options of `scrapy crawl site -a NAME=VALUE …`; slugs are separated by commas, a flag is any text.

        Raises TypeError for an unknown name, ValueError for a value that cannot be read.

        >>> CrawlOptions.from_arguments({"sites": "zhen,xian", "since": "2026-03-05"}).sites
        ('zhen', 'xian')
        """
        readers: dict[str, Callable[[str], Any]] = {
            "sites": lambda text: tuple(filter(None, text.split(","))),
            "limit": int,
            "since": dt.date.fromisoformat,
            "full": bool,
            "due": bool,
            "recheck": bool,
            "page": _page_mode,
        }
        return cls(**{name: readers.get(name, str)(text) for name, text in arguments.items()})

    @property
    def resume_key(self) -> str:
        """A text that is equal for two crawls of which the second continues the first where it was killed."""
        return json.dumps([self.limit, str(self.since), self.full, self.recheck])


def _page_mode(text: str) -> str:
    if text not in get_args(PageMode):
        raise ValueError(f"page is one of {get_args(PageMode)}, not {text!r}")
    return text
