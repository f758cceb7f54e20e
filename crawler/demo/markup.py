"""HTML templates, and the markup that portals have in common: menus, link lists and list items."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from crawler.demo.model import DemoArticle, ListRow
from crawler.demo.request_context import RequestContext, listed_address

PLACEHOLDER = re.compile(r"§\{(\w+)\}")
HOME_PAGE_LINES = 6  # list items of a section on a home page
MAX_LIST_TITLE_CHARS = 12  # characters before "…": as many as fit into a column of usual width


@functools.cache
def _pieces(template: str) -> tuple[str, ...]:
    text = files("crawler.demo").joinpath("templates", template).read_text("utf-8")
    return tuple(PLACEHOLDER.split(text.rstrip("\n")))


def fill(template: str, **values: object) -> str:
    """Return a template of the package with a value for each §{placeholder}.

    Raises:
        KeyError: a placeholder has no value.
    """
    pieces = list(_pieces(template))
    pieces[1::2] = [str(values[name]) for name in pieces[1::2]]
    return "".join(pieces)


@functools.cache
def boilerplate(owner: str) -> dict[str, Any]:
    """Return the menus and link lists of portals of the `government` or of the `industry`."""
    text = files("crawler.demo").joinpath("boilerplate.toml").read_text("utf-8")
    return dict(tomllib.loads(text)[owner])


@functools.cache
def menu(owner: str) -> str:
    """Return the main menu with its submenus, as list items."""
    return "".join(
        f'<li class="m"><a href="{path}">{name}</a><div class="sub">'
        + "".join(f'<a href="{path}lm{at:02}/">{sub}</a>' for at, sub in enumerate(subs))
        + "</div></li>\n"
        for name, path, subs in boilerplate(owner)["menu"]
    )


@functools.cache
def department_links(city: str) -> str:
    """Return the drop-down lists with links to other authorities, as at the end of government pages."""
    names = boilerplate("government")
    groups = (
        ("省直部门网站", [f"云岭省{name.replace('局', '厅')}" for name in names["departments"]]),
        ("市州政府网站", [f"{name}人民政府" for name in names["cities"]]),
        ("县区政府网站", [f"{name}人民政府" for name in names["places"]]),
        ("部门网站", [f"{city}{name}" for name in names["departments"]]),
        ("新闻媒体", names["news"]),
    )
    return "\n".join(
        f'<select onchange="if(this.value)window.open(this.value)"><option value="">-- {label} --</option>'
        + "".join(
            f'<option value="http://w{at:02}-{n:02}.yunling.example/">{name}</option>' for n, name in enumerate(options)
        )
        + "</select>"
        for at, (label, options) in enumerate(groups)
    )


def list_items(context: RequestContext, articles: Iterable[DemoArticle]) -> str:
    """Return list items that link to articles, with their publication dates."""
    return "".join(
        f'<li><span>{a.published:%Y-%m-%d}</span><a href="{listed_address(a)}" title="{context.title(a)}" '
        f'target="_blank">{cut_title(context.title(a), MAX_LIST_TITLE_CHARS + 6)}</a></li>\n'
        for a in articles
    )


def home_blocks(context: RequestContext) -> str:
    """Return the main part of a home page: for each section its newest articles and a link to its list."""
    return "".join(
        f'<div class="block"><h3><span>{section.name}</span><a class="more" href="{section.path}">更多&gt;&gt;</a></h3>'
        f"<ul>\n{list_items(context, context.newest(section, HOME_PAGE_LINES))}</ul></div>\n"
        for section in context.portal.sections
    )


def neighbour_links(context: RequestContext, article: DemoArticle, missing: str) -> tuple[str, str]:
    """Return links to the next older and the next newer article; `missing` is the markup where there is none."""
    older, newer = (
        f'<a href="{listed_address(other)}">{context.title(other)}</a>' if other else missing
        for other in context.neighbours[article.path]
    )
    return older, newer


def cut_title(title: str, length: int = MAX_LIST_TITLE_CHARS) -> str:
    """Return a title, cut to `length` characters and "…" if it is longer."""
    return title if len(title) <= length else title[:length] + "…"


def row_title(context: RequestContext, row: ListRow) -> str:
    """Return the title as the list row shows it. A title that is cut always loses at least three characters."""
    title = context.title(row.article)
    return cut_title(title, min(MAX_LIST_TITLE_CHARS, len(title) - 3)) if row.cut else title


def relative_path(path: str, page: str) -> str:
    """Return a path as TRS writes it: relative (./) if it is in the folder of the page, otherwise unchanged."""
    folder = page.rpartition("/")[0] + "/"
    return "./" + path.removeprefix(folder) if path.startswith(folder) else path
