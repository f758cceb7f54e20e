"""Which sites are due, and crawls of them, each in a process of its own."""

from crawler.schedule.children import Child, Crawls
from crawler.schedule.scheduler import Clock, CrawlScheduler, Finished, Listener, WallClock
from crawler.schedule.timetable import Row, look, outlook, timetable

__all__ = [
    "Child",
    "Clock",
    "CrawlScheduler",
    "Crawls",
    "Finished",
    "Listener",
    "Row",
    "WallClock",
    "look",
    "outlook",
    "timetable",
]
