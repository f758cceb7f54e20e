"""Pictures and PDFs of archived pages as conversion records, in WARC files of their own."""

from __future__ import annotations

import datetime as dt
import functools

from pipelines import __version__
from pipelines.archive.derived import DerivedFiles
from pipelines.archive.records import CONFORMS_TO, FORMAT, rendition_member
from pipelines.archive.rendition_index import FORMS, RENDITION_FOLDER, RenditionForm
from pipelines.model import Capture
from pipelines.storage import Storage
from pipelines.storage.options import Options


class Renditions:
    """Writes renditions to `views/YEAR/fangzhi-view-TIME-SERIAL-HOST-PID.warc.gz`, a record each.

    Renditions that were `put` outlive this process. Call `recover` first: it publishes what killed processes left.
    """

    def __init__(self, storage: Storage, at: dt.datetime, options: Options | None = None) -> None:
        """Start a run at a time. A file is created with its first rendition."""
        info = {
            "software": f"fangzhi/{__version__}",
            "format": FORMAT,
            "conformsTo": CONFORMS_TO,
            "description": "what a browser showed of archived pages, without scripts and network, a record each",
        }
        self._files = DerivedFiles(storage, f"{RENDITION_FOLDER}{at:%Y}/fangzhi-view", info, at, options, indexed=True)

    @property
    def keys(self) -> list[str]:
        """The keys of the published files."""
        return self._files.keys

    def put(self, capture: Capture, form: RenditionForm, body: bytes, browser: str, at: dt.datetime) -> None:
        """Write what a browser showed of a capture at a time; the capture is one that was read from the archive."""
        prefix, media_type = FORMS[form]
        self._files.put(functools.partial(rendition_member, capture, prefix, media_type, body, browser, at))
        self._files.roll()

    def recover(self) -> None:
        """Publish the files that killed processes left in the spool, truncated to their last whole record."""
        self._files.recover()

    def close(self) -> None:
        """Put the last file into the store."""
        self._files.close()
