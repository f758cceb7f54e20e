"""Whether a site still gives articles: alive, quiet, blocked, dead, empty, or unknown."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from attrs import frozen

from crawler.frontier import ListStatus
from crawler.monitoring.frequency import Frequency
from crawler.monitoring.stats import Stats

MIN_CHALLENGES = 5
"""Minimum number of challenges for a blocked site: one or two pages behind a captcha say nothing about it."""

State = Literal["alive", "quiet", "blocked", "dead", "empty", "unknown"]


@frozen(kw_only=True)
class SiteStatus:
    """The state of a site; `why` is the reason as a sentence about the site, `hint` is what to do."""

    state: State
    why: str = ""
    hint: str = ""

    @property
    def needs_attention(self) -> bool:
        """Tell whether a person must look at the site: it gave articles, or could, and gives none."""
        return self.state in ("blocked", "dead")


def site_status(
    slug: str, lists: Sequence[ListStatus], stats: Stats, frequency: Frequency, today: dt.date
) -> SiteStatus:
    """Return the status of a site after its last crawl.

    - blocked: challenges replace most of its lists, or most of its pages while its news are late. Pages that are always
      behind a challenge, and are requested again and again, do not matter while news come.
    - dead: it had articles and now none of its lists shows one, or at its last crawl it had published nothing for far
      longer than is usual for it.
    - empty: none of its lists shows an article, and it never had one.
    - quiet: its lists show articles, but its news are late. Alive: they are not.
    - unknown: not all of its lists were fetched, and those that were show no article.
    """
    fetched = [each for each in lists if each.asked]
    showing, late = any(each.showing for each in lists), _is_late(frequency, today)
    if blocked := _blocked(fetched, stats, showing=showing, late=late):
        return blocked
    if fetched and not showing and all(each.asked for each in lists if each.shown_at):
        had_articles = frequency.articles or any(each.shown_at for each in lists)
        return _without_articles(slug, fetched, "dead" if had_articles else "empty")
    if lists and (days := frequency.silent_days(max(each.asked_at for each in lists).date())):
        return SiteStatus(state="dead", why=_silence(days, frequency), hint=_check(slug))
    if not showing:
        return SiteStatus(state="unknown")
    return SiteStatus(state="quiet" if late else "alive")


def _is_late(frequency: Frequency, today: dt.date) -> bool:
    age = frequency.age(today)
    return age is None or age > max(frequency.usual_gap or 1, 1)


def _blocked(fetched: Sequence[ListStatus], stats: Stats, *, showing: bool, late: bool) -> SiteStatus | None:
    challenged = sum(each.answer == "challenge" for each in fetched)
    if not showing and 2 * challenged > len(fetched):
        why = f"{challenged} of its {len(fetched)} sections gave a challenge instead of a list"
    elif late and stats.challenges >= MIN_CHALLENGES and stats.challenges > stats.successful:
        why = f"{stats.challenges} pages were challenges, {stats.successful} gave an article"
    else:
        return None
    return SiteStatus(state="blocked", why=why, hint="raise its delay in its TOML, or ask its operator")


def _without_articles(slug: str, fetched: Sequence[ListStatus], state: Literal["dead", "empty"]) -> SiteStatus:
    number = len(fetched)
    sections = "its section" if number == 1 else f"its {number} sections"
    answers = Counter(each.answer for each in fetched)
    if set(answers) == {""}:
        why = f"{sections} answered, but {'did not show' if number == 1 else 'none showed'} an article: "
        return SiteStatus(state=state, why=f"{why}was the site rebuilt?", hint=_check(slug))
    reasons = ", ".join(f"{count} × {answer or 'no article on it'}" for answer, count in answers.most_common())
    return SiteStatus(state=state, why=f"{sections} showed no article: {reasons}", hint=_check(slug))


def _silence(days: int, frequency: Frequency) -> str:
    usual = f"{frequency.usual_gap} day{'' if frequency.usual_gap == 1 else 's'}"
    newest = f"its newest article is of {frequency.newest_on}"
    return f"nothing new for {days} days ({newest}), while its usual gap is at most {usual}"


def _check(slug: str) -> str:
    return f"fangzhi sites check {slug}"
