"""`fangzhi verify`: check the integrity of the archive."""

from __future__ import annotations

import datetime as dt
import re
import time
import unicodedata
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import asdict

from crawler.cli.bar import ProgressBar
from crawler.cli.main import DONE, FAILED
from crawler.cli.requisites import share
from crawler.cli.session import Session, fangzhi_command
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from crawler.records import VerificationKind
    from pipelines.archive.verify import Finding
    from pipelines.verify import VerificationCounts

DIGEST_CHARS = 12
"""Characters shown of a digest on a terminal: two different ones differ in them with near certainty."""

_DIGEST = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[A-Z2-7]{32})\b")
"""SHA-256 or SHA-1 in hexadecimal digits, or SHA-1 in base 32, as in WARC files."""

HIDDEN_CATEGORIES = ("Cc", "Cf", "Zl", "Zp")
"""Unicode categories of characters that control a terminal or the order of text, and of line separators."""


@fangzhi_command("verify")
@click.argument("packages", metavar="[WACZ]...", nargs=-1)
@click.option("--deep", is_flag=True, help="Read every byte, and check every record against the others.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    default=3,
    metavar="N",
    help="Captures to read from each file.  [default: 3]",
)
@click.option(
    "--seal",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Check only what this seal covers, and read every byte of it.",
)
@click.option(
    "--metrics",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write time, duration and number of findings to FILE, for node_exporter of Prometheus.",
)
def command(
    session: Session, packages: tuple[str, ...], deep: bool, sample: int, seal: Path | None, metrics: Path | None
) -> int:
    """Check the integrity of the archive, its indexes and its catalogue, or of WACZ packages.

    Every run compares all files with their manifests and with the ledger (missing, added, replaced or truncated files),
    with S3 also the MD5 that the server states; reads all indexes, manifests and ledger entries; checks that the
    location of every catalogue entry exists; and reads N random captures of each WARC file, always including the last
    one, with their digests. The last line says how many captures were not read.

    --deep reads every byte of every file and checks every record, also against the other records and the catalogue.

    --seal FILE checks instead that everything a seal covers is here unchanged, or lists exactly what is not. It uses
    the list of objects beside FILE (the same name, ending in .objects), or what the archive has itself. If the seal has
    a time stamp, its signature, digest and time are checked too.

    WACZ is a package of any program, a path or an http(s) or s3 address; it is checked instead of the archive. Its
    files are compared with their sizes and digests in datapackage.json, this with datapackage-digest.json, and N random
    index lines for each WARC file (--deep: all) with the records. The signature is checked too: key, domain,
    certificates up to a trusted root (setting `package_roots`), time stamp (setting `seal_roots`). A package without
    a signature is no error. With --json the last object for each package has the key `package`, the counts and the
    signature.

    Nothing in the archive is changed, but one from before the ledger gets one. Time and result are recorded beside the
    frontier, for the reading room. Findings are printed to stdout, one per line
    (with --json one object per line); on a terminal place, problem and kind are on lines of their own, and digests are
    shortened. The exit code is 1 if there are any.
    """
    from crawler.records.store import MAX_FIRST
    from pipelines.archive import Archive
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.errors import ConfigError
    from pipelines.storage import open_storage
    from pipelines.verify import Verification

    if packages:
        from crawler.cli.verify_packages import verify_packages

        if seal:
            raise click.UsageError(_("--seal checks an archive: leave out the packages, or --seal"))
        if metrics:
            raise click.UsageError(_("--metrics is of the archive: leave out the packages, or --metrics"))
        return FAILED if verify_packages(session, packages, None if deep else sample) else DONE
    session.check_archive()
    began = time.monotonic()
    if seal:
        from crawler.cli.seal import verify_seal

        count = verify_seal(session, seal)
        _record(session, "seal", count, began, {}, ())
        _write_metrics(metrics, "seal", count, began)
        return FAILED if count else DONE
    with ExitStack() as stack:
        try:
            catalogue = stack.enter_context(closing(Catalogue(session.config.catalogue, create=False)))
        except ConfigError:
            catalogue = None
        storage = open_storage(session.config.archive, session.config.options)
        bar = stack.enter_context(ProgressBar(session, total=0))
        check = Verification(
            Archive(storage),
            catalogue,
            sample=None if deep else sample,
            on_progress=lambda counts: bar.show(_progress(counts), done=counts.objects, total=counts.planned),
        )
        count, first = 0, list[dict[str, Any]]()
        for finding in check.findings():
            count += 1
            first += [asdict(finding)] if count <= MAX_FIRST else []
            session.emit(asdict(finding)) if session.as_json else print_finding(session, finding)
    kind: VerificationKind = "deep" if deep else "sample"
    _record(session, kind, count, began, counts_read(check.counts), first)
    _write_metrics(metrics, kind, count, began)
    for line in summary(check.counts, deep=deep):
        session.say(line)
    session.say(
        ngettext("{count} finding", "{count} findings", count) if count else _("no errors found in what was read")
    )
    if unread := check.counts.unread:
        session.say(
            ngettext(
                "{count} of {all} captures was not read; --deep reads all",
                "{count} of {all} captures were not read; --deep reads all",
                unread,
                all=check.counts.indexed,
            )
        )
    return FAILED if count else DONE


