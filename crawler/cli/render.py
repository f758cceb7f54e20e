"""An entry as plain text, Markdown, HTML or JSON."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from crawler.cli.columns import fits
from crawler.cli.markdown import markdown_escaped, markdown_link
from crawler.cli.render_tables import TABLE_STYLE, html_paragraphs, markdown_paragraphs
from crawler.cli.results import no_article
from crawler.config.language import in_language
from pipelines.messages import gettext as _
from pipelines.model import Article, Entry, fields
from pipelines.model.capture_fields import CAPTURE_FIELDS
from pipelines.model.serialize import entry_json
from pipelines.printable import printable_json

LabelledValues = list[tuple[str, str]]
"""Labels and values."""


def render(entry: Entry, form: str, lang: str, columns: int | None = None) -> str:
    """Return an entry as `json` (one line), `text`, `md` or `html`, without a line break at the end.

    In the formats for reading, labels are in a language, and what is known of the capture follows its articles.
    `columns` is the width of a terminal: values that are too long to stand beside their labels stand below them.
    """
    if form == "json":
        return printable_json(entry_json(entry))
    if form == "html":
        return _html(entry, lang)
    parts = [_text(article, form, lang) for article in entry.articles] or [
        (markdown_escaped if form == "md" else str)(_no_article(entry, lang))
    ]
    parts.append("\n".join(_lines(capture_facts(entry, lang), form, lang, columns)))
    return ("\n\n---\n\n" if form == "md" else "\n\n").join(parts)


def article_facts(article: Article, lang: str) -> LabelledValues:
    """Return the metadata of an article as labels and values in reading order."""
    lines = ((field.label(lang), field.line(article)) for field in fields.FIELDS if field.line)
    return [(label, in_language(line, lang)) for label, line in lines if line]


def capture_facts(entry: Entry, lang: str) -> LabelledValues:
    """Return what is known of a capture as labels and values: its address, time, id, verdict, digest and record."""
    lines = ((field.label(lang), field.line(entry)) for field in CAPTURE_FIELDS)
    return [(label, in_language(line, lang)) for label, line in lines if line]


def document_language(article: Article | None) -> str:
    """Return the language tag of an article's text."""
    return "zh-Hant" if article and article.script == "hant" else "zh-Hans"


def screen_language(lang: str) -> str:
    """Return the language tag of labels and messages."""
    return "zh-Hans" if lang == "zh" else lang


def _lines(facts: LabelledValues, form: str, lang: str, columns: int | None = None) -> list[str]:
    colon, mark = "：" if lang == "zh" else ": ", "- " if form == "md" else ""
    plain = markdown_escaped if form == "md" else str
    lines = ((f"{mark}{label}{colon}", plain(value)) for label, value in facts)
    return [f"{head}{value}" if fits(head + value, columns) else f"{head.rstrip()}\n  {value}" for head, value in lines]


def _text(article: Article, form: str, lang: str) -> str:
    markdown = form == "md"
    plain = markdown_escaped if markdown else str
    title = ("# " if markdown else "") + plain(article.title or in_language(_("(no title)"), lang))
    body = "\n\n".join(markdown_paragraphs(article)) if markdown else article.text
    files = [(fields.label_of("attachments", lang), f"{item.title} {item.url}") for item in article.attachments]
    linked = [markdown_link(item.title, item.url) for item in article.attachments]
    head = [*filter(None, (plain(article.kicker or ""), title, plain(article.subtitle or "")))]
    facts = _lines(article_facts(article, lang), form, lang)
    attached = linked if markdown else _lines(files, form, lang)
    return "\n\n".join(filter(None, ("\n".join(head), "\n".join(facts), body, "\n".join(attached))))


def _html(entry: Entry, lang: str) -> str:
    articles = "\n".join(_article(article, lang) for article in entry.articles)
    body = articles or f"<p>{escape(_no_article(entry, lang))}</p>"
    title = escape((entry.articles[0].title if entry.articles else None) or entry.final_url)
    return (
        f'<!DOCTYPE html>\n<html lang="{screen_language(lang)}">\n'
        f'<head><meta charset="utf-8"><title>{title}</title>{TABLE_STYLE}</head>\n'
        f"<body>\n{body}\n<footer><dl>{_rows(capture_facts(entry, lang))}</dl></footer>\n</body>\n</html>"
    )


def _article(article: Article, lang: str) -> str:
    text = "\n".join(html_paragraphs(article))
    images = "\n".join(
        f'<figure><img src="{escape(image.url)}" alt=""><figcaption>{escape(image.caption or "")}</figcaption></figure>'
        for image in article.images
    )
    linked = "".join(f'<li><a href="{escape(item.url)}">{escape(item.title)}</a></li>' for item in article.attachments)
    parts = (
        f"<h1>{escape(article.title or '')}</h1>",
        f'<dl lang="{screen_language(lang)}">{_rows(article_facts(article, lang))}</dl>',
        text,
        images,
        f"<ul>{linked}</ul>" if linked else "",
    )
    return f'<article lang="{document_language(article)}">\n' + "\n".join(filter(None, parts)) + "\n</article>"


def _rows(facts: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<dt>{label}</dt><dd>{escape(value)}</dd>" for label, value in facts)


def _no_article(entry: Entry, lang: str) -> str:
    return in_language(no_article(entry), lang)
