"""What is known of a site."""

from __future__ import annotations

from typing import Literal

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
    `crawler.sites.schedule` reads it; the configuration's where there is none. `reason` says why a site is not enabled.
    `recipes` are best first.

    `files` says what of an article is archived besides its page: a notice's text is often in its attachment, while
    pictures are several requests an article. `max_file` is the size in bytes from which a file is left out, None for
    the configuration's `max_body`. `ip` is the IP version, 4 or 6, to which connections are held where the other one's
    addresses are dead. `render` says which pages a browser shows before they are read: the lists that scripts write, or
    every page; it costs their scripts and data as requests, at the site's pace.
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
    files: Literal["attachments", "all", "none"] = "attachments"
    max_file: int | None = None
    ip: Literal[4, 6] | None = None
    render: Literal["none", "lists", "all"] = "none"
    recipes: tuple[Recipe, ...] = ()

    def shows(self, role: Literal["list", "article", "file"]) -> bool:
        """Tell whether a browser is to show its pages of a role."""
        return role != "file" and (self.render == "all" or (self.render == "lists" and role == "list"))
