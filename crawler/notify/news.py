"""What the rules are about: the news that there are now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import Factory, evolve, field, frozen

from crawler.config.notify import NotifyRule
from crawler.monitoring.health import Health, gone_pages
from pipelines.archive.verify import Finding
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _
from pipelines.model import Entry
from pipelines.times import CHINA, rfc3339

MAX_NAMED = 20
"""Pages and findings that a message names; all are counted."""

MAX_FOUND = 500
"""Articles that one message about found words counts at most: more are a query that is too wide."""


@frozen(kw_only=True)
class News:
    """One thing to tell: `key` names it, as long as it lasts; `data` is for programs, the texts are for people.

    A message about news that do not last, such as found words, is sent once.
    """

    key: str
    title: Message
    lines: tuple[str, ...] = ()
    data: Mapping[str, Any] = Factory(dict)
    lasts: bool = True


@frozen(kw_only=True)
class Sources:
    """Where news come from; what costs much is read only if a rule needs it."""

    catalogue: Catalogue
    now: dt.datetime
    health: Callable[[], Sequence[Health]] = field(repr=False)
    findings: Callable[[], Sequence[Finding]] = field(repr=False)


def find_news(rule: NotifyRule, sources: Sources, since: dt.datetime | None) -> list[News]:
    """Return the news of a rule; `since` is the time up to which found words were told, None at the first run."""
    match rule.event:
        case "dead" | "blocked":
            return [_site_news(each) for each in sources.health() if _is_meant(rule, each)]
        case "gone-in-bulk":
            return list(_bulk_news(rule, _gone(rule, sources), "gone"))
        case "edited-in-bulk":
            return list(_bulk_news(rule, _edited(rule, sources), "edited"))
        case "words":
            return _word_news(rule, sources, since) if since else []
    found = sources.findings()
    return [_damage_news(found)] if found else []


def _is_meant(rule: NotifyRule, health: Health) -> bool:
    return health.status.state == rule.event and (not rule.sites or health.site in rule.sites)


def _site_news(health: Health) -> News:
    status = health.status
    title = (
        _("{site} is dead", site=health.site) if status.state == "dead" else _("{site} is blocked", site=health.site)
    )
    data = {"site": health.site, "state": status.state, "why": str(status.why), "hint": str(status.hint)}
    return News(key=f"{status.state} {health.site}", title=title, lines=(status.why, status.hint), data=data)


def _gone(rule: NotifyRule, sources: Sources) -> Iterator[tuple[str | None, str]]:
    since = sources.now - dt.timedelta(days=rule.days)
    for page in gone_pages(sources.catalogue):
        if page.event.at < since:
            return  # the latest come first
        yield page.last.site, page.url


def _edited(rule: NotifyRule, sources: Sources) -> Iterator[tuple[str | None, str]]:
    since = sources.now - dt.timedelta(days=rule.days)
    for entry in sources.catalogue.entries(_captured_since(Filter(verdict="new-version"), since)):
        if entry.fetched_at >= since:
            yield entry.site, entry.final_url


def _bulk_news(rule: NotifyRule, pages: Iterable[tuple[str | None, str]], what: str) -> Iterator[News]:
    by_site: dict[str, dict[str, None]] = defaultdict(dict)
    for site, url in pages:
        if site and (not rule.sites or site in rule.sites):
            by_site[site][url] = None
    for site, urls in sorted(by_site.items()):
        if len(urls) < rule.least:
            continue
        title = (
            ngettext("{site}: {count} page is gone", "{site}: {count} pages are gone", len(urls), site=site)
            if what == "gone"
            else ngettext("{site}: {count} page was edited", "{site}: {count} pages were edited", len(urls), site=site)
        )
        named = tuple(urls)[:MAX_NAMED]
        data = {"site": site, "count": len(urls), "days": rule.days, "urls": list(named)}
        yield News(key=f"{what} {site}", title=title, lines=named, data=data)


def _word_news(rule: NotifyRule, sources: Sources, since: dt.datetime) -> list[News]:
    filters = _captured_since(Filter(), since).with_query(rule.query, {})
    hits = sources.catalogue.search(filters, MAX_FOUND, order="captured", folded=False).found
    ids = [each.id for each in hits]
    entries = [each for each in sources.catalogue.by_id(ids).values() if since < each.fetched_at <= sources.now]
    entries = [each for each in entries if not rule.sites or each.site in rule.sites]
    if not entries:
        return []
    entries.sort(key=lambda each: (each.fetched_at, each.id))
    title = ngettext("{query}: {count} new article", "{query}: {count} new articles", len(entries), query=rule.query)
    lines = tuple(f"{_title(each)}  {each.final_url}" for each in entries[:MAX_NAMED])
    articles = [_article(each) for each in entries[:MAX_NAMED]]
    data = {"query": rule.query, "count": len(entries), "articles": articles}
    return [News(key=f"words {entries[-1].id}", title=title, lines=lines, data=data, lasts=False)]


def _damage_news(findings: Sequence[Finding]) -> News:
    title = ngettext(
        "the archive is damaged: {count} finding", "the archive is damaged: {count} findings", len(findings)
    )
    lines = tuple(f"{each.file}: {each.what}" for each in findings[:MAX_NAMED])
    named = [{"file": each.file, "kind": each.kind, "what": str(each.what)} for each in findings[:MAX_NAMED]]
    return News(key="damaged", title=title, lines=lines, data={"count": len(findings), "findings": named})


def _captured_since(filters: Filter, moment: dt.datetime) -> Filter:
    """Return a filter with the day of a time in China, because filters know days only."""
    return evolve(filters, captured_since=moment.astimezone(CHINA).date())


def _title(entry: Entry) -> str:
    return (entry.articles[0].title or "") if entry.articles else ""


def _article(entry: Entry) -> dict[str, Any]:
    captured = rfc3339(entry.fetched_at)
    return {"id": entry.id, "site": entry.site, "url": entry.final_url, "title": _title(entry), "fetched_at": captured}
