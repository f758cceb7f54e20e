"""What a request asks for, and what a page answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from attrs import frozen

from crawler.cli.filters import Selected
from crawler.config.language import in_language
from crawler.web.charts import Chart
from crawler.web.links import Links, Parameters, replaced
from crawler.web.parameters import Window, following, selected
from crawler.web.readers import Reader
from crawler.web.room import Room
from pipelines.model.fields import Cell
from pipelines.times import CHINA

TWINS = ("json", "csv")
"""The twins of every page."""

TEXT = "txt"
"""The twin of a page that is also a text."""

PICTURES = ("svg", "png")
"""The twins of a page with a chart."""


@frozen(kw_only=True)
class PageRequest:
    """A request for a page: the parameters of its address and of its path, the language, and the time.

    `address` is its path without the prefix, the first slash and the ending of a twin.
    """

    room: Room
    address: str
    parameters: Parameters
    path: Mapping[str, str]
    lang: str
    links: Links
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The day in China."""
        return self.now.astimezone(CHINA).date()

    def one(self, name: str, default: str = "") -> str:
        """Return the last value of a parameter."""
        return next((value for key, value in reversed(self.parameters) if key == name and value), default)

    def every(self, name: str) -> list[str]:
        """Return all values of a parameter."""
        return [value for key, value in self.parameters if key == name and value]

    def selected(self, reader: Reader) -> Selected:
        """Return the captures that the parameters select."""
        return selected(self.parameters, self.room.places(reader.catalogue))

    def here(self, parameters: Parameters | None = None, ending: str = "") -> str:
        """Return the address of this page, with other parameters, or of one of its twins."""
        path = (self.address or ("index" if ending else "")) + ending
        return self.links.to(*path.split("/"), parameters=self.parameters if parameters is None else parameters)

    def after(self, shown: Window, total: int) -> str | None:
        """Return the address of the next page of so many results; None after the last one."""
        token = following(self.parameters, shown, total)
        return self.here(replaced(self.parameters, page=token)) if token else None

    def text(self, message: str) -> str:
        """Return a message in the language of the request."""
        return in_language(message, self.lang)


@frozen(kw_only=True)
class CsvTable:
    """A table for CSV: the names of its columns, which are the same in every language, and its rows."""

    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]]


class View(Protocol):
    """What a page shows: the values of its template, and its two twins."""

    @property
    def title(self) -> str:
        """The title, as a message or a text."""

    def document(self) -> Any:
        """Return the JSON twin."""

    def table(self) -> CsvTable:
        """Return the CSV twin."""


@frozen(kw_only=True)
class WebPage:
    """A page with its address, and with the twins `.json` and `.csv` of this address.

    `section` is the entry of the navigation that it belongs to. `summary` says what it is, in the description of the
    API; `parameters` returns the names of the parameters that it has. `is_slow` tells whether a request for it reads
    much of the catalogue: such requests wait for each other, and others do not wait for them. `chart` returns the chart
    of a page that can have one, which is then also at `.svg` and `.png`; `plain` the text of a page, which is then also
    at `.txt`. `data` is another address of its JSON twin, for programs.
    """

    path: str
    read: Callable[[PageRequest, Reader], View]
    template: str
    summary: str
    section: str = ""
    is_slow: Callable[[PageRequest], bool] = lambda _asked: False
    parameters: Callable[[], Sequence[str]] = tuple
    chart: Callable[[Any], Chart | None] | None = None
    plain: Callable[[Any], str] | None = None
    data: str = ""

    @property
    def twins(self) -> Sequence[str]:
        """The endings of the addresses of its twins."""
        return (*TWINS, *(PICTURES if self.chart else ()), *((TEXT,) if self.plain else ()))
