"""What people and programs did with an archive: its crawls with their logs, its verifications, readers' marks."""

from crawler.records.logs import LEVELS, LogKey, LogLevel, LogLine, Logs
from crawler.records.rows import MARKS, CrawlRecord, Mark, MarkKind, VerificationKind, Verified
from crawler.records.store import MAX_CRAWLS_OF_SITE, RECORDS_FILE, Records, opened_records, read_records

__all__ = [
    "LEVELS",
    "MARKS",
    "MAX_CRAWLS_OF_SITE",
    "RECORDS_FILE",
    "CrawlRecord",
    "LogKey",
    "LogLevel",
    "LogLine",
    "Logs",
    "Mark",
    "MarkKind",
    "Records",
    "VerificationKind",
    "Verified",
    "opened_records",
    "read_records",
]
