"""`fangzhi export`: write entries and captures to a file for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click
from attrs import evolve

from crawler.cli.bar import ProgressBar
from crawler.cli.export_rows import COUNTED, STDOUT, describe, write_rows
from crawler.cli.filters import Selected, entry_order, narrowed, with_filters, with_query
from crawler.cli.package_signer import package_signer
from crawler.cli.query_command import QueryCommand
from crawler.cli.session import Session, fangzhi_command
from crawler.cli.signature_lines import own_signature_lines, signature_document
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from pipelines.archive.signatures.check import CheckedSignature
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.filters import Filter, Order
    from pipelines.model import Entry

FORMATS = ("jsonl", "csv", "parquet", "wacz", "cdxj")
FILE_ONLY_FORMATS = ("parquet", "wacz")
"""Formats whose writers seek: they cannot be written to a pipe."""

PartitionKey = Literal["region", "site", "year", "month"]

PARTITION_KEYS: tuple[PartitionKey, ...] = get_args(PartitionKey)
"""What a data set can be divided by, in the order of its folders."""


@fangzhi_command("export", kind=QueryCommand)
@click.argument("out", metavar="OUT", type=click.Path(allow_dash=True))
@click.argument("query", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Output format.  [default: the file name extension of OUT; jsonl for -]",
)
@click.option(
    "--partition",
    metavar="KEYS",
    help="Write OUT, a folder, with one Parquet file for each value of KEYS: region,month.",
)
@click.option(
    "--datasheet",
    is_flag=True,
    help="Also write OUT.md, a data sheet, and OUT.datapackage.json (Frictionless Data Package), beside OUT.",
)
@click.option("--sign", is_flag=True, help="Sign the WACZ, with a time stamp if `seal_authority` is set.")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only the capture with this id. May be repeated.")
@with_filters
def command(
    session: Session,
    selected: Selected,
    out: str,
    query: tuple[str, ...],
    form: str | None,
    partition: str | None,
    datasheet: bool,
    sign: bool,
    ids: tuple[str, ...],
) -> int:
    """Export captures or articles as JSON Lines, CSV, Parquet, WACZ or CDXJ.

    OUT is a file name; - is standard output (jsonl, csv, cdxj). QUERY selects articles as in `fangzhi search`.

    \b
    jsonl    one capture per line, as `list --json` prints it, newest first
    csv      one article per row, without nested fields; for spreadsheets
             (UTF-8; a file starts with a byte order mark); times in China's
             time with their offset, as in parquet; JSON has them in UTC
    parquet  the same rows with data types, and two lists: people and
             attachments; needs pip install 'fangzhi[parquet]'
    wacz     WARC records, index and page list in one file, for ReplayWeb.page
             and other programs (WACZ 1.1.1)
    cdxj     one index of the archive's WARC files in their place, for pywb

    Without filters a WACZ contains every finished WARC file unchanged. With filters it contains the selected records,
    byte for byte: responses and revisits with their requests, the originals of revisits, and the warcinfo of each file.
    The renditions of the captures are in it, too.

    --partition writes a Parquet data set into a new folder: `region,month` a file for each region and month of
    publication; site and year are other keys.

    A file has its name only when it is complete; until then its name ends in .part. An export that was cut off goes on
    where it stopped if the same command is repeated: as JSON Lines or CSV without --limit, and as Parquet with
    --partition. All others begin again.

    --datasheet says beside the rows what they are: query and filters, the time, the version, the size and SHA-256 of
    the file or of all files of a folder, the columns, how many articles each site has, and on how many days it was
    crawled.

    --sign signs the WACZ as WACZ Signing and Verification 0.1.0 describes it; `verify OUT` and other programs check it.
    The key is that of the setting `package_key`; without the setting, the first signature makes one and says where. It
    signs anonymously: publish its SHA-256, so that others can compare it. With the setting `package_certificate`, the
    certificate of a domain for this key, the signature is that of the domain; it needs a time stamp.
    """
    from crawler.cli.capture_key import find_capture
    from pipelines.catalogue.catalogue import Catalogue

    keys = _partition_keys(partition, form, out) if partition else ()
    form = "parquet" if keys else _format(out, form)
    if sign and form != "wacz":
        raise click.UsageError(_("--sign is for WACZ packages, not for {format}: name a file with .wacz", format=form))
    if datasheet and (form in ("wacz", "cdxj") or out == STDOUT):
        raise click.UsageError(_("--datasheet is for files in jsonl, csv and parquet"))
    order = entry_order(selected)
    sheets: list[str] = []
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        filters = with_query(session, narrowed(catalogue, selected), query)
        if ids:
            filters = evolve(filters, ids=frozenset(find_capture(catalogue, each).id for each in ids))
        if selected.limit:
            filters = evolve(filters, ids=_first_ids(catalogue, filters, selected.limit, order))
        if keys:
            counts, signature = _partitions(session, catalogue, filters, Path(out), keys, " ".join(query)), None
        elif form in ("wacz", "cdxj"):
            counts, signature = _captures(session, catalogue, filters, out, form, sign=sign)
        else:
            described = describe(query, order, selected.limit)
            counts, signature = write_rows(session, catalogue, filters, out, form, order, described), None
        if datasheet:
            from crawler.cli.datasheet import write_datasheet
            from pipelines.export.partitions import rows_by_file

            files = rows_by_file(Path(out)) if keys else [(Path(out), next(iter(counts.values())))]
            sheets = write_datasheet(session, catalogue, filters, Path(out), form, files, " ".join(query))
    written = [COUNTED[name](count) for name, count in counts.items()]
    session.say(_("{file}: {counts}", file=out, counts=written))
    for name in sheets:
        session.say(name)
    for line in own_signature_lines(signature) if signature else ():
        session.say(line)
    if session.as_json and out != STDOUT:
        signed = {"signature": signature_document(signature)} if signature else {}
        beside = {"datasheet": sheets} if sheets else {}
        session.emit({"file": out, "format": form, **counts, **signed, **beside})
    return 0


def _format(out: str, form: str | None) -> str:
    """Return the format of an output; raises click.UsageError if it is unknown or cannot be written there."""
    form = form or ("jsonl" if out == STDOUT else Path(out).suffix.removeprefix("."))
    if form not in FORMATS:
        raise click.UsageError(
            _(
                "the format of {file} is unknown: use one of the extensions {extensions}, or --format",
                file=out,
                extensions=FORMATS,
            )
        )
    if form in FILE_ONLY_FORMATS and out == STDOUT:
        raise click.UsageError(_("{format} cannot be written to standard output: name a file", format=form))
    return form


def _partition_keys(given: str, form: str | None, out: str) -> tuple[PartitionKey, ...]:
    """Return the keys of --partition; raises click.UsageError if they are not known or do not fit other options."""
    keys = tuple(key for key in PARTITION_KEYS if key in given.split(","))
    if len(keys) != len(given.split(",")):
        raise click.UsageError(_("--partition takes some of {keys}, separated by commas", keys=PARTITION_KEYS))
    if form not in (None, "parquet") or out == STDOUT:
        raise click.UsageError(_("--partition writes a folder of Parquet files"))
    return keys


def _partitions(
    session: Session, catalogue: Catalogue, filters: Filter, out: Path, keys: Sequence[PartitionKey], query: str
) -> dict[str, int]:
    """Write a Parquet data set, and return the numbers of its new articles and of its files."""
    from crawler.cli.filters import given_filters
    from pipelines.export.partitions import write_partitions

    partitions = catalogue.ids_by(filters, keys)
    total, numbers = sum(map(len, partitions.values())), count(1)
    with ProgressBar(session, total=total) as bar:

        def read(ids: Sequence[str]) -> Iterator[Entry]:
            for entry in catalogue.entries(evolve(filters, ids=frozenset(ids))):
                done = next(numbers)
                bar.show([COUNTED["captures"](done)], done=done, total=total)
                yield catalogue.with_attachments(entry)

        export: dict[str, object] = {"query": query, "filters": given_filters()}
        written = write_partitions(out, keys, partitions, read, export)
    return {"articles": written.articles, "files": written.files, "kept": written.kept}


def _first_ids(catalogue: Catalogue, filters: Filter, limit: int, order: Order) -> frozenset[str]:
    return frozenset(entry.id for entry in catalogue.entries(filters, limit, order=order))


def _captures(
    session: Session, catalogue: Catalogue, filters: Filter, out: str, form: str, *, sign: bool
) -> tuple[dict[str, int], CheckedSignature | None]:
    """Write captures or their index; return the numbers of what was written and of what is missing, and the signature.

    Whatever signing needs is checked before anything is written.
    """
    from pipelines.archive import Archive
    from pipelines.catalogue.filters import Filter
    from pipelines.export import output, select_captures, write_cdxj, write_wacz
    from pipelines.storage import open_storage

    session.check_archive()
    storage = open_storage(session.config.archive, session.config.options)
    choice = select_captures(Archive(storage), catalogue, None if filters == Filter() else filters)
    if not choice.files:
        raise FangzhiError(
            _("there are no captures to export"), _("the filters exclude all of them, or nothing is archived yet")
        )
    signer = package_signer(session) if sign else None
    with output(out) as file:
        if form == "cdxj":
            return {"captures": write_cdxj(storage, choice, file)}, None
        written = write_wacz(storage, choice, catalogue.entries(filters), file, signer.sign if signer else None)
    if written.missing:
        session.say(
            ngettext(
                "{count} capture is missing from it: its WARC file is outside the archive, still open, or one gzip "
                "member",
                "{count} captures are missing from it: their WARC files are outside the archive, still open, or one "
                "gzip member each",
                written.missing,
            )
        )
    counts = {"pages": written.pages, "captures": written.captures, "originals": choice.originals}
    counts |= {"requisites": choice.requisites, "renditions": written.renditions}
    signature = signer.checked(written.signature) if signer else None
    return counts | {"missing": written.missing}, signature
