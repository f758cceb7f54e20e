"""Which files of an article are asked for."""

from __future__ import annotations

from crawler.frontier.page import Page
from crawler.sites.registry import Registry
from pipelines.catalogue.attachments import attachment_urls
from pipelines.model import Entry


def files_of(page: Page, entry: Entry, registry: Registry) -> tuple[Page, ...]:
    """Return the files that a page's articles link as pages of their own, as its site wants them.

    They are asked for wherever they lie, at the pace of the article's site; those of another site are that site's own.
    """
    site = registry.sites.get(page.site)
    if page.role != "article" or site is None or site.files == "none":
        return ()
    urls = attachment_urls(entry, pictures=site.files == "all")
    return tuple(
        Page(url=url, site=site.slug, role="file", section=entry.final_url)
        for url in urls
        if registry.find(url) in (site, None)
    )
