"""The report of a run as lines for people."""

from __future__ import annotations

import functools

from crawler.cli.columns import fits
from crawler.config.labels import reason_label
from crawler.monitoring.requisites import RequisiteCounts
from crawler.monitoring.stats import Stats
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _


def report_lines(stats: Stats) -> list[Message]:
    """Return the counts of a run as messages.

    Files and list pages are counted apart from rejected pages: they were archived as intended, and are no losses.
    """
    lines = [_("fetched {count} = {parts}", count=stats.fetched, parts=functools.reduce(_sum, _parts(stats)))]
    for reason, count in stats.refused.most_common():
        lines.append(_("  rejected  {count:>6}  {reason}", count=count, reason=reason_label(reason)))
    for cause, count in stats.failed.most_common():
        lines.append(_("  failed    {count:>6}  {reason}", count=count, reason=reason_label(cause)))
    if stats.revisits:
        lines.append(
            ngettext(
                "{count} had the bytes of an earlier capture and was stored as a revisit",
                "{count} had the bytes of an earlier capture and were stored as revisits",
                stats.revisits,
            )
        )
    if stats.requisites:
        lines.append(requisite_line(stats.requisites))
    if stats.downgraded:
        lines.append(
            ngettext(
                "{count} was requested over https and answered over http",
                "{count} were requested over https and answered over http",
                stats.downgraded,
            )
        )
    if stats.forbidden:
        lines.append(
            ngettext(
                "{count} was not requested: robots.txt forbids it",
                "{count} were not requested: robots.txt forbids them",
                stats.forbidden,
            )
        )
    return lines


def requisite_line(counts: RequisiteCounts) -> Message:
    """Return the counts of requisites as one line."""
    return _(
        "requisites of pages: {archived} archived, {unchanged} unchanged, {missing} missing, {failed} not fetched",
        archived=counts.captures["archived"],
        unchanged=counts.captures["unchanged"],
        missing=counts.captures["missing"],
        failed=counts.failed.total(),
    )


def folded(text: str, columns: int | None) -> str:
    """Return a line in which a sum that is wider than a terminal goes on below, before a plus.

    >>> print(folded("fetched 5 = 3 articles + 2 duplicates", 30))
    fetched 5 = 3 articles
      + 2 duplicates
    """
    first, *others = text.split(" + ")
    lines = [first]
    for term in others:
        if fits(f"{lines[-1]} + {term}", columns):
            lines[-1] += f" + {term}"
        else:
            lines.append(f"  + {term}")
    return "\n".join(lines)


def _parts(stats: Stats) -> list[Message]:
    parts = [
        ngettext("{count} article", "{count} articles", stats.articles),
        ngettext("{count} duplicate", "{count} duplicates", stats.duplicates),
    ]
    if stats.files:
        parts.append(ngettext("{count} file", "{count} files", stats.files))
    if stats.lists:
        parts.append(ngettext("{count} list page", "{count} list pages", stats.lists))
    rejected, failed = stats.refused.total(), stats.failed.total()
    return [*parts, _("{count} rejected", count=rejected), _("{count} failed", count=failed)]


def _sum(one: Message, other: Message) -> Message:
    return _("{one} + {other}", one=one, other=other)
