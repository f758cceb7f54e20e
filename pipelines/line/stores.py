"""The archive and the catalogue behind their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager

from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.order import NullArchive, Stores
from pipelines.storage import open_storage
from pipelines.storage.options import Options

Info = Mapping[str, Mapping[str, str]]
"""What the warcinfo record of each site's files says besides the usual, by slug; of all other files, under no name."""


@contextmanager
def open_stores(
    archive: str, catalogue: str, info: Info, options: Options | None = None, left: Iterable[str] = ()
) -> Iterator[tuple[Archive, Catalogue]]:
    """Open the stores behind two addresses; at the end what was being written is finished.

    What was `left` in the spool when they were opened before goes to the archive meanwhile.

    After an exception it is left in the spool instead: what was archived may not be catalogued, and the next start
    sees to that. Raises ConfigError for an address that is none, StoreUnavailable if one of them cannot be used.
    """
    storage = open_storage(archive, options)
    storage.check()
    kept = Archive(storage, lambda site: info.get(site) or info.get("", {}), options)
    with closing(Catalogue(catalogue)) as held:
        kept.resume(left)
        try:
            yield kept, held
        except BaseException:
            kept.abandon()
            raise
        kept.close()


@contextmanager
def stores_for(
    archive: str, catalogue: str, info: Info, options: Options | None = None, left: Iterable[str] = ()
) -> Iterator[Stores]:
    """Open the line's stores; no archive address means that nothing is kept, and what was seen is forgotten."""
    if archive:
        with open_stores(archive, catalogue, info, options, left) as (kept, held):
            yield Stores(archive=kept, catalogue=held)
    else:
        with closing(Catalogue("sqlite://")) as held:
            yield Stores(archive=NullArchive(), catalogue=held)
