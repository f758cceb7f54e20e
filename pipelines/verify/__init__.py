"""Verification (fixity): compares an archive with its manifests, ledger, indexes, own records and the catalogue."""

from pipelines.verify.counts import VerificationCounts
from pipelines.verify.verification import Verification

__all__ = ["Verification", "VerificationCounts"]
