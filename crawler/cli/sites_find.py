"""`fangzhi sites find`: find the sites of a place in the directory."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from crawler.cli.completion import complete_place
from crawler.cli.main import DONE
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from crawler.directory import Directory, DirectorySite

LEVEL_NAMES = {
    "province": _("province"),
    "prefecture": _("prefecture"),
    "county": _("county"),
    "department": _("department"),
    "paper": _("paper"),
}
"""The words for people, for each level of the directory."""

KIND_NAMES = {
    "news": _("news"),
    "policy": _("policy"),
    "budget": _("budget"),
    "paper": _("paper"),
    "news site": _("news site"),
    "": "",
}
"""The words for people, for each kind of list."""

MAX_DETAILED = 3
"""Sites whose lists are printed below the table: about a screen."""


@fangzhi_command("find")
@click.argument("query", metavar="QUERY...", nargs=-1, required=True, shell_complete=complete_place)
@click.option("--level", type=click.Choice([*LEVEL_NAMES]), help="Only sites of this level.")
@click.option(
    "--province", metavar="PLACE", shell_complete=complete_place, help="Only sites of this province, by code or name."
)
def command(session: Session, query: tuple[str, ...], level: str | None, province: str | None) -> int:
    """Find the site of a place in the directory that comes with fangzhi.

    QUERY is a name or a part of it, in simplified or traditional characters or in pinyin; a code of GB/T 2260 (440783,
    4407); or a host. `南京 鼓楼` is a region below another one. The directory has the sites of all governments down to
    counties, and departments and papers. The addresses come from public lists; they were not checked.

    Sites without a doubt come first. The doubt says why an address may be wrong or old. `site` is the slug if the host
    is registered. Lists and papers are printed for up to three sites; --json has them for all.
    """
    from crawler.cli.regions import region_prefix, unknown_place
    from crawler.directory import find

    directory, text = session.directory(), " ".join(query)
    prefix = region_prefix(session, province, "province")[:2] if province else ""
    found = [
        site for site in find(directory, text) if (not level or site.level == level) and site.code.startswith(prefix)
    ]
    if not found and find(directory, text):
        raise ConfigError(
            _("no site of {place} has this level and is in this province", place=text),
            _("leave out --level or --province"),
        )
    if not found:
        raise unknown_place(directory, text)
    slugs = _slugs(session, found)
    if session.as_json:
        for site, slug in zip(found, slugs, strict=True):
            session.emit(document(directory, site, slug))
        return DONE
    for line in _lines(session, directory, found, slugs):
        session.echo(line, styled=True)
    session.say(_total(found))
    return DONE


def document(directory: Directory, site: DirectorySite, slug: str | None) -> dict[str, Any]:
    """Return a site of the directory as JSON; its papers are those of the region, if it is that of its government."""
    papers = [
        {"name": each.own, "url": each.url, "lists": _list_documents(each), "doubt": each.doubt}
        for each in _papers(directory, site)
    ]
    return {
        "code": site.code or None,
        "name": site.name,
        "level": site.level,
        "url": site.url,
        "lists": _list_documents(site),
        "papers": papers,
        "cms": site.cms,
        "doubt": site.doubt,
        "slug": slug,
        "seen": site.seen or None,
        "reach": site.reach or None,
    }


def _papers(directory: Directory, site: DirectorySite) -> list[DirectorySite]:
    """Return the papers of a region, if this is the site of its government."""
    return [each for each in directory.of_region[site.region] if site.is_government and each.level == "paper"]


def _list_documents(site: DirectorySite) -> list[dict[str, Any]]:
    return [
        {"name": each.name or None, "url": each.url, "kind": each.kind or None}
        | {"template": each.template or None, "doubt": each.doubt}
        for each in site.lists
    ]


def _slugs(session: Session, found: Sequence[DirectorySite]) -> list[str | None]:
    """Return the slug of the registered site for each site of the directory, None if its host is not registered."""
    from crawler.sites.files import slugs_of_hosts

    hosts = {site.host: (site.host, f"www.{site.host}") for site in found}
    known = slugs_of_hosts({each for both in hosts.values() for each in both}, *session.config.registry)
    return [next((known[each] for each in hosts[site.host] if each in known), None) for site in found]


def _lines(
    session: Session, directory: Directory, found: Sequence[DirectorySite], slugs: Sequence[str | None]
) -> list[str]:
    from crawler.cli.tables import TextColumn
    from crawler.directory.doubts import doubt_message

    columns = (
        TextColumn(head=_("code"), cells=[site.code or "-" for site in found], is_text=True),
        TextColumn(head=_("name"), cells=[site.name for site in found], is_text=True),
        TextColumn(head=_("level"), cells=[LEVEL_NAMES[site.level] for site in found], is_text=True, rank=1),
        TextColumn(head=_("address"), cells=[site.url for site in found], is_text=True),
        TextColumn(head=_("lists"), cells=[str(len(site.lists)) for site in found], rank=3),
        TextColumn(head=_("family"), cells=[site.cms or "" for site in found], is_text=True, rank=4),
        TextColumn(head=_("site"), cells=[slug or "" for slug in slugs], is_text=True, rank=2),
        TextColumn(
            head=_("doubt"),
            cells=[doubt_message(site.doubt) if site.doubt else "" for site in found],
            is_text=True,
        ),
    )
    lines = session.layout(sys.stdout).table(columns)
    for site in found if len(found) <= MAX_DETAILED else ():
        lines += ["", *(session.text(line) for line in _details(directory, site))]
    return lines


def _details(directory: Directory, site: DirectorySite) -> list[str]:
    """Return the lists of a site and the papers of its region, a line each."""
    from crawler.directory.doubts import doubt_message

    lines: list[str] = [site.name]
    for each in site.lists:
        label = each.name or KIND_NAMES[each.kind]
        lines.append(_("  list {name}  {url}", name=label, url=each.url))
        if each.doubt and not site.doubt:
            lines[-1] = _("{line}  (doubtful: {doubt})", line=lines[-1], doubt=doubt_message(each.doubt))
    for paper in _papers(directory, site):
        lines.append(_("  paper {name}  {url}", name=paper.own, url=paper.url))
        if paper.doubt:
            lines[-1] = _("{line}  (doubtful: {doubt})", line=lines[-1], doubt=doubt_message(paper.doubt))
    return lines


def _total(found: Sequence[DirectorySite]) -> Message:
    doubtful = sum(site.doubt is not None for site in found)
    total = ngettext("{count} site", "{count} sites", len(found))
    return _("{total}, {count} of them doubtful", total=total, count=doubtful) if doubtful else total
