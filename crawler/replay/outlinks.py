"""The links of an archived list page, extracted with the current recipe of its site."""

from __future__ import annotations

from typing import Any

from crawler.families import FAMILIES
from crawler.sites.registry import Registry
from pipelines.model import Job, Rejection
from pipelines.parse.decode import decode
from pipelines.times import rfc3339

JsonDocument = dict[str, Any]


def outlinks_document(job: Job, registry: Registry) -> JsonDocument | None:
    """Return a list page with the articles and list pages it links to, as JSON values; None for any other page.

    `site` of each article is the slug of its site, or null if no registered site has its host. A crawl follows only
    the links to its own site. `reason` is why the page could not be decoded, or null.
    """
    if job.recipe.role != "list" or job.site is None:
        return None
    capture, site = job.capture, registry.get(job.site)
    html = decode(capture, job.recipe.charset, data=True)
    document: JsonDocument = {
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
    return document | {"pages": [request.url for request in (*listing.lists, *listing.pages)]}
