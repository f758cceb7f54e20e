"""What leaves the house: entries as lines and tables, captures as one WACZ or one index."""

from pipelines.export.choice import Choice, choose
from pipelines.export.output import output
from pipelines.export.parquet import write_parquet
from pipelines.export.tables import write_csv, write_jsonl
from pipelines.export.wacz import Written, write_cdxj, write_wacz

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
