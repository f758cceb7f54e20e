"""The signature of a package as lines for people and as a JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import asdict

from crawler.cli.seal_stamp import stamp_line
from pipelines.messages import Message
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from pipelines.archive.signatures.certificates import CertificateFacts
    from pipelines.archive.signatures.check import CheckedSignature


def signature_document(signature: CheckedSignature) -> dict[str, Any]:
    """Return a signature as a JSON object; its problems are findings, and it is `valid` without one."""
    stated = {name: value for name, value in asdict(signature).items() if name != "problems"}
    return {"valid": not signature.problems, **stated}


def signature_lines(signature: CheckedSignature) -> list[Message]:
    """Return who signed and when, and what confirms it."""
    lines = _signer_lines(signature)
    if signature.problems:
        lines.insert(0, _("the signature did not pass the check; what it states is not confirmed:"))
    if not signature.domain:
        lines.append(_("nobody confirms an anonymous key: compare it with the one that the signer has published"))
    return [*lines, stamp_line(signature.stamp) if signature.stamp else _("no time stamp")]


def own_signature_lines(signature: CheckedSignature) -> list[Message]:
    """Return the same lines for the person who has signed."""
    lines = _signer_lines(signature)
    if not signature.domain:
        lines.append(_("publish this SHA-256 of the key, so that others can compare it"))
    return [*lines, stamp_line(signature.stamp)]


def _signer_lines(signature: CheckedSignature) -> list[Message]:
    software = signature.software or _("a program without a name")
    if signature.domain:
        signed = _(
            "signed for the domain {domain} at {at} by {software}",
            domain=signature.domain,
            at=signature.created,
            software=software,
        )
    else:
        signed = _("signed anonymously at {at} by {software}", at=signature.created, software=software)
    lines = [signed]
    if signature.key:
        lines.append(_("key, SHA-256 {key}", key=signature.key))
    if signature.certificate:
        lines.append(_certificate_line(signature.certificate))
    if signature.root:
        lines.append(
            _("root certificate {name}, SHA-256 {digest}", name=signature.root.owner, digest=signature.root.sha256)
        )
    return lines


def _certificate_line(certificate: CertificateFacts) -> Message:
    return _(
        "certificate by {issuer}, valid from {start} to {end}, SHA-256 {digest}",
        issuer=certificate.issuer,
        start=certificate.valid_from,
        end=certificate.valid_until,
        digest=certificate.sha256,
    )
