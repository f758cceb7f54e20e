"""Shell. Looking at sites without keeping anything: what a new one is made of, and whether a known one still works."""

from crawler.inspect.check import Checkup, Finding, check
from crawler.inspect.discover import Survey, discover
from crawler.inspect.fetch import Look, Seen, Unanswered

__all__ = ["Checkup", "Finding", "Look", "Seen", "Survey", "Unanswered", "check", "discover"]
