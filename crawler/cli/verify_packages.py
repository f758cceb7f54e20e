"""`fangzhi verify x.wacz`: check packages of any program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import asdict

from crawler.cli.bar import ProgressBar
from crawler.cli.session import Session
from crawler.cli.signature_lines import signature_document, signature_lines
from pipelines.errors import StoreError
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from pipelines.archive.signatures.check import TrustedRoots
    from pipelines.verify.packages import PackageCounts

GET_AGAIN = _("get the package again from where it comes from, and compare both; do not trust what was changed")

REMEDIES: dict[str, Message] = {
    "missing": GET_AGAIN,
    "no-description": _("ask for a package of WACZ 1.0 or newer, or make one again from its WARC files"),
    "no-digest": _("ask the person who made the package for one with SHA-256 digests"),
    "no-package": GET_AGAIN,
    "no-stamp": _("ask the signer for a package with a time stamp"),
    "repeated-name": _("unpack the package with a program that keeps both files, and compare them"),
    "unlisted": _("do not trust this file: no digest and no signature covers it"),
    "wrong-certificate": _(
        "compare the SHA-256 of the root certificate with that of an authority that you trust, and put the certificate "
        "into the file `package_roots`; until then the name of the domain proves nothing"
    ),
    "wrong-description": GET_AGAIN,
    "wrong-digest": GET_AGAIN,
    "wrong-index": _("read the WARC files themselves, with `fangzhi replay`; players do not find these records"),
    "wrong-signature": _(
        "the package is not what its signer signed, or nobody signed it: get it again from the signer"
    ),
    "wrong-size": GET_AGAIN,
    "wrong-stamp": _(
        "put the root certificate of the authority into the file `seal_roots` if you trust it; until then the date "
        "of the signature is only what the signer says"
    ),
}
"""Kind of a finding → what to do about it."""


def verify_packages(session: Session, addresses: Sequence[str], sample: int | None) -> int:
    """Check packages one after another, and return the number of findings and of packages that cannot be read."""
    from pipelines.archive.signatures.check import TrustedRoots
    from pipelines.archive.stamps import trusted_roots

    config = session.config
    trusted = TrustedRoots(domains=trusted_roots(config.package_roots), stamps=trusted_roots(config.seal_roots))
    count = 0
    for address in addresses:
        try:
            count += _verified(session, address, sample, trusted)
        except StoreError as error:
            session.complain(error)
            count += 1
    return count


def _verified(session: Session, address: str, sample: int | None, trusted: TrustedRoots) -> int:
    """Check one package, print what was found, and return the number of findings."""
    from crawler.cli.verify import print_finding, visible
    from pipelines.archive.sources import source_at
    from pipelines.verify.packages import PackageCheck

    source = source_at(address, session.config.options)
    with ProgressBar(session, total=0) as bar:
        size = source.size() or 0
        check = PackageCheck(
            address,
            sample=sample,
            trusted=trusted,
            on_progress=lambda counts: bar.show(_progress(counts), done=counts.bytes, total=size),
        )
        kinds: list[str] = []
        for finding in check.findings(source):
            kinds.append(finding.kind)
            session.emit(asdict(finding)) if session.as_json else print_finding(session, finding)
    if session.as_json:
        session.emit(_document(address, check.counts, len(kinds)))
    for line in _summary(address, check.counts, kinds):
        session.say(visible(session.text(line)))
    return len(kinds)


def _progress(counts: PackageCounts) -> list[Message]:
    return [ngettext("{count} file", "{count} files", counts.files), _("{size:.1f} MB", size=counts.bytes / 1e6)]


def _document(address: str, counts: PackageCounts, findings: int) -> dict[str, object]:
    signature = signature_document(counts.signature) if counts.signature else None
    numbers = {name: getattr(counts, name) for name in ("files", "bytes", "lines", "lines_read")}
    return {"package": address, **numbers, "signature": signature, "findings": findings}


def _summary(address: str, counts: PackageCounts, kinds: Sequence[str]) -> list[Message]:
    """Return lines about what was checked, who signed it, and what to do about the findings."""
    read = [
        ngettext("{count} file", "{count} files", counts.files),
        _("{size:.1f} MB", size=counts.bytes / 1e6),
        _("{count} of {all} index lines", count=counts.lines_read, all=counts.lines),
    ]
    lines = [_("{file}: checked: {parts}", file=address, parts=read)]
    if counts.signature:
        lines += signature_lines(counts.signature)
    elif "wrong-signature" not in kinds:
        lines.append(_("not signed"))
    lines.append(
        ngettext("{count} finding", "{count} findings", len(kinds)) if kinds else _("no errors found in what was read")
    )
    return [*lines, *(_("{kind}: {remedy}", kind=kind, remedy=REMEDIES[kind]) for kind in dict.fromkeys(kinds))]
