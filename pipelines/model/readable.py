"""Values of an article as people read them: as text, or as messages that the command line translates."""

from __future__ import annotations

import datetime as dt

from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _
from pipelines.model.article import Article, Quality
from pipelines.model.draft import DateOrTime, Edition

ROLES: dict[str, Message] = {
    "reporter": _("reporter"),
    "correspondent": _("correspondent"),
    "editor": _("editor"),
    "photographer": _("photographer"),
    "proofreader": _("proofreader"),
    "author": _("author"),
}
"""The roles of people, as messages."""


def minute(moment: DateOrTime | None) -> str:
    """Return a time to the minute, a day alone, or an empty string.

    >>> minute(dt.date(2024, 3, 5))
    '2024-03-05'
    """
    if isinstance(moment, dt.datetime):
        return moment.strftime("%Y-%m-%d %H:%M")
    return moment.isoformat() if moment else ""


def newspaper_page(edition: Edition | None) -> str:
    """Return the page of a newspaper as in a citation, or an empty string.

    >>> newspaper_page(Edition(paper="江门日报", issued_on=dt.date(2022, 7, 20), weekday=3, page="A07", name="江海"))
    '江门日报, 2022-07-20, page A07, 江海'
    """
    if edition is None:
        return ""
    page = _("page {page}", page=edition.page) if edition.page else ""
    return joined(edition.paper, minute(edition.issued_on), page, edition.name)


def missing_text(quality: Quality) -> str:
    """Return which part of a text is known to be missing, or an empty string.

    >>> missing_text(Quality(truncated=True, paywall=True, full_chars=4031, shown_chars=2036, masked_chars=1))
    'behind a paywall or login, 4031 characters in full, 2036 characters shown, 1 character masked'
    """
    full, shown = quality.full_chars or 0, quality.shown_chars or 0
    omitted, masked = quality.omitted_chars or 0, quality.masked_chars or 0
    counts = (
        (full, ngettext("{count} character in full", "{count} characters in full", full)),
        (shown, ngettext("{count} character shown", "{count} characters shown", shown)),
        (omitted, ngettext("{count} character left out", "{count} characters left out", omitted)),
        (masked, ngettext("{count} character masked", "{count} characters masked", masked)),
    )
    why = _("behind a paywall or login") if quality.paywall else _("text incomplete") if quality.truncated else ""
    return joined(why, *(message for count, message in counts if count))


def score_with_parts(quality: Quality) -> str:
    """Return the quality score of a text with its factors, or an empty string.

    >>> from pipelines.model import Parts
    >>> score_with_parts(Quality(score=0.45, parts=Parts(intact=1, chinese=0.9, complete=0.5, length=1)))
    '0.45 (intact 1, Chinese 0.9, complete 0.5, length 1)'
    """
    parts = quality.parts
    if quality.score is None or parts is None:
        return ""
    return _(
        "{score:g} (intact {intact:g}, Chinese {chinese:g}, complete {complete:g}, length {length:g})",
        score=quality.score,
        intact=parts.intact,
        chinese=parts.chinese,
        complete=parts.complete,
        length=parts.length,
    )


def person(name: str, role: str) -> Message:
    """Return a person with the role, as a message.

    >>> person("何榕", "reporter")
    '何榕 (reporter)'
    """
    return _("{name} ({role})", name=name, role=ROLES.get(role, role))


def people(article: Article) -> str:
    """Return the people of an article with their roles, or an empty string."""
    return joined(*(person(each.name, each.role) for each in article.authors))


def joined(*parts: str | None) -> str:
    """Return the parts that are not empty as one message, which separates them as the language does."""
    present = [part for part in parts if part]
    return _("{parts}", parts=present) if present else ""
