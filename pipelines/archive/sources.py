"""WARC files in the archive, at a path, on a web server or in another store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

from attrs import field, frozen

from pipelines.archive.archive import Archive
from pipelines.archive.compression import ZSTD_MAGIC, read_dictionary
from pipelines.archive.package_lists import is_package_list, listed_packages
from pipelines.archive.packages import PACKAGE_SUFFIX, ZIP_MAGIC, is_package, packaged_files
from pipelines.archive.reader import CapturedRecord, capture_at, captured_records, captures
from pipelines.archive.record_reader import WarcInfo
from pipelines.archive.record_stream import is_warc
from pipelines.archive.revisit_index import RevisitSink
from pipelines.archive.revisits import BodyFinder
from pipelines.errors import ConfigError, StoreCorrupt
from pipelines.masking import mask
from pipelines.messages import gettext as _
from pipelines.model import Capture, Location
from pipelines.storage import Storage, check_path, is_store_address, open_storage
from pipelines.storage.local import os_errors_as_unavailable
from pipelines.storage.options import Options

Read = TypeVar("Read")


@frozen(kw_only=True)
class Source:
    """A WARC file, or a WACZ package of them; `name` is the file of its captures' locations.

    `read` takes offset and length. Locations in a package are those of its own bytes. With a `site`, `captures` yields
    only those that the file's warcinfo records say are of this site.
    """

    name: str
    open: Callable[[], BinaryIO] = field(repr=False)
    read: Callable[[int, int], bytes] = field(repr=False)
    size: Callable[[], int | None] = field(repr=False)
    site: str | None = None

    def captures(
        self,
        find: BodyFinder | None = None,
        pending: RevisitSink | None = None,
        skipped: Counter[str] | None = None,
    ) -> Iterator[tuple[WarcInfo, Capture]]:
        """Yield the captures; see `reader.captures`. Raises StoreUnavailable if the file cannot be read."""
        yield from self._read_files(
            lambda file, base: captures(
                file, self.name, find, self.capture, pending, skipped=skipped, base=base, site=self.site
            )
        )

    def captured_records(self, skipped: Counter[str] | None = None) -> Iterator[CapturedRecord]:
        """Yield the captures with their records; see `reader.captured_records`. Raises StoreUnavailable as well."""
        yield from self._read_files(lambda file, base: captured_records(file, self.name, skipped, base))

    def capture(self, location: Location, find: BodyFinder | None = None) -> Capture:
        """Return the capture at a location in this file by one range read, or two if it is a zstd file."""
        data = self.read(location.offset, location.length)
        dictionary = self._dictionary(location.offset) if data.startswith(ZSTD_MAGIC) else b""
        return capture_at(data, location, find, dictionary)[0]

    def warcs(self) -> list[Source]:
        """Return the WARC files in a WACZ package as files of their own, or this file if it is none."""
        if not self._is_package():
            return [self]
        return [
            Source(name=f"{self.name}/{file.name}", open=file.open, read=self.read, size=lambda: None)
            for file in packaged_files(self.name, self.read, self.size())
        ]

    def _read_files(self, read: Callable[[BinaryIO, int | None], Iterator[Read]]) -> Iterator[Read]:
        """Yield what `read` gives for this file, or for each one in a package, with the offset at which it begins.

        Raises StoreCorrupt for damaged files after all of them are read.
        """
        errors: list[StoreCorrupt] = []
        with os_errors_as_unavailable("read", Path(self.name)):
            packaged = packaged_files(self.name, self.read, self.size()) if self._is_package() else None
            for opened, base in [(each.open, each.offset) for each in packaged] if packaged else [(self.open, 0)]:
                try:
                    with opened() as file:
                        yield from read(file, base)
                except StoreCorrupt as error:
                    errors.append(error)
        if len(errors) > 1:
            problems = "; ".join(str(error) for error in errors)
            raise StoreCorrupt(
                _(
                    "{count} of the WARC files in {name} are damaged: {problems}",
                    count=len(errors),
                    name=self.name,
                    problems=problems,
                ),
                hint=errors[0].hint,
            )
        if errors:
            raise errors[0]

    def _is_package(self) -> bool:
        return is_package(self.name, lambda: self.read(0, len(ZIP_MAGIC)))

    def _dictionary(self, offset: int) -> bytes:
        """Return the dictionary of the zstd file that has the record at an offset."""
        base = 0
        if self._is_package():
            files = packaged_files(self.name, self.read, self.size())
            base = max(file.offset for file in files if file.offset is not None and file.offset <= offset)
        return read_dictionary(lambda at, length: self.read(base + at, length))


def source_at(address: str, options: Options | None = None) -> Source:
    """Return the file at a path, an http(s) URL or an address in a store (`s3://…`), without opening it yet."""
    if address.startswith(("http://", "https://")):
        if mask(address) != address:
            raise ConfigError(
                _("{address}: user names and passwords are never sent", address=address),
                _("download the file first, and name it by its path"),
            )
        return _web_source(address, allow_private=(options or Options()).allow_private)
    if is_store_address(address):
        folder, _slash, key = address.rpartition("/")
        return _store_source(open_storage(folder, options), key, address)
    return _path_source(Path(address).absolute())


def source_in(archive: Archive, key: str) -> Source:
    """Return a finished file of the archive."""
    return _store_source(archive.storage, key, key)


def sources_in(archive: Archive, prefix: str) -> list[Source]:
    """Return the finished WARC files of the archive whose keys begin with `prefix`; their sizes are those listed."""
    return [
        _store_source(archive.storage, each.key, each.key, each.size)
        for each in archive.storage.objects(prefix)
        if is_warc(each.key)
    ]


def sources(archive: Archive, address: str) -> list[Source]:
    """Return the file at an address, or all WARC, ARC and WACZ files below it if it is a folder or ends in `/`, sorted.

    For a JSON list of WACZ packages these are the packages. A file of this archive is returned under its key, so that
    the locations of its captures do not change. Raises StoreCorrupt if there is no WARC file.
    """
    found = [_own_or_foreign(archive, each) for each in _addresses_below(address, archive.options)]
    if not found:
        raise StoreCorrupt(
            _("{address} holds no WARC", address=address),
            hint=_("name a file, or a folder with .warc or .wacz files below it"),
        )
    return found


def read_source(address: str, find: BodyFinder | None = None) -> Iterator[tuple[WarcInfo, Capture]]:
    """Yield the captures of the WARC at an address; see `Source.captures`."""
    return source_at(address).captures(find)


def _addresses_below(address: str, options: Options) -> list[str]:
    if is_store_address(address) and address.endswith("/"):
        keys = open_storage(address.rstrip("/"), options).keys("")
        return [address + key for key in keys if _is_readable(key)]
    if "://" not in address:
        check_path(Path(address))
    if "://" in address or not Path(address).is_dir():
        if not is_package_list(address):
            return [address]
        with os_errors_as_unavailable("read", Path(address)), source_at(address, options).open() as file:
            return listed_packages(address, file)
    with os_errors_as_unavailable("list", Path(address)):
        return sorted(str(path) for path in Path(address).rglob("*") if path.is_file() and _is_readable(path.name))


def _is_readable(name: str) -> bool:
    return is_warc(name) or name.lower().endswith(PACKAGE_SUFFIX)


def _own_or_foreign(archive: Archive, address: str) -> Source:
    key = None if "://" in address else archive.key(Path(address))
    return source_in(archive, key) if key else source_at(address, archive.options)


def _store_source(storage: Storage, key: str, name: str, size: int | None = None) -> Source:
    return Source(
        name=name,
        open=lambda: storage.open(key),
        read=lambda offset, length: storage.read(key, offset, length),
        size=lambda: storage.size(key) if size is None else size,
    )


def _path_source(path: Path) -> Source:
    def read(offset: int, length: int) -> bytes:
        with os_errors_as_unavailable("read", path), path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def size() -> int:
        with os_errors_as_unavailable("read", path):
            return path.stat().st_size

    return Source(name=str(path), open=lambda: path.open("rb"), read=read, size=size)


def _web_source(url: str, *, allow_private: bool) -> Source:
    from pipelines.storage.http import open_url, read_url, size_of

    return Source(
        name=url,
        open=lambda: open_url(url, allow_private=allow_private),
        read=lambda offset, length: read_url(url, offset, length, allow_private=allow_private),
        size=lambda: size_of(url, allow_private=allow_private),
    )
