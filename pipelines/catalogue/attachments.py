"""The attachments of an article: the URLs under which they are fetched, and their metadata once they are archived."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urldefrag, urlsplit

from attrs import evolve

from pipelines.model import Article, Attachment, Entry

_HANZI = re.compile("[\u4e00-\u9fff]")

FILE_REASON = "file"
"""The rejection reason of a capture that is a whole file."""


def attachment_urls(entry: Entry, *, pictures: bool = False) -> tuple[str, ...]:
    """Return the URLs under which an entry's attachments are fetched, each once; `pictures` adds its images."""
    links = [item.url for article in entry.articles for item in article.attachments]
    links += [item.url for article in entry.articles for item in article.images if pictures]
    return tuple(dict.fromkeys(filter(None, map(request_url, links))))


def request_url(link: str) -> str:
    """Return the URL under which a link is fetched; empty if the link is not valid.

    >>> request_url("http://www.example.cn/附件 1.pdf#page=2")
    'http://www.example.cn/%E9%99%84%E4%BB%B6%201.pdf'
    """
    from w3lib.url import safe_url_string  # a list of captures needs no URLs: it imports 20 ms of others

    try:
        url = safe_url_string(urldefrag(link).url)
        return url if urlsplit(url).hostname else ""
    except ValueError:
        return ""


def with_archived_files(entry: Entry, files: Iterable[Entry]) -> Entry:
    """Return an entry whose attachments have the media type, size, digest and location of these captures.

    The name that the server gives a file replaces a title without a Chinese character, such as the end of the URL.

    If a file was captured several times, the first capture after the article's is used, or else the last one before
    it: that is the file which the URL returned when the article was captured.
    """
    by_url: dict[str, Entry] = {}
    for file in sorted(files, key=lambda file: file.fetched_at):
        if file.url not in by_url or by_url[file.url].fetched_at < entry.fetched_at:
            by_url[file.url] = file
    return evolve(entry, articles=tuple(_article_with_files(article, by_url) for article in entry.articles))


def _article_with_files(article: Article, by_url: dict[str, Entry]) -> Article:
    attachments = tuple(_attachment_with_file(item, by_url.get(request_url(item.url))) for item in article.attachments)
    return evolve(article, attachments=attachments)


def _attachment_with_file(item: Attachment, entry: Entry | None) -> Attachment:
    if entry is None or entry.file is None:
        return item
    return evolve(
        item,
        title=entry.file.name if entry.file.name and not _HANZI.search(item.title) else item.title,
        media_type=item.media_type or entry.file.media_type,
        size=entry.file.size,
        digest=entry.digests.payload,
        location=entry.location,
    )
