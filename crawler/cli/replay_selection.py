"""The options of `fangzhi replay`, and the WARC files that they select."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click
from attrs import evolve, field, frozen

from pipelines.errors import StoreError
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from crawler.replay.run import DateRange
    from pipelines.archive import Archive, Source


@frozen(kw_only=True)
class ReplayOptions:
    """What a replay reads and what it does with it; `errors` collects the files that could not be read."""

    warcs: tuple[str, ...]
    site: str | None
    captured_since: dt.date | None
    captured_until: dt.date | None
    into: str | None
    dry_run: bool
    diff: bool
    links: bool
    conversions: str | None
    dask: str | None
    afresh: bool
    errors: list[StoreError] = field(factory=list)

    @property
    def dates(self) -> DateRange:
        """The capture dates that are selected."""
        from crawler.replay.run import DateRange

        return DateRange(since=self.captured_since, until=self.captured_until)


def check_options(options: ReplayOptions) -> None:
    """Raise click.UsageError for options that exclude each other."""
    if options.into and not options.warcs:
        raise click.UsageError(_("--into needs the WARC files to copy into the archive: name at least one"))
    if "" in options.warcs:  # an empty path would stand for the working folder
        raise click.UsageError(_("the name of a WARC file is empty: give one, or none to replay the archive"))
    if options.into and options.dry_run:
        raise click.UsageError(_("--into writes to the archive, --dry-run writes nothing: leave one of them out"))
    if options.site and options.warcs:
        raise click.UsageError(_("--site selects files of the archive: leave out --site or the WARC files"))
    if options.links and options.dask:
        raise click.UsageError(_("--links extracts no articles: leave out --dask"))
    if options.links and (options.diff or options.conversions):
        raise click.UsageError(_("--links only prints the links of list pages: leave out --diff and --conversions"))


def select_sources(archive: Archive, options: ReplayOptions) -> list[Source]:
    """Return the selected WARC files, each once; those of the archive in the order in which they were begun.

    Files of sites that were crawled at the same time follow each other: a capture that comes after later ones costs
    more than one in the order of time.

    With `--into` the named files are imported first. Files that cannot be opened or imported go to `options.errors`.
    """
    from pipelines.archive import sources, sources_in
    from pipelines.archive.shared import SHARED_FILES
    from pipelines.archive.writer import start_order

    if not options.warcs:
        of_archive = sources_in(archive, f"warc/{options.site}/" if options.site else "warc/")
        shared = [evolve(each, site=options.site) for each in sources_in(archive, SHARED_FILES)] if options.site else []
        return sorted([*of_archive, *shared], key=lambda source: start_order(source.name))
    selected: dict[str, Source] = {}
    for warc in options.warcs:
        try:
            for named in sources(archive, warc):
                for source in _imported(archive, named) if options.into else [named]:
                    selected[source.name] = source
        except StoreError as error:
            options.errors.append(error)
    return list(selected.values())


def _imported(archive: Archive, source: Source) -> list[Source]:
    """Return the copies of a file in the archive, of a package those of its files; or the file if it lies there."""
    from pipelines.archive import import_file, source_in
    from pipelines.model import KEPT

    if source.name.startswith(KEPT):
        return [source]
    return [source_in(archive, import_file(archive.storage, each)) for each in source.warcs()]
