"""A site of the registry: its hosts, sections, limits and recipes."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from pipelines.model import Recipe, Region

PageMode = Literal["whole", "text"]
"""What is archived of a page: all that shows it, or the page alone."""

RenditionMode = Literal["none", "png", "pdf"]
"""What a crawl keeps of how an article looks: nothing, a picture or a PDF."""


@frozen(kw_only=True)
class Section:
    """A list of news on a site. An ordinary crawl reads up to `depth` of its list pages.

    A fragment of the URL, as in /gkmlpt/index#3401, selects one of several lists on a page.
    """

    name: str
    url: str
    depth: int = 5


@frozen(kw_only=True)
class Site:
    """A site of the registry.

    `hosts` are `host`, `host:port` or `*.host`, without the scheme's default port. `recipes` are in order of
    preference. `reason` says why a site is not enabled.

    `delay` is the time in seconds between requests to a host, `concurrency` the number of requests at a time: a small
    municipal server bears one slow connection. `windows`, such as `22:00-06:00`, are the times of day in China at which
    the site may be crawled, any time if there are none; `daily` is the maximum number of requests a day. `schedule`
    says when the site is due, in the syntax of `crawler.sites.schedule`; without one, the configuration's applies.

    `files` says which files of an article are archived: the text of a notice is often in its attachment, while
    pictures cost several requests per article. Files of more than `max_file` bytes are left out, None means the
    configuration's `max_body`. `ip` is the only IP version, 4 or 6, to connect with; for sites whose addresses of the
    other version are dead. `render` says which pages a browser renders before they are read: the lists, if scripts
    write them, or all pages; it costs requests for their scripts and data, within the site's limits.

    `page` says whether captured pages are archived `whole`, with the style sheets, pictures, fonts and scripts that
    show them, or their `text` alone. A whole page gets at most `page_files` requisites and `page_bytes` of them in one
    crawl, the site `day_files` and `day_bytes` a day; what a day does not allow waits for the next one. A requisite
    that the archive has costs nothing until it is requested again, at most once a week.

    `rendition` says whether each new or changed article also gets a picture or a PDF of what a browser shows of it.
    They are made after the requests of a crawl, and need Chromium.
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
    page: PageMode = "whole"
    page_files: int = 200
    page_bytes: int = 32 << 20
    day_files: int = 5_000
    day_bytes: int = 1 << 30
    rendition: RenditionMode = "none"
    recipes: tuple[Recipe, ...] = ()

    def is_rendered(self, role: str) -> bool:
        """Tell whether a browser renders the site's pages of a role: `list` or `article`; it renders no other."""
        return role in ("list", "article") and (self.render == "all" or (self.render == "lists" and role == "list"))
