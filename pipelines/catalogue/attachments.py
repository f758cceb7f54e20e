"""The files of an article: under which addresses they are asked for, and what is known of them once archived."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urldefrag, urlsplit

from attrs import evolve
from w3lib.url import safe_url_string

from pipelines.model import Article, Attachment, Entry

FILE = "file"
"""The reason of a capture that holds a whole file."""


def addresses(entry: Entry, *, pictures: bool = False) -> tuple[str, ...]:
    """Return under which addresses an entry's attachments are asked for, and its pictures if they are, each once."""
    links = [item.url for article in entry.articles for item in article.attachments]
    links += [item.url for article in entry.articles for item in article.images if pictures]
    return tuple(dict.fromkeys(filter(None, map(address, links))))


def address(link: str) -> str:
    """Return the address under which a link is asked for, an empty string where it leads nowhere.

    >>> address("http://www.example.cn/附件 1.pdf#page=2")
    'http://www.example.cn/%E9%99%84%E4%BB%B6%201.pdf'
    """
    try:
        url = safe_url_string(urldefrag(link).url)
        return url if urlsplit(url).hostname else ""
    except ValueError:
        return ""


def with_files(entry: Entry, files: Iterable[Entry]) -> Entry:
    """Return an entry with what these captures tell of its attachments: media type, size, digest, and where they lie.

    Of several captures of a file the first one after the article's is taken, else the last one before it: that is what
    stood under the address when the article did.
    """
    known: dict[str, Entry] = {}
    for file in sorted(files, key=lambda file: file.fetched_at):
        if file.url not in known or known[file.url].fetched_at < entry.fetched_at:
            known[file.url] = file
    return evolve(entry, articles=tuple(_with_files(article, known) for article in entry.articles))


def _with_files(article: Article, known: dict[str, Entry]) -> Article:
    return evolve(article, attachments=tuple(_told(item, known.get(address(item.url))) for item in article.attachments))


def _told(item: Attachment, entry: Entry | None) -> Attachment:
    if entry is None or entry.file is None:
        return item
    return evolve(
        item,
        media_type=item.media_type or entry.file.media_type,
        size=entry.file.size,
        digest=entry.digests.payload,
        location=entry.location,
    )
