"""`fangzhi sites`: the registry, its health, and new sites for it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.cli.main import DONE, FAILED, SOME_FAILED, complain
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError, FangzhiError

if TYPE_CHECKING:
    from crawler.inspect import Checkup, Fetcher, Inspection
    from crawler.sites.registry import Registry
    from crawler.sites.site import Site


@click.group("sites")
def command() -> None:
    """The registry of sites: what is in it, whether it still works, and new ones for it."""


@fangzhi_command("list")
def list_sites(session: Session) -> int:
    """List the sites: slug, CMS family, region, whether it is crawled."""
    from crawler.sites.folders import load

    for site in sorted(load(*session.config.registry).sites.values(), key=lambda site: site.slug):
        if session.machine:
            session.emit(_document(site))
            continue
        state = "" if site.enabled else f"  (off: {site.reason})"
        region = f"{site.region.code} {site.region.name}" if site.region else "-"
        click.echo(f"{site.slug:<24}  {site.family:<13}  {region}  {site.name}{state}")
    return DONE


@fangzhi_command("show")
@click.argument("slug", metavar="SITE")
def show_site(session: Session, slug: str) -> int:
    """Show one site as JSON."""
    from crawler.sites.folders import load

    session.emit(_document(load(*session.config.registry).get(slug)))
    return DONE


@fangzhi_command("new")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--slug", metavar="NAME", help="The site's name in the registry.  [default: made of its host]")
@click.option(
    "--delay", type=click.FloatRange(min=0), default=1.0, show_default=True, help="Seconds between two requests."
)
@click.option("--write", metavar="DIR", help="Write DIR/SLUG.toml instead of printing it.")
def new_site(session: Session, urls: tuple[str, ...], slug: str | None, delay: float, write: str | None) -> int:
    """Find out what a site is made of, and print its TOML.

    Kept as SLUG.toml in a folder that --registry names, it is what a crawl of the site works by. URL is the home page,
    or any page that leads to lists. About twenty pages are looked at, at a slow pace and where robots.txt allows it;
    none is kept. By what family, sections, name and region are known goes to stderr.
    """
    from crawler.cli.look import look
    from crawler.inspect import discover
    from crawler.sites.folders import load

    if slug and len(urls) > 1:
        raise click.UsageError("--slug names one site: give one URL")
    asked = dict.fromkeys(_checked(url, session) for url in urls)
    found: dict[str, Inspection | FangzhiError] = {}

    async def one(look: Fetcher, url: str) -> None:
        try:
            found[url] = await discover(look, url, slug)
        except FangzhiError as error:
            found[url] = error

    async def plan(look: Fetcher) -> None:
        await asyncio.gather(*(one(look, url) for url in asked))

    registry = load(*session.config.registry)
    look(session, registry, plan, delay)
    return _shown(session, registry, {url: found[url] for url in asked}, write)


@fangzhi_command("check")
@click.argument("slugs", metavar="[SITE]...", nargs=-1)
def check_sites(session: Session, slugs: tuple[str, ...]) -> int:
    """Check whether sites still work as they are registered.

    Each is asked for one list and one article of it; none named: every enabled one. A site that is off can be named,
    too. Nothing is kept. Exits with 3 where something is broken.
    """
    from crawler.cli.look import look
    from crawler.inspect import check
    from crawler.sites.folders import load

    registry = load(*session.config.registry)
    sites = [registry.get(slug) for slug in dict.fromkeys(slugs)] or registry.enabled()
    broken: list[str] = []

    async def one(look: Fetcher, site: Site) -> None:
        checkup = await check(look, registry, site)
        broken.extend([site.slug] if checkup.findings else [])
        _tell(session, checkup)

    async def plan(look: Fetcher) -> None:
        await asyncio.gather(*(one(look, site) for site in sites))

    look(session, registry, plan)
    session.say(f"{len(sites) - len(broken)} of {len(sites)} sites work")
    return SOME_FAILED if broken else DONE


def _tell(session: Session, checkup: Checkup) -> None:
    """Write what was found of a site, a line for each finding, or one that it works."""
    from attrs import asdict

    if session.machine:
        session.emit({**asdict(checkup), "ok": not checkup.findings})
    elif not checkup.findings:
        click.echo(f"{checkup.site:<24}  ok  {checkup.listed} listed  {checkup.title}")
    for finding in () if session.machine else checkup.findings:
        click.echo(f"{checkup.site:<24}  {finding.kind}  {finding.detail}  {finding.url}".rstrip())


def _shown(session: Session, registry: Registry, found: dict[str, Inspection | FangzhiError], write: str | None) -> int:
    """Print what was found under each address, in its order, the sites of several under the names of their files."""
    from crawler.inspect.toml import toml

    errors = [each for each in found.values() if isinstance(each, FangzhiError)]
    for url, survey in found.items():
        if isinstance(survey, FangzhiError):
            complain(survey)
            continue
        session.say(f"{url} is {survey.site.slug}:")
        for line in survey.evidence:
            session.say(f"  {line}")
        if owner := _owner(registry, survey.site):
            session.say(f"  {owner} has these hosts already: call the file {owner}.toml to replace it")
        if write:
            session.say(f"  written: {_written(Path(write), survey.site.slug, toml(survey.site))}")
        elif session.machine:
            session.emit(_document(survey.site))
        else:
            click.echo(f"# {survey.site.slug}.toml\n{toml(survey.site)}", nl=len(found) > 1)
    return DONE if not errors else SOME_FAILED if len(errors) < len(found) else FAILED


def _owner(registry: Registry, site: Site) -> str | None:
    known = next(filter(None, (registry.find(section.url) for section in site.sections)), None)
    return known.slug if known and known.slug != site.slug else None


def _written(folder: Path, slug: str, text: str) -> Path:
    file = folder / f"{slug}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise ConfigError(f"{file} is there already", "choose another name with --slug, or remove it") from None
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}") from None
    return file


def _checked(url: str, session: Session) -> str:
    from crawler.cli.fetch import checked_url

    return checked_url(url if "://" in url else f"https://{url}", allow_private=session.config.allow_private)


def _document(site: Site) -> object:
    from crawler.sites.serialize import site_json

    return json.loads(site_json(site))


for each in (list_sites, show_site, new_site, check_sites):
    command.add_command(each)
