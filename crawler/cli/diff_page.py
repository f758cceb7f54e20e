"""The difference between two versions of a page, as one HTML page to read, keep and print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from itertools import groupby

from crawler.compare.entries import ArticleChange, compare, pair_articles, without_derived_fields
from crawler.compare.text import Paragraph, TextChange, inline_diff, paragraphs
from pipelines.model import Article, Entry, fields
from pipelines.model.fields import ROLES
from pipelines.times import CHINA

KINDS = {"new": "新增文章", "lost": "撤下文章"}

OPENING = 18
"""Characters of an unchanged passage that are shown to identify it: as many as fit on a line beside the counts."""

_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)\S*")
_ROLE = re.compile(rf"([^\s、]+) ({'|'.join(ROLES)})(?=、|$)")


def diff_page(before: Entry, after: Entry, names: tuple[str, str]) -> str:
    """Return the page, without a line break at its end; `names` are the names of the two versions.

    The page needs no other file, runs no script, and can be read without colours: removed text is struck through, added
    text is underlined. Unchanged passages are folded.
    """
    changes = [without_derived_fields(change) for change in compare(before, after).articles]
    pairs = pair_articles(before.articles, after.articles)
    several = len(pairs) > 1
    articles = [_article(change, *pair, several=several) for change, pair in zip(changes, pairs, strict=True)]
    title = escape(_title(after) or _title(before) or after.final_url)
    address = escape(after.final_url)
    return f"""<!DOCTYPE html>
<html lang="{_language(after if after.articles else before)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}：{escape("，".join(names))}</title>
<style>
{files("crawler.cli").joinpath("diff_page.css").read_text("utf-8").rstrip()}
</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p class="url"><a href="{address}">{address}</a></p>
{_captures(before, after, names)}
<p class="legend"><del>删去的文字</del>　<ins>增添的文字</ins>　未改动的段落已折叠</p>
</header>
<main>
{chr(10).join(articles)}
</main>
<footer>方志 fangzhi {escape(after.version.fangzhi)}</footer>
</body>
</html>"""


def _captures(before: Entry, after: Entry, names: tuple[str, str]) -> str:
    """Return the table of both captures: how to find each one again, and the digest that proves its identity."""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = (
        ("抓取时间", "", [_time(entry) for entry in (before, after)]),
        ("存档编号", "exact", [entry.id for entry in (before, after)]),
        ("内容摘要", "exact", [entry.digests.payload for entry in (before, after)]),
        ("存档文件", "exact", [_place(entry) for entry in (before, after)]),
    )
    body = "\n".join(
        f'<tr><th scope="row">{label}</th>'
        + "".join(f'<td class="{css}">{escape(cell)}</td>' for cell in cells)
        + "</tr>"
        for label, css, cells in rows
    )
    return f'<table>\n<thead><tr><th scope="col">版本</th>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>'


def _article(change: ArticleChange, before: Article | None, after: Article | None, *, several: bool) -> str:
    """Return the changes of an article: its changed fields, then its text."""
    text = paragraphs(before.text if before else "", after.text if after else "")
    same = ['<p class="same">正文没有改动。</p>'] if all(map(_stayed, text)) else []
    became = "：".join(filter(None, (KINDS.get(change.kind), change.title if several else "")))
    fields = list(_fields(change))
    if became:
        shown = [_heading(became), *fields]
    else:
        shown = [*([_heading("著录项")] if fields else []), *fields, _heading("正文")]
    return "\n".join(("<article>", *shown, *same, *_passages(text), "</article>"))


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _fields(change: ArticleChange) -> Iterator[str]:
    if not change.fields:
        return
    yield '<table>\n<thead><tr><th scope="col">项目</th><th scope="col">改动</th></tr></thead>\n<tbody>'
    labels = {field.key: field.zh for field in fields.FIELDS}
    for name in sorted(change.fields, key=[*labels, *change.fields].index):
        edit = TextChange(before=_readable(change.fields[name].before), after=_readable(change.fields[name].after))
        yield f'<tr><th scope="row">{escape(labels.get(name, name))}</th><td>{_marked(edit)}</td></tr>'
    yield "</tbody>\n</table>"


def _passages(text: list[Paragraph]) -> Iterator[str]:
    """Yield paragraphs; consecutive unchanged ones are folded together."""
    for stayed, run in groupby(text, key=_stayed):
        passage = list(run)
        shown = "\n".join(f"<p>{''.join(map(_marked, paragraph))}</p>" for paragraph in passage)
        yield f"<details><summary>{_summary(passage)}</summary>\n{shown}\n</details>" if stayed else shown


def _summary(passage: list[Paragraph]) -> str:
    lines = ["".join(edit.after for edit in paragraph) for paragraph in passage]
    text = " ".join(lines)
    opening = text[:OPENING] + ("…" if len(text) > OPENING else "")
    return f"{len(lines)} 段 {sum(map(len, lines))} 字未改动：{escape(opening)}"


def _stayed(paragraph: Paragraph) -> bool:
    return all(edit.unchanged for edit in paragraph)


def _marked(edit: TextChange) -> str:
    pieces = (edit,) if edit.unchanged else inline_diff(edit.before, edit.after)
    return "".join(map(_piece, pieces))


def _piece(edit: TextChange) -> str:
    if edit.unchanged:
        return escape(edit.after)
    gone, come = escape(edit.before), escape(edit.after)
    return (f"<del>{gone}</del>" if gone else "") + (f"<ins>{come}</ins>" if come else "")


def _readable(value: str) -> str:
    """Return a field's value as people write it.

    >>> _readable("2024-03-05T09:30:00+08:00"), _readable("何榕 reporter、刘洋 editor")
    ('2024-03-05 09:30', '何榕（记者）、刘洋（编辑）')
    """
    return _ROLE.sub(lambda found: f"{found[1]}（{ROLES[found[2]]}）", _MINUTE.sub(r"\1 \2", value))


def _title(entry: Entry) -> str | None:
    return next((article.title for article in entry.articles if article.title), None)


def _language(entry: Entry) -> str:
    return "zh-Hant" if entry.articles and entry.articles[0].script == "hant" else "zh-Hans"


def _time(entry: Entry) -> str:
    return f"{entry.fetched_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}（北京时间）"


def _place(entry: Entry) -> str:
    place = entry.location
    return f"{place.file}，{place.offset} 起 {place.length} 字节" if place else "未存档"
