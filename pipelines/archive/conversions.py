"""Extracted texts as conversion records, in WARC files of their own."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable

from pipelines.archive.derived import DerivedFiles
from pipelines.archive.records import CONFORMS_TO, FORMAT, conversion_member
from pipelines.archive.writer import safe_name
from pipelines.model import Article, Capture, Version
from pipelines.storage import Storage
from pipelines.storage.options import Options

TEXT_FOLDER = "text/"
"""Folder of these files in a store: not `warc/`, so that no replay takes them for captures."""


class Conversions:
    """Writes texts to `text/fangzhi-VERSION/fangzhi-text-VERSION-TIME-SERIAL-HOST-PID.warc.gz`, a record an article.

    Texts that were `put` outlive this process. Call `recover` first: it publishes what killed processes left.
    """

    def __init__(self, storage: Storage, version: Version, at: dt.datetime, options: Options | None = None) -> None:
        """Start a run; `at` is the date of all its records. A file is created with its first text."""
        name = safe_name(version.fangzhi)
        info = {
            "software": f"fangzhi/{version.fangzhi} trafilatura/{version.trafilatura}",
            "format": FORMAT,
            "conformsTo": CONFORMS_TO,
            "description": "text of the articles that this version extracted from archived pages, a record each",
        }
        self.articles = 0
        self._at = at
        self._files = DerivedFiles(storage, f"{TEXT_FOLDER}fangzhi-{name}/fangzhi-text-{name}", info, at, options)

    @property
    def keys(self) -> list[str]:
        """The keys of the published files."""
        return self._files.keys

    def put(self, capture: Capture, articles: Iterable[Article]) -> None:
        """Write the texts of a capture's articles in their order."""
        for number, article in enumerate(articles, start=1):
            self._files.put(functools.partial(conversion_member, capture, article.text, number, self._at))
            self.articles += 1
            self._files.roll()

    def recover(self) -> None:
        """Publish the files that killed processes left in the spool, truncated to their last whole record."""
        self._files.recover()

    def close(self) -> None:
        """Put the last file into the store."""
        self._files.close()
