"""The names of the events in the log: an interface for programs that collect logs, unlike the texts of the messages.

A test fails if a message of the code has no name here.
"""

from __future__ import annotations

import logging

OTHER = "log"
"""The event of messages of libraries."""

MESSAGE, ERROR = "message", "error"
"""The events of what commands say to people: a line of a summary, and why a command or a crawl failed."""

CRAWL_STARTED, CRAWL_SKIPPED, CRAWL_FINISHED = "crawl-started", "crawl-skipped", "crawl-finished"
"""The events of `schedule`, and of the log of a crawl."""

PAGES_WAIT = "pages-wait"
"""The event of `schedule` for pages that a crawl left to a later one."""

EVENTS = {
    "the Dask worker %s is gone; its partitions are extracted again": "worker-lost",
    "%s ended each Dask worker that read it; its pages are extracted here": "partition-returned",
    "%s: its links cannot be followed: %s": "links-unreadable",
    "%s, byte %s: %s": "file-damaged",
    "%s cannot be recovered now, the next start tries again: %s": "recovery-postponed",
    "%s, requested by a rendered page, was not fetched: %s": "resource-not-fetched",
    "%s is paused until the next crawl: %s": "site-paused",
    "%s does not connect by %s (%s): using %s instead": "scheme-changed",
    "untrusted certificate of %s (%s): the archive notes it for the pages of this host": "certificate-untrusted",
    "%s; archived files wait in the spool %s meanwhile": "spool-waits",
    "archived files wait in the spool %s: %s": "spool-waits",
    "%s waits in the spool %s: %s": "spool-waits",
    "the archive is available again; the files in the spool are sent": "spool-sent",
    "the time of an upload is not counted: %s": "upload-not-counted",
    "the archive has no ledger, and none can be begun: {error}": "ledger-missing",
    "the ledger of this archive begins now, with the {count} objects that are there": "ledger-begun",
    "%s cannot be read (recipe %s): %s": "page-unreadable",
    "no worker can be started, trying again: %s": "worker-not-started",
    "the crawl pauses: %s (%s)": "crawl-pauses",
    "the crawl goes on": "crawl-continues",
    "waiting for the catalogue: %s (%s)": "catalogue-away",
    "%s; trying again for %d s": "catalogue-away",
    "the catalogue is available again": "catalogue-back",
    "waiting for the frontier: %s (%s)": "frontier-away",
    "this crawl is not recorded: %s": "crawl-not-recorded",
    "the frontier is available again": "frontier-back",
    "the lease of this crawl is not renewed: %s": "lease-not-renewed",
    "another machine that crawls is also called %s: give each a name of its own": "host-name-doubled",
    "near copies of the texts already in %s can only be found after fangzhi rebuild": "catalogue-upgraded",
    "%s is of an earlier version: its %d entries are read once to bring it up to date, which takes about %d s": (
        "catalogue-upgraded"
    ),
    "%s of %s is a revisit, and the body it refers to was not found": "body-missing",
    "%s: %d records skipped: %s": "records-skipped",
    "%s, a requisite of a page, was not fetched: %s": "requisite-failed",
    "%s for a reader, %s: %s": "reader-job-failed",
    "%s %s": "request-failed",
    "no metrics of the %s: %s": "metrics-incomplete",
    "the metrics cannot be read": "metrics-failed",
    "%s: %s": "page-failed",
    "%s has no article: %s": "page-rejected",
    "the log of this crawl is not kept: %s": "crawl-not-recorded",
    "%s": "problem",
}
"""Template of a message → its event."""


def event_name(record: logging.LogRecord) -> str:
    """Return the name of the event of a log record."""
    template = getattr(record.msg, "template", record.msg)
    ours = record.name.startswith(("crawler", "pipelines"))
    return EVENTS.get(str(template), OTHER) if ours else OTHER
