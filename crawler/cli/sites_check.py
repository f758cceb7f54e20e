"""`fangzhi sites check`: check whether registered sites still work, and propose changes of their TOML."""

from __future__ import annotations

import difflib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.cli.completion import complete_site
from crawler.cli.filters import region_option
from crawler.cli.main import DONE, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from crawler.inspect import CheckResult, Fetcher
    from crawler.sites.registry import Registry
    from crawler.sites.site import Site

STATE_NAMES = {
    "moved": _("moved"),
    "dead": _("dead"),
    "blocked": _("blocked"),
    "other-cms": _("another CMS"),
    "broken": _("broken"),
}
"""The words for people, for each state of a site that does not work."""


@fangzhi_command("check")
@click.argument("slugs", metavar="[SITE]...", nargs=-1, shell_complete=complete_site)
@region_option
@click.option(
    "--write",
    metavar="DIR",
    help="Write DIR/SLUG.toml with the changes that are proposed; a site's own file is changed.",
)
def command(session: Session, slugs: tuple[str, ...], region: str | None, write: str | None) -> int:
    """Check that the named sites, or all enabled ones, still work as registered.

    One list page and one of its articles are fetched from each site; nothing is archived. A disabled site is checked
    if it is named. If a list redirects, if the pages are made by another CMS, or if the directory has another list that
    works, the change of the TOML is printed to stderr as a diff; --write writes it. The exit code is 3 if a site is
    broken.
    """
    import asyncio

    from crawler.cli.inspect_run import run_inspection
    from crawler.cli.regions import region_prefix
    from crawler.cli.site_names import SiteNames, sites_of_region
    from crawler.inspect import check
    from crawler.inspect.proposals import directory_lists
    from crawler.sites.folders import load

    registry = load(*session.config.registry)
    sites = SiteNames(registry=registry).sites(slugs) or registry.enabled()
    sites = sites_of_region(registry, region_prefix(session, region), sites) if region else sites
    results: list[CheckResult] = []

    async def check_site(fetch: Fetcher, site: Site) -> None:
        result = await check(fetch, registry, site, directory_lists(session.directory(), site))
        results.append(result)
        _print_result(session, registry, result, write)

    async def plan(fetch: Fetcher) -> None:
        await asyncio.gather(*(check_site(fetch, site) for site in sites))

    run_inspection(session, registry, plan)
    return _report(session, results, write)


def _print_result(session: Session, registry: Registry, result: CheckResult, write: str | None) -> None:
    """Print a line for each finding about a site, or one line if it works; then the change that is proposed."""
    from attrs import asdict

    from crawler.inspect.proposals import changes

    proposed = changes(registry.sites[result.site], result.proposal) if result.proposal else []
    if session.as_json:
        findings = [asdict(finding) | {"state": finding.state} for finding in result.findings]
        document = {"site": result.site, "listed": result.listed, "title": result.title, "findings": findings}
        document |= {"articles": list(result.articles), "ok": not findings}
        session.emit(document | {"changes": [asdict(change) for change in proposed]})
    elif not result.findings:
        line = _("{site:<24}  ok  {count} listed  {title}", site=result.site, count=result.listed, title=result.title)
        session.echo(line)
    for finding in () if session.as_json else result.findings:
        detail = session.text(finding.detail)
        session.echo(f"{result.site:<24}  {finding.kind}  {detail}  {finding.url}".rstrip())
    if result.proposal and proposed:
        _propose(session, registry.sites[result.site], result.proposal, write)


def _propose(session: Session, site: Site, proposal: Site, write: str | None) -> None:
    """Print the change of a TOML as a diff, and write it if it is asked for."""
    from crawler.inspect.proposals import changed_toml
    from crawler.sites.files import site_files

    file = site_files(*session.config.registry)[site.slug]
    text = file.read_text(encoding="utf-8")
    changed = changed_toml(text, site, proposal)
    if changed is None:
        session.say(_("  {file} must be changed by hand: its form is not recognised", file=file))
        return
    if not session.as_json:
        for line in list(difflib.unified_diff(text.splitlines(), changed.splitlines(), lineterm="", n=0))[2:]:
            session.say(f"  {line}" if not line.startswith("@@") else f"  {file}", whole=True)
    if write:
        session.say(_("  written: {file}", file=_write(Path(write), file, changed)))


def _write(folder: Path, own: Path, text: str) -> Path:
    """Write a changed TOML into a folder: over the site's own file if it is there, never over another one."""
    in_folder = own.resolve().is_relative_to(folder.resolve())
    target = own if in_folder else folder / own.name
    if not in_folder and target.exists():
        raise ConfigError(_("{file} exists already", file=target), _("name another folder, or remove the file"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f".{target.name}.new")
        new.write_text(text, encoding="utf-8")
        new.replace(target)  # at once: a crawl that starts meanwhile reads the old file or the new one
    except OSError as error:
        raise ConfigError(_("{file} cannot be written: {strerror}", file=target, strerror=error.strerror)) from None
    return target


def _report(session: Session, results: list[CheckResult], write: str | None) -> int:
    broken = [result for result in results if result.findings]
    session.say(
        ngettext(
            "{working} of {count} site works",
            "{working} of {count} sites work",
            len(results),
            working=len(results) - len(broken),
        )
    )
    states: Counter[str] = Counter(
        result.findings[-1].state if result.proposal else result.findings[0].state for result in broken
    )
    for state, label in STATE_NAMES.items():
        if states[state]:
            session.say(_("{count:>5}  {label}", count=states[state], label=label))
    if not write and (proposed := sum(result.proposal is not None for result in results)):
        session.say(
            ngettext(
                "A change is proposed for {count} site: --write DIR writes it",
                "A change is proposed for {count} sites: --write DIR writes it",
                proposed,
            )
        )
    return SOME_FAILED if broken else DONE
