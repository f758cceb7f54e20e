"""WARC files: captures are written to them as they were received, and read from those of any program."""

from pipelines.archive.archive import Archive, read_file
from pipelines.archive.conversions import Conversions
from pipelines.archive.importing import import_file
from pipelines.archive.multi_reader import MultiReader
from pipelines.archive.record_reader import WarcInfo
from pipelines.archive.renditions import Renditions
from pipelines.archive.revisits import BodyFinder, matches_digest
from pipelines.archive.sources import Source, read_source, source_at, source_in, sources, sources_in
from pipelines.archive.spool import UnfinishedFile

__all__ = [
    "Archive",
    "BodyFinder",
    "Conversions",
    "MultiReader",
    "Renditions",
    "Source",
    "UnfinishedFile",
    "WarcInfo",
    "import_file",
    "matches_digest",
    "read_file",
    "read_source",
    "source_at",
    "source_in",
    "sources",
    "sources_in",
]
