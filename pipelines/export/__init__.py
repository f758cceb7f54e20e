"""Exports: entries as JSON lines, CSV and Parquet; captures as a WACZ package or as one CDXJ index."""

from pipelines.export.cdxj import write_cdxj
from pipelines.export.continued import continued
from pipelines.export.formats import output, write_csv, write_jsonl, write_parquet
from pipelines.export.selection import RecordSelection, select_captures
from pipelines.export.wacz import ExportCounts, write_wacz

__all__ = [
    "ExportCounts",
    "RecordSelection",
    "continued",
    "output",
    "select_captures",
    "write_cdxj",
    "write_csv",
    "write_jsonl",
    "write_parquet",
    "write_wacz",
]
