"""Pure. What is known of a site."""

from __future__ import annotations

from attrs import frozen

from pipelines.model import Recipe, Region


@frozen(kw_only=True)
class Section:
    """A list of news on a site: `depth` list pages of it are walked on an ordinary crawl.

    A fragment of the URL, as in /gkmlpt/index#3401, tells which of a page's lists is meant.
    """

    name: str
    url: str
    depth: int = 5


@frozen(kw_only=True)
class Site:
    """A site of the registry. `hosts` are `host`, `host:port` or `*.host`; the scheme's own port is left out.

    `delay` is in seconds between requests to a host, `concurrency` in requests at once to it: one slow connection is
    what a small municipal server bears. `windows`, such as `22:00-06:00`, are the times of day in China in which it may
    be crawled, any time where there are none; `daily` is the most requests a day. `schedule` tells when it is due, as
    `crawler.turns` reads it; the configuration's where there is none. `reason` says why a site is not enabled.
    `recipes` are best first.
    """

    slug: str
    name: str
    family: str
    hosts: tuple[str, ...]
    sections: tuple[Section, ...] = ()
    region: Region | None = None
    enabled: bool = True
    reason: str | None = None
    delay: float = 2.0
    concurrency: int = 1
    windows: tuple[str, ...] = ()
    schedule: str | None = None
    daily: int | None = None
    charset: str | None = None
    recipes: tuple[Recipe, ...] = ()