def counts_read(seen: VerificationCounts) -> dict[str, int]:
    """Return how much a verification has read, as the records have it."""
    names = ("objects", "files", "bytes", "records", "indexed", "entries", "ledger")
    return {name: getattr(seen, name) for name in names}


def _record(
    session: Session,
    kind: VerificationKind,
    findings: int,
    began: float,
    counts: dict[str, int],
    first: Sequence[dict[str, Any]],
) -> None:
    """Record a verification for the page of custody; without the right to write, only its output says that it was."""
    from crawler.config.load import file_beside_frontier
    from crawler.records import RECORDS_FILE, Verified, opened_records
    from pipelines.errors import StoreError

    at, seconds = dt.datetime.now(dt.UTC), round(time.monotonic() - began, 1)
    made = Verified(at=at, kind=kind, seconds=seconds, findings=findings, counts=counts, first=first)
    try:
        with opened_records(file_beside_frontier(session.config, RECORDS_FILE)) as records:
            records.add_verification(made)
    except StoreError as error:
        session.say(_("this verification is not recorded: {problem}", problem=error.message))


def _write_metrics(path: Path | None, kind: VerificationKind, findings: int, began: float) -> None:
    if path:
        from crawler.cli.metrics import write_metrics
        from crawler.monitoring.metrics import verifications
        from crawler.records import Verified

        at, seconds = dt.datetime.now(dt.UTC), time.monotonic() - began
        write_metrics(path, verifications([Verified(at=at, kind=kind, seconds=seconds, findings=findings)]))


def print_finding(session: Session, finding: Finding) -> None:
    """Print a finding: on one line in a pipe, on lines of its own for place, problem and kind on a terminal."""
    if session.screen.columns is None:
        session.echo(visible(session.text(finding_line(finding))))
        return
    session.echo(visible(session.text(_place(finding))))
    session.echo("    " + shortened_digests(visible(session.text(finding.what))))
    session.echo(f"    {finding.kind}")


def visible(text: str) -> str:
    """Return a text with a replacement character for each control and format character.

    Names in the packages of others could have them to move the cursor of the terminal or to reverse what is read.

    >>> visible("a\x1b[2J b")
    'a\ufffd[2J b'
    """
    return "".join("\ufffd" if unicodedata.category(each) in HIDDEN_CATEGORIES else each for each in text)


def shortened_digests(text: str) -> str:
    """Return a text with the beginning of each digest, enough to compare two of them by eye.

    >>> shortened_digests("its SHA-256 is " + 64 * "0")
    'its SHA-256 is 000000000000…'
    """
    return _DIGEST.sub(lambda digest: digest[0][:DIGEST_CHARS] + "…", text)


def _progress(counts: VerificationCounts) -> list[Message]:
    return [
        _("{count} of {all} files", count=counts.objects, all=counts.planned),
        _("{size:.1f} MB", size=counts.bytes / 1e6),
        ngettext("{count} catalogue entry", "{count} catalogue entries", counts.entries),
    ]


def finding_line(finding: Finding) -> Message:
    """Return a finding as a line for people: file, byte offset, record id, problem, kind."""
    return _("{place}: {problem} ({kind})", place=_place(finding), problem=finding.what, kind=finding.kind)


def _place(finding: Finding) -> str:
    place = finding.file
    if finding.offset is not None:
        place = _("{file} byte {offset}", file=finding.file, offset=finding.offset)
    if finding.record:
        place = _("{place} {record}", place=place, record=finding.record)
    return place


def summary(seen: VerificationCounts, *, deep: bool) -> list[Message]:
    """Return lines about what was checked, and what was not."""
    objects = ngettext("{count} file", "{count} files", seen.objects)
    entries = ngettext("{count} catalogue entry", "{count} catalogue entries", seen.entries)
    ledger = ngettext("{count} ledger entry", "{count} ledger entries", seen.ledger)
    lines = [_("checked: {parts}", parts=[objects, entries, ledger])]
    warcs = ngettext("{count} WARC file", "{count} WARC files", seen.files)
    size = _("{size:.1f} MB", size=seen.bytes / 1e6)
    if deep:
        lines.append(_("all {count} records of {warcs} read, {size}", count=seen.records, warcs=warcs, size=size))
    else:
        read = _(
            "{count} of {all} captures in {warcs} read, {size}",
            count=seen.records,
            all=seen.indexed,
            warcs=warcs,
            size=size,
        )
        lines.append(read)
    if whole := share(seen.shown):
        lines.append(
            _(
                "newest {pages} pages: {share:.0%} of what they are shown with is archived ({missing} missing, "
                "{refused} refused)",
                pages=seen.shown["pages"],
                share=whole,
                missing=seen.shown["missing"],
                refused=seen.shown["refused"],
            )
        )
    if seen.pending:
        lines.append(
            ngettext(
                "waits: {count} entry in a file that is still open; the next verification checks it",
                "waits: {count} entries in files that are still open; the next verification checks them",
                seen.pending,
            )
        )
    if seen.elsewhere:
        lines.append(
            ngettext(
                "not checked: {count} entry in a file outside the archive",
                "not checked: {count} entries in files outside the archive",
                seen.elsewhere,
            )
        )
    return lines
