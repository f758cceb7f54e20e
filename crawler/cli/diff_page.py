"""The difference between two versions of a page, as one HTML page to read, keep and print."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path

from attrs import frozen

from crawler.cli.diff_view import KINDS, ArticleDiff, DiffPassage, article_views, pieces
from crawler.cli.render import document_language, screen_language
from crawler.compare.text import ComparedParagraph, TextChange
from crawler.config.language import in_language
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.model import Entry
from pipelines.model.capture_fields import VERSION_FIELDS, CaptureField
from pipelines.model.fields import label_of

OPENING = 18
"""Characters of an unchanged passage that are shown to identify it: as many as fit on a line beside the counts."""


@frozen(kw_only=True)
class Pages:
    """The languages of a diff page, `lang` for its labels and `text` for the articles, and the archive behind it."""

    lang: str
    text: str
    archive: str

    def say(self, message: str) -> str:
        """Return a message in the language of the labels, escaped."""
        return escape(in_language(message, self.lang), quote=False)

    @property
    def label_attribute(self) -> str:
        """The `lang` attribute of a label among the text of articles, nothing if both have the same language."""
        own = screen_language(self.lang)
        return "" if own == self.text else f' lang="{own}"'


def diff_page(before: Entry, after: Entry, names: tuple[str, str], *, lang: str, archive: str) -> str:
    """Return the page, without a line break at its end; `names` are the names of the two versions.

    The page needs no other file, runs no script, and can be read without colours: removed text is struck through, added
    text is underlined. Unchanged passages are folded. `archive` is the address of the archive, whose WARC files the
    page links.
    """
    newest = after if after.articles else before
    pages = Pages(lang=lang, text=document_language(next(iter(newest.articles), None)), archive=archive)
    views = article_views(before, after, lang)
    articles = [_article(view, pages, several=len(views) > 1) for view in views]
    title = escape(_title(after) or _title(before) or after.final_url)
    address = escape(after.final_url)
    on_the_web = _("(the page as it is on the web now)")
    removed, added, folded = _("removed text"), _("added text"), _("unchanged paragraphs are folded")
    return f"""<!DOCTYPE html>
<html lang="{screen_language(lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} | {escape(" → ".join(names))}</title>
<style>
{files("crawler.cli").joinpath("diff_page.css").read_text("utf-8").rstrip()}
</style>
</head>
<body>
<header>
<h1 lang="{pages.text}">{title}</h1>
<p class="url"><a href="{address}">{address}</a> {pages.say(on_the_web)}</p>
{_captures(before, after, names, pages)}
<p class="legend"><del>{pages.say(removed)}</del> <ins>{pages.say(added)}</ins> {pages.say(folded)}</p>
</header>
<main lang="{pages.text}">
{chr(10).join(articles)}
</main>
<footer>方志 fangzhi {escape(after.version.fangzhi)}</footer>
</body>
</html>"""


def record_address(archive: str, file: str) -> str | None:
    """Return the address of a WARC file, None if it cannot be named as one.

    >>> record_address("/srv/archive", "warc/a b.warc.gz"), record_address("s3://news/all", "warc/a.warc.gz")
    ('file:///srv/archive/warc/a%20b.warc.gz', 's3://news/all/warc/a.warc.gz')
    """
    if "://" in file:
        return file
    if "://" in archive:
        return f"{archive.rstrip('/')}/{file}"
    return Path(archive).expanduser().absolute().joinpath(file).as_uri() if archive else None


def _captures(before: Entry, after: Entry, names: tuple[str, str], pages: Pages) -> str:
    """Return the table of both captures: how to find each one again, and the digest that proves its identity."""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "\n".join(
        f'<tr><th scope="row">{field.label(pages.lang)}</th>'
        + "".join(_fact(field, entry, pages) for entry in (before, after))
        + "</tr>"
        for field in VERSION_FIELDS
    )
    version = pages.say(_("Version"))
    head = f'<thead><tr><th scope="col">{version}</th>{heads}</tr></thead>'
    return f"<table>\n{head}\n<tbody>\n{body}\n</tbody>\n</table>"


def _fact(field: CaptureField, entry: Entry, pages: Pages) -> str:
    value = pages.say(field.line(entry) or _("none"))
    address = record_address(pages.archive, entry.location.file) if field.is_place and entry.location else None
    shown = f'<a href="{escape(address)}">{value}</a>' if address else value
    return f'<td class="{"exact" if field.exact else ""}">{shown}</td>'


def _article(view: ArticleDiff, pages: Pages, *, several: bool) -> str:
    """Return the changes of an article: its changed fields, then its text."""
    unchanged = pages.say(_("The text is unchanged."))
    same = [f'<p class="same"{pages.label_attribute}>{unchanged}</p>']
    title = _("{kind}: {title}", kind=KINDS[view.kind], title=view.title) if view.kind in KINDS else view.title
    if several or view.kind in KINDS:
        heads = [_heading(title if several else KINDS[view.kind], pages), *_fields(view, pages)]
    else:
        named = [_heading(_("Metadata"), pages)] if view.fields else []
        heads = [*named, *_fields(view, pages), _heading(label_of("text", pages.lang), pages)]
    passages = (_passage(each, pages) for each in view.passages)
    return "\n".join(("<article>", *heads, *(same if view.stayed else []), *passages, "</article>"))


def _heading(text: str, pages: Pages) -> str:
    return f"<h2{pages.label_attribute}>{pages.say(text)}</h2>"


def _fields(view: ArticleDiff, pages: Pages) -> Iterator[str]:
    if not view.fields:
        return
    heads = "".join(f'<th scope="col">{pages.say(head)}</th>' for head in (_("Field"), _("Change")))
    yield f"<table>\n<thead{pages.label_attribute}><tr>{heads}</tr></thead>\n<tbody>"
    for label, edit in view.fields:
        yield f'<tr><th scope="row"{pages.label_attribute}>{escape(label)}</th><td>{_marked(edit)}</td></tr>'
    yield "</tbody>\n</table>"


def _passage(passage: DiffPassage, pages: Pages) -> str:
    shown = "\n".join(map(_paragraph, passage.paragraphs))
    if not passage.stayed:
        return shown
    opening = passage.text[:OPENING] + ("…" if len(passage.text) > OPENING else "")
    summary = ngettext(
        "{count} unchanged paragraph, {characters} characters: {opening}",
        "{count} unchanged paragraphs, {characters} characters: {opening}",
        len(passage.paragraphs),
        characters=passage.characters,
        opening=opening,
    )
    return f"<details><summary{pages.label_attribute}>{pages.say(summary)}</summary>\n{shown}\n</details>"


def _paragraph(paragraph: ComparedParagraph) -> str:
    return f"<p>{''.join(map(_marked, paragraph))}</p>"


def _marked(edit: TextChange) -> str:
    return "".join(map(_piece, pieces(edit)))


def _piece(edit: TextChange) -> str:
    if edit.unchanged:
        return escape(edit.after)
    gone, come = escape(edit.before), escape(edit.after)
    return (f"<del>{gone}</del>" if gone else "") + (f"<ins>{come}</ins>" if come else "")


def _title(entry: Entry) -> str | None:
    return next((article.title for article in entry.articles if article.title), None)
