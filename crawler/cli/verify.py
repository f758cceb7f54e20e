"""`fangzhi verify`: check the integrity of the archive."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import click
from attrs import asdict

from crawler.cli.main import DONE, FAILED
from crawler.cli.session import Session, fangzhi_command
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from pipelines.archive.verify import Finding
    from pipelines.verify import VerificationCounts


@fangzhi_command("verify")
@click.option("--deep", is_flag=True, help="Read every byte, and check every record against the others.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    default=3,
    metavar="N",
    help="Captures to read from each file.  [default: 3]",
)
def command(session: Session, deep: bool, sample: int) -> int:
    """Check the integrity of the archive, its indexes and its catalogue.

    Every run compares all files with their manifests (missing, added or truncated files), reads all indexes and
    manifests, checks that the location of every catalogue entry exists, and reads N random captures of each WARC file,
    always including the last one, with their digests.

    --deep reads every byte of every file and checks every record, also against the other records and the catalogue.

    Nothing is changed. Findings are printed to stdout, one per line (with --json one object per line). The exit code
    is 1 if there are any.
    """
    from pipelines.archive import Archive
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.errors import ConfigError
    from pipelines.storage import open_storage
    from pipelines.verify import Verification

    session.check_archive()
    with ExitStack() as stack:
        try:
            catalogue = stack.enter_context(closing(Catalogue(session.config.catalogue, create=False)))
        except ConfigError:
            catalogue = None
        storage = open_storage(session.config.archive, session.config.options)
        check = Verification(Archive(storage), catalogue, sample=None if deep else sample)
        count = 0
        for finding in check.findings():
            count += 1
            session.emit(asdict(finding)) if session.as_json else click.echo(finding_line(finding))
    session.say(summary(check.counts, deep=deep))
    session.say(
        ngettext("{count} finding", "{count} findings", count) if count else _("no errors found in what was read")
    )
    return FAILED if count else DONE


def finding_line(finding: Finding) -> str:
    """Return a finding as a line for people: file, byte offset, record id, problem, kind."""
    at = "" if finding.offset is None else f" byte {finding.offset}"
    record = f" {finding.record}" if finding.record else ""
    return f"{finding.file}{at}{record}: {finding.what} ({finding.kind})"


def summary(seen: VerificationCounts, *, deep: bool) -> str:
    """Return a sentence about what was checked, and what was not."""
    size = f"{seen.bytes / 1e6:.1f} MB"
    if deep:
        read = f"all {seen.records} records of {seen.files} WARC files read, {size}"
    else:
        read = f"{seen.records} of {seen.indexed} captures in {seen.files} WARC files read, {size}; --deep reads all"
    parts = [f"{seen.objects} files", read, f"{seen.entries} entries"]
    if seen.pending:
        parts.append(f"{seen.pending} of them in files that are still open, not checked")
    if seen.elsewhere:
        parts.append(f"{seen.elsewhere} of them in files outside the archive, not checked")
    return "; ".join(parts)
