"""One verification of a whole archive: its objects, its ledger, its indexes, and the entries of the catalogue."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import closing

from pipelines.archive import Archive
from pipelines.archive.cdxj import INDEX_FOLDER, cdxj_key
from pipelines.archive.checks import check_revisit
from pipelines.archive.conversions import TEXT_FOLDER
from pipelines.archive.ledger import Ledger, begin, read_ledger
from pipelines.archive.ledger.compare import LEDGER_MANIFESTS, lost_captures, missing_objects
from pipelines.archive.manifest import MANIFEST_FOLDER, MANIFEST_SUFFIX, manifest_key
from pipelines.archive.open_files import index_records, open_files
from pipelines.archive.record_index import RecordIndex
from pipelines.archive.rendition_index import RENDITION_FOLDER
from pipelines.archive.verify import Finding
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.completeness import Completeness, body_in, count_states
from pipelines.errors import StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.model import IMPORTED
from pipelines.storage import StoredObject
from pipelines.verify.counts import VerificationCounts
from pipelines.verify.entries import EntryChecks, finding_at
from pipelines.verify.objects import WARC_FOLDER, ObjectChecks

logger = logging.getLogger(__name__)

SHOWN_PAGES = 100
"""The newest articles whose requisites are looked up: some 10 ms each, and a share of them that is exact to 1 %."""

CHECKED_FOLDERS = (WARC_FOLDER, INDEX_FOLDER, TEXT_FOLDER, RENDITION_FOLDER)


class Verification:
    """One verification of an archive; `counts` shows its progress."""

    def __init__(
        self,
        archive: Archive,
        catalogue: Catalogue | None,
        *,
        sample: int | None,
        on_progress: Callable[[VerificationCounts], None] = lambda _counts: None,
    ) -> None:
        """Check `sample` captures of each WARC file by range reads, or, with None, every byte.

        `on_progress` is called after each object and each catalogue entry.
        """
        self.counts = VerificationCounts()
        self._archive = archive
        self._storage = archive.storage
        self._catalogue = catalogue
        self._sample = sample
        self._on_progress = on_progress

    def findings(self) -> Iterator[Finding]:
        """Yield every defect; raises StoreUnavailable if the store cannot be read any further."""
        with closing(RecordIndex()) as record_index:
            names = self._storage.keys(MANIFEST_FOLDER)
            manifests = {name for name in names if not name.startswith(LEDGER_MANIFESTS)}
            objects = [each for folder in CHECKED_FOLDERS for each in self._storage.objects(folder)]
            self.counts.planned = len(objects)
            ledger = self._read_ledger(has_objects=bool(manifests))
            yield from ledger.findings
            checks = ObjectChecks(self._archive, ledger, manifests, self._sample, self.counts)
            for each in objects:
                yield from checks.findings(each, record_index)
                self._on_progress(self.counts)
            yield from _missing(manifests, objects)
            waiting = self._waiting(checks.sizes.keys())
            yield from missing_objects(ledger, checks.sizes.keys() | waiting, manifests)
            yield from lost_captures(ledger)
            yield from _indexes_without_warc(checks.sizes.keys())
            if self._sample is None:
                index_records(self._storage, waiting, record_index)
                yield from _revisits(record_index)
            yield from EntryChecks(
                record_index,
                checks.sizes,
                waiting,
                lambda: self._waiting(checks.sizes.keys()),
                self._sample,
                self.counts,
                lambda: self._on_progress(self.counts),
            ).findings(self._catalogue)
            if self._catalogue:
                self.counts.shown = self._shown(self._catalogue)

    def _shown(self, catalogue: Catalogue) -> Counter[str]:
        """Return how many requisites of the newest articles are archived; none is a defect of the archive."""
        newest = list(catalogue.entries(Filter(outcome="article"), SHOWN_PAGES)) if catalogue.count_requisites() else []
        return count_states(Completeness(self._archive, catalogue, body_in(self._archive, catalogue)), newest)

    def _read_ledger(self, *, has_objects: bool) -> Ledger:
        """Read the ledger; an archive from before the ledger gets one, unless it cannot be written."""
        ledger = read_ledger(self._storage)
        if has_objects and not ledger.entries and not ledger.findings:
            try:
                begin(self._storage)
            except StoreUnavailable as error:
                logger.warning(_("the archive has no ledger, and none can be begun: {error}", error=error))
            ledger = read_ledger(self._storage)
        self.counts.ledger = ledger.entries
        return ledger

    def _waiting(self, checked: Set[str]) -> set[str]:
        """Return the WARC files that are being written or wait to be published, or were published meanwhile."""
        waiting = open_files(self._storage)  # before the listing: a file that is published in between is in both
        later = (key for key in self._storage.keys(WARC_FOLDER) if not key.startswith(IMPORTED))
        return (waiting | set(later)) - checked


def _missing(manifests: Set[str], objects: Iterable[StoredObject]) -> Iterator[Finding]:
    for manifest in sorted(manifests - {manifest_key(each.key) for each in objects}):
        key = manifest.removeprefix(MANIFEST_FOLDER).removesuffix(MANIFEST_SUFFIX)
        what = _("it has a manifest, {manifest}, but is missing", manifest=manifest)
        yield Finding(file=key, kind="missing", what=what)


def _indexes_without_warc(keys: Set[str]) -> Iterator[Finding]:
    with_warc = {cdxj_key(key) for key in keys if key.startswith((WARC_FOLDER, RENDITION_FOLDER))}
    for key in keys:
        if key.startswith(INDEX_FOLDER) and key not in with_warc:
            yield Finding(file=key, kind="missing", what=_("the WARC file of this index is missing"))


def _revisits(record_index: RecordIndex) -> Iterator[Finding]:
    """Compare the revisits with their originals, which may be in other files."""
    for revisit in record_index.revisits():
        original = record_index.record(revisit.fields.refers_to or "")
        for problem in check_revisit(revisit.fields, original.fields if original else None):
            yield finding_at(revisit, problem.kind, problem.what)
