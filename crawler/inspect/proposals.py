"""Changes of a site that would mend its registration: as sites, as a list of changes, and in the text of its TOML."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from urllib.parse import urlsplit

from attrs import evolve, frozen

from crawler.directory import Directory, DirectorySite
from crawler.directory.places import bare_host
from crawler.inspect.columns import DATED_FOLDER
from crawler.sites.hosts import covers, netloc
from crawler.sites.serialize import site_from_mapping
from crawler.sites.site import Site
from pipelines.errors import RegistryError


@frozen(kw_only=True)
class TomlChange:
    """A change of a value in a site's TOML: `old` is None for an added host."""

    key: str
    old: str | None
    new: str


def with_section(site: Site, number: int, url: str) -> Site:
    """Return a site whose section with this number has another address; its host is added if it is a new one."""
    sections = list(site.sections)
    sections[number] = evolve(sections[number], url=url)
    hosts = site.hosts if covers(site.hosts, url) else (*site.hosts, netloc(url))
    return evolve(site, sections=tuple(sections), hosts=hosts)


def moved_section(site: Site, final_url: str) -> Site | None:
    """Return a site whose first section has the address to which it redirects; None if it did not move.

    Two redirects are no moves: to a home page, where sites redirect the addresses of lists that are gone, and to a
    dated page, such as the issue of the day of a paper.
    """
    old, fragment = site.sections[0].url.partition("#")[::2]
    to_home = urlsplit(final_url).path in ("", "/") and urlsplit(old).path not in ("", "/")
    if _same_page(old, final_url) or to_home or DATED_FOLDER.search(urlsplit(final_url).path):
        return None
    return with_section(site, 0, f"{final_url}#{fragment}" if fragment else final_url)


def changes(site: Site, proposal: Site) -> list[TomlChange]:
    """Return what differs between a site and the proposal for it."""
    return list(_changes(site, proposal))


def _changes(site: Site, proposal: Site) -> Iterator[TomlChange]:
    if proposal.family != site.family:
        yield TomlChange(key="family", old=site.family, new=proposal.family)
    for host in proposal.hosts:
        if host not in site.hosts:
            yield TomlChange(key="hosts", old=None, new=host)
    for number, (old, new) in enumerate(zip(site.sections, proposal.sections, strict=True)):
        if old.url != new.url:
            yield TomlChange(key=f"sections[{number}].url", old=old.url, new=new.url)


def changed_toml(text: str, site: Site, proposal: Site) -> str | None:
    """Return the text of a site's TOML with the values of a proposal; comments and all other values stay as they are.

    None if the text writes the values in a way that is not recognised: then a person must change it.
    """
    for change in changes(site, proposal):
        text = _replaced(text, change)
    try:
        made = site_from_mapping(tomllib.loads(text), site.slug, site.slug)
    except (tomllib.TOMLDecodeError, RegistryError):
        return None
    return text if made == proposal else None


def _replaced(text: str, change: TomlChange) -> str:
    new = json.dumps(change.new, ensure_ascii=False)
    if change.old is None:
        return re.sub(
            r"^(hosts\s*=\s*\[[^\]]*?),?(\s*\])",
            lambda found: f"{found[1]}, {new}{found[2]}",
            text,
            count=1,
            flags=re.MULTILINE,
        )
    key = change.key.rpartition(".")[2]
    old = re.escape(json.dumps(change.old, ensure_ascii=False))
    return re.sub(rf"(\b{key}\s*=\s*){old}", lambda found: f"{found[1]}{new}", text, count=1)


def directory_lists(directory: Directory, site: Site) -> list[str]:
    """Return the lists that the directory has for a site, without those of doubtful rows; news first.

    The site is recognised by its host or, for a government that is named as such, by its region: it may have moved to
    another host.
    """
    code = site.region.code if site.region else ""
    hosts = {bare_host(f"http://{host}/") for host in site.hosts}
    places = [place for place in directory.of_region.get(code, ()) if place.host in hosts]
    if not places and (government := directory.governments.get(code)) and _is_government(site, government):
        places = [government]
    lists = [each for place in places if not place.doubt for each in place.lists if not each.doubt]
    return [each.url for each in sorted(lists, key=lambda each: each.kind != "news")]


def _is_government(site: Site, government: DirectorySite) -> bool:
    name = re.sub(r"(?:市|区|县)?人民政府.*$|门户网站$", "", site.name)
    return bool(name) and (government.own.startswith(name) or government.name.startswith(name))


def _same_page(url: str, other: str) -> bool:
    """Tell whether two URLs are the same page, apart from a final slash and the name of the index file."""
    one, two = (re.sub(r"(?:index\.\w+)?$", "", each).rstrip("/") for each in (url, other))
    return one == two
