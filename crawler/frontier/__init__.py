"""Shell. What the crawler knows of pages: which wait, which were asked for, and when to come back."""

from crawler.frontier.files import files_of
from crawler.frontier.looks import Look
from crawler.frontier.page import Page
from crawler.frontier.redirects import AlreadyAsked, slot
from crawler.frontier.runs import Run, next_run, skipped
from crawler.frontier.scheduler import Scheduler
from crawler.frontier.store import Frontier
from crawler.frontier.visits import Known

__all__ = [
    "AlreadyAsked",
    "Frontier",
    "Known",
    "Look",
    "Page",
    "Run",
    "Scheduler",
    "files_of",
    "next_run",
    "skipped",
    "slot",
]
