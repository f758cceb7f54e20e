"""An article: its repaired text with the repairs, its fields with their evidence, and what the archive knows of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from crawler.cli.evidence import beginning
from crawler.cli.render import article_facts, capture_facts, document_language
from crawler.cli.results import result
from crawler.player.address import Address, Mode
from crawler.records import read_records
from crawler.web.captures import capture_at, captures_of, cited
from crawler.web.mementos import memento_address
from crawler.web.page_request import CsvTable, PageRequest, WebPage
from crawler.web.pagehistory import PageHistory, page_history
from crawler.web.readers import Reader
from crawler.web.repaired_text import MAX_LISTED_REPAIRS, RepairedParagraph, TableBlock, blocks
from crawler.web.rooms.marks import Marked, mark_document
from crawler.web.serving import PLAYED
from pipelines.export.citation import FORMS
from pipelines.export.rows import columns as export_columns
from pipelines.export.rows import rows as export_rows
from pipelines.messages import gettext as _
from pipelines.model import Article, Attachment, Entry, Image, LeftOut, Repair
from pipelines.model.fields import label_of
from pipelines.model.serialize import entry_document

CITATION_NAMES = {
    "text": _("Plain text"),
    "gbt7714": "GB/T 7714",
    "bibtex": "BibTeX",
    "ris": "RIS",
    "csl": "CSL-JSON",
}
"""The forms of citations; a test compares them with those of the commands."""


@frozen(kw_only=True)
class AttachedFile:
    """An attachment: its address on the web, and the capture of it, if it is archived."""

    item: Attachment
    is_web: bool


@frozen(kw_only=True)
class CapturedArticle:
    """One article of a capture."""

    article: Article
    language: str
    facts: Sequence[tuple[str, str]]
    evidence: Sequence[tuple[str, str, str]]
    blocks: Sequence[RepairedParagraph | TableBlock]
    attachments: Sequence[AttachedFile]

    @property
    def title(self) -> str:
        """The title."""
        return self.article.title or _("(no title)")

    @property
    def repairs(self) -> Sequence[tuple[int, Repair]]:
        """The repairs that are listed, with their numbers."""
        return list(enumerate(self.article.repairs, 1))[:MAX_LISTED_REPAIRS]

    @property
    def unlisted(self) -> int:
        """The number of repairs that are not listed."""
        return max(0, len(self.article.repairs) - MAX_LISTED_REPAIRS)

    @property
    def left_out(self) -> Sequence[LeftOut]:
        """What the text leaves out of the page."""
        return self.article.left_out

    @property
    def images(self) -> Sequence[Image]:
        """The pictures of the page."""
        return self.article.images


@frozen(kw_only=True)
class CaptureView:
    """A capture with its articles.

    `archived` is the address of its bytes on the origin of archived content, `played` that of the page in the player,
    with its bar; `framed` is without it. Files are not played. `mark` is what a reader said of it; with `can_mark` the
    room has a token, with which readers can say it.
    """

    entry: Entry
    site_name: str
    articles: Sequence[CapturedArticle]
    without_article: str
    facts: Sequence[tuple[str, str]]
    history: PageHistory
    citations: Sequence[tuple[str, str]]
    archived: str
    played: str
    framed: str
    mark: Marked | None
    can_mark: bool
    links: dict[str, str]

    @property
    def title(self) -> str:
        """The title of the page."""
        return self.articles[0].title if self.articles else self.entry.final_url

    @property
    def is_web(self) -> bool:
        """Whether the page's address is one that a browser may follow."""
        return is_web_address(self.entry.final_url)

    def document(self) -> dict[str, Any]:
        """Return the entry as JSON values, those of `fangzhi show --format json`, with the page's history and mark."""
        mark = mark_document(self.mark.mark) if self.mark else None
        return {**entry_document(self.entry), "history": self.history.document(), "mark": mark}

    def table(self) -> CsvTable:
        """Return the articles as a table, with the columns of an export."""
        return CsvTable(heads=list(export_columns()), rows=(list(row.values()) for row in export_rows(self.entry)))


def is_web_address(url: str) -> bool:
    """Tell whether an address of the archive may be a link: only http and https, never a script."""
    return url.lower().startswith(("http://", "https://"))


def read(asked: PageRequest, reader: Reader) -> CaptureView:
    """Find a capture and what belongs to it."""
    entry = capture_at(asked, reader)
    captures = captures_of(reader, entry)
    return capture_view(asked, reader.catalogue.with_attachments(entry), page_history(entry, captures, asked.links))


def capture_view(asked: PageRequest, entry: Entry, history: PageHistory) -> CaptureView:
    """Return what the page of a capture shows."""
    site = asked.room.site_name(entry.site)
    found = cited(asked.room, entry)
    with read_records(asked.room.records_file) as records:
        mark = records.mark_of(entry.id)
    return CaptureView(
        entry=entry,
        mark=Marked(mark=mark, row=None) if mark else None,
        can_mark=bool(asked.room.serving.token),
        site_name=site,
        articles=tuple(_article(each, asked.lang) for each in entry.articles),
        without_article="" if entry.articles else without_article(entry),
        facts=capture_facts(entry, asked.lang),
        history=history,
        citations=[(name, FORMS[form](found)) for form, name in CITATION_NAMES.items()],
        archived=memento_address(asked.room, entry),
        played=_played(asked, entry, ""),
        framed=_played(asked, entry, "mp_") if _is_played(entry) else "",
        links={
            "site": asked.links.to("sites", entry.site) if entry.site else "",
            "reprints": asked.links.to("reprints", entry.id),
            "record": asked.links.to("api", "record", entry.id),
            "hand_over": asked.links.to("hand-over", parameters=[("id", entry.id)]),
            "seal": asked.links.to("custody", entry.id),
            "original": asked.links.to("a", entry.verdict.of) if entry.verdict.of else "",
        },
    )


def without_article(entry: Entry) -> str:
    """Return why a capture has no article; its address is the heading above."""
    return _("No article: {why}, status {status}.", why=result(entry), status=entry.status)


def _is_played(entry: Entry) -> bool:
    return entry.file is None and entry.location is not None and is_web_address(entry.final_url)


def _played(asked: PageRequest, entry: Entry, mode: Mode) -> str:
    address = Address(url=entry.final_url, at=entry.fetched_at, mode=mode)
    return f"{asked.room.serving.content_base_url}{address.path(PLAYED)}"


def _article(article: Article, lang: str) -> CapturedArticle:
    return CapturedArticle(
        article=article,
        language=document_language(article),
        facts=article_facts(article, lang),
        evidence=[
            (label_of(each.field, lang), beginning(getattr(article, each.field, ""), lang), each.origin)
            for each in article.evidence
        ],
        blocks=tuple(blocks(article)),
        attachments=[AttachedFile(item=each, is_web=is_web_address(each.url)) for each in article.attachments],
    )


PAGE = WebPage(
    path="/a/{id}",
    data="/api/entries/{id}",
    read=read,
    template="article.html",
    section="search",
    summary=_("A capture with its articles, their evidence and repairs, and the history of the page."),
)
