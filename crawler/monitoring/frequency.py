"""How often a site publishes, from the publication dates of its articles."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from itertools import pairwise

from attrs import frozen

MIN_GAPS = 5
"""Minimum number of gaps between publication days for a usual gap; fewer are no evidence."""

LOOK_BACK = dt.timedelta(days=365)
"""Only the last year of a site counts: habits change, and lists are not crawled as deep as they go."""

USUAL_SHARE = 0.95
"""Share of gaps that are usual: the longest one in twenty is a holiday, or a hole in the crawled pages."""

MIN_SILENCE_DAYS, SILENCE_FACTOR = 14, 4
"""A site may publish nothing for 14 days, or for four times its usual gap if that is longer: the national holidays take
nine days, and a monthly bulletin may be three months late before it counts as missing."""


@frozen(kw_only=True)
class Frequency:
    """How often a site publishes: its first capture, its latest publication day, and its usual gap in days.

    `articles` counts the captures with an article. `usual_gap` is None if there are too few days to tell.
    """

    articles: int = 0
    first_at: dt.datetime | None = None
    newest_on: dt.date | None = None
    usual_gap: int | None = None

    def age(self, today: dt.date) -> int | None:
        """Return how many days ago the newest article was published."""
        return (today - self.newest_on).days if self.newest_on else None

    def silent_days(self, last_crawled_on: dt.date) -> int | None:
        """Return for how many days up to the last crawl a site published nothing; None if that is not unusually long.

        Days before the first capture do not count: the first crawl of an old site tells nothing about its present.
        """
        if self.newest_on is None or self.first_at is None or self.usual_gap is None:
            return None
        days = (last_crawled_on - max(self.newest_on, self.first_at.date())).days
        return days if days > max(MIN_SILENCE_DAYS, SILENCE_FACTOR * self.usual_gap) else None


def usual_gap(days: Iterable[dt.date]) -> int | None:
    """Return the longest usual gap in days between publication days, None if there are too few gaps.

    >>> usual_gap(dt.date(2026, 3, day) for day in (1, 2, 3, 4, 5, 8))
    3
    """
    known = sorted(set(days))
    recent = [day for day in known if known[-1] - day <= LOOK_BACK]
    gaps = sorted((later - earlier).days for earlier, later in pairwise(recent))
    return gaps[math.ceil(USUAL_SHARE * len(gaps)) - 1] if len(gaps) >= MIN_GAPS else None
