"""Which sites are due, and a scheduler that crawls them, each in a process of its own."""

from crawler.schedule.children import CrawlLauncher, CrawlProcess
from crawler.schedule.scheduler import Clock, CrawlScheduler, FinishedCrawl, Listener, WallClock
from crawler.schedule.timetable import TimetableRow, next_due, read_timetable, timetable

__all__ = [
    "Clock",
    "CrawlLauncher",
    "CrawlProcess",
    "CrawlScheduler",
    "FinishedCrawl",
    "Listener",
    "TimetableRow",
    "WallClock",
    "next_due",
    "read_timetable",
    "timetable",
]
