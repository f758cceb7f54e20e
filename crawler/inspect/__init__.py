"""Looking at sites without keeping anything: what a new one is made of, and whether a known one still works."""

from crawler.inspect.check import Checkup, Finding, check
from crawler.inspect.discover import Inspection, discover
from crawler.inspect.fetch import FetchedPage, Fetcher, Unanswered

__all__ = ["Checkup", "FetchedPage", "Fetcher", "Finding", "Inspection", "Unanswered", "check", "discover"]
