"""Copy of a whole archive to another store: each file is compared with the ledger, and the ledger goes along.

The ledger is copied before the files, so an incomplete copy is never taken for a complete archive: `verify` finds what
is missing. The manifest of a file is put after it, so what has a manifest was compared, and is not copied again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from attrs import define

from pipelines.archive.cdxj import INDEX_FOLDER, cdxj_key
from pipelines.archive.conversions import TEXT_FOLDER
from pipelines.archive.incoming import COPY_BYTES, incoming_path, new_file
from pipelines.archive.ledger import LEDGER_FOLDER, Ledger, entry_key, read_ledger
from pipelines.archive.ledger.compare import missing_objects, recorded_fixity
from pipelines.archive.ledger.entries import entry_number
from pipelines.archive.ledger.recorded import recorded_in
from pipelines.archive.locks import write_locked
from pipelines.archive.manifest import MANIFEST_FOLDER, Fixity, manifest_key, read_manifest, write_manifest
from pipelines.archive.publish import WARC_FOLDER
from pipelines.archive.rendition_index import RENDITION_FOLDER
from pipelines.archive.verify import Finding
from pipelines.errors import ConfigError, StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.storage import Storage, StoredObject, spool_path

CONTENT_FOLDERS = (WARC_FOLDER, INDEX_FOLDER, TEXT_FOLDER, RENDITION_FOLDER)
FOLDERS = (*CONTENT_FOLDERS, LEDGER_FOLDER)

PARALLEL_FILES = 8
"""Files copied at a time: a small file on S3 takes five requests of some 20 ms, and eight files of 1 GB fit a spool."""


@define(kw_only=True)
class CopyCounts:
    """What a copy has done; bytes are those of the `copied` files, `planned` is the number of all files."""

    planned: int = 0
    copied: int = 0
    bytes: int = 0
    present: int = 0
    removed: int = 0


class ArchiveCopy:
    """One copy of an archive; a copy that was interrupted, or is older than the source, is completed by another one."""

    def __init__(
        self,
        source: Storage,
        target: Storage,
        *,
        remove_forgotten: bool = False,
        on_progress: Callable[[CopyCounts], None] = lambda _counts: None,
    ) -> None:
        """Copy from `source` to `target`, and call `on_progress` after each file.

        With `remove_forgotten`, files that a person removed from the source are removed from the target too.
        """
        self.counts = CopyCounts()
        self._source, self._target = source, target
        self._remove_forgotten, self._on_progress = remove_forgotten, on_progress
        self._there: dict[str, StoredObject] = {}
        self._ledger = Ledger()

    def findings(self) -> Iterator[Finding]:
        """Copy, and yield each file that was not copied, with the reason.

        Raises ConfigError if the target holds another archive, StoreCorrupt if the ledger of the source is damaged, and
        StoreUnavailable if a store cannot be used any further.
        """
        listed = [each for folder in FOLDERS for each in self._source.keys(folder)]  # before the ledger, which grows
        self._ledger = read_ledger(self._source)
        _require_whole(self._ledger)
        folders = (*FOLDERS, MANIFEST_FOLDER)
        self._there = {each.key: each for folder in folders for each in self._target.objects(folder)}
        self._require_same_history()
        known = {cdxj_key(key) for key in self._ledger.objects if key.startswith((WARC_FOLDER, RENDITION_FOLDER))}
        keys = [key for key in listed if (entry_number(key) or 0) <= self._ledger.entries]
        self.counts.planned = len(keys)
        history = [key for key in keys if key.startswith(LEDGER_FOLDER)]
        for part in (history, [key for key in keys if not key.startswith(LEDGER_FOLDER)]):
            yield from self._copy_all(part, known)
        yield from missing_objects(self._ledger, set(keys), frozenset())
        yield from self._forgotten()

    def _require_same_history(self) -> None:
        """Raise ConfigError unless the target is empty or an older copy: the source's ledger begins as its ledger."""
        numbers = filter(None, map(entry_number, self._there))
        last = max(numbers, default=0)
        if last and last <= self._ledger.entries:
            is_older = self._target.read(entry_key(last)) == self._source.read(entry_key(last))
        else:
            is_older = not last and not (self._ledger.entries and any(k.startswith(WARC_FOLDER) for k in self._there))
        if not is_older:
            raise ConfigError(
                _("the destination holds another archive, or was written to since the last copy: nothing was copied"),
                _("name an empty destination, or a copy of this archive to which nothing was added"),
            )

    def _copy_all(self, keys: Iterable[str], indexes: set[str]) -> Iterator[Finding]:
        with ThreadPoolExecutor(PARALLEL_FILES, thread_name_prefix="copy") as threads:
            try:
                for result in threads.map(lambda key: self._copy(key, indexes), keys):
                    if isinstance(result, Finding):
                        yield result
                    elif result is None:
                        self.counts.present += 1
                    else:
                        self.counts.copied += 1
                        self.counts.bytes += result
                    self._on_progress(self.counts)
            finally:
                threads.shutdown(cancel_futures=True)

    def _copy(self, key: str, indexes: set[str]) -> Finding | int | None:
        """Copy a file and its manifest; return its size, None if the target has it, or why it was not copied."""
        expected = self._expected(key, indexes)
        if isinstance(expected, Finding):
            return expected
        if self._is_present(expected):
            spool_path(self._target, manifest_key(key)).unlink(missing_ok=True)  # left by a copy that was killed
            return None
        try:
            return self._put(expected)
        except StoreCorrupt as error:
            return Finding(file=key, kind="not-copied", what=error.message)

    def _expected(self, key: str, indexes: set[str]) -> Fixity | Finding:
        """Return size and digest of a file by the ledger, or by its manifest if the ledger records no such files."""
        if recorded := recorded_fixity(self._ledger, key):
            return recorded
        unrecorded = not self._ledger.entries or key.startswith(LEDGER_FOLDER) or key in indexes
        if not unrecorded:
            what = _("the ledger has no entry of it: copy again after the crawl, or fangzhi did not put it there")
            return Finding(file=key, kind="not-in-ledger", what=what)
        name = manifest_key(key)
        try:
            return read_manifest(self._source.read(name), name)
        except StoreCorrupt as error:
            if not entry_number(key):
                return Finding(file=key, kind="no-manifest", what=error.message)
        content = self._source.read(
            key
        )  # of an entry whose writer was killed before its manifest; the chain was checked
        return Fixity(key=key, size=len(content), digest=f"sha256:{hashlib.sha256(content).hexdigest()}")

    def _is_present(self, expected: Fixity) -> bool:
        """Tell whether the target has a file and its manifest; an index, which can be replaced, by the digest there."""
        key, name = expected.key, manifest_key(expected.key)
        there, recorded = self._there.get(key), self._ledger.objects.get(key)
        if there is None or there.size != expected.size or name not in self._there:
            return False
        if there.md5 and recorded and recorded.md5 and there.md5 != recorded.md5:
            return False  # changed, or encrypted by the server: `put` compares the content
        return not key.startswith(INDEX_FOLDER) or self._target.read(name) == write_manifest(expected)

    def _put(self, expected: Fixity) -> int:
        """Copy a file into the spool, read it back from the disk, put it into the target, and then its manifest."""
        key, name = expected.key, manifest_key(expected.key)
        path = incoming_path(self._target, key)
        with new_file(path) as file:
            with self._source.open(key) as original:
                shutil.copyfileobj(original, file, COPY_BYTES)
            file.flush()
            os.fdatasync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # so that the bytes come from the disk
            file.seek(0)
            if f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}" != expected.digest:
                raise self._changed(expected)
            if key.startswith(INDEX_FOLDER) and key in self._there:
                for each in (name, key):
                    self._target.remove(each)
            self._target.put(key, path)
        with write_locked(spool_path(self._target, name), write_manifest(expected)) as manifest:
            try:
                self._target.put(name, manifest)
            finally:
                manifest.unlink(missing_ok=True)
        return expected.size

    def _changed(self, expected: Fixity) -> StoreCorrupt:
        """Return why a copy is not what was expected: the source was changed, or else the copy was."""
        digest = f"sha256:{recorded_in(self._source, expected.key).sha256}"
        if digest != expected.digest:
            return StoreCorrupt(_("it is not what the ledger or its manifest says: run `fangzhi verify --deep` there"))
        return StoreCorrupt(_("the copy in the spool is not what was read: check the disk and the memory"))

    def _forgotten(self) -> Iterator[Finding]:
        """Remove what a person removed from the source since the last copy, or yield it."""
        for key, number in self._ledger.forgotten.items():
            if key not in self._there:
                continue
            if not self._remove_forgotten:
                what = _("{entry} records that a person removed it, but it is here", entry=entry_key(number))
                yield Finding(file=key, kind="forgotten", what=what)
                continue
            for each in (manifest_key(key), key):
                self._target.remove(each)
            self.counts.removed += 1


def _require_whole(ledger: Ledger) -> None:
    if ledger.findings:
        first = ledger.findings[0]
        raise StoreCorrupt(
            _("the ledger is not whole, so nothing was copied: {file}: {what}", file=first.file, what=first.what),
            hint=_("run `fangzhi verify --deep`: it lists what is wrong"),
        )
