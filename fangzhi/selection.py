"""The arguments that select captures, checked and turned into a filter of the catalogue."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Literal, get_args

from attrs import frozen

from crawler.directory.regions import code_prefix
from pipelines.errors import ConfigError
from pipelines.model import Entry, VerdictKind
from pipelines.times import period

if TYPE_CHECKING:
    from pipelines.catalogue.filters import Filter

Day = str | dt.date
"""A day as a date, or as text: `2023-04-05`; `2023-04` and `2023` stand for all days of the month or year."""

Days = Day | tuple[Day | None, Day | None]
"""A day, month or year, or the pair of its first and last one; both ends are included, None means no limit."""

OutcomeName = Literal["article", "rejected"]

DAYS_FORMS = "2023-04-05, 2023-04, 2023, a date, or a pair of these such as ('2023-04', None)"

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@frozen(kw_only=True)
class Selection:
    """Conditions on captures, as the methods of `Archive` take them; a capture must meet all that are given."""

    site: str | None = None
    published: Days | None = None
    captured: Days | None = None
    region: str | None = None
    outcome: OutcomeName | None = None
    verdict: VerdictKind | None = None
    copies: bool = True
    files: bool = True
    source: str | None = None
    column: str | None = None
    reason: str | None = None
    min_score: float | None = None
    flags: tuple[str, ...] = ()

    def filter(self) -> Filter:
        """Return the conditions that the catalogue checks, all except the name of a region; raises ConfigError."""
        from pipelines.catalogue.filters import Filter
        from pipelines.catalogue.query import all_of, text_term

        _check_choice("outcome", self.outcome, get_args(OutcomeName))
        _check_choice("verdict", self.verdict, get_args(VerdictKind))
        published, captured = day_range("published", self.published), day_range("captured", self.captured)
        return Filter(
            site=self.site,
            region=code_prefix(self.region) if self.region and self.region.isdecimal() else None,
            outcome=self.outcome,
            verdict=self.verdict,
            copies=self.copies,
            files=self.files,
            captured_since=captured[0],
            captured_until=captured[1],
            published_since=published[0],
            published_until=published[1],
            reason=self.reason,
            min_score=self.min_score,
            flags=self.flags,
            query=all_of(*(text_term(name, words) for name in ("source", "column") if (words := getattr(self, name)))),
        )

    def accepts(self, entry: Entry) -> bool:
        """Return whether an entry is of the region."""
        return self.region is None or in_region(entry, self.region)


def in_region(entry: Entry, region: str) -> bool:
    """Return whether an entry is of a region, given by its code in GB/T 2260 or by a part of its name.

    A code includes what is below it: `320000` or `32` is the whole province, `320100` or `3201` the whole city.
    """
    if entry.region is None:
        return False
    if region.isdecimal():
        return entry.region.code.startswith(code_prefix(region))
    return region in entry.region.name


def region_code(given: str) -> str:
    """Return what `region:` of a query means; raises ConfigError unless it is a code."""
    if not (given.isdecimal() and given.isascii()):
        message = f"region:{given} is no code of a region"
        raise ConfigError(message, hint="give a code of GB/T 2260 such as 4407, or the name as the argument region=")
    return code_prefix(given)


QUERY_PLACES = {"region": region_code}
"""What translates the places of a query; sites have the names of the registry."""


def day_range(name: str, days: Days | None) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day of a range; `name` is the argument that an error names.

    >>> day_range("published", "2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    >>> day_range("published", ("2023", None))
    (datetime.date(2023, 1, 1), None)
    """
    match days:
        case None:
            return None, None
        case (since, until):
            first, last = (_ends(name, end)[number] if end else None for number, end in enumerate((since, until)))
        case str() | dt.date():
            first, last = _ends(name, days)
        case _:
            raise _invalid_days(name, days)
    if first and last and first > last:
        raise ConfigError(f"{name}: {first} is after {last}", hint="give the earlier day first")
    return first, last


def _ends(name: str, day: object) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a day, month or year."""
    if isinstance(day, dt.datetime):
        return day.date(), day.date()
    if isinstance(day, dt.date):
        return day, day
    found = _DAY.fullmatch(day) if isinstance(day, str) else None
    if found is None:
        raise _invalid_days(name, day)
    try:
        return period(*(int(part) for part in found.groups() if part))
    except ValueError as error:
        raise _invalid_days(name, day) from error


def _invalid_days(name: str, days: object) -> ConfigError:
    return ConfigError(f"{name}: {days!r} is no day, month, year or range", hint=f"valid are {DAYS_FORMS}")


def _check_choice(name: str, value: str | None, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise ConfigError(f"{name}: {value!r} is not known", hint=f"valid are {', '.join(choices)}")
