"""The log of one crawl: its lines, those of some levels only if wanted, and what the crawl counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from crawler.records import LEVELS, LogLevel, LogLine, read_records
from crawler.web.links import replaced
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.parameters import window
from crawler.web.problems import NotHere
from crawler.web.readers import Reader
from crawler.web.rooms.runs import RunRow, crawl_at, run_row
from pipelines.errors import ConfigError
from pipelines.messages import Message, either
from pipelines.messages import gettext as _
from pipelines.printable import printable
from pipelines.times import CHINA, rfc3339

SHOWN = 200
"""Lines on a page; the twins have as many. Most crawls have fewer."""

LEVEL_NAMES: Mapping[LogLevel, Message] = {"error": _("error"), "warning": _("warning"), "info": _("info")}
"""The words for the levels."""

COLUMNS = ("at", "level", "event", "site", "message")


@frozen(kw_only=True)
class LogView:
    """The log of a crawl, a page of it; `choices` are the levels with the numbers of their lines and their addresses.

    `is_kept` tells whether there is a log at all; `left_out` lines came after its bounds were reached.
    """

    run: RunRow
    lines: Sequence[LogLine]
    choices: Sequence[tuple[str, int, str, bool]]
    total: int
    left_out: int
    is_kept: bool
    runs: str
    next: str | None

    @property
    def level_names(self) -> Mapping[LogLevel, Message]:
        """The words for the levels."""
        return LEVEL_NAMES

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Log of a crawl of {site}", site=self.run.site_name)

    def document(self) -> dict[str, Any]:
        """Return the crawl and its log as JSON values."""
        lines = [_document(line) for line in self.lines]
        return {
            "run": self.run.document(),
            "total": self.total,
            "left_out": self.left_out,
            "next": self.next,
            "lines": lines,
        }

    def table(self) -> CsvTable:
        """Return the lines as a table."""
        return CsvTable(heads=COLUMNS, rows=(list(_document(line).values()) for line in self.lines))

    def plain(self) -> str:
        """Return the lines as text: the time in China, the level, and the message."""
        return "".join(
            f"{line.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S} {line.level.upper()} {_indented(line.message)}\n"
            for line in self.lines
        )


def read(asked: PageRequest, _reader: Reader) -> LogView:
    """Find a crawl and its log; raises NotHere if there is no such crawl."""
    levels = _levels(asked)
    shown = window(asked.parameters, SHOWN)
    slug = asked.path["slug"]
    with read_records(asked.room.records_file) as records:
        crawl = crawl_at(asked, records, slug, asked.path["started"])
        if crawl is None:
            raise NotHere(_("no such crawl is recorded"))
        key = records.logs.of_crawl(slug, crawl.started)
        counts = records.logs.counts(key) if key else {}
        lines = records.logs.lines(key, levels, shown.size, shown.offset) if key else []
    total = sum(counts.get(level, 0) for level in levels)
    return LogView(
        run=run_row(asked, crawl),
        lines=lines,
        choices=_choices(asked, counts),
        total=total,
        left_out=key.left_out if key else 0,
        is_kept=key is not None,
        runs=asked.links.to("runs", parameters=[("site", slug)]),
        next=asked.after(shown, total),
    )


def _levels(asked: PageRequest) -> Sequence[LogLevel]:
    """Return the levels to show: that of the parameter and those more important; without it all of them."""
    given = asked.one("level", LEVELS[-1])
    found = [level for level in LEVELS if level == given]
    if not found:
        problem = _("{name}: {problem}", name="level", problem=repr(given))
        raise ConfigError(problem, _("use {names}", names=either(LEVELS)))
    return LEVELS[: LEVELS.index(found[0]) + 1]


def _choices(asked: PageRequest, counts: Mapping[LogLevel, int]) -> list[tuple[str, int, str, bool]]:
    """Return a link for each level: those lines and the more important ones."""
    present = asked.one("level", LEVELS[-1])
    names = (_("errors"), _("and warnings"), _("all lines"))
    return [
        (
            name,
            sum(counts.get(each, 0) for each in LEVELS[: number + 1]),
            asked.here(replaced(asked.parameters, level="" if level == LEVELS[-1] else level, page="")),
            level == present,
        )
        for number, (name, level) in enumerate(zip(names, LEVELS, strict=True))
    ]


def _indented(text: str) -> str:
    """Return a message with its further lines indented, so that none of them looks like a line of the log."""
    return "\n    ".join(printable(line) for line in text.splitlines())


def _document(line: LogLine) -> dict[str, Any]:
    return {
        "at": rfc3339(line.at, "milliseconds"),
        "level": line.level,
        "event": line.event,
        "site": line.site,
        "message": line.message,
    }


PAGE = WebPage(
    path="/runs/{slug}/{started}",
    read=read,
    template="log.html",
    section="sites",
    summary=_("The log of one crawl: its lines of a level and of those more important."),
    parameters=lambda: ("level",),
    plain=LogView.plain,
)
