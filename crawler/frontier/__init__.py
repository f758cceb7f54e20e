"""Shell. What the crawler knows of pages: which wait, which were asked for, and when to come back."""

from crawler.frontier.files import files_of
from crawler.frontier.page import Page
from crawler.frontier.redirects import AlreadyAsked, slot
from crawler.frontier.scheduler import Scheduler
from crawler.frontier.store import Frontier
from crawler.frontier.visits import Known

__all__ = ["AlreadyAsked", "Frontier", "Known", "Page", "Scheduler", "files_of", "slot"]
