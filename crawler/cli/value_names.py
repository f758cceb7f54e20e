"""The names for people of the values that articles are counted by: of regions and verdicts, beside their codes."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.cli.results import RESULTS
from crawler.cli.session import Session


def value_cells(session: Session, dimension: str, values: Iterable[str | None]) -> list[str]:
    """Return the cells of a table for values of a dimension; `-` stands for articles without one.

    A region has its code and its name, a verdict in Chinese its code and the word of `fangzhi list`.
    """
    names = _names(session, dimension)
    return [f"{value} {names[value]}" if value in names else value or "-" for value in values]


def _names(session: Session, dimension: str) -> dict[str | None, str]:
    if dimension == "region":
        return {site.code: site.name for site in session.directory().sites if site.is_government and site.code}
    if dimension == "verdict" and session.config.lang == "zh":
        return {code: session.text(label) for code, label in RESULTS.items()}
    return {}
