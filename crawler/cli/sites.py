"""`fangzhi sites`: list, show, check and add sites of the registry."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.cli.completion import complete_site
from crawler.cli.main import DONE, FAILED, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command
from crawler.cli.sites_find import command as find_sites
from pipelines.errors import ConfigError, FangzhiError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from crawler.inspect import CheckResult, Fetcher, Inspection
    from crawler.sites.registry import Registry
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
            session.emit(_document(site))
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

    session.emit(_document(SiteNames(registry=load(*session.config.registry)).site(slug)))
    return DONE


@fangzhi_command("new")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--slug", metavar="NAME", help="Name of the site in the registry.  [default: derived from its host]")
@click.option(
    "--delay",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    default=1.0,
    show_default=True,
    help="Delay between two requests.",
)
@click.option(
    "--write", metavar="DIR", help="Write DIR/SLUG.toml instead of printing the TOML; the folder is made if needed."
)
def new_site(session: Session, urls: tuple[str, ...], slug: str | None, delay: float, write: str | None) -> int:
    """Inspect a site and print the TOML that registers it.

    Save the TOML as SLUG.toml in a folder given with --registry; the site can then be crawled. URL is the home page or
    any page with links to list pages. About twenty pages are fetched, slowly and only where robots.txt allows it; none
    is archived. The evidence for the CMS family, sections, name and region is printed to stderr.
    """
    import asyncio

    from crawler.cli.inspect_run import run_inspection
    from crawler.inspect import discover
    from crawler.sites.folders import load

    if slug and len(urls) > 1:
        raise click.UsageError(_("--slug names a single site: give only one URL, or leave --slug out"))
    checked = dict.fromkeys(_checked(url, session) for url in urls)
    found: dict[str, Inspection | FangzhiError] = {}

    async def inspect(fetch: Fetcher, url: str) -> None:
        try:
            found[url] = await discover(fetch, url, slug)
        except FangzhiError as error:
            found[url] = error

    async def plan(fetch: Fetcher) -> None:
        await asyncio.gather(*(inspect(fetch, url) for url in checked))

    registry = load(*(each for each in session.config.registry if each.exists() or not _is_folder(each, write)))
    run_inspection(session, registry, plan, delay)
    return _print_inspections(session, registry, {url: found[url] for url in checked}, write)


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


def _print_inspections(
    session: Session, registry: Registry, found: dict[str, Inspection | FangzhiError], write: str | None
) -> int:
    """Print the inspection of each URL in order; with several URLs each TOML follows its file name."""
    from crawler.inspect.toml import site_toml

    errors = [each for each in found.values() if isinstance(each, FangzhiError)]
    for inspection in found.values():
        if isinstance(inspection, FangzhiError):
            session.complain(inspection)
            continue
        session.say(_("{url}: site {slug}", url=inspection.url, slug=inspection.site.slug))
        for line in inspection.evidence:
            session.say(f"  {session.text(line)}")
        if owner := _registered_owner(registry, inspection.site):
            session.say(
                _(
                    "  the registered site {owner} has these hosts already: name the file {owner}.toml to replace it",
                    owner=owner,
                )
            )
        if write:
            session.say(
                _("  written: {file}", file=_write(Path(write), inspection.site.slug, site_toml(inspection.site)))
            )
        elif session.as_json:
            session.emit(_document(inspection.site))
        else:
            click.echo(f"# {inspection.site.slug}.toml\n{site_toml(inspection.site)}", nl=len(found) > 1)
    return DONE if not errors else SOME_FAILED if len(errors) < len(found) else FAILED


def _registered_owner(registry: Registry, site: Site) -> str | None:
    owner = next(filter(None, (registry.find(section.url) for section in site.sections)), None)
    return owner.slug if owner and owner.slug != site.slug else None


def _is_folder(folder: Path, write: str | None) -> bool:
    return write is not None and folder.resolve() == Path(write).resolve()


def _write(folder: Path, slug: str, text: str) -> Path:
    file = folder / f"{slug}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise ConfigError(
            _("{file} exists already", file=file), _("choose another name with --slug, or remove the file")
        ) from None
    except OSError as error:
        raise ConfigError(_("{file} cannot be written: {strerror}", file=file, strerror=error.strerror)) from None
    return file


def _checked(url: str, session: Session) -> str:
    from crawler.cli.fetch import checked_url

    return checked_url(url if "://" in url else f"https://{url}", allow_private=session.config.allow_private)


def _document(site: Site) -> object:
    from crawler.sites.serialize import site_json

    return json.loads(site_json(site))


for each in (list_sites, show_site, find_sites, new_site, check_sites):
    command.add_command(each)
