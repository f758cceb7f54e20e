"""Files in a folder of this machine."""

from __future__ import annotations

import errno
import filecmp
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipelines.errors import StoreCorrupt, StoreUnavailable
from pipelines.storage import OPEN_SUFFIX

NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What filesystems without hard links (exFAT, some network shares) answer to link(2)."""

HINTS = {
    errno.ENOENT: "correct the path, or make the folder that is missing",
    errno.EEXIST: "choose another --archive: a file has its place",
    errno.ENOTDIR: "choose another --archive: a part of this one is a file",
    errno.ENOSPC: "free some space, then start again",
    errno.EDQUOT: "free some space or raise the quota, then start again",
    errno.EROFS: "the file system is read-only: mount it writable or choose another --archive",
    errno.EACCES: "give this user the right to write there or choose another --archive",
    errno.EPERM: "give this user the right to write there or choose another --archive",
    errno.EFBIG: "raise the file size limit (ulimit -f)",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
}


class LocalStorage:
    """An archive folder; files that are being written lie in it too, so that publishing is a rename."""

    apart = False

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def spool(self) -> Path:
        """The folder itself."""
        return self.root

    def put(self, key: str, path: Path) -> None:
        """Move a finished file of the folder to its key: there whole or not at all, and durable on return."""
        target = self._path(key)
        with unavailable("keep", target):
            sync(path)
            make_folder(target.parent)
            if not _link(path, target) and not filecmp.cmp(path, target, shallow=False):
                raise StoreCorrupt(
                    f"{target} exists already with other content, {path} was not put there",
                    hint="compare the two files and move one of them away",
                )
            sync(target.parent)
            path.unlink(missing_ok=True)
            sync(path.parent)

    def read(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        """Return a range of a file; less than `length` where the file ends before."""
        with self.open(key) as file, unavailable("read", self._path(key)):
            file.seek(offset)
            return file.read() if length is None else file.read(length)

    def open(self, key: str) -> BinaryIO:
        """Return a file as a stream from its start."""
        path = self._path(key)
        with unavailable("read", path):
            try:
                return path.open("rb")
            except FileNotFoundError as error:
                raise missing(key, str(self.root)) from error

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys of finished files that begin with `prefix`, sorted by code point."""
        with unavailable("list", self.root):
            found = [
                (Path(folder) / name).relative_to(self.root).as_posix()
                for folder, _, names in os.walk(self._path(prefix.rpartition("/")[0]))
                for name in names
                if not name.endswith(OPEN_SUFFIX)
            ]
        yield from sorted(key for key in found if key.startswith(prefix))

    def size(self, key: str) -> int:
        """Return a file's size in bytes."""
        path = self._path(key)
        with unavailable("read", path):
            try:
                return path.stat().st_size
            except FileNotFoundError as error:
                raise missing(key, str(self.root)) from error

    def remove(self, key: str) -> None:
        """Take a file away, if it is there."""
        path = self._path(key)
        with unavailable("remove", path):
            path.unlink(missing_ok=True)

    def check(self) -> None:
        """Raise StoreUnavailable if the folder cannot be written to; makes it where only its last part is missing.

        A missing parent is not made: it is more often a disk that is not mounted than a wish.
        """
        with unavailable("write to", self.root):
            self.root.mkdir(exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root) as probe:
                probe.write(b"fangzhi")

    def _path(self, key: str) -> Path:
        if PurePosixPath(key).is_absolute() or ".." in PurePosixPath(key).parts:
            raise StoreCorrupt(f"the key {key!r} leads out of the archive {self.root}")
        return self.root / key


@contextmanager
def unavailable(verb: str, path: Path) -> Iterator[None]:
    """Translate an OSError that arises within into StoreUnavailable."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"cannot {verb} {path}: {error.strerror or error}", hint=HINTS.get(error.errno or 0)
        ) from error


def missing(key: str, store: str) -> StoreCorrupt:
    """Return the error for a key that the store should hold and does not."""
    return StoreCorrupt(
        f"the archive {store} holds no {key}", hint="`fangzhi verify` lists everything that is missing or changed"
    )


def make_folder(folder: Path) -> None:
    """Make a folder and what is missing above it; that they are there is on the disk on return."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in made:
        sync(each.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk; nothing to do if it has gone."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _link(path: Path, target: Path) -> bool:
    """Give `path` the name `target` too, or alone where links are unknown; False if something is there already."""
    try:
        os.link(path, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if target.exists():
            return False
        path.rename(target)
    return True
