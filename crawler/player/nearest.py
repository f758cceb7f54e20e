"""Chooses among the captures of a URL the one to show for a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from attrs import frozen

from pipelines.model import Location

NOT_MODIFIED = 304
"""The status of a response that confirms the capture before it (RFC 9110 §15.4.5)."""

MAX_RENDERING_DELAY = dt.timedelta(minutes=10)
"""A rendered page within this time of a page is that page after its scripts ran: a browser takes 90 s at most, and its
requests wait for their turn."""


@frozen(kw_only=True)
class Held:
    """A capture in the archive: the URL that was requested, the one that answered, and the place of its record."""

    id: str
    url: str
    final_url: str
    at: dt.datetime
    status: int
    location: Location
    rendered: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the server answered with what was asked for."""
        return 200 <= self.status <= 299


def nearest(captures: Iterable[Held], when: dt.datetime) -> Held | None:
    """Return the capture with a body that shows best what a URL returned at a time; None if there is none.

    A capture of exactly this second is returned whatever its status. Otherwise a success is preferred to an error, and
    then the nearest. A response that confirms an earlier capture (304) stands for it. Of a page that was also rendered,
    the rendered one is returned, because the player runs no scripts.
    """
    stated = _confirmed(sorted(captures, key=lambda each: (each.at, each.id)))
    if not stated:
        return None
    second = when.replace(microsecond=0)
    exact = [(at, each) for at, each in stated if at.replace(microsecond=0) == second]
    pool = exact or [(at, each) for at, each in stated if each.ok] or stated
    _, best = min(pool, key=lambda pair: (abs(pair[0] - when), pair[1].id))
    rendered = [each for _, each in stated if each.rendered and abs(each.at - best.at) <= MAX_RENDERING_DELAY]
    return min(rendered, key=lambda each: abs(each.at - best.at), default=best) if best.ok else best


def _confirmed(captures: Sequence[Held]) -> list[tuple[dt.datetime, Held]]:
    """Return the captures with a body and the times at which each was seen; the oldest first."""
    seen: list[tuple[dt.datetime, Held]] = []
    last: Held | None = None
    for each in captures:
        if each.status != NOT_MODIFIED:
            seen.append((each.at, each))
            last = each if not each.rendered else last
        elif last:
            seen.append((each.at, last))
    return seen
