"""Whether a site still gives articles: alive, quiet, blocked, dead, empty, or unknown."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from attrs import frozen

from crawler.config.labels import reason_label
from crawler.frontier import ListStatus
from crawler.monitoring.frequency import Frequency
from crawler.monitoring.stats import Stats
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

MIN_CHALLENGES = 5
"""Minimum number of challenges for a blocked site: one or two pages behind a captcha say nothing about it. The same for
pages whose text only a script could fetch."""

UNREACHABLE = frozenset({"no-such-host", "timeout", "unreachable"})
"""Answers of lists that say that the site's server gave none."""

HealthState = Literal["alive", "quiet", "blocked", "dead", "empty", "unknown"]


@frozen(kw_only=True)
class SiteStatus:
    """The state of a site; `why` is the reason as a sentence about the site, `hint` is what to do."""

    state: HealthState
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
      Also dead: it never had one, and no list could be reached.
    - empty: none of its lists shows an article, and it never had one, although it answers.
    - quiet: its lists show articles, but its news are late. Alive: they are not.
    - unknown: not all of its lists were fetched, and those that were show no article.
    """
    fetched = [each for each in lists if each.asked]
    showing, late = any(each.showing for each in lists), _is_late(frequency, today)
    if blocked := _blocked(fetched, stats, showing=showing, late=late):
        return blocked
    if fetched and not showing and all(each.asked for each in lists if each.shown_at):
        had_articles = frequency.articles or any(each.shown_at for each in lists)
        unreachable = all(each.answer in UNREACHABLE for each in fetched)
        return _without_articles(slug, fetched, "dead" if had_articles or unreachable else "empty")
    if lists and (days := frequency.silent_days(max(each.asked_at for each in lists).date())):
        return SiteStatus(state="dead", why=_silence(days, frequency), hint=_check(slug))
    if not showing:
        return SiteStatus(state="unknown")
    return _with_articles(stats, "quiet" if late else "alive")


def _with_articles(stats: Stats, state: Literal["quiet", "alive"]) -> SiteStatus:
    """Return the status of a site with lists; if its articles are written by scripts, with the setting that helps."""
    scripted = stats.outcomes["scripted"]
    if scripted < MIN_CHALLENGES or scripted <= stats.successful:
        return SiteStatus(state=state)
    why = _(
        "scripts write the text of {scripted} pages, {successful} gave an article",
        scripted=scripted,
        successful=stats.successful,
    )
    return SiteStatus(state=state, why=why, hint=_('set render = "all" in its TOML'))


def _is_late(frequency: Frequency, today: dt.date) -> bool:
    age = frequency.age(today)
    return age is None or age > max(frequency.usual_gap or 1, 1)


def _blocked(fetched: Sequence[ListStatus], stats: Stats, *, showing: bool, late: bool) -> SiteStatus | None:
    challenged = sum(each.answer == "challenge" for each in fetched)
    if not showing and 2 * challenged > len(fetched):
        why = _(
            "{challenged} of its {count} sections gave a challenge instead of a list",
            challenged=challenged,
            count=len(fetched),
        )
    elif late and stats.challenges >= MIN_CHALLENGES and stats.challenges > stats.successful:
        why = _(
            "{challenges} pages were challenges, {successful} gave an article",
            challenges=stats.challenges,
            successful=stats.successful,
        )
    else:
        return None
    return SiteStatus(state="blocked", why=why, hint=_("raise its delay in its TOML, or ask its operator"))


def _without_articles(slug: str, fetched: Sequence[ListStatus], state: Literal["dead", "empty"]) -> SiteStatus:
    number = len(fetched)
    answers = Counter(each.answer for each in fetched)
    if set(answers) == {""}:
        why = ngettext(
            "its section answered, but did not show an article: was the site rebuilt?",
            "its {count} sections answered, but none showed an article: was the site rebuilt?",
            number,
        )
    else:
        why = ngettext(
            "its section showed no article: {reasons}",
            "its {count} sections showed no article: {reasons}",
            number,
            reasons=[
                _("{count} × {answer}", count=count, answer=reason_label(answer) if answer else _("no article on it"))
                for answer, count in answers.most_common()
            ],
        )
    return SiteStatus(state=state, why=why, hint=_check(slug))


def _silence(days: int, frequency: Frequency) -> Message:
    return ngettext(
        "nothing new for {days} days (its newest article is of {newest}), while its usual gap is at most {count} day",
        "nothing new for {days} days (its newest article is of {newest}), while its usual gap is at most {count} days",
        frequency.usual_gap or 0,
        days=days,
        newest=frequency.newest_on,
    )


def _check(slug: str) -> str:
    return f"fangzhi sites check {slug}"
