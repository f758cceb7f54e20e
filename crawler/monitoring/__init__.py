"""Shell. How each site does: what came of its pages, and whether it still yields."""

from crawler.monitoring.frequency import Rhythm
from crawler.monitoring.health import Gone, Health, Monitor, gone
from crawler.monitoring.stats import Tally
from crawler.monitoring.status import Standing, judge

__all__ = ["Gone", "Health", "Monitor", "Rhythm", "Standing", "Tally", "gone", "judge"]
