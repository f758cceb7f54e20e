"""What an archived list page led to, by what is known of its site now."""

from __future__ import annotations

from typing import Any

from crawler.families import FAMILIES
from crawler.sites.registry import Registry
from pipelines.model import Job, Rejection
from pipelines.parse.decode import decode
from pipelines.times import rfc3339

Document = dict[str, Any]


def led_to(job: Job, registry: Registry) -> Document | None:
    """Return a list page with the articles and further pages that it leads to, as JSON values; None if it is no list.

    `site` of each article is its slug, or null where the registry knows none: a crawl does not follow those, nor
    those of another site. `reason` says why a page could not be read.
    """
    if job.recipe.role != "list" or job.site is None:
        return None
    capture, site = job.capture, registry.get(job.site)
    html = decode(capture, job.recipe.charset, data=True)
    document: Document = {
        "site": site.slug,
        "family": site.family,
        "url": capture.url,
        "final_url": capture.final_url,
        "status": capture.status,
        "fetched_at": rfc3339(capture.fetched_at),
        "reason": html.reason if isinstance(html, Rejection) else None,
        "articles": [],
        "pages": [],
    }
    if isinstance(html, Rejection):
        return document
    listing = FAMILIES[site.family].listing(html, capture.final_url)
    for link in listing.articles:
        owner = registry.find(link.url)
        day = link.listed_on.isoformat() if link.listed_on else None
        document["articles"].append(
            {"url": link.url, "title": link.title, "listed_on": day, "site": owner.slug if owner else None}
        )
    return document | {"pages": [ask.url for ask in (*listing.lists, *listing.pages)]}
