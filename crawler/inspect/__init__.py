"""Looking at sites without keeping anything: what a new one is made of, and whether a known one still works."""

from crawler.inspect.check import CheckResult, SiteFinding, check
from crawler.inspect.discover import Inspection, discover
from crawler.inspect.fetch import FetchedPage, Fetcher, Unanswered

__all__ = ["CheckResult", "FetchedPage", "Fetcher", "Inspection", "SiteFinding", "Unanswered", "check", "discover"]
