"""Checks of a site's values that its types cannot express."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.families import FAMILIES
from crawler.sites.hosts import covers, netloc
from crawler.sites.schedule import can_run_within, parse_schedule
from crawler.sites.site import Section, Site
from crawler.sites.windows import is_window
from pipelines.messages import gettext as _
from pipelines.model import MAX_BODY_BYTES, NO_SITES
from pipelines.text.urls import split_url


def problems(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the key and a message for each value that is not allowed."""
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", site.slug):
        yield (
            "slug",
            _("{slug!r} is the file's name; allowed are lower-case letters, digits and single hyphens", slug=site.slug),
        )
    if site.slug in NO_SITES:
        yield "slug", _("{slug!r} is a folder of the archive that belongs to no site; rename the file", slug=site.slug)
    if site.family not in FAMILIES:
        yield "family", _("unknown family {family!r}; allowed are {names}", family=site.family, names=[*FAMILIES])
    if not site.hosts:
        yield "hosts", _("at least one host is needed")
    for index, host in enumerate(site.hosts):
        if netloc(f"http://{host.removeprefix('*.')}") != host.removeprefix("*.") or "/" in host or "@" in host:
            yield (
                f"hosts[{index}]",
                _("{host!r} is not a host; allowed are host, host:port and *.host, in lower case", host=host),
            )
    for index, section in enumerate(site.sections):
        yield from ((f"sections[{index}].{key}", problem) for key, problem in _section_problems(section, site.hosts))
    if site.enabled and not site.sections:
        yield "sections", _("an enabled site needs at least one section")
    if not site.enabled and not site.reason:
        yield "reason", _("a site that is not enabled needs a reason")
    if site.region and not re.fullmatch(r"\d{6}", site.region.code):
        yield "region.code", _("{code!r} is not a code of GB/T 2260, which has six digits", code=site.region.code)
    if site.delay < 0:
        yield "delay", _("0 or more seconds are allowed")
    if site.concurrency < 1:
        yield "concurrency", _("1 or more is allowed")
    if site.daily is not None and site.daily < 1:
        yield "daily", _("1 or more is allowed")
    if site.max_file is not None and not 1 <= site.max_file <= MAX_BODY_BYTES:
        yield "max_file", _("1 to {most} bytes are allowed", most=MAX_BODY_BYTES)
    for key in ("page_files", "page_bytes", "day_files", "day_bytes"):
        if getattr(site, key) < 0:
            yield key, _("0 or more is allowed")
    for index, text in enumerate(site.windows):
        if not is_window(text):
            yield f"windows[{index}]", _("{text!r} is not a time window; an example is 22:00-06:00", text=text)
    if site.schedule is not None and all(map(is_window, site.windows)):
        yield from (("schedule", problem) for problem in _schedule_problems(site.schedule, site.windows))


def _schedule_problems(text: str, windows: tuple[str, ...]) -> Iterator[str]:
    try:
        schedule = parse_schedule(text)
    except ValueError as error:
        yield error.args[0]
        return
    if not can_run_within(schedule, windows):
        yield _("{text!r} is never within the site's windows ({windows})", text=text, windows=windows)


def _section_problems(section: Section, hosts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if split_url(section.url).scheme not in ("http", "https") or not netloc(section.url):
        yield "url", _("{url!r} is not an http or https URL", url=section.url)
    elif not covers(hosts, section.url):
        yield "url", _("{url} is on none of the site's hosts ({hosts})", url=section.url, hosts=hosts)
    if section.depth < 1:
        yield "depth", _("1 or more is allowed")
