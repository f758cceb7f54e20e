"""Whether a site still yields: alive, quiet, blocked, dead, or never anything but nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from attrs import frozen

from crawler.frontier import ListStatus
from crawler.monitoring.frequency import Frequency
from crawler.monitoring.stats import Stats

MANY = 5
"""Challenges from which a site may be blocked: a page or two behind a captcha say nothing of it."""

State = Literal["alive", "quiet", "blocked", "dead", "empty", "unknown"]


@frozen(kw_only=True)
class SiteStatus:
    """How a site stands, and why, as a sentence about it; `hint` is what to do."""

    state: State
    why: str = ""
    hint: str = ""

    @property
    def loud(self) -> bool:
        """Whether a person must hear of it: it used to yield, or might, and yields nothing."""
        return self.state in ("blocked", "dead")


def judge(slug: str, looks: Sequence[ListStatus], tally: Stats, rhythm: Frequency, today: dt.date) -> SiteStatus:
    """Return how a site stands after its last crawl.

    It is blocked where challenges stand in the way of its lists, or of most pages while its news are late: pages that
    are guarded for ever, and asked for again and again, do not matter as long as news come. It is dead where it had
    articles and now none of its lists shows one, or where it had been silent, when it was last asked, for far longer
    than is usual for it. Where some lists were not asked for it is judged by what it shows, not by what it does not.
    """
    asked = [look for look in looks if look.asked]
    showing, late = any(look.showing for look in looks), _is_late(rhythm, today)
    if blocked := _blocked(asked, tally, showing=showing, late=late):
        return blocked
    if asked and not showing and all(look.asked for look in looks if look.shown_at):
        yielded = rhythm.articles or any(look.shown_at for look in looks)
        return _yields_nothing(slug, asked, "dead" if yielded else "empty")
    if looks and (days := rhythm.silent(max(look.asked_at for look in looks).date())):
        return SiteStatus(state="dead", why=_silence(days, rhythm), hint=_check(slug))
    if not showing:
        return SiteStatus(state="unknown")
    return SiteStatus(state="quiet" if late else "alive")


def _is_late(rhythm: Frequency, today: dt.date) -> bool:
    age = rhythm.age(today)
    return age is None or age > max(rhythm.usual_gap or 1, 1)


def _blocked(asked: Sequence[ListStatus], tally: Stats, *, showing: bool, late: bool) -> SiteStatus | None:
    refused = sum(look.answer == "challenge" for look in asked)
    if not showing and 2 * refused > len(asked):
        why = f"{refused} of its {len(asked)} sections gave a challenge instead of a list"
    elif late and tally.challenges >= MANY and tally.challenges > tally.successful:
        why = f"{tally.challenges} pages were challenges, {tally.successful} gave an article"
    else:
        return None
    return SiteStatus(state="blocked", why=why, hint="raise its delay in its TOML, or ask its operator")


def _yields_nothing(slug: str, asked: Sequence[ListStatus], state: Literal["dead", "empty"]) -> SiteStatus:
    number = len(asked)
    sections = "its section" if number == 1 else f"its {number} sections"
    answers = Counter(look.answer for look in asked)
    if set(answers) == {""}:
        why = f"{sections} answered, but {'did not show' if number == 1 else 'none showed'} an article: "
        return SiteStatus(state=state, why=f"{why}was the site rebuilt?", hint=_check(slug))
    told = ", ".join(f"{count} × {answer or 'no article on it'}" for answer, count in answers.most_common())
    return SiteStatus(state=state, why=f"no list could be had from {sections}: {told}", hint=_check(slug))


def _silence(days: int, rhythm: Frequency) -> str:
    usual = f"{rhythm.usual_gap} day{'' if rhythm.usual_gap == 1 else 's'}"
    newest = f"its newest article is of {rhythm.newest_on}"
    return f"nothing new for {days} days ({newest}), while its usual gap is at most {usual}"


def _check(slug: str) -> str:
    return f"fangzhi sites check {slug}"
