"""`fangzhi sites new --region`: register all sites of a region, as far as the directory and their pages allow it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import Factory, define, frozen

from crawler.cli.main import DONE, FAILED, SOME_FAILED
from crawler.cli.session import Session
from pipelines.errors import FangzhiError
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from crawler.directory import Directory, DirectorySite
    from crawler.inspect import Fetcher
    from crawler.sites.site import Site

MAX_AT_ONCE = 8
"""Sites that are looked at at the same time. Each of them waits for its own pace; a site that does not answer is given
up after a minute."""

RESULTS = {
    "written": _("written"),
    "registered": _("registered already"),
    "same-host": _("on the host of another site of the region, which has its lists"),
    "doubtful": _("doubtful address"),
    "shared-host": _("a host that several regions name"),
    "unreachable": _("does not answer"),
    "robots": _("forbidden by robots.txt"),
    "challenge": _("blocked by a challenge"),
    "http-error": _("answers with an HTTP error"),
    "no-list": _("no list of articles found"),
    "error": _("another error"),
}
"""The words for people, for each result of a site; in the order of the report."""

FAILURES = ("unreachable", "robots", "challenge", "http-error", "no-list", "error")
"""The results that another attempt, or an attempt from another place, may change."""


@frozen(kw_only=True)
class SiteResult:
    """The result of one site: a key of `RESULTS`, and its detail: the file, the owner of the host, or the error."""

    site: DirectorySite
    kind: str
    detail: str = ""

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "code": self.site.code or None,
            "name": self.site.name,
            "url": self.site.url,
            "result": self.kind,
            "detail": self.detail or None,
        }


@define(kw_only=True)
class _Registration:
    """Registers sites one after another; a site that is written is known to those after it."""

    session: Session
    directory: Directory
    folder: Path
    slugs: Mapping[tuple[str, str], str]
    sites: dict[str, Site]
    results: list[SiteResult] = Factory(list)

    def waiting(self, places: tuple[DirectorySite, ...]) -> list[DirectorySite]:
        """Return the sites that are to be registered, and note why the others are not."""
        from crawler.inspect.draft import skip_reason

        found = []
        for place in places:
            if owner := self._owner(place):
                self.note(place, "registered", owner)
            elif reason := skip_reason(self.directory, place):
                self.note(place, reason)
            else:
                found.append(place)
        return found

    def draft(self, place: DirectorySite) -> Site:
        from crawler.inspect.draft import draft_site

        return draft_site(self.directory, place, self.slugs).site

    def write(self, place: DirectorySite, site: Site, *, is_draft: bool) -> None:
        """Write a site's TOML, without hosts that belong to other sites."""
        from crawler.cli.sites_new import toml_of, write_toml
        from crawler.inspect.draft import without_hosts

        taken = {host for other in self.sites.values() for host in other.hosts}
        if (own := without_hosts(site, taken)) is None:
            self.note(place, "registered", self._owner(place) or "")
            return
        file = write_toml(self.folder, own.slug, toml_of(own, is_draft=is_draft))
        self.sites[own.slug] = own
        self.note(place, "written", str(file))

    def note(self, place: DirectorySite, kind: str, detail: str = "") -> None:
        """Keep a result, and print it: as JSON, or a line if something was done for it."""
        result = SiteResult(site=place, kind=kind, detail=detail)
        self.results.append(result)
        if self.session.as_json:
            self.session.emit(result.document())
        elif kind == "written" or kind in FAILURES:
            self.session.say(
                _(
                    "{code} {name}: {result}  {detail}",
                    code=place.code,
                    name=place.name,
                    result=RESULTS[kind],
                    detail=detail,
                )
            )

    def _owner(self, place: DirectorySite) -> str | None:
        """Return the slug of the registered site that has the host of a place, with or without www."""
        hosts = {place.host, f"www.{place.host}"}
        return next((slug for slug, site in self.sites.items() if hosts & set(site.hosts)), None)


def register_region(
    session: Session, region: str, levels: tuple[str, ...], folder: Path, *, offline: bool, delay: float
) -> int:
    """Register the sites of a region and of those below it; returns the exit code.

    Each file is written as soon as its site is known: a run that was interrupted continues where it stopped.
    """
    from crawler.cli.regions import region_prefix, unknown_place
    from crawler.inspect.draft import draft_slugs
    from crawler.sites.folders import load

    directory, prefix = session.directory(), region_prefix(session, region)
    places = tuple(each for each in directory.within(prefix) if not levels or each.level in levels)
    if not places:
        raise unknown_place(directory, region)
    folders = dict.fromkeys(each for each in (*session.config.registry, folder) if each.is_dir())
    sites = dict(load(*folders).sites)
    registration = _Registration(
        session=session, directory=directory, folder=folder, slugs=draft_slugs(directory, sites), sites=sites
    )
    waiting = registration.waiting(places)
    if offline:
        for place in waiting:
            registration.write(place, registration.draft(place), is_draft=True)
    elif waiting:
        _look_at(session, registration, waiting, delay)
    return _report(session, registration.results, offline=offline)


def _look_at(session: Session, registration: _Registration, waiting: list[DirectorySite], delay: float) -> None:
    """Look at sites, some at a time and each host at its own pace, and write those that can be registered."""
    import asyncio

    from crawler.cli.inspect_run import run_inspection
    from crawler.inspect import InspectionFailed, discover
    from crawler.sites.registry import Registry

    async def inspect(fetch: Fetcher, place: DirectorySite, places: asyncio.Semaphore) -> None:
        known = registration.draft(place)
        async with places:
            try:
                inspection = await discover(fetch, place.url, known.slug, known)
                registration.write(place, inspection.site, is_draft=False)
            except InspectionFailed as error:
                registration.note(place, error.reason, session.text(error.message))
            except FangzhiError as error:
                registration.note(place, "error", session.text(error.message))

    async def plan(fetch: Fetcher) -> None:
        places = asyncio.Semaphore(MAX_AT_ONCE)
        await asyncio.gather(*(inspect(fetch, place, places) for place in waiting))

    run_inspection(session, Registry(sites=registration.sites), plan, delay)


def _report(session: Session, results: list[SiteResult], *, offline: bool) -> int:
    """Print how many sites have each result, with the names of those that a person may want to look at."""
    counts = Counter(result.kind for result in results)
    for kind, label in RESULTS.items():
        if counts[kind]:
            session.say(_("{count:>5}  {label}", count=counts[kind], label=label))
            if kind in ("doubtful", "shared-host"):
                session.say(f"       {'、'.join(result.site.name for result in results if result.kind == kind)}")
    if offline and counts["written"]:
        session.say(_unchecked(counts["written"]))
    failed = sum(counts[kind] for kind in FAILURES)
    if not failed:
        return DONE
    session.say(_("Sites that failed are not registered: run the command again later, or from a network in China."))
    return SOME_FAILED if counts["written"] or counts["registered"] else FAILED


def _unchecked(count: int) -> Message:
    return ngettext(
        "{count} draft was not checked: whether its address answers, its family and its lists are as the directory has "
        "them. `fangzhi sites check` looks at it.",
        "{count} drafts were not checked: whether their addresses answer, their families and their lists are as the "
        "directory has them. `fangzhi sites check` looks at them.",
        count,
    )
