"""Page templates, and the furniture that portals have in common: menus, link lists, lines of lists."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from crawler.demo.model import Article, Row
from crawler.demo.request_context import RequestContext, link

PLACE = re.compile(r"§\{(\w+)\}")
NEWEST = 6  # lines of a section on a home page
CUT = 12  # characters of a headline before "…": what fits a column of the usual width


@functools.cache
def _pieces(template: str) -> tuple[str, ...]:
    text = files("crawler.demo").joinpath("templates", template).read_text("utf-8")
    return tuple(PLACE.split(text.rstrip("\n")))


def fill(template: str, **values: object) -> str:
    """Return a template of the package with its §{places} filled.

    Raises:
        KeyError: a place has no value.
    """
    pieces = list(_pieces(template))
    pieces[1::2] = [str(values[name]) for name in pieces[1::2]]
    return "".join(pieces)


@functools.cache
def furniture(owner: str) -> dict[str, Any]:
    """Return menus and link lists of the `government` or the `industry` portals."""
    text = files("crawler.demo").joinpath("boilerplate.toml").read_text("utf-8")
    return dict(tomllib.loads(text)[owner])


@functools.cache
def menu(owner: str) -> str:
    """Return the main menu with its sub-menus, as list items."""
    return "".join(
        f'<li class="m"><a href="{path}">{name}</a><div class="sub">'
        + "".join(f'<a href="{path}lm{at:02}/">{sub}</a>' for at, sub in enumerate(subs))
        + "</div></li>\n"
        for name, path, subs in furniture(owner)["menu"]
    )


@functools.cache
def department_links(city: str) -> str:
    """Return the drop-down lists of other authorities' sites that close a government page."""
    stock = furniture("government")
    groups = (
        ("省直部门网站", [f"云岭省{name.replace('局', '厅')}" for name in stock["departments"]]),
        ("市州政府网站", [f"{name}人民政府" for name in stock["cities"]]),
        ("县区政府网站", [f"{name}人民政府" for name in stock["places"]]),
        ("部门网站", [f"{city}{name}" for name in stock["departments"]]),
        ("新闻媒体", stock["news"]),
    )
    return "\n".join(
        f'<select onchange="if(this.value)window.open(this.value)"><option value="">-- {label} --</option>'
        + "".join(
            f'<option value="http://w{at:02}-{n:02}.yunling.example/">{name}</option>' for n, name in enumerate(names)
        )
        + "</select>"
        for at, (label, names) in enumerate(groups)
    )


def lines(desk: RequestContext, articles: Iterable[Article]) -> str:
    """Return list items that link articles, with their day."""
    return "".join(
        f'<li><span>{a.published:%Y-%m-%d}</span><a href="{link(a)}" title="{desk.title(a)}" target="_blank">'
        f"{shortened(desk.title(a), CUT + 6)}</a></li>\n"
        for a in articles
    )


def blocks(desk: RequestContext) -> str:
    """Return the middle of a home page: the newest of every section, and the way to more."""
    return "".join(
        f'<div class="block"><h3><span>{section.name}</span><a class="more" href="{section.path}">更多&gt;&gt;</a></h3>'
        f"<ul>\n{lines(desk, [row.article for row in desk.page(section, 0)[:NEWEST]])}</ul></div>\n"
        for section in desk.portal.sections
    )


def beside(desk: RequestContext, article: Article, nobody: str) -> tuple[str, str]:
    """Return links to the older and the newer neighbour, or what the CMS prints where there is none."""
    older, newer = (
        f'<a href="{link(other)}">{desk.title(other)}</a>' if other else nobody for other in desk.beside[article.path]
    )
    return older, newer


def shortened(title: str, length: int = CUT) -> str:
    """Return a headline as lists cut it."""
    return title if len(title) <= length else title[:length] + "…"


def headline(desk: RequestContext, row: Row) -> str:
    """Return a list line's headline, cut where the row says so; a cut one is always shorter than the whole."""
    title = desk.title(row.article)
    return shortened(title, min(CUT, len(title) - 3)) if row.cut else title


def relative(path: str, page: str) -> str:
    """Return a path in TRS's manner: ./ beside the page's own folder, else as it is."""
    folder = page.rpartition("/")[0] + "/"
    return "./" + path.removeprefix(folder) if path.startswith(folder) else path
