"""The bar above an archived page, which says what it is and when it was captured, and the pages without a capture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

from attrs import frozen

from crawler.config.language import in_language
from crawler.player.address import Address
from crawler.player.nearest import Held
from crawler.player.policy import SANDBOX, Response, own_page
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.printable import printable
from pipelines.times import CHINA

STYLE = """
:root{color-scheme:light}
html,body{margin:0;height:100%}
body{display:flex;flex-direction:column}
body{font:14px/1.6 "Source Han Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;color:#222}
header{padding:.5rem 1rem;background:#f7f5ef;border-bottom:2px solid #8a6d3b}
header{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem}
header strong{white-space:nowrap}
.address{overflow-wrap:anywhere;flex:1 1 100%;order:1}
details{order:2}
.missing{color:#a02020}
a{color:#0b4f8a}
details{flex-basis:100%}
details ul{margin:.2rem 0;max-height:9rem;overflow:auto;overflow-wrap:anywhere}
iframe{flex:1;width:100%;border:0;background:#fff}
main{padding:2rem 1rem;max-width:42rem}
h1{font-size:1.3rem}
@media (max-width:40rem){.address{flex-basis:100%;font-size:.86em;line-height:1.4}}
@media print{iframe{height:90vh}}
"""

MAX_LISTED = 50
"""Addresses that the bar lists as not archived: more do not help a reader."""

NOT_ARCHIVED_PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" width="160" height="48" role="img">
<rect x="1" y="1" width="158" height="46" fill="#f4f4f4" stroke="#a02020" stroke-dasharray="4 3"/>
<text x="80" y="29" font-size="14" text-anchor="middle" fill="#a02020">{text}</text></svg>"""


@frozen(kw_only=True)
class CaptureFacts:
    """What the bar says of a capture. `times` are those of all captures of the page, the oldest first."""

    held: Held
    title: str
    asked_for: dt.datetime
    times: Sequence[dt.datetime]
    requisites: int = 0
    missing: Sequence[str] = ()


def framed_page(facts: CaptureFacts, inner: Address, prefix: str, lang: str) -> Response:
    """Return the bar with the archived page below it."""
    title = escape(_text(_("Archived page"), lang))
    frame = f'<iframe sandbox="{SANDBOX}" src="{escape(inner.path(prefix))}" title="{title}"></iframe>'
    return own_page(200, _document(facts.title, _header(facts, prefix, lang) + frame, lang), STYLE)


def file_page(facts: CaptureFacts, inner: Address, prefix: str, media_type: str, size: int, lang: str) -> Response:
    """Return the bar with a link to a file, for files that are saved and not shown."""
    label = _("Save the file ({media_type}, {size} bytes)", media_type=media_type or "?", size=f"{size:,}")
    link = f'<a download href="{escape(inner.path(prefix))}">{escape(_text(label, lang))}</a>'
    return own_page(200, _document(facts.title, f"{_header(facts, prefix, lang)}<main>{link}</main>", lang), STYLE)


def not_archived_page(address: Address, lang: str) -> Response:
    """Return the page for a URL that is not archived; the live site is not asked."""
    heading = escape(_text(_("This page is not archived"), lang))
    note = escape(_text(_("Nothing was requested from the live site."), lang))
    body = f'<main><h1>{heading}</h1><p class="address">{escape(_readable(address.url))}</p><p>{note}</p></main>'
    return own_page(404, _document(address.url, body, lang), STYLE)


def not_archived_picture(lang: str) -> bytes:
    """Return the picture that stands in the place of one that is not archived."""
    return NOT_ARCHIVED_PICTURE.format(text=escape(_text(_("not archived"), lang))).encode()


def _header(facts: CaptureFacts, prefix: str, lang: str) -> str:
    held = facts.held
    when = _text(_("Captured {time} (China)", time=f"{held.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"), lang)
    parts = [f"<strong>{escape(when)}</strong>", f'<span class="address">{escape(_readable(held.final_url))}</span>']
    parts += [f"<span>{escape(text)}</span>" for text in _provenance(held, lang)]
    parts.append(f"<nav>{_neighbours(facts, prefix, lang)}</nav>" if len(facts.times) > 1 else "")
    return f"<header>{''.join(parts)}{_completeness(facts, lang)}</header>"


def _provenance(held: Held, lang: str) -> list[str]:
    shown = [_("Archived copy, scripts are off")]
    if not held.ok:
        shown.append(_("HTTP status {status}", status=held.status))
    if held.rendered:
        shown.append(_("as {browser} showed it", browser=held.rendered))
    return [*(_text(each, lang) for each in shown), f"ID {held.id}"]


def _neighbours(facts: CaptureFacts, prefix: str, lang: str) -> str:
    """Return links to the captures before and after the shown one."""
    times, at = sorted(facts.times), facts.held.at
    place = sum(1 for each in times if each <= at)
    parts = [escape(_text(_("{number} of {count}", number=place, count=len(times)), lang))]
    for label, found in (
        (_("previous"), max((each for each in times if each < at), default=None)),
        (_("next"), min((each for each in times if each > at), default=None)),
    ):
        if found:
            path = Address(url=facts.held.final_url, at=found).path(prefix)
            parts.append(f'<a href="{escape(path)}">{escape(_text(label, lang))}</a>')
    return " · ".join(parts)


def _completeness(facts: CaptureFacts, lang: str) -> str:
    if not facts.requisites:
        return ""
    missing = len(facts.missing)
    if not missing:
        every = ngettext("its {count} file is archived", "all {count} files are archived", facts.requisites)
        return f"<span>{escape(_text(every, lang))}</span>"
    said = _("{missing} of {count} files are not archived", missing=missing, count=facts.requisites)
    listed = "".join(f"<li>{escape(_readable(url))}</li>" for url in facts.missing[:MAX_LISTED])
    listed += "<li>…</li>" if missing > MAX_LISTED else ""
    return f'<details><summary class="missing">{escape(_text(said, lang))}</summary><ul>{listed}</ul></details>'


def _document(title: str, body: str, lang: str) -> str:
    tag = "zh-Hans" if lang == "zh" else lang
    return (
        f'<!DOCTYPE html>\n<html lang="{tag}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(_readable(title))}</title>'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )


def _text(message: str, lang: str) -> str:
    return in_language(message, lang)


def _readable(text: str) -> str:
    return printable(text)
