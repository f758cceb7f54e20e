"""`fangzhi copy`: copy a whole archive to another store, or bring an older copy up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from attrs import asdict, evolve

from crawler.cli.bar import ProgressBar
from crawler.cli.main import DONE, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError, StoreUnavailable
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from pipelines.archive.copying import CopyCounts
    from pipelines.storage import Storage


@fangzhi_command("copy")
@click.argument("source", metavar="SRC")
@click.argument("target", metavar="DST")
@click.option("--remove-forgotten", is_flag=True, help="Remove from DST what `forget` has removed from SRC.")
def command(session: Session, source: str, target: str, remove_forgotten: bool) -> int:
    """Copy an archive, SRC, to another place, DST: a folder or S3.

    Each file is compared with the SHA-256 that the ledger of SRC records, read back from DST, and gets its manifest
    only then. The ledger and the kept seals are copied too, so the chain goes on in DST, and `verify --deep` and
    `verify --seal` work there. SRC stays as it is; only WARC files that the next crawl would continue are published
    before.

    A copy that was interrupted continues where it stopped, file by file. If DST is an older copy, only what is new is
    copied. It is refused if DST holds another archive, or was written to since it was copied.

    The catalogue, the frontier, the folder registry, the configuration and keys are not copied: `fangzhi rebuild
    --archive DST` makes the catalogue again. Files that are damaged in SRC are listed on stdout and not copied, and so
    are files that `forget` has removed from SRC and DST still has. The exit code is then 3, also if a crawl is writing
    to a file, which the next copy includes.
    """
    from crawler.cli.verify import print_finding
    from pipelines.archive.copying import ArchiveCopy
    from pipelines.archive.open_files import open_files
    from pipelines.storage import open_storage, storage_address

    _refuse_archive_option()
    source, target = storage_address(source), storage_address(target)
    options = session.config.options
    evolve(session, config=evolve(session.config, archive=source)).check_archive()
    origin, destination = open_storage(source, options), open_storage(target, options)
    if origin.spool.resolve() == destination.spool.resolve():
        raise ConfigError(_("SRC and DST are the same archive"), _("name another place as DST"))
    destination.check()
    _publish_idle(session, origin)
    open_before = len(open_files(origin))
    with ProgressBar(session, total=0) as bar:
        copy = ArchiveCopy(
            origin,
            destination,
            remove_forgotten=remove_forgotten,
            on_progress=lambda counts: bar.show(_progress(counts), counts.copied + counts.present, counts.planned),
        )
        findings = 0
        for finding in copy.findings():
            findings += 1
            session.emit(asdict(finding)) if session.as_json else print_finding(session, finding)
    _print_summary(session, copy.counts, findings, open_before, target)
    return SOME_FAILED if findings or open_before else DONE


def _refuse_archive_option() -> None:
    """Raise UsageError if --archive is given: both archives are arguments."""
    context = click.get_current_context()
    if any(each.params.get("archive") for each in (context, context.find_root())):
        raise click.UsageError(_("SRC and DST name both archives: leave --archive out"))


def _publish_idle(session: Session, source: Storage) -> None:
    """Publish the files that the next scheduled crawl would continue; a source that is read-only keeps them open."""
    from pipelines.archive import Archive

    try:
        Archive(source).publish_idle()
    except StoreUnavailable as error:
        session.complain(error)


def _progress(counts: CopyCounts) -> list[Message]:
    return [
        _("{count} of {all} files", count=counts.copied + counts.present, all=counts.planned),
        _("{size:.1f} MB", size=counts.bytes / 1e6),
    ]


def _print_summary(session: Session, counts: CopyCounts, findings: int, still_open: int, target: str) -> None:
    if session.as_json:
        session.emit(asdict(counts) | {"findings": findings, "open": still_open})
        return
    copied = ngettext("{count} file copied", "{count} files copied", counts.copied)
    session.say(
        _(
            "{copied}, {size:.1f} MB; {present} were there already",
            copied=copied,
            size=counts.bytes / 1e6,
            present=counts.present,
        )
    )
    if counts.removed:
        session.say(ngettext("{count} file removed from DST", "{count} files removed from DST", counts.removed))
    if still_open:
        session.say(
            ngettext(
                "{count} WARC file is still open: copy again after the crawl has ended",
                "{count} WARC files are still open: copy again after the crawls have ended",
                still_open,
            )
        )
    if findings:
        session.say(
            ngettext("{count} finding: see the list on stdout", "{count} findings: see the list on stdout", findings)
        )
    else:
        session.say(_("next: fangzhi rebuild --archive {target}", target=target), whole=True)
