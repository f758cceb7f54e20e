"""An entry for reading: plain text, Markdown, HTML, or the contract's JSON."""

from __future__ import annotations

import datetime as dt
from html import escape

from pipelines.model import Article, Edition, Entry, Moment, Quality
from pipelines.model.serialize import entry_json

ROLES = {
    "reporter": "记者",
    "correspondent": "通讯员",
    "editor": "编辑",
    "photographer": "摄影",
    "proofreader": "校对",
    "author": "作者",
}


def render(entry: Entry, form: str) -> str:
    """Return an entry as `json` (one line), `text`, `md` or `html`, without a line break at the end."""
    if form == "json":
        return entry_json(entry)
    if form == "html":
        return _html(entry)
    parts = [_text(entry, article, form) for article in entry.articles]
    return ("\n\n---\n\n" if form == "md" else "\n\n").join(parts) or _why_not(entry)


def moment(value: Moment | None) -> str:
    """Return a time as people write it, to the minute, or an empty string.

    >>> moment(dt.date(2024, 3, 5))
    '2024-03-05'
    """
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if value else ""


def facts(entry: Entry, article: Article) -> list[tuple[str, str]]:
    """Return what is known of an article beside its text, as labels and values in reading order."""
    people = "、".join(f"{ROLES.get(person.role, person.role)} {person.name}" for person in article.authors)
    document = article.document
    found = (
        ("发布", moment(article.published_at)),
        ("来源", article.source or ""),
        ("作者", people),
        ("版面", placed(article.edition)),
        ("栏目", " > ".join(article.column)),
        ("文号", (document.document_number or "") if document else ""),
        ("索引号", (document.index_number or "") if document else ""),
        ("网址", entry.final_url),
        ("续页", "、".join(article.parts)),
        ("存档", entry.id),
        ("提纲", "；".join(article.outline)),
        ("缺失", absence(article.quality)),
        ("质量", worth(article.quality)),
    )
    return [(label, value) for label, value in found if value]


def placed(edition: Edition | None) -> str:
    """Return the page of a newspaper as people write it, or an empty string.

    >>> placed(Edition(paper="江门日报", issued_on=dt.date(2022, 7, 20), weekday=3, page="A07", name="江海"))
    '江门日报 2022-07-20 A07版 江海'
    """
    if edition is None:
        return ""
    page = f"{edition.page}版" if edition.page else ""
    return " ".join(filter(None, (edition.paper, moment(edition.issued_on), page, edition.name)))


def absence(quality: Quality) -> str:
    """Return what is known to be missing from a text, or an empty string.

    >>> absence(Quality(truncated=True, paywall=True, full_chars=4031, shown_chars=2036, masked_chars=3))
    '付费或登录可见，全文4031字，显示2036字，遮盖3字'
    """
    counts = (
        ("全文", quality.full_chars),
        ("显示", quality.shown_chars),
        ("省略", quality.omitted_chars),
        ("遮盖", quality.masked_chars),
    )
    why = "付费或登录可见" if quality.paywall else "不全" if quality.truncated else ""
    return "，".join(filter(None, (why, *(f"{label}{count}字" for label, count in counts if count))))


def worth(quality: Quality) -> str:
    """Return a text's score with what it is made of, or an empty string.

    >>> from pipelines.model import Parts
    >>> worth(Quality(score=0.45, parts=Parts(intact=1, chinese=0.9, complete=0.5, length=1)))
    '0.45（完好1，中文0.9，完整0.5，篇幅1）'
    """
    parts = quality.parts
    if quality.score is None or parts is None:
        return ""
    made_of = (("完好", parts.intact), ("中文", parts.chinese), ("完整", parts.complete), ("篇幅", parts.length))
    return f"{quality.score:g}（{'，'.join(f'{label}{part:g}' for label, part in made_of)}）"


def _text(entry: Entry, article: Article, form: str) -> str:
    markdown = form == "md"
    title = ("# " if markdown else "") + (article.title or "（无题）")
    lines = [f"{'- ' if markdown else ''}{label}：{value}" for label, value in facts(entry, article)]
    body = ("\n\n" if markdown else "\n").join(article.text.split("\n"))
    linked = [
        f"- [{item.title}]({item.url})" if markdown else f"附件：{item.title} {item.url}"
        for item in article.attachments
    ]
    head = [*filter(None, (article.kicker, title, article.subtitle))]
    return "\n\n".join(filter(None, ("\n".join(head), "\n".join(lines), body, "\n".join(linked))))


def _html(entry: Entry) -> str:
    articles = "\n".join(_article(entry, article) for article in entry.articles) or f"<p>{escape(_why_not(entry))}</p>"
    title = escape((entry.articles[0].title if entry.articles else None) or entry.final_url)
    language = "zh-Hant" if entry.articles and entry.articles[0].script == "hant" else "zh-Hans"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body>\n{articles}\n</body>\n</html>"
    )


def _article(entry: Entry, article: Article) -> str:
    rows = "".join(f"<dt>{label}</dt><dd>{escape(value)}</dd>" for label, value in facts(entry, article))
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


def _why_not(entry: Entry) -> str:
    return f"{entry.final_url}: no article ({entry.reason}, status {entry.status})"
