"""What leaves the house: entries as lines and tables, captures as one WACZ or one index."""

from pipelines.export.cdxj import write_cdxj
from pipelines.export.choice import Choice, choose
from pipelines.export.formats import output, write_csv, write_jsonl, write_parquet
from pipelines.export.wacz import Written, write_wacz

__all__ = [
    "Choice",
    "Written",
    "choose",
    "output",
    "write_cdxj",
    "write_csv",
    "write_jsonl",
    "write_parquet",
    "write_wacz",
]
