"""How files are written, rolled and kept: what the settings say of it, and why the defaults are what they are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from attrs import field, frozen

MB = 1_000_000


@frozen(kw_only=True)
class S3Options:
    """How a bucket is spoken to. Sizes are in bytes, `lock_days` counts from the upload."""

    # auto: the bucket goes into the host name, or into the path where the host is an address or has no dot.
    addressing: Literal["auto", "path", "virtual"] = "auto"

    # boto3's own default, when_supported, sends CRC trailers that break radosgw behind TLS. We send Content-MD5.
    checksums: Literal["when_required", "when_supported"] = "when_required"
    storage_class: str | None = None
    lock: Literal["GOVERNANCE", "COMPLIANCE"] | None = None
    lock_days: int = 3_650

    # Parts on their way at a time: 4 fill a 1 Gbit/s line to a server that takes 30 MB/s a connection.
    concurrency: int = 4

    # S3 takes 5 MB to 5 GB and 10,000 parts: 160 GB a file, 4 in memory, and at most so much sent again after a break.
    part_size: int = 16 * MB


@frozen(kw_only=True)
class Options:
    """How an archive is written. Sizes are in bytes; `spool` None is a folder among the user's data.

    A page is acknowledged once it is on the disk: `sync_pages` share one fdatasync at most, and none waits for it
    longer than `sync_age`, nor when no other page is at hand.
    """

    spool: Path | None = None

    # Ten files of `roll_size`: nine hours of 30 pages/s at 10 KB a page.
    spool_limit: int = 10_000 * MB

    # On a disk where a sync takes 5 ms: 168 pages/s with one for each, 622 with one for 20, 700 with one for 100.
    sync_pages: int = 20
    sync_age: dt.timedelta = dt.timedelta(seconds=1)

    # What web archives roll at: one unit of copying and checking.
    roll_size: int = 1_000 * MB

    # After an hour at most a capture is where other machines and other tools find it.
    roll_age: dt.timedelta = dt.timedelta(hours=1)
    s3: S3Options = field(factory=S3Options)
