"""The data sheet and the descriptor that `fangzhi export --datasheet` writes beside a file."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.cli.filters import given_filters
from crawler.cli.session import Session
from pipelines.export import output
from pipelines.export.datasheet import ExportedFile, ExportFacts, data_sheet, descriptor
from pipelines.masking import mask

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.filters import Filter

ENDINGS = (".md", ".datapackage.json")
"""What the names of both files add to that of the export."""


def write_datasheet(
    session: Session,
    catalogue: Catalogue,
    wanted: Filter,
    out: Path,
    form: str,
    rows_by_file: Iterable[tuple[Path, int]],
    query: str,
) -> list[str]:
    """Write both files beside an export that is complete, and return their names.

    `out` is its only file, or the folder that has all files.
    """
    days = catalogue.crawled_days(wanted)
    facts = ExportFacts(
        name=out.name,
        form=form,
        files=[_file(path, out.parent, rows) for path, rows in rows_by_file],
        made=dt.datetime.now(dt.UTC).replace(microsecond=0),
        archive=mask(session.config.archive),
        query=query,
        filters=given_filters(),
        crawled=(len(days), days[0], days[-1]) if days else None,
        sites={
            each.key[0] or "-": (each.articles, each.crawled_days or 0)
            for each in catalogue.count_articles(wanted, ["site"], once=True)
        },
    )
    names = [f"{out}{ending}" for ending in ENDINGS]
    for name, text in zip(names, (data_sheet(facts, session.config.lang), descriptor(facts)), strict=True):
        with output(name) as file:
            file.write(text.encode())
    return names


def _file(path: Path, beside: Path, rows: int) -> ExportedFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ExportedFile(
        path=path.relative_to(beside).as_posix(), size=path.stat().st_size, digest=f"sha256:{digest}", rows=rows
    )
