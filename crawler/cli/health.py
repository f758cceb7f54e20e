"""Tables of the archive and of the health of sites: one row for each site, in 100 columns."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.monitoring import Health
from crawler.monitoring.stats import FIELDS, Stats

DEFAULT_WIDTH = 100
"""Columns of a table if the width of the terminal is not known."""

COLOURS = {"dead": "bold red", "blocked": "bold red", "empty": "yellow", "quiet": "dim", "alive": "green"}

COUNTS = (("new", "new"), ("chg", "changed"), ("gone", "gone"), ("back", "back"), ("dup", "duplicate"))
SHARES = ("chal", "mend", "loss", "title", "date", "src", "col")
LEGEND = "days since newest article; chal: % of captures; mend, loss, title, date, src, col: % of articles"
STATUSES = ("2xx", "3xx", "4xx", "5xx", "none")


def tables(sites: Sequence[Health], width: int = DEFAULT_WIDTH, coloured: bool = False) -> list[str]:
    """Return the health of sites as lines: outcomes of captures, HTTP statuses, and the sites that need attention."""
    warnings = alarms(sites)
    answers = _rendered(_answers_table(sites), width, coloured)
    outcomes = _rendered(_outcomes_table(sites), width, coloured)
    return [*outcomes, LEGEND, "", *answers, *([""] if warnings else []), *warnings]


def sections(sites: Iterable[Health], width: int = DEFAULT_WIDTH, coloured: bool = False) -> list[str]:
    """Return the list pages of each site as lines: when each was fetched, had articles, and had a new one."""
    table = _table("site", "fetched", "had articles", "had a new one", "list date")
    table.add_column("section", overflow="fold")
    for site in sites:
        for look in site.lists:
            answer = f" ({look.answer})" if look.answer else ""
            times = (look.asked_at, look.shown_at, look.brought_at)
            cells = [f"{time:%Y-%m-%d %H:%M}" if time else "never" for time in times]
            table.add_row(site.site, *cells, str(look.newest_on or ""), look.section + answer)
    return _rendered(table, width, coloured)


def holdings(sites: Iterable[dict[str, Any]], width: int = DEFAULT_WIDTH, coloured: bool = False) -> list[str]:
    """Return as lines what is archived of each site and what is queued, from the rows of `fangzhi status --json`."""
    names = ("known", "waiting", "due", "failing", "gone")
    table = _table("site", "captures", "articles", "dup", "rej", "newest capture", *names, "process")
    for site in sites:
        queued = site["frontier"] or {}
        table.add_row(
            site["site"] or "(no site)",
            *(str(site[name]) for name in ("captures", "articles", "duplicates")),
            str(sum(site["rejected"].values())),
            (site["newest"] or "never")[:16].replace("T", " "),
            *(str(queued.get(name, "")) for name in names),
            str(site["process"] or ""),
        )
    return _rendered(table, width, coloured)


def alarms(sites: Iterable[Health]) -> list[str]:
    """Return a line for each site that yields no articles; sites that used to yield some come first."""
    unhealthy = sorted((site for site in sites if site.status.why), key=lambda site: not site.status.needs_attention)
    return [
        f"{site.status.state.upper() if site.status.needs_attention else site.status.state} {site.site}: "
        f"{site.status.why} ({site.status.hint})"
        for site in unhealthy
    ]


def _outcomes_table(sites: Iterable[Health]) -> Table:
    table = _table("site", "state", "days", *(label for label, _ in COUNTS), "304", "rej")
    for label in SHARES:
        table.add_column(label, justify="right", no_wrap=True)
    for site in sites:
        stats, age = site.stats, site.frequency.age(site.today)
        counts = [stats.outcomes[kind] for _, kind in COUNTS]
        counts += [stats.outcomes["not-modified"], sum(stats.rejected.values())]
        table.add_row(
            site.site or "(no site)",
            Text(site.status.state, style=COLOURS.get(site.status.state, "")),
            "" if age is None else str(age),
            *map(_compact, counts),
            *_shares(stats),
        )
    return table


def _compact(count: int) -> str:
    """Return a count in at most four characters, the width of a table column; zero is empty.

    >>> _compact(0), _compact(9_999), _compact(123_456)
    ('', '9999', '123k')
    """
    return "" if not count else str(count) if count < 10_000 else f"{count // 1000}k"


def _shares(stats: Stats) -> list[str]:
    articles = stats.extracted
    shares = [stats.share(stats.challenges), stats.share(stats.repaired, articles), stats.share(stats.lossy, articles)]
    shares += [stats.share(stats.fields[name], articles) for name in FIELDS]
    return ["" if share is None else f"{100 * share:.0f}" for share in shares]


def _answers_table(sites: Iterable[Health]) -> Table:
    table = _table("site", *STATUSES, "list date")
    table.add_column("rejected and failed, by reason", overflow="fold")
    for site in sites:
        stats = site.stats
        reasons = {**stats.rejected, **stats.failed}
        table.add_row(
            site.site or "(no site)",
            *(_compact(stats.statuses[kind]) for kind in STATUSES),
            site.listed_on.isoformat() if site.listed_on else "",
            ", ".join(f"{count} {reason}" for reason, count in reasons.items()),
        )
    return table


def _table(*labels: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="underline")
    for number, label in enumerate(labels):
        is_text = label in ("site", "state")
        table.add_column(label, justify="left" if is_text else "right", no_wrap=True, max_width=None if number else 20)
    return table


def _rendered(table: Table, width: int, coloured: bool) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=coloured, no_color=not coloured, highlight=False).print(table)
    return [line.rstrip() for line in out.getvalue().splitlines()]
