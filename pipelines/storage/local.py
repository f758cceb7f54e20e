"""Files in a local folder."""

from __future__ import annotations

import errno
import filecmp
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.storage import OPEN_SUFFIX, StoredObject

NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""Errors of link(2) on file systems without hard links (exFAT, some network shares)."""

HINTS = {
    errno.ENOENT: _("correct the path, or create the missing folder"),
    errno.EEXIST: _("choose another --archive: this path is a file"),
    errno.ENOTDIR: _("choose another --archive: a part of this path is a file"),
    errno.ENOSPC: _("free some disk space, then start again"),
    errno.EDQUOT: _("free some disk space or raise the quota, then start again"),
    errno.EROFS: _("the file system is read-only: mount it writable or choose another --archive"),
    errno.EACCES: _("give this user write permission there, or choose another --archive"),
    errno.EPERM: _("give this user write permission there, or choose another --archive"),
    errno.EFBIG: _("raise the file size limit (ulimit -f)"),
    errno.EMFILE: _("raise the limit of open files (ulimit -n)"),
}


class LocalStorage:
    """An archive in a folder; it is its own spool, so that publishing a file is a rename."""

    separate_spool = False

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def spool(self) -> Path:
        """The folder itself."""
        return self.root

    def put(self, key: str, path: Path) -> None:
        """Move a finished file of the folder to its key: atomic, and durable on return."""
        target = self._path(key)
        with os_errors_as_unavailable("write", target):
            fsync(path)
            make_folder(target.parent)
            if not _link(path, target) and not filecmp.cmp(path, target, shallow=False):
                raise StoreCorrupt(
                    _(
                        "{target} already exists with other content, {path} was not moved there",
                        target=target,
                        path=path,
                    ),
                    hint=_("compare the two files and move one of them away"),
                )
            fsync(target.parent)
            path.unlink(missing_ok=True)
            fsync(path.parent)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return a range of a file; less than `length` bytes if the file ends before."""
        with self.open(key) as file, os_errors_as_unavailable("read", self._path(key)):
            file.seek(offset)
            return file.read() if length is None else file.read(length)

    def open(self, key: str) -> BinaryIO:
        """Return a file as a stream from its start."""
        path = self._path(key)
        with os_errors_as_unavailable("read", path):
            try:
                return path.open("rb")
            except FileNotFoundError as error:
                raise missing_key(key, str(self.root)) from error

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys of finished files that begin with `prefix`, sorted by code point."""
        with os_errors_as_unavailable("list", self.root):
            found = [
                (Path(folder) / name).relative_to(self.root).as_posix()
                for folder, _folders, names in os.walk(self._path(prefix.rpartition("/")[0]))
                for name in names
                if not name.endswith(OPEN_SUFFIX)
            ]
        yield from sorted(key for key in found if key.startswith(prefix))

    def objects(self, prefix: str = "") -> Iterator[StoredObject]:
        """Yield the finished files that begin with `prefix` with their sizes; files that disappear are left out."""
        for key in self.keys(prefix):
            with suppress(StoreCorrupt):
                yield StoredObject(key=key, size=self.size(key))

    def size(self, key: str) -> int:
        """Return a file's size in bytes."""
        path = self._path(key)
        with os_errors_as_unavailable("read", path):
            try:
                return path.stat().st_size
            except FileNotFoundError as error:
                raise missing_key(key, str(self.root)) from error

    def remove(self, key: str) -> None:
        """Delete a file, if it exists."""
        path = self._path(key)
        with os_errors_as_unavailable("remove", path):
            path.unlink(missing_ok=True)

    def check(self) -> None:
        """Raise StoreUnavailable if the folder is not writable; creates the folder, but not its parents.

        A missing parent is more often a disk that is not mounted than the user's intention.
        """
        with os_errors_as_unavailable("write to", self.root):
            self.root.mkdir(exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root) as probe:
                probe.write(b"fangzhi")

    def _path(self, key: str) -> Path:
        if PurePosixPath(key).is_absolute() or ".." in PurePosixPath(key).parts:
            raise StoreCorrupt(_("the key {key!r} points outside of the archive {root}", key=key, root=self.root))
        return self.root / key


VERBS = {
    "create": _("create"),
    "list": _("list"),
    "open": _("open"),
    "read": _("read"),
    "recover": _("recover"),
    "remove": _("remove"),
    "write": _("write"),
    "write to": _("write to"),
}
"""What cannot be done with a path."""


@contextmanager
def os_errors_as_unavailable(verb: str, path: Path) -> Iterator[None]:
    """Translate an OSError of the `with` block into StoreUnavailable: `cannot VERB PATH: …`."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            _("cannot {verb} {path}: {cause}", verb=VERBS[verb], path=path, cause=error.strerror or error),
            hint=HINTS.get(error.errno or 0),
        ) from error


def missing_key(key: str, store: str) -> StoreCorrupt:
    """Return the error for a key that is missing in a store."""
    return StoreCorrupt(
        _("the archive {store} holds no {key}", store=store, key=key),
        hint=_("run `fangzhi verify`: it lists everything that is missing or changed"),
    )


def make_folder(folder: Path) -> None:
    """Create a folder and its missing parents; durable on return."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in made:
        fsync(each.parent)


def fsync(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk; a missing file is no error."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _link(path: Path, target: Path) -> bool:
    """Link `path` to `target`, or rename it where hard links do not exist; False if `target` exists."""
    try:
        os.link(path, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise
        if target.exists():
            return False
        path.rename(target)
    return True
