"""Shell. `fangzhi sites`: the registry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from crawler.cli.session import Session, fangzhi_command

if TYPE_CHECKING:
    from crawler.sites import Site


@click.group("sites")
def command() -> None:
    """The registry of sites."""


@fangzhi_command("list")
def list_sites(session: Session) -> int:
    """List the sites: slug, CMS family, region, whether it is crawled."""
    from crawler.sites import load

    for site in sorted(load(*session.config.registry).sites.values(), key=lambda site: site.slug):
        if session.machine:
            session.emit(_document(site))
            continue
        state = "" if site.enabled else f"  (off: {site.reason})"
        region = f"{site.region.code} {site.region.name}" if site.region else "-"
        click.echo(f"{site.slug:<24}  {site.family:<8}  {region}  {site.name}{state}")
    return 0


@fangzhi_command("show")
@click.argument("slug", metavar="SITE")
def show_site(session: Session, slug: str) -> int:
    """Show one site as JSON."""
    from crawler.sites import load

    session.emit(_document(load(*session.config.registry).get(slug)))
    return 0


def _document(site: Site) -> object:
    from crawler.sites import site_json

    return json.loads(site_json(site))


command.add_command(list_sites)
command.add_command(show_site)
