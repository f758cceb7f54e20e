"""Shell. How each site does: what came of its pages, and whether it still yields."""

from crawler.health.rhythm import Rhythm
from crawler.health.standing import Standing, judge
from crawler.health.survey import Gone, Health, Survey, gone
from crawler.health.tally import Tally

__all__ = ["Gone", "Health", "Rhythm", "Standing", "Survey", "Tally", "gone", "judge"]
