"""Opening the archive and the catalogue by their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager

from pipelines.archive import Archive
from pipelines.archive.publish import OnUpload, ignore_upload
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.protocols import NullArchive, Stores
from pipelines.storage import open_storage
from pipelines.storage.options import Options

Info = Mapping[str, Mapping[str, str]]
"""Extra fields for the warcinfo record of each site's files, by the site's slug; under "" those of all other files."""


@contextmanager
def open_stores(
    archive: str,
    catalogue: str,
    info: Info,
    options: Options | None = None,
    left: Iterable[str] = (),
    on_upload: OnUpload = ignore_upload,
) -> Iterator[tuple[Archive, Catalogue]]:
    """Open the archive and the catalogue at two addresses; on exit, finish and publish the WARC files being written.

    `left` names the files that an earlier run left in the spool: they are sent to the archive in the meantime. After an
    exception, unfinished files stay in the spool, because their captures may not be in the catalogue yet: the next
    start catalogues them. Raises ConfigError for an invalid address, StoreUnavailable if a store cannot be used.
    """
    storage = open_storage(archive, options)
    storage.check()
    opened = Archive(storage, lambda site: info.get(site) or info.get("", {}), options, on_upload)
    with closing(Catalogue(catalogue)) as indexed:
        opened.resume(left)
        try:
            yield opened, indexed
        except BaseException:
            opened.abandon()
            raise
        opened.close()


@contextmanager
def stores_for(
    archive: str,
    catalogue: str,
    info: Info,
    options: Options | None = None,
    left: Iterable[str] = (),
    on_upload: OnUpload = ignore_upload,
) -> Iterator[Stores]:
    """Open the line's stores; without an archive address, discard the captures and forget the entries."""
    if archive:
        with open_stores(archive, catalogue, info, options, left, on_upload) as (opened, indexed):
            yield Stores(archive=opened, catalogue=indexed)
    else:
        with closing(Catalogue("sqlite://")) as indexed:
            yield Stores(archive=NullArchive(), catalogue=indexed)
