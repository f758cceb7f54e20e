"""The list of pages that a WACZ opens with, from what we read of them."""

from __future__ import annotations

import json

from pipelines.model import Entry

HEADER = '{"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": true}\n'
"""The first line; `hasText` tells players that the text of the pages can be searched."""


def page_line(entry: Entry) -> str:
    """Return the line of an article's page: address, second of its capture, titles and text.

    The title and text are the repaired ones, whatever the page's encoding was.
    """
    page = {
        "id": entry.id,
        "url": entry.final_url,
        "ts": f"{entry.fetched_at:%Y-%m-%dT%H:%M:%SZ}",
        "title": "；".join(article.title for article in entry.articles if article.title) or entry.final_url,
        "text": "\n\n".join(article.text for article in entry.articles),
    }
    return json.dumps(page, ensure_ascii=False) + "\n"
