"""The frontier: which pages are known, which are queued, and when each is due again.

Not re-exported here: `scheduler` and `dupefilter`, which plug into Scrapy, so that readers need not import Scrapy.
"""

from crawler.frontier.addresses import frontier_exists
from crawler.frontier.list_log import ListStatus
from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import KnownPage, files_of
from crawler.frontier.run_policy import Run, next_run, skipped_runs
from crawler.frontier.store import Frontier

__all__ = [
    "Frontier",
    "KnownPage",
    "ListStatus",
    "Page",
    "Run",
    "files_of",
    "frontier_exists",
    "next_run",
    "skipped_runs",
]
