"""`fangzhi sites`: list, show, check and add sites of the registry."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from crawler.cli.completion import complete_site
from crawler.cli.filters import region_option
from crawler.cli.main import DONE
from crawler.cli.output import echo
from crawler.cli.session import Session, fangzhi_command
from crawler.cli.sites_check import command as check_sites
from crawler.cli.sites_find import command as find_sites
from crawler.cli.sites_new import command as new_site
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from crawler.sites.site import Site


@click.group("sites")
def command() -> None:
    """List, show, check and add sites of the registry."""


@fangzhi_command("list")
@region_option
def list_sites(session: Session, region: str | None) -> int:
    """List sites, and why some are disabled."""
    from crawler.cli.regions import region_prefix
    from crawler.sites.folders import load

    registry = load(*session.config.registry)
    prefix = region_prefix(session, region) if region else None
    found = registry.of_region(prefix) if prefix else registry.sites.values()
    sites = sorted(found, key=lambda site: site.slug)
    if session.as_json:
        for site in sites:
            session.emit(site_document(site))
    else:
        for line in _site_lines(session, sites):
            echo(line, styled=True)
    return DONE


def _site_lines(session: Session, sites: list[Site]) -> list[str]:
    """Return the sites as a table, and below it a line for each disabled one."""
    from crawler.cli.tables import TextColumn

    regions = [site.region for site in sites]
    columns = (
        TextColumn(head=_("site"), cells=[site.slug for site in sites], is_text=True),
        TextColumn(head=_("family"), cells=[site.family for site in sites], is_text=True, rank=2),
        TextColumn(head=_("code"), cells=[region.code if region else "-" for region in regions], is_text=True, rank=1),
        TextColumn(
            head=_("region"), cells=[region.name if region else "-" for region in regions], is_text=True, rank=3
        ),
        TextColumn(head=_("name"), cells=[site.name for site in sites], is_text=True),
        TextColumn(head=_("enabled"), cells=[_("yes") if site.enabled else _("no") for site in sites], is_text=True),
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


def site_document(site: Site) -> object:
    """Return a site as JSON."""
    from crawler.sites.serialize import site_json

    return json.loads(site_json(site))


for each in (list_sites, show_site, find_sites, new_site, check_sites):
    command.add_command(each)
