"""`fangzhi sites`: list, show, check and add sites of the registry."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from crawler.cli.completion import complete_site
from crawler.cli.main import DONE, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command
from crawler.cli.sites_find import command as find_sites
from crawler.cli.sites_new import command as new_site
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from crawler.inspect import CheckResult, Fetcher
    from crawler.sites.site import Site


@click.group("sites")
def command() -> None:
    """List, show, check and add sites of the registry."""


@fangzhi_command("list")
def list_sites(session: Session) -> int:
    """List sites, and why some are disabled."""
    from crawler.sites.folders import load

    sites = sorted(load(*session.config.registry).sites.values(), key=lambda site: site.slug)
    if session.as_json:
        for site in sites:
            session.emit(site_document(site))
    else:
        for line in _site_lines(session, sites):
            click.echo(line)
    return DONE


def _site_lines(session: Session, sites: list[Site]) -> list[str]:
    """Return the sites as a table, and below it a line for each disabled one."""
    from crawler.cli.tables import Column

    regions = [site.region for site in sites]
    columns = (
        Column(head=_("site"), cells=[site.slug for site in sites], is_text=True),
        Column(head=_("family"), cells=[site.family for site in sites], is_text=True, rank=2),
        Column(head=_("code"), cells=[region.code if region else "-" for region in regions], is_text=True, rank=1),
        Column(head=_("region"), cells=[region.name if region else "-" for region in regions], is_text=True, rank=3),
        Column(head=_("name"), cells=[site.name for site in sites], is_text=True),
        Column(head=_("enabled"), cells=[_("yes") if site.enabled else _("no") for site in sites], is_text=True),
    )
    disabled = [
        _("{site} is disabled: {reason}", site=site.slug, reason=site.reason) for site in sites if not site.enabled
    ]
    lines = session.layout(sys.stdout).table(columns)
    return [*lines, *([""] if disabled else []), *map(session.text, disabled)]


@fangzhi_command("show")
@click.argument("slug", metavar="SITE", shell_complete=complete_site)
def show_site(session: Session, slug: str) -> int:
    """Print the configuration of a site as JSON."""
    from crawler.cli.site_names import SiteNames
    from crawler.sites.folders import load

    session.emit(site_document(SiteNames(registry=load(*session.config.registry)).site(slug)))
    return DONE


@fangzhi_command("check")
@click.argument("slugs", metavar="[SITE]...", nargs=-1, shell_complete=complete_site)
def check_sites(session: Session, slugs: tuple[str, ...]) -> int:
    """Check that the named sites, or all enabled ones, still work as registered.

    One list page and one of its articles are fetched from each site; nothing is archived. A disabled site is checked
    if it is named. The exit code is 3 if a site is broken.
    """
    import asyncio

    from crawler.cli.inspect_run import run_inspection
    from crawler.cli.site_names import SiteNames
    from crawler.inspect import check
    from crawler.sites.folders import load

    registry = load(*session.config.registry)
    sites = SiteNames(registry=registry).sites(slugs) or registry.enabled()
    broken: list[str] = []

    async def check_site(fetch: Fetcher, site: Site) -> None:
        checkup = await check(fetch, registry, site)
        broken.extend([site.slug] if checkup.findings else [])
        _print_checkup(session, checkup)

    async def plan(fetch: Fetcher) -> None:
        await asyncio.gather(*(check_site(fetch, site) for site in sites))

    run_inspection(session, registry, plan)
    session.say(
        ngettext(
            "{working} of {count} site works",
            "{working} of {count} sites work",
            len(sites),
            working=len(sites) - len(broken),
        )
    )
    return SOME_FAILED if broken else DONE


def _print_checkup(session: Session, checkup: CheckResult) -> None:
    """Print a line for each finding about a site, or one line if it works."""
    from attrs import asdict

    if session.as_json:
        session.emit({**asdict(checkup), "ok": not checkup.findings})
    elif not checkup.findings:
        line = _(
            "{site:<24}  ok  {count} listed  {title}", site=checkup.site, count=checkup.listed, title=checkup.title
        )
        session.echo(line)
    for finding in () if session.as_json else checkup.findings:
        detail = session.text(finding.detail)
        session.echo(f"{checkup.site:<24}  {finding.kind}  {detail}  {finding.url}".rstrip())


def sitesite_document(site: Site) -> object:
    """Return a site as JSON."""
    from crawler.sites.serialize import site_json

    return json.loads(site_json(site))


def site_document(site: Site) -> object:
    """Return a site as JSON."""
    from crawler.sites.serialize import site_json

    return json.loads(site_json(site))


for each in (list_sites, show_site, find_sites, new_site, check_sites):
    command.add_command(each)
