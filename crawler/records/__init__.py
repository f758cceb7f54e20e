"""What people and programs did with an archive: its crawls, its verifications, and the marks of readers."""

from crawler.records.rows import MARKS, Crawl, Mark, MarkKind, VerificationKind, Verified
from crawler.records.store import RECORDS_FILE, Records, opened_records, read_records

__all__ = [
    "MARKS",
    "RECORDS_FILE",
    "Crawl",
    "Mark",
    "MarkKind",
    "Records",
    "VerificationKind",
    "Verified",
    "opened_records",
    "read_records",
]
