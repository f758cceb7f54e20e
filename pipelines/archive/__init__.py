"""WARC files: captures are kept in them as they came and read from them again, whoever wrote them."""

from pipelines.archive.archive import Archive, read_file
from pipelines.archive.conversions import Conversions
from pipelines.archive.importing import take_in
from pipelines.archive.multi_reader import MultiReader
from pipelines.archive.record_reader import Info
from pipelines.archive.revisits import Find, matches
from pipelines.archive.sources import Source, read_source, source_at, source_in, sources
from pipelines.archive.spool import Unfinished

__all__ = [
    "Archive",
    "Conversions",
    "Find",
    "Info",
    "MultiReader",
    "Source",
    "Unfinished",
    "matches",
    "read_file",
    "read_source",
    "source_at",
    "source_in",
    "sources",
    "take_in",
]
