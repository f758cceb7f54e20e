"""`fangzhi sites new`: describe sites that are not registered, from their pages, from the directory, or from both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import frozen

from crawler.cli.completion import complete_place
from crawler.cli.main import DONE, FAILED, SOME_FAILED
from crawler.cli.output import echo
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError, FangzhiError
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from crawler.directory import DirectorySite
    from crawler.inspect import Fetcher, Inspection
    from crawler.sites.registry import Registry
    from crawler.sites.site import Site

UNCHECKED = "Drafted from the directory of {made}. Nothing was fetched: addresses, family and lists are not checked."
"""The comment at the beginning of a TOML that was written without network."""


@frozen(kw_only=True)
class Target:
    """A site to describe: where to begin, and what the directory says of it, if it was named by code or name."""

    url: str
    known: Site | None = None


@fangzhi_command("new")
@click.argument("places", metavar="[URL|CODE|NAME]...", nargs=-1, shell_complete=complete_place)
@click.option("--slug", metavar="NAME", help="Name of the site in the registry.  [default: derived from its host]")
@click.option(
    "--region",
    metavar="PLACE",
    shell_complete=complete_place,
    help="All sites of a region and of those below it that are in the directory, by code or name; needs --write. "
    "Sites that are registered already are kept: run it again to continue.",
)
@click.option(
    "--level",
    "levels",
    type=click.Choice(["province", "prefecture", "county", "department", "paper"]),
    multiple=True,
    help="With --region, only sites of this level. May be repeated.",
)
@click.option("--offline", is_flag=True, help="Draft from the directory alone; nothing is fetched or checked.")
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
def command(
    session: Session,
    places: tuple[str, ...],
    slug: str | None,
    region: str | None,
    levels: tuple[str, ...],
    offline: bool,
    delay: float,
    write: str | None,
) -> int:
    """Inspect a site and print the TOML that registers it.

    Save the TOML as SLUG.toml in a folder given with --registry; the site can then be crawled. URL is the home page or
    any page with links to list pages. A place of the directory can be named instead, by its code or name: its address,
    name, region and lists are taken from there, and its pages are inspected in the same way. About twenty pages are
    fetched, slowly and only where robots.txt allows it; none is archived. The evidence for the CMS family, sections,
    name and region is printed to stderr.

    With --region, sites with a doubtful address, and hosts that several regions name, are left out and counted. The
    report says why each of the others was not registered.
    """
    _check_usage(places, slug, region, levels, write)
    if region:
        from crawler.cli.sites_region import register_region

        return register_region(session, region, levels, Path(write or ""), offline=offline, delay=delay)
    targets = [_target(session, place, offline=offline) for place in places]
    registry = registry_without(session, write)
    if offline:
        return _print_drafts(session, registry, [each.known for each in targets if each.known], slug, write)
    return _inspect(session, registry, targets, slug, delay, write)


def _check_usage(
    places: tuple[str, ...], slug: str | None, region: str | None, levels: tuple[str, ...], write: str | None
) -> None:
    if bool(places) is bool(region):
        raise click.UsageError(_("name sites (URL, CODE or NAME), or a region with --region"))
    if slug and (len(places) > 1 or region):
        raise click.UsageError(_("--slug names a single site: give only one URL, or leave --slug out"))
    if region and not write:
        raise click.UsageError(_("--region writes many files: name their folder with --write"))
    if levels and not region:
        raise click.UsageError(_("--level selects sites of a region: give --region as well"))


def _target(session: Session, place: str, *, offline: bool) -> Target:
    """Return where to begin for an argument; raises ConfigError for an unknown place, or for several without a choice.

    A host that several regions name is refused: which of them its lists belong to, only a person can tell.
    """
    from crawler.cli.regions import chosen, unknown_place
    from crawler.directory import best_matches
    from crawler.inspect.draft import draft_site, draft_slugs

    if is_address(place) and not offline:
        return Target(url=checked_address(place, session))
    directory = session.directory()
    found = best_matches(directory, place)
    if not found:
        raise unknown_place(directory, place)
    lines = [f"{each.code or '-'}  {each.name}  {each.url}" for each in found]
    site = found[chosen(session, place, lines, [each.code or each.name for each in found])]
    claims = directory.claims[site.host]
    if len(claims) > 1:
        raise ConfigError(
            _("{host} belongs to several regions: {codes}", host=site.host, codes=sorted(claims)),
            _("inspect the address of its lists instead: fangzhi sites new URL"),
        )
    _warn_of_doubt(session, site, offline=offline)
    registered = registry_without(session, None).sites
    return Target(url=site.url, known=draft_site(directory, site, draft_slugs(directory, registered)).site)


def _warn_of_doubt(session: Session, site: DirectorySite, *, offline: bool) -> None:
    from crawler.directory.doubts import doubt_message

    if not site.doubt:
        return
    problem = _("the address of {name} is doubtful: {doubt}", name=site.name, doubt=doubt_message(site.doubt))
    if offline:
        raise ConfigError(problem, _("leave out --offline, to look at it"))
    session.say(problem)


def _inspect(
    session: Session, registry: Registry, targets: list[Target], slug: str | None, delay: float, write: str | None
) -> int:
    import asyncio

    from crawler.cli.inspect_run import run_inspection
    from crawler.inspect import discover

    by_url = {target.url: target for target in targets}
    found: dict[str, Inspection | FangzhiError] = {}

    async def inspect(fetch: Fetcher, target: Target) -> None:
        try:
            found[target.url] = await discover(
                fetch, target.url, slug or (target.known.slug if target.known else None), target.known
            )
        except FangzhiError as error:
            found[target.url] = error

    async def plan(fetch: Fetcher) -> None:
        await asyncio.gather(*(inspect(fetch, target) for target in by_url.values()))

    run_inspection(session, registry, plan, delay)
    return _print_inspections(session, registry, [found[url] for url in by_url], write)


def _print_inspections(
    session: Session, registry: Registry, found: list[Inspection | FangzhiError], write: str | None
) -> int:
    """Print the inspection of each site in order; with several sites each TOML follows its file name."""
    errors = [each for each in found if isinstance(each, FangzhiError)]
    for inspection in found:
        if isinstance(inspection, FangzhiError):
            session.complain(inspection)
            continue
        session.say(_("{url}: site {slug}", url=inspection.url, slug=inspection.site.slug))
        for line in inspection.evidence:
            session.say(f"  {session.text(line)}")
        _print_site(session, registry, inspection.site, write, is_single=len(found) == 1)
    return DONE if not errors else SOME_FAILED if len(errors) < len(found) else FAILED


def _print_drafts(session: Session, registry: Registry, sites: list[Site], slug: str | None, write: str | None) -> int:
    from attrs import evolve

    for site in sites:
        session.say(_("{slug}: drafted from the directory; nothing was fetched or checked", slug=slug or site.slug))
        named = evolve(site, slug=slug or site.slug)
        _print_site(session, registry, named, write, is_single=len(sites) == 1, is_draft=True)
    return DONE


def _print_site(
    session: Session,
    registry: Registry,
    site: Site,
    write: str | None,
    *,
    is_single: bool,
    is_draft: bool = False,
) -> None:
    from crawler.cli.sites import site_document

    if owner := _registered_owner(registry, site):
        session.say(
            _(
                "  the registered site {owner} has these hosts already: name the file {owner}.toml to replace it",
                owner=owner,
            )
        )
    text = toml_of(site, is_draft=is_draft)
    if write:
        session.say(_("  written: {file}", file=write_toml(Path(write), site.slug, text)))
    elif session.as_json:
        session.emit(site_document(site))
    else:
        echo(f"# {site.slug}.toml\n{text}", nl=not is_single)


def toml_of(site: Site, *, is_draft: bool) -> str:
    """Return the TOML of a site; that of a draft says at its beginning that nothing of it was checked."""
    from crawler.directory.columns import MADE
    from crawler.inspect.toml import site_toml

    return site_toml(site, UNCHECKED.format(made=MADE) if is_draft else "")


def write_toml(folder: Path, slug: str, text: str) -> Path:
    """Write the TOML of a site that has none in this folder; raises ConfigError if it cannot be written."""
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


def registry_without(session: Session, write: str | None) -> Registry:
    """Return the registry; a folder that does not exist yet is no error if TOML files are going to be written to it."""
    from crawler.sites.folders import load

    def is_written(folder: Path) -> bool:
        return write is not None and folder.resolve() == Path(write).resolve()

    return load(*(each for each in session.config.registry if each.exists() or not is_written(each)))


def is_address(text: str) -> bool:
    """Tell whether an argument is a URL or a host, and not the code or the name of a place."""
    return "." in text or ":" in text or text.strip() == "localhost"


def checked_address(url: str, session: Session) -> str:
    """Return a URL, https if it has no scheme; raises ConfigError if it is none, or a private address."""
    from crawler.cli.fetch import checked_url

    return checked_url(url if "://" in url else f"https://{url}", allow_private=session.config.allow_private)


def _registered_owner(registry: Registry, site: Site) -> str | None:
    owner = next(filter(None, (registry.find(section.url) for section in site.sections)), None)
    return owner.slug if owner and owner.slug != site.slug else None
