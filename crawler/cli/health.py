"""How sites do, as tables for people: one row a site, in 100 columns."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.monitoring import Health
from crawler.monitoring.stats import FIELDS, Stats

COLUMNS = 100
"""Width of a table that nobody says otherwise of."""

COLOURS = {"dead": "bold red", "blocked": "bold red", "empty": "yellow", "quiet": "dim", "alive": "green"}

COUNTS = (("new", "new"), ("chg", "changed"), ("gone", "gone"), ("back", "back"), ("dup", "duplicate"))
SHARES = ("chal", "mend", "loss", "title", "date", "src", "col")
LEGEND = "days since the newest article; chal in % of captures; mend, loss, title, date, src, col of articles"
STATUSES = ("2xx", "3xx", "4xx", "5xx", "none")


def tables(sites: Sequence[Health], width: int = COLUMNS, coloured: bool = False) -> list[str]:
    """Return how sites do as lines: what came of their pages, how they answered, and the sites to look after."""
    told = alarms(sites)
    answers = _drawn(_answers(sites), width, coloured)
    return [*_drawn(_outcomes(sites), width, coloured), LEGEND, "", *answers, *([""] if told else []), *told]


def sections(sites: Iterable[Health], width: int = COLUMNS, coloured: bool = False) -> list[str]:
    """Return as lines what the lists of each site's sections showed last."""
    table = _table("site", "asked", "showed articles", "brought a new one", "list head")
    table.add_column("section", overflow="fold")
    for site in sites:
        for look in site.lists:
            answer = f" ({look.answer})" if look.answer else ""
            moments = (look.asked_at, look.shown_at, look.brought_at)
            days = [f"{moment:%Y-%m-%d %H:%M}" if moment else "never" for moment in moments]
            table.add_row(site.site, *days, str(look.newest_on or ""), look.section + answer)
    return _drawn(table, width, coloured)


def holdings(sites: Iterable[dict[str, Any]], width: int = COLUMNS, coloured: bool = False) -> list[str]:
    """Return as lines what of each site is archived and what waits, from the rows of `fangzhi status --json`."""
    names = ("known", "waiting", "due", "failing", "gone")
    table = _table("site", "captures", "articles", "dup", "rej", "newest capture", *names, "process")
    for site in sites:
        waits = site["frontier"] or {}
        table.add_row(
            site["site"] or "(no site)",
            *(str(site[name]) for name in ("captures", "articles", "duplicates")),
            str(sum(site["rejected"].values())),
            (site["newest"] or "never")[:16].replace("T", " "),
            *(str(waits.get(name, "")) for name in names),
            str(site["process"] or ""),
        )
    return _drawn(table, width, coloured)


def alarms(sites: Iterable[Health]) -> list[str]:
    """Return a line for each site that yields nothing, the sites that used to before those that never did."""
    told = sorted((site for site in sites if site.status.why), key=lambda site: not site.status.needs_attention)
    return [
        f"{site.status.state.upper() if site.status.needs_attention else site.status.state} {site.site}: "
        f"{site.status.why} ({site.status.hint})"
        for site in told
    ]


def _outcomes(sites: Iterable[Health]) -> Table:
    table = _table("site", "state", "days", *(head for head, _ in COUNTS), "304", "rej")
    for head in SHARES:
        table.add_column(head, justify="right", no_wrap=True)
    for site in sites:
        tally, age = site.stats, site.frequency.age(site.today)
        counts = [tally.outcomes[kind] for _, kind in COUNTS]
        counts += [tally.outcomes["not-modified"], sum(tally.rejected.values())]
        table.add_row(
            site.site or "(no site)",
            Text(site.status.state, style=COLOURS.get(site.status.state, "")),
            "" if age is None else str(age),
            *map(_short, counts),
            *_shares(tally),
        )
    return table


def _short(count: int) -> str:
    """Return a count in four characters, nothing for none: the tables have no room for more.

    >>> _short(0), _short(9_999), _short(123_456)
    ('', '9999', '123k')
    """
    return "" if not count else str(count) if count < 10_000 else f"{count // 1000}k"


def _shares(tally: Stats) -> list[str]:
    articles = tally.extracted
    shares = [tally.share(tally.challenges), tally.share(tally.repaired, articles), tally.share(tally.lossy, articles)]
    shares += [tally.share(tally.fields[name], articles) for name in FIELDS]
    return ["" if share is None else f"{100 * share:.0f}" for share in shares]


def _answers(sites: Iterable[Health]) -> Table:
    table = _table("site", *STATUSES, "list head")
    table.add_column("rejected and failed, by reason", overflow="fold")
    for site in sites:
        tally = site.stats
        reasons = {**tally.rejected, **tally.failed}
        table.add_row(
            site.site or "(no site)",
            *(_short(tally.statuses[kind]) for kind in STATUSES),
            site.listed_on.isoformat() if site.listed_on else "",
            ", ".join(f"{count} {reason}" for reason, count in reasons.items()),
        )
    return table


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="underline")
    for number, head in enumerate(heads):
        words = head in ("site", "state")
        table.add_column(head, justify="left" if words else "right", no_wrap=True, max_width=None if number else 20)
    return table


def _drawn(table: Table, width: int, coloured: bool) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=coloured, no_color=not coloured, highlight=False).print(table)
    return [line.rstrip() for line in out.getvalue().splitlines()]
