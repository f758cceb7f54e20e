"""How often a site brings something new, by the days on which its articles were published."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from itertools import pairwise

from attrs import frozen

FEWEST_GAPS = 5
"""Gaps between days of publication from which there is a rhythm; fewer say nothing."""

LOOKED_BACK = dt.timedelta(days=365)
"""How much of a site's past its rhythm is taken from: habits change, and lists are walked less deep than they go."""

USUAL = 0.95
"""The share of gaps that are usual: the longest one in twenty is a holiday, or a hole in what was crawled."""

PATIENCE, TIMES = 14, 4
"""Days for which any site may be silent, and how many times its usual gap a slow one may: the national holidays take
nine days, and a monthly bulletin is late by three months before it is missed."""


@frozen(kw_only=True)
class Frequency:
    """What a site brought: when it was first captured, its newest day of publication, and its usual gap in days.

    `articles` are the captures that had one. `usual_gap` is None where there are too few days to tell.
    """

    articles: int = 0
    first_at: dt.datetime | None = None
    newest_on: dt.date | None = None
    usual_gap: int | None = None

    def age(self, today: dt.date) -> int | None:
        """Return how many days ago the newest article was published."""
        return (today - self.newest_on).days if self.newest_on else None

    def silent(self, asked: dt.date) -> int | None:
        """Return for how many days a site was watched in vain until it was `asked` last, if too long for it, or None.

        What was not watched does not count: the first crawl of an old site tells nothing of its present.
        """
        if self.newest_on is None or self.first_at is None or self.usual_gap is None:
            return None
        days = (asked - max(self.newest_on, self.first_at.date())).days
        return days if days > max(PATIENCE, TIMES * self.usual_gap) else None


def usual_gap(days: Iterable[dt.date]) -> int | None:
    """Return the longest usual gap in days between days of publication, None where there are too few of them.

    >>> usual_gap(dt.date(2026, 3, day) for day in (1, 2, 3, 4, 5, 8))
    3
    """
    known = sorted(set(days))
    recent = [day for day in known if known[-1] - day <= LOOKED_BACK]
    gaps = sorted((later - earlier).days for earlier, later in pairwise(recent))
    return gaps[math.ceil(USUAL * len(gaps)) - 1] if len(gaps) >= FEWEST_GAPS else None
