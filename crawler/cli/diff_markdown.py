"""The difference between two versions of a page as Markdown, for notes and issues."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.cli.diff_view import KINDS, ArticleDiff, DiffPassage, article_views, pieces
from crawler.cli.markdown import markdown_escaped, markdown_url
from crawler.compare.text import TextChange
from crawler.config.language import in_language
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.model import Entry
from pipelines.model.capture_fields import VERSION_FIELDS
from pipelines.model.fields import label_of


def diff_markdown(before: Entry, after: Entry, names: tuple[str, str], *, lang: str) -> str:
    """Return the changes as Markdown; `names` are the names of the two versions.

    Changes are marked by the HTML elements `del` and `ins`, which Markdown passes through: its own marks do not work
    between Chinese characters and punctuation.
    """
    views = article_views(before, after, lang)
    title = next((view.title for view in views if view.title), "") or in_language(_("(no title)"), lang)
    parts = [
        f"# {markdown_escaped(title)}",
        f"<{markdown_url(after.final_url)}>",
        "\n".join(_captures(before, after, names, lang)),
    ]
    parts += [part for view in views for part in _article(view, lang, several=len(views) > 1)]
    return "\n\n".join(parts)


def _captures(before: Entry, after: Entry, names: tuple[str, str], lang: str) -> Iterator[str]:
    version = in_language(_("Version"), lang)
    yield f"| {version} | {' | '.join(map(markdown_escaped, names))} |"
    yield "|---|---|---|"
    for field in VERSION_FIELDS:
        cells = (in_language(field.line(entry) or _("none"), lang) for entry in (before, after))
        yield f"| {field.label(lang)} | {' | '.join(map(markdown_escaped, cells))} |"


def _article(view: ArticleDiff, lang: str, *, several: bool) -> Iterator[str]:
    kind = in_language(KINDS[view.kind], lang) if view.kind in KINDS else ""
    if several or kind:
        yield "## " + "  ".join(filter(None, (kind, markdown_escaped(view.title) if several else "")))
    if view.fields:
        yield "\n".join(f"- {label}: {_marked(edit)}" for label, edit in view.fields)
    if not kind:
        yield f"**{label_of('text', lang)}**"
    if view.stayed:
        yield in_language(_("The text is unchanged."), lang)
        return
    yield from (part for passage in view.passages for part in _passage(passage, lang))


def _passage(passage: DiffPassage, lang: str) -> Iterator[str]:
    if passage.stayed:
        count = len(passage.paragraphs)
        stayed = ngettext("({count} unchanged paragraph)", "({count} unchanged paragraphs)", count)
        yield in_language(stayed, lang)
        return
    for paragraph in passage.paragraphs:
        yield "".join(map(_marked, paragraph))


def _marked(edit: TextChange) -> str:
    return "".join(map(_piece, pieces(edit)))


def _piece(edit: TextChange) -> str:
    if edit.unchanged:
        return markdown_escaped(edit.after)
    gone, come = markdown_escaped(edit.before), markdown_escaped(edit.after)
    return (f"<del>{gone}</del>" if gone else "") + (f"<ins>{come}</ins>" if come else "")
