"""Shell. WARC files: captures are kept in them as they came and read from them again, whoever wrote them."""

from pipelines.archive.archive import Archive, read_file
from pipelines.archive.reader import Info
from pipelines.archive.revisits import Find
from pipelines.archive.sources import read_source
from pipelines.archive.spool import Unfinished

__all__ = ["Archive", "Find", "Info", "Unfinished", "read_file", "read_source"]
