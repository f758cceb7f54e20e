"""Inspects sites without archiving anything: describes a new site, and checks whether a registered one still works."""

from crawler.inspect.check import CheckResult, SiteFinding, check
from crawler.inspect.discover import Inspection, discover
from crawler.inspect.fetch import FetchedPage, Fetcher, InspectionFailed, Unanswered

__all__ = [
    "CheckResult",
    "FetchedPage",
    "Fetcher",
    "Inspection",
    "InspectionFailed",
    "SiteFinding",
    "Unanswered",
    "check",
    "discover",
]
