"""`fangzhi replay`: extract archived pages again."""

from __future__ import annotations

from typing import Any

import click

from crawler.cli.completion import complete_site
from crawler.cli.filters import captured_since, captured_until
from crawler.cli.main import DONE, FAILED, SOME_FAILED
from crawler.cli.replay_selection import ReplayOptions, check_options, select_sources
from crawler.cli.session import Session, fangzhi_command


@fangzhi_command("replay")
@click.argument("warcs", metavar="[WARC]...", nargs=-1)
@click.option(
    "--site", metavar="SITE", shell_complete=complete_site, help="Read only the archive's files of this site."
)
@captured_since
@captured_until
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    metavar="N",
    help="Extraction processes; 0: extract in this process.  [default: one per core]",
)
@click.option(
    "--dask",
    metavar="ADDRESS|local",
    help="Extract in a Dask cluster: its scheduler's address, such as tcp://10.0.0.5:8786, or `local` for one on this "
    "machine.",
)
@click.option("--dry-run", is_flag=True, help="Do not change the catalogue.")
@click.option("--diff", is_flag=True, help="Show, article by article, how the result differs from the catalogue.")
@click.option("--links", is_flag=True, help="Only print the links of each list page, one JSON object per line.")
@click.option("--into", metavar="ARCHIVE", help="First copy the named WARC files unchanged into this archive.")
@click.option(
    "--conversions",
    metavar="PLACE",
    help="Also write the texts as WARC conversion records into this folder or s3://… address.",
)
@click.option("--afresh", is_flag=True, help="Start over instead of resuming an interrupted replay.")
def command(session: Session, **options: Any) -> int:
    """Extract articles again, from the archive or from WARC files.

    WARC is a file of any program (WARC, ARC or WACZ; gzip, zstd, bzip2, lz4 or uncompressed): a path or an http(s) or
    s3 address. A folder, or an s3 address that ends in /, stands for all files below it.

    Damaged parts of a file are skipped and named. Records without a capture are counted by reason; the exit code is 3
    if one of them could have held a page, or if the parser failed on a page.

    The same version of fangzhi produces the same entries; a newer version updates the catalogue to its own results. An
    interrupted replay resumes where it stopped when it is started again with the same options.

    With --dask, workers on any number of machines read and extract the files in partitions of 16 MB, and this process
    writes the catalogue in order: the entries are the same. Each worker needs this version of fangzhi and access to the
    files, under the same paths or addresses. What a worker had when it was lost is extracted again.
    """
    from crawler.cli.replay_run import ReplayRun, print_outlinks, replay_captures
    from crawler.cli.run import opened
    from crawler.replay.run import body_finder
    from crawler.sites.folders import load
    from pipelines.archive import MultiReader

    selection = ReplayOptions(**options)
    check_options(selection)
    if not selection.warcs:
        session.check_archive()
    registry = load(*session.config.registry)
    with opened(session.config, registry) as (archive, catalogue):
        sources = select_sources(archive, selection)
        run = ReplayRun(
            session=session,
            options=selection,
            reader=MultiReader(sources, body_finder(archive, catalogue), selection.errors.append),
            catalogue=catalogue,
            registry=registry,
            archive=archive,
        )
        read = print_outlinks(run) if selection.links else replay_captures(run)
    for error in selection.errors:
        session.complain(error)
    if selection.errors:
        return SOME_FAILED if read.captures else FAILED
    return SOME_FAILED if run.reader.lost or read.unread else DONE
