"""The rooms: for each what it reads, and what it shows."""

from crawler.web.page_request import WebPage
from crawler.web.rooms import (
    article,
    compare,
    counts,
    coverage,
    custody,
    front,
    gone,
    listed,
    log,
    marks,
    regions,
    reprints,
    runs,
    search,
    site,
    sites,
    storage,
)

PAGES: tuple[WebPage, ...] = (
    *(front.PAGE, search.PAGE, article.PAGE, compare.PAGE, compare.CHANGES, reprints.PAGE),
    *(counts.PAGE, sites.PAGE, site.PAGE),
    *(regions.PAGE, gone.PAGE, listed.CHANGED, coverage.PAGE, listed.TRAY, custody.PAGE, custody.PROOF),
    *(runs.PAGE, log.PAGE, storage.PAGE, marks.PAGE),
)
"""All pages. Each has the twins `.json` and `.csv`."""
