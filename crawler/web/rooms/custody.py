"""Custody: the last verifications, the ledger, the seals with what each proves, and the proof for one capture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import asdict, frozen

from crawler.records import Verified, read_records
from crawler.web.cache import LEDGER_AGE_S
from crawler.web.captures import capture_at
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.problems import NotHere
from crawler.web.readers import Reader
from pipelines.archive.ledger import read_ledger
from pipelines.archive.seals.check import proof
from pipelines.archive.seals.signing import is_signed
from pipelines.archive.seals.statement import SEALS_FOLDER, Seal, parse_seal, seal_document
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.storage import Storage
from pipelines.times import rfc3339

SHOWN_SEALS = 100
"""Seals that are listed, the newest first: those of two years if one is made each week."""

SHOWN_VERIFICATIONS = 20
"""Verifications that are listed, the newest first."""

KINDS: Mapping[str, Message] = {
    "sample": _("samples of each file"),
    "deep": _("every byte"),
    "seal": _("every byte that a seal covers"),
}
"""What a verification read → the words for it; a test compares them with those of the records."""

ALGORITHMS: Mapping[str, str] = {"sha256": "SHA-256", "sm3": "SM3"}
"""The digests of a seal, by their names in its document."""


@frozen(kw_only=True)
class SealRow:
    """A seal in the archive, and whether its signature is valid; None if it has none."""

    seal: Seal
    signed: bool | None

    @property
    def at(self) -> dt.datetime:
        """When it was made."""
        return dt.datetime.fromisoformat(self.seal.at)


@frozen(kw_only=True)
class LedgerHoldings:
    """What the ledger says: its entries, the digest of the last one, its objects and their bytes, and its problems."""

    entries: int
    head: str | None
    objects: int
    bytes: int
    findings: Sequence[Any]
    seals: Sequence[SealRow]


@frozen(kw_only=True)
class CustodyView:
    """The state of the archive's records, and its verifications, the newest first."""

    archive: str
    holdings: LedgerHoldings
    verified: Sequence[Verified]

    @property
    def kinds(self) -> Mapping[str, str]:
        """What a verification read, in words."""
        return KINDS

    @property
    def last(self) -> Verified | None:
        """The last verification that is recorded."""
        return self.verified[0] if self.verified else None

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("Custody")

    def document(self) -> dict[str, Any]:
        """Return the page as JSON values."""
        found = self.holdings
        return {
            "ledger": {"entries": found.entries, "head": found.head, "objects": found.objects, "bytes": found.bytes},
            "findings": [asdict(each) for each in found.findings],
            "verifications": [_verification(each) for each in self.verified],
            "seals": [seal_document(each.seal) for each in found.seals],
        }

    def table(self) -> CsvTable:
        """Return the seals as a table."""
        names = ("at", "objects", "bytes", "captures", "entries", "head", "sha256", "sm3")
        return CsvTable(
            heads=names, rows=([getattr(each.seal, name) for name in names] for each in self.holdings.seals)
        )


@frozen(kw_only=True)
class ProofView:
    """The proof that a seal covers the file of a capture; None if none does."""

    capture: str
    href: str
    file: str
    proof: dict[str, Any] | None

    @property
    def title(self) -> str:
        """The title of the page."""
        return _("The seal of {id}", id=self.capture)

    @property
    def at(self) -> dt.datetime | None:
        """When the seal was made."""
        return dt.datetime.fromisoformat(self.proof["seal"]["at"]) if self.proof else None

    @property
    def algorithms(self) -> Mapping[str, str]:
        """The names of the digests for people."""
        return ALGORITHMS

    def document(self) -> dict[str, Any]:
        """Return the proof as JSON values, the same as `fangzhi show --proof`."""
        return {"capture": self.capture, "file": self.file, "proof": self.proof}

    def table(self) -> CsvTable:
        """Return the steps of the Merkle paths as a table."""
        paths = self.proof["paths"] if self.proof else {}
        rows = [[name, *step.values()] for name, steps in paths.items() for step in steps]
        return CsvTable(heads=("algorithm", "side", "digest"), rows=rows)


def read(asked: PageRequest, reader: Reader) -> CustodyView:
    """Read the ledger and the seals, which are kept for some minutes."""
    storage = reader.archive.storage
    holdings = asked.room.kept.get("ledger", LEDGER_AGE_S, lambda: _holdings(storage))
    with read_records(asked.room.records_file) as records:
        verified = records.verifications(SHOWN_VERIFICATIONS)
    return CustodyView(archive=asked.room.archive_name, holdings=holdings, verified=verified)


def read_proof(asked: PageRequest, reader: Reader) -> ProofView:
    """Find the newest seal that covers the file of a capture."""
    entry = capture_at(asked, reader)
    if entry.location is None:
        raise NotHere(_("the capture {id} is in no file", id=entry.id))
    location, storage = entry.location, reader.archive.storage
    found = asked.room.kept.get(f"proof {location.file}", LEDGER_AGE_S, lambda: proof(storage, location))
    href = asked.links.to("a", entry.id)
    return ProofView(capture=entry.id, href=href, file=location.file, proof=found)


def _verification(verified: Verified) -> dict[str, Any]:
    return {
        "at": rfc3339(verified.at, "seconds"),
        "kind": verified.kind,
        "seconds": verified.seconds,
        "findings": verified.findings,
        "counts": dict(verified.counts),
        "first_findings": [dict(each) for each in verified.first],
    }


def _holdings(storage: Storage) -> LedgerHoldings:
    ledger = read_ledger(storage)
    keys = [key for key in storage.keys(SEALS_FOLDER) if key.endswith(".json")][-SHOWN_SEALS:]
    seals = [found for key in reversed(keys) if (found := parse_seal(storage.read(key)))]
    return LedgerHoldings(
        entries=ledger.entries,
        head=ledger.head,
        objects=len(ledger.objects),
        bytes=sum(each.size for each in ledger.objects.values()),
        findings=list(ledger.findings),
        seals=[SealRow(seal=each, signed=is_signed(each) if each.signature else None) for each in seals],
    )


PAGE = WebPage(
    path="/custody",
    read=read,
    template="custody.html",
    section="custody",
    summary=_("The last verifications of the archive, its ledger and its seals."),
)
PROOF = WebPage(
    path="/custody/{id}",
    read=read_proof,
    template="proof.html",
    section="custody",
    summary=_("The proof that a seal covers the file of a capture."),
)
