"""Shell. How each site does: what came of its pages, and whether it still yields."""

from crawler.health.monitor import Gone, Health, Monitor, gone
from crawler.health.rhythm import Rhythm
from crawler.health.standing import Standing, judge
from crawler.health.tally import Tally

__all__ = ["Gone", "Health", "Monitor", "Rhythm", "Standing", "Tally", "gone", "judge"]
