"""What must hold after every recovery, by the program's own words and by counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pipelines.dedupe.verdict import EMPTY
from tests.torture.commands import run
from tests.torture.report import Case
from tests.town import Town

Entries = dict[str, dict[str, Any]]


def check_archive(
    case: Case,
    options: tuple[str, ...],
    *,
    acknowledged: Collection[str] = (),
    wanted: Collection[str] = (),
    once: bool = True,
    recrawled: bool = False,
    **how: Any,
) -> Entries:
    """Check an archive and return its entries by id.

    The `acknowledged` captures and the `wanted` URLs are there, each capture once, and with `once` each page and each
    body once; `verify --deep` finds nothing, and a replay gives the same entries. If several crawls could
    end or read lists anew (`recrawled`), only articles and files must be there once. `how` are options of the commands.
    """
    listed = run(case, "list", "--json", *options, **how).documents
    ids = Counter(entry["id"] for entry in listed)
    urls = {entry["url"] for entry in listed}
    case.lost += len(set(acknowledged) - ids.keys()) + len(set(wanted) - urls)
    case.doubled += repeated(ids)
    if once:
        lasting = [one for one in listed if not recrawled or one["reason"] in (None, "file")]
        case.doubled += repeated_pages(lasting) + repeated_bodies(listed)
    for finding in run(case, "verify", "--deep", "--json", *options, **how).documents:
        case.fail(f"verify --deep: {finding}")
    reports = run(case, "replay", "--dry-run", "--json", *options, **how).documents
    found = [(report["unchanged"], report["changed"], report["added"]) for report in reports]
    case.require(found == [(len(ids), 0, 0)], f"replay: (unchanged, changed, added) = {found} of {len(ids)} entries")
    return {entry["id"]: entry for entry in listed}


def check_town(case: Case, town: Town, acknowledged: Collection[str], **how: Any) -> Entries:
    """Check a town's archive after a crawl that completed it: every page is there once, and no file is open."""
    wanted = {truth.url for truth in town.truths()}
    entries = check_archive(case, town.options, acknowledged=acknowledged, wanted=wanted, **how)
    surplus = {entry["url"] for entry in entries.values()} - wanted
    case.require(not surplus, f"captured, but not of the sites: {sorted(surplus)[:3]}")
    if "://" not in str(town.archive):
        left = sorted(path.name for path in Path(town.archive).rglob("*.open"))
        case.require(not left, f"files are left open: {left}")
    case.note = case.note or f"{len(acknowledged)} captures were acknowledged, {len(entries)} are there in the end"
    return entries


def repeated(counts: Counter[Any]) -> int:
    """Return how many keys occur more than once."""
    return sum(count > 1 for count in counts.values())


def repeated_pages(entries: Collection[dict[str, Any]]) -> int:
    """Return how many pages were captured more than once.

    A redirect may be: after a kill between it and its target, the crawl starts again at the redirect.
    """
    return repeated(Counter((one["url"], one["final_url"]) for one in entries if one["reason"] != "redirect"))


def repeated_bodies(entries: Collection[dict[str, Any]]) -> int:
    """Return how many bodies were stored in full more than once."""
    bodies = Counter(one["digests"]["payload"] for one in entries if one["verdict"]["kind"] != "same-bytes")
    del bodies[EMPTY]
    return repeated(bodies)
