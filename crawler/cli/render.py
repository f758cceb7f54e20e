"""An entry as plain text, Markdown, HTML or JSON."""

from __future__ import annotations

from html import escape

from pipelines.model import Article, Entry, fields
from pipelines.model.serialize import entry_json


def render(entry: Entry, form: str) -> str:
    """Return an entry as `json` (one line), `text`, `md` or `html`, without a line break at the end."""
    if form == "json":
        return entry_json(entry)
    if form == "html":
        return _html(entry)
    parts = [_text(entry, article, form) for article in entry.articles]
    return ("\n\n---\n\n" if form == "md" else "\n\n").join(parts) or _no_article(entry)


def metadata(entry: Entry, article: Article) -> list[tuple[str, str]]:
    """Return the metadata of an article as labels and values in reading order.

    The address of the entry comes before the further pages, its id before the outline.
    """
    of_entry = {"parts": ("网址", entry.final_url), "outline": ("存档", entry.id)}
    found: list[tuple[str, str]] = []
    for field in fields.FIELDS:
        if field.key in of_entry:
            found.append(of_entry[field.key])
        if field.line and (value := field.line(article)):
            found.append((field.zh, value))
    return found


def _text(entry: Entry, article: Article, form: str) -> str:
    markdown = form == "md"
    title = ("# " if markdown else "") + (article.title or "（无题）")
    lines = [f"{'- ' if markdown else ''}{label}：{value}" for label, value in metadata(entry, article)]
    body = ("\n\n" if markdown else "\n").join(article.text.split("\n"))
    linked = [
        f"- [{item.title}]({item.url})" if markdown else f"附件：{item.title} {item.url}"
        for item in article.attachments
    ]
    head = [*filter(None, (article.kicker, title, article.subtitle))]
    return "\n\n".join(filter(None, ("\n".join(head), "\n".join(lines), body, "\n".join(linked))))


def _html(entry: Entry) -> str:
    articles = (
        "\n".join(_article(entry, article) for article in entry.articles) or f"<p>{escape(_no_article(entry))}</p>"
    )
    title = escape((entry.articles[0].title if entry.articles else None) or entry.final_url)
    language = "zh-Hant" if entry.articles and entry.articles[0].script == "hant" else "zh-Hans"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body>\n{articles}\n</body>\n</html>"
    )


def _article(entry: Entry, article: Article) -> str:
    rows = "".join(f"<dt>{label}</dt><dd>{escape(value)}</dd>" for label, value in metadata(entry, article))
    text = "\n".join(f"<p>{escape(line)}</p>" for line in article.text.split("\n"))
    images = "\n".join(
        f'<figure><img src="{escape(image.url)}" alt=""><figcaption>{escape(image.caption or "")}</figcaption></figure>'
        for image in article.images
    )
    linked = "".join(f'<li><a href="{escape(item.url)}">{escape(item.title)}</a></li>' for item in article.attachments)
    parts = (
        f"<h1>{escape(article.title or '')}</h1>",
        f"<dl>{rows}</dl>",
        text,
        images,
        f"<ul>{linked}</ul>" if linked else "",
    )
    return "<article>\n" + "\n".join(filter(None, parts)) + "\n</article>"


def _no_article(entry: Entry) -> str:
    return f"{entry.final_url}: no article ({entry.reason}, status {entry.status})"
