"""`fangzhi export`: entries and captures for other programs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.cli.filters import filtering
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import FangzhiError

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.queries import Filter

FORMATS = ("jsonl", "csv", "parquet", "wacz", "cdxj")
SEEKING = ("parquet", "wacz")
STDOUT = "-"


@fangzhi_command("export")
@click.argument("out", metavar="OUT")
@click.option("--format", "form", type=click.Choice(FORMATS), help="By OUT's ending, unless this says otherwise.")
@filtering
def command(session: Session, wanted: Filter, out: str, form: str | None) -> int:
    """Write what the catalogue and the archive hold to the file OUT; - is standard output (jsonl, csv, cdxj).

    \b
    jsonl    one capture a line, as `list --json` prints it, newest first
    csv      one article a row, its plain fields; for spreadsheets (UTF-8, in a file with a byte order mark)
    parquet  the same rows, typed; needs pip install 'fangzhi[parquet]'
    wacz     WARC records, index and list of pages in one file, for ReplayWeb.page and others (WACZ 1.1.1)
    cdxj     one index of the archive's WARC files where they lie, for pywb

    Without a filter a WACZ holds every finished WARC file as it is. With filters it holds the records wanted, byte for
    byte: responses and revisits with their requests, the originals of revisits, and the warcinfo of each file.
    """
    from pipelines.catalogue.catalogue import Catalogue

    form = form or Path(out).suffix.removeprefix(".")
    if form not in FORMATS:
        raise click.UsageError(f"{out} does not say by its ending what it is to be: name a --format")
    if form in SEEKING and out == STDOUT:
        raise click.UsageError(f"{form} is written to a file, not to standard output: name one")
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        if form in ("wacz", "cdxj"):
            told = _captures(session, catalogue, wanted, out, form)
        else:
            told = _rows(catalogue, wanted, out, form)
    session.say(f"{out}: " + ", ".join(f"{count} {name}" for name, count in told.items()))
    if session.machine and out != STDOUT:
        session.emit({"file": out, "format": form, **told})
    return 0


def _rows(catalogue: Catalogue, wanted: Filter, out: str, form: str) -> dict[str, int]:
    """Write entries or articles; return how many."""
    from pipelines.export import output, write_csv, write_jsonl, write_parquet

    entries = catalogue.entries(wanted)
    with output(out) as file:
        if form == "jsonl":
            return {"entries": write_jsonl(map(catalogue.with_attachments, entries), file)}
        if form == "csv":
            return {"articles": write_csv(entries, file, marked=out != STDOUT)}
        return {"articles": write_parquet(entries, file)}


def _captures(session: Session, catalogue: Catalogue, wanted: Filter, out: str, form: str) -> dict[str, int]:
    """Write captures, or their index; return how many, and how many that were wanted are not there."""
    from pipelines.archive import Archive
    from pipelines.catalogue.queries import Filter
    from pipelines.export import choose, output, write_cdxj, write_wacz
    from pipelines.storage import open_storage

    storage = open_storage(session.config.archive, session.config.options)
    choice = choose(Archive(storage), catalogue, None if wanted == Filter() else wanted)
    if not choice.files:
        raise FangzhiError(
            "no capture is there to export", hint="the filters let none through, or none is archived yet"
        )
    with output(out) as file:
        if form == "cdxj":
            return {"captures": write_cdxj(storage, choice, file)}
        written = write_wacz(storage, choice, catalogue.entries(wanted), file)
    if written.missing:
        session.say(f"{written.missing} captures are not in it: they lie elsewhere, or are still being written")
    told = {"pages": written.pages, "captures": written.captures, "originals": choice.originals}
    return told | {"missing": written.missing}
