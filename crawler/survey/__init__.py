"""Shell. Looking at sites without keeping anything: what a new one is made of, and whether a known one still works."""

from crawler.survey.check import Finding, Health, check
from crawler.survey.discover import Survey, discover
from crawler.survey.look import Look, Seen, Unanswered

__all__ = ["Finding", "Health", "Look", "Seen", "Survey", "Unanswered", "check", "discover"]
