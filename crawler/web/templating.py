"""Templates: every value is escaped, messages are translated, and control characters are shown as escapes."""

from __future__ import annotations

import datetime as dt
import functools
import re
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup, escape

from crawler.config.labels import reason_label
from crawler.config.language import in_language
from pipelines.messages import Message, gettext, ngettext
from pipelines.printable import printable
from pipelines.times import CHINA

KB_BELOW, GB_FROM = 1_000_000, 1_000_000_000
"""Bytes that are shown as kB or as GB, so that a number has one to four digits."""

_CODE = re.compile(r"`([^`]+)`")


@functools.cache
def environment() -> jinja2.Environment:
    """Return the templates; a name that a template does not get is an error, not an empty text."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(files("crawler.web") / "templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.globals |= {"_": gettext, "ngettext": ngettext}
    made.filters |= {
        "minute": _minute,
        "clock": _clock,
        "share": _share,
        "megabytes": _megabytes,
        "reason": reason_label,
        "words": _words,
        "commands": _commands,
    }
    return made


def render(name: str, lang: str, **values: Any) -> str:
    """Return a page in a language."""
    return environment().get_template(name).render(lang=lang, **values)


@jinja2.pass_context
def _shown(context: jinja2.runtime.Context | None, value: object) -> object:
    """Return what a template prints of a value: nothing for None, a message in the language of the page."""
    if value is None:
        return ""
    if type(value) is str and value.isprintable():  # most values: nothing to translate, nothing to escape
        return value
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    lang = context["lang"] if context else "en"
    if isinstance(value, Message) and not value.values:
        return _label(value.template, lang)
    return printable(in_language(value, lang))


@functools.lru_cache(maxsize=4096)
def _label(template: str, lang: str) -> str:
    """Return a message without values in a language: a table has the same one in each of its rows."""
    return printable(in_language(gettext(template), lang))


def _clock(moment: dt.datetime) -> str:
    """Return the time of day in China to the second."""
    return f"{moment.astimezone(CHINA):%H:%M:%S}"


def _minute(moment: Any) -> str:
    """Return a time in China to the minute, empty for None."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}" if moment else ""


def _megabytes(size: int) -> Message:
    """Return a number of bytes for people: kB below a MB, GB from a thousand on."""
    if size < KB_BELOW:
        return gettext("{size:.0f} kB", size=size / 1e3)
    if size >= GB_FROM:
        return gettext("{size:.1f} GB", size=size / 1e9)
    return gettext("{size:.1f} MB", size=size / 1e6)


@jinja2.pass_context
def _words(context: jinja2.runtime.Context, text: str) -> list[str]:
    """Return the words of a message in the language of the page."""
    return in_language(text, context["lang"]).split()


@jinja2.pass_context
def _commands(context: jinja2.runtime.Context, text: str) -> Markup:
    """Return a message in the language of the page, with what stands between backticks marked as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(printable(in_language(text, context["lang"]))))))  # noqa: S704


def _share(part: float) -> str:
    """Return a share as a percentage."""
    return f"{part:.1%}"
