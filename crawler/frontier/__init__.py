"""What the crawler knows of pages: which wait, which were asked for, and when to come back.

Scrapy's doors to it, `scheduler` and `redirects`, are modules of their own: who only looks does not wait for Scrapy.
"""

from crawler.frontier.files import files_of
from crawler.frontier.looks import ListStatus
from crawler.frontier.page import Page
from crawler.frontier.revisit_policy import Known
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
