"""Health of each site: what its captures gave, and whether it still publishes articles that the crawler can read."""

from crawler.monitoring.frequency import Frequency
from crawler.monitoring.health import GonePage, Health, Monitor, gone_pages
from crawler.monitoring.stats import Stats
from crawler.monitoring.status import SiteStatus, site_status

__all__ = ["Frequency", "GonePage", "Health", "Monitor", "SiteStatus", "Stats", "gone_pages", "site_status"]
