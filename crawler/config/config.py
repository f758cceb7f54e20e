"""The settings of fangzhi, with their defaults and the reasons for these."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from attrs import field, fields_dict, frozen

from crawler.config.language import LANGUAGES
from pipelines.model import MAX_BODY_BYTES
from pipelines.storage.options import Options, S3Options

SHARED_FILES = ("scheduled", "always", "never")
"""Which crawls write to shared WARC files: those that `fangzhi schedule` starts, all that write WARC files, or none."""

_FILES, _S3 = Options(), S3Options()


@frozen(kw_only=True)
class Config:
    """The settings of one run.

    `archive` is an absolute folder or the URL of a store, `catalogue` an SQLAlchemy URL, `frontier` the absolute path
    of the file of known pages and of crawls, or the URL of a PostgreSQL database with them. The sites in the `registry`
    folders are added to those that come with fangzhi; the folder of the archive itself comes first. `directory` is a
    file of the same form as the directory of the country that comes with fangzhi, and replaces it. `operator` and
    `contact` say who crawls and how to reach them. `lang` is the language of messages, reports and errors. `timeout` is
    in seconds for one step of an exchange, `max_body` in bytes as they come over the wire. The fields from `spool` on
    become `options`.
    """

    archive: str = field(metadata={"kind": "text"})
    catalogue: str = field(metadata={"kind": "text"})
    frontier: str = field(metadata={"kind": "database"})
    user_agent: str = field(metadata={"kind": "text"})
    operator: str | None = field(default=None, metadata={"kind": "text"})
    contact: str | None = field(default=None, metadata={"kind": "text"})
    lang: str = field(default="en", metadata={"kind": "choice", "of": LANGUAGES})
    allow_private: bool = field(default=False, metadata={"kind": "flag"})
    registry: tuple[Path, ...] = field(default=(), metadata={"kind": "folders"})
    directory: Path | None = field(default=None, metadata={"kind": "file"})

    # Processes that parse pages. With 0 pages are parsed in the process itself: this saves the start of a worker, 1 to
    # 2 s of CPU time, on a machine with one core or for a few pages; a page that kills the parser then kills the crawl.
    workers: int = field(metadata={"kind": "whole", "least": 0})

    # When a site without a schedule of its own is due: a small server can bear four visits a day.
    schedule: str = field(default="every 6h", metadata={"kind": "schedule"})

    # Other crawlers of these sites wait 20 to 30 s: the servers are slow, seldom down.
    timeout: float = field(default=30.0, metadata={"kind": "seconds", "least": 1})

    # Enough for scanned gazettes and PDFs of digital newspapers, small enough to hold several in memory at once.
    max_body: int = field(default=32 * 1024 * 1024, metadata={"kind": "whole", "least": 1024, "most": MAX_BODY_BYTES})

    # http to https, to www, to a new path, to its final slash: four, and one in reserve.
    max_redirects: int = field(default=5, metadata={"kind": "whole", "least": 0})

    # The browser that runs scripts of pages on request: a program name or a path; see crawler.download.browser.
    browser: str | None = field(default=None, metadata={"kind": "text"})

    # The private key that signs seals; see crawler.cli.seal.
    seal_key: Path | None = field(default=None, metadata={"kind": "file"})

    # Who stamps seals and signed packages with the time (RFC 3161); none is the default: the authority learns when they
    # are made.
    seal_authority: str | None = field(default=None, metadata={"kind": "text"})
    seal_roots: Path | None = field(default=None, metadata={"kind": "file"})

    # The private key that signs packages, the certificates of a domain with this key, and the trusted roots; see
    # crawler.cli.package_signer.
    package_key: Path | None = field(default=None, metadata={"kind": "file"})
    package_certificate: Path | None = field(default=None, metadata={"kind": "file"})
    package_roots: Path | None = field(default=None, metadata={"kind": "file"})

    # How the archive is written. pipelines.storage.options has the meaning and the reasons for these defaults.
    spool: Path | None = field(default=None, metadata={"kind": "folder"})
    spool_limit: int = field(default=_FILES.spool_limit, metadata={"kind": "whole", "least": 1})
    sync_pages: int = field(default=_FILES.sync_pages, metadata={"kind": "whole", "least": 1})
    sync_seconds: float = field(default=_FILES.sync_age.total_seconds(), metadata={"kind": "seconds", "least": 0})
    roll_size: int = field(default=_FILES.roll_size, metadata={"kind": "whole", "least": 1})
    roll_seconds: float = field(default=_FILES.roll_age.total_seconds(), metadata={"kind": "seconds", "least": 1})
    shared_files: str = field(default="scheduled", metadata={"kind": "choice", "of": SHARED_FILES})
    shared_seconds: float = field(default=_FILES.shared_age.total_seconds(), metadata={"kind": "seconds", "least": 1})
    s3_addressing: str = field(default=_S3.addressing, metadata={"kind": "choice", "of": ("auto", "path", "virtual")})
    s3_checksums: str = field(
        default=_S3.checksums, metadata={"kind": "choice", "of": ("when_required", "when_supported")}
    )
    s3_storage_class: str | None = field(default=None, metadata={"kind": "text"})
    s3_lock: str | None = field(default=None, metadata={"kind": "choice", "of": ("GOVERNANCE", "COMPLIANCE")})
    s3_lock_days: int = field(default=_S3.lock_days, metadata={"kind": "whole", "least": 1})
    s3_concurrency: int = field(default=_S3.concurrency, metadata={"kind": "whole", "least": 1})

    # S3 refuses parts below 5 MiB.
    s3_part_size: int = field(default=_S3.part_size, metadata={"kind": "whole", "least": 5 << 20})

    @property
    def options(self) -> Options:
        """How the archive is written."""
        return Options(
            spool=self.spool,
            spool_limit=self.spool_limit,
            sync_pages=self.sync_pages,
            sync_age=dt.timedelta(seconds=self.sync_seconds),
            roll_size=self.roll_size,
            roll_age=dt.timedelta(seconds=self.roll_seconds),
            shared=self.shared_files == "always",
            shared_age=dt.timedelta(seconds=self.shared_seconds),
            allow_private=self.allow_private,
            s3=S3Options(**{name: getattr(self, f"s3_{name}") for name in fields_dict(S3Options)}),
        )
