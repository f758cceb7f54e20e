"""What the crawler knows of pages: which wait, which were asked for, and when to come back.

Scrapy's doors to it, `scheduler` and `redirects`, are modules of their own: who only looks does not wait for Scrapy.
"""

from crawler.frontier.list_log import ListStatus
from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import Known, files_of
from crawler.frontier.run_policy import Run, next_run, skipped
from crawler.frontier.store import Frontier

__all__ = [
    "Frontier",
    "Known",
    "ListStatus",
    "Page",
    "Run",
    "files_of",
    "next_run",
    "skipped",
]
