"""Tables of the archive and of the health of sites: one row for each site."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from crawler.cli.tables import TableLayout, TextColumn
from crawler.config.labels import STATES, reason_label
from crawler.monitoring import Health
from crawler.monitoring.outcomes import USUAL_REASONS
from crawler.monitoring.stats import FIELDS, Stats
from pipelines.messages import gettext as _
from pipelines.times import CHINA

COLOURS = {"dead": "bold red", "blocked": "bold red", "empty": "yellow", "quiet": "dim", "alive": "green"}

STATUSES = (("2xx", 6), ("3xx", 5), ("4xx", 1), ("5xx", 1))
"""The classes of HTTP statuses, with the ranks of their columns."""

NO_SITE = _("(no site)")


def tables(sites: Sequence[Health], layout: TableLayout | None = None) -> list[str]:
    """Return the health of sites as lines: outcomes of captures, HTTP statuses, and the sites that need attention."""
    layout = layout or TableLayout()
    warnings = alarms(sites, layout)
    answers = layout.table(_answers_columns(sites), (_("rejected and failed"), _reasons(sites)))
    return [*layout.table(_outcomes_columns(sites)), "", *answers, *([""] if warnings else []), *warnings]


def sections(sites: Iterable[Health], layout: TableLayout | None = None) -> list[str]:
    """Return the list pages of each site as lines: when each was fetched, had articles, and had a new one."""
    layout = layout or TableLayout()
    lines: list[str] = []
    for site in sites:
        if not site.lists:
            continue
        answers = [f" ({layout.translate(reason_label(look.answer))})" if look.answer else "" for look in site.lists]
        times = [(look.asked_at, look.shown_at, look.brought_at) for look in site.lists]
        fetched, shown, brought = ([_minute(time) for time in each] for each in zip(*times, strict=True))
        urls = [look.section + answer for look, answer in zip(site.lists, answers, strict=True)]
        newest = [str(look.newest_on or "") for look in site.lists]
        columns = (
            TextColumn(head=_("section"), cells=urls, is_text=True),
            TextColumn(head=_("fetched"), cells=fetched, meaning=_("last request, in China's time")),
            TextColumn(head=_("had articles"), cells=shown, meaning=_("last time that it showed articles")),
            TextColumn(head=_("had a new one"), cells=brought, meaning=_("last time that it showed a new article")),
            TextColumn(head=_("list date"), cells=newest, meaning=_("date of the newest article on the list")),
        )
        lines += [*([""] if lines else []), site.site or layout.translate(NO_SITE), *layout.table(columns)]
    return lines


def holdings(sites: Sequence[dict[str, Any]], layout: TableLayout | None = None) -> list[str]:
    """Return as lines what is archived of each site and what is queued, from the rows of `fangzhi status --json`."""

    def archived(name: str) -> list[str]:
        return [str(site[name]) for site in sites]

    def queued(name: str) -> list[str]:
        return [str((site["frontier"] or {}).get(name, "")) for site in sites]

    def rejected(*reasons: str) -> list[str]:
        return [str(sum(site["rejected"].get(reason, 0) for reason in reasons)) for site in sites]

    refused = [str(sum(n for why, n in site["rejected"].items() if why not in USUAL_REASONS)) for site in sites]
    newest = [_minute(dt.datetime.fromisoformat(site["newest"]) if site["newest"] else None) for site in sites]
    processes = [str(site["process"] or "") for site in sites]
    columns = (
        TextColumn(head=_("site"), cells=[site["site"] or NO_SITE for site in sites], is_text=True),
        TextColumn(head=_("captures"), cells=archived("captures")),
        TextColumn(head=_("articles"), cells=archived("articles")),
        TextColumn(head=_("dup"), cells=archived("duplicates"), meaning=_("duplicates"), rank=4),
        TextColumn(head=_("files"), cells=rejected("file"), meaning=_("attachments and pictures"), rank=6),
        TextColumn(head=_("lists"), cells=rejected("not-an-article"), meaning=_("list and home pages"), rank=6),
        TextColumn(
            head=_("requisites"),
            cells=[str(site.get("requisites") or "") for site in sites],
            meaning=_("captures of style sheets, pictures and scripts that show pages"),
            rank=5,
        ),
        TextColumn(head=_("rej"), cells=refused, meaning=_("rejected captures"), rank=2),
        TextColumn(head=_("newest capture"), cells=newest, meaning=_("in China's time")),
        TextColumn(head=_("known"), cells=queued("known"), meaning=_("known pages"), rank=7),
        TextColumn(head=_("waiting"), cells=queued("waiting"), meaning=_("pages in the queue"), rank=1),
        TextColumn(head=_("due"), cells=queued("due"), meaning=_("pages that are due within a day"), rank=1),
        TextColumn(head=_("failing"), cells=queued("failing"), meaning=_("pages that failed at the last try"), rank=3),
        TextColumn(head=_("gone"), cells=queued("gone"), meaning=_("pages that are missing now"), rank=5),
        TextColumn(head=_("process"), cells=processes, meaning=_("process that crawls the site now"), rank=2),
    )
    return (layout or TableLayout()).table(columns)


def alarms(sites: Iterable[Health], layout: TableLayout | None = None) -> list[str]:
    """Return a line for each site that yields no articles; sites that used to yield some come first."""
    translate = (layout or TableLayout()).translate
    unhealthy = sorted((site for site in sites if site.status.why), key=lambda site: not site.status.needs_attention)
    lines = []
    for site in unhealthy:
        status = site.status
        state = translate(STATES[status.state])
        why, hint = status.why, status.hint
        name = state.upper() if status.needs_attention else state
        lines.append(translate(_("{state} {site}: {why} ({hint})", state=name, site=site.site, why=why, hint=hint)))
    return lines


def _outcomes_columns(sites: Sequence[Health]) -> list[TextColumn]:
    ages = [site.frequency.age(site.today) for site in sites]
    states = [site.status.state for site in sites]

    def counts(outcome: str) -> list[str]:
        return [_compact(site.stats.outcomes[outcome]) for site in sites]

    challenges = [_percent(site.stats.share(site.stats.challenges)) for site in sites]
    return [
        TextColumn(head=_("site"), cells=_names(sites), is_text=True),
        TextColumn(
            head=_("state"),
            cells=[STATES[state] for state in states],
            is_text=True,
            styles=[COLOURS.get(state, "") for state in states],
        ),
        TextColumn(
            head=_("days"),
            cells=["" if age is None else str(age) for age in ages],
            meaning=_("days since the newest article"),
        ),
        TextColumn(head=_("new"), cells=counts("new"), meaning=_("new articles")),
        TextColumn(head=_("chg"), cells=counts("changed"), meaning=_("changed articles")),
        TextColumn(head=_("gone"), cells=counts("gone"), meaning=_("pages that are missing now")),
        TextColumn(head=_("back"), cells=counts("back"), meaning=_("pages that were missing and are back"), rank=4),
        TextColumn(head=_("dup"), cells=counts("duplicate"), meaning=_("duplicates"), rank=3),
        TextColumn(head=_("304"), cells=counts("not-modified"), meaning=_("unchanged, says the server"), rank=5),
        TextColumn(
            head=_("rej"),
            cells=[_compact(site.stats.refused.total()) for site in sites],
            meaning=_("rejected captures"),
            rank=1,
        ),
        TextColumn(head=_("chal"), cells=challenges, meaning=_("captures that are anti-bot challenges, %"), rank=2),
        *_share_columns(sites),
    ]


def _share_columns(sites: Sequence[Health]) -> Iterable[TextColumn]:
    def shares(numbers: Iterable[tuple[Stats, int]]) -> list[str]:
        return [_percent(stats.share(number, stats.extracted)) for stats, number in numbers]

    every = [site.stats for site in sites]
    repaired, lossy = shares((each, each.repaired) for each in every), shares((each, each.lossy) for each in every)
    yield TextColumn(head=_("mend"), cells=repaired, meaning=_("repaired articles, %"), rank=6)
    yield TextColumn(head=_("loss"), cells=lossy, meaning=_("articles with lost characters, %"), rank=6)
    heads = (
        (_("title"), _("articles with a title, %")),
        (_("date"), _("articles with a date, %")),
        (_("src"), _("articles with a source, %")),
        (_("col"), _("articles with a column, %")),
    )
    for field, (head, meaning) in zip(FIELDS, heads, strict=True):
        yield TextColumn(head=head, cells=shares((each, each.fields[field]) for each in every), meaning=meaning, rank=7)


def _answers_columns(sites: Sequence[Health]) -> list[TextColumn]:
    def statuses(kind: str) -> list[str]:
        return [_compact(site.stats.statuses[kind]) for site in sites]

    files, lists = ([_compact(count) for count in each] for each in zip(*map(_files_and_lists, sites), strict=True))
    dates = [site.listed_on.isoformat() if site.listed_on else "" for site in sites]
    return [
        TextColumn(head=_("site"), cells=_names(sites), is_text=True),
        *(TextColumn(head=kind, cells=statuses(kind), rank=rank) for kind, rank in STATUSES),
        TextColumn(head=_("none"), cells=statuses("none"), meaning=_("requests without an answer"), rank=2),
        TextColumn(head=_("files"), cells=files, meaning=_("attachments and pictures"), rank=3),
        TextColumn(head=_("lists"), cells=lists, meaning=_("list and home pages"), rank=3),
        TextColumn(head=_("list date"), cells=dates, meaning=_("date of the newest article on the list"), rank=4),
    ]


def _reasons(sites: Sequence[Health]) -> list[list[tuple[int, str]]]:
    found = ({**site.stats.refused, **site.stats.failed} for site in sites)
    return [[(count, reason_label(reason)) for reason, count in each.items()] for each in found]


def _files_and_lists(site: Health) -> tuple[int, int]:
    return site.stats.files, site.stats.lists


def _names(sites: Iterable[Health]) -> list[str]:
    return [site.site or NO_SITE for site in sites]


def _minute(time: dt.datetime | None) -> str:
    return f"{time.astimezone(CHINA):%Y-%m-%d %H:%M}" if time else _("never")


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f}"


def _compact(count: int) -> str:
    """Return a count in at most four characters; zero is empty.

    >>> _compact(0), _compact(9_999), _compact(123_456)
    ('', '9999', '123k')
    """
    return "" if not count else str(count) if count < 10_000 else f"{count // 1000}k"
