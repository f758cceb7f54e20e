"""Options for writing an archive, with the reasons for the defaults."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from attrs import field, frozen

MB = 1_000_000


@frozen(kw_only=True)
class S3Options:
    """Options for S3. Sizes are in bytes; `lock_days` counts from the upload."""

    # auto: the bucket is part of the host name, or of the path if the host is an IP address or has no dot.
    addressing: Literal["auto", "path", "virtual"] = "auto"

    # boto3's default, when_supported, sends CRC trailers that break radosgw over TLS. fangzhi sends Content-MD5.
    checksums: Literal["when_required", "when_supported"] = "when_required"
    storage_class: str | None = None
    lock: Literal["GOVERNANCE", "COMPLIANCE"] | None = None
    lock_days: int = 3_650

    # Parts sent at a time: 4 fill a 1 Gbit/s line to a server that accepts 30 MB/s per connection.
    concurrency: int = 4

    # S3 accepts 10,000 parts of 5 MB to 5 GB. 16 MB: files up to 160 GB, four parts in memory, at most one part sent
    # again after a broken connection.
    part_size: int = 16 * MB


@frozen(kw_only=True)
class Options:
    """Options for writing an archive. Sizes are in bytes; `spool` None is a folder in the user's data directory.

    A page is acknowledged once it is on the disk. Up to `sync_pages` pages share one fdatasync; none waits for it
    longer than `sync_age`, or when no further page is ready or will be soon.
    """

    spool: Path | None = None

    # Ten files of `roll_size`: nine hours of 30 pages/s at 10 KB per page.
    spool_limit: int = 10_000 * MB

    # On a disk where a sync takes 5 ms: 168 pages/s with a sync per page, 622 per 20 pages, 700 per 100 pages.
    sync_pages: int = 20
    sync_age: dt.timedelta = dt.timedelta(seconds=1)

    # The usual size of WARC files in web archives: one unit of copying and checking.
    roll_size: int = 1_000 * MB

    # A capture is visible to other machines and tools after at most an hour.
    roll_age: dt.timedelta = dt.timedelta(hours=1)

    # Shared files go on over crawls and sites. A file per crawl would be 730,000 a year for 500 sites every 6 hours.
    shared: bool = False

    # 365 files a year for each crawl that runs at a time; a remote store gets a capture on the day after it at latest.
    shared_age: dt.timedelta = dt.timedelta(days=1)
    s3: S3Options = field(factory=S3Options)

    # Files of others may be read from loopback and private addresses.
    allow_private: bool = False
