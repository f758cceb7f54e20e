"""How each site does: what came of its pages, and whether it still yields."""

from crawler.monitoring.frequency import Frequency
from crawler.monitoring.health import Gone, Health, Monitor, gone
from crawler.monitoring.stats import Stats
from crawler.monitoring.status import SiteStatus, judge

__all__ = ["Frequency", "Gone", "Health", "Monitor", "SiteStatus", "Stats", "gone", "judge"]
