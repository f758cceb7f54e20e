"""`fangzhi verify`: the archive held against everything that is known of it."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import click
from attrs import asdict

from crawler.cli.main import DONE, FAILED
from crawler.cli.session import Session, fangzhi_command

if TYPE_CHECKING:
    from pipelines.archive.verify import Finding
    from pipelines.verify import VerificationCounts


@fangzhi_command("verify")
@click.option("--deep", is_flag=True, help="Read every byte, and hold every record against all the others.")
@click.option(
    "--sample", type=click.IntRange(min=1), default=3, metavar="N", help="Captures read of each file.  [default: 3]"
)
def command(session: Session, deep: bool, sample: int) -> int:
    """Check that the archive is what was put there, and that catalogue and indexes fit it.

    \b
    Always: the size of every file, and that none is missing, added or torn, against the manifests; indexes
    and manifests wholly; that every entry's place exists; of each file N captures drawn by chance, the last
    one among them, digests and all.
    With --deep: every byte of every file and every record, also against one another and the catalogue.

    Nothing is changed. Findings go to stdout, one a line (--json: one object each). Exit code 1 if there are any.
    """
    from pipelines.archive import Archive
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.errors import ConfigError
    from pipelines.storage import open_storage
    from pipelines.verify import Verification

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
            session.emit(asdict(finding)) if session.machine else click.echo(line(finding))
    session.say(summary(check.counts, deep=deep))
    session.say(f"{count} findings" if count else "nothing is wrong with what was read")
    return FAILED if count else DONE


def line(finding: Finding) -> str:
    """Return a finding as a line for people: file, byte, record, what."""
    at = "" if finding.offset is None else f" byte {finding.offset}"
    record = f" {finding.record}" if finding.record else ""
    return f"{finding.file}{at}{record}: {finding.what} ({finding.kind})"


def summary(seen: VerificationCounts, *, deep: bool) -> str:
    """Say what was looked at, and what was not."""
    size = f"{seen.bytes / 1e6:.1f} MB"
    if deep:
        read = f"all {seen.records} records of {seen.files} WARC files read, {size}"
    else:
        read = f"{seen.records} of {seen.indexed} captures in {seen.files} WARC files read, {size}; --deep reads all"
    parts = [f"{seen.objects} files", read, f"{seen.entries} entries"]
    if seen.pending:
        parts.append(f"{seen.pending} of them in files that are still being written, not checked")
    if seen.elsewhere:
        parts.append(f"{seen.elsewhere} of them of files elsewhere, not checked")
    return "; ".join(parts)
