"""kill -9 at random moments of crawl, fetch, replay, rebuild, import, export and seal."""

from __future__ import annotations

import contextlib
import random
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from attrs import evolve, frozen

from crawler.demo import build, serve
from tests.fangzhi import warcs
from tests.journeys.test_kill import entry_ids
from tests.torture.checks import Entries, check_archive, check_town
from tests.torture.commands import Watched, files_below, run
from tests.torture.report import Act, Case, Row, run_case
from tests.town import SITES, Gate, Town, settle

SHARES = {"crawl": 25, "fetch": 15, "replay": 15, "rebuild": 15, "import": 10, "export": 10, "seal": 10}
"""Kills of each command, of 100 in all: most of those that fetch and write."""

MAX_MISSES = 3
"""A moment can come after the end of a command: at most so many times the wanted kills are tried."""

PAGES_PER_KILL = 12
"""Pages of the city for each kill of a crawl: enough that each crawl has something to do."""

EXPORTS = ("wacz", "jsonl", "csv", "cdxj", "parquet")


@frozen(kw_only=True)
class Kills:
    """How many kills a case makes, and the source of their moments."""

    count: int
    chance: random.Random

    def moments(self, case: Case, seconds: float) -> Iterator[float]:
        """Yield times after the start of a command that lasts so many seconds, until the kills have hit it."""
        for _ in range(self.count * MAX_MISSES):
            if case.tries == self.count:
                return
            yield self.chance.uniform(0, seconds)
        case.fail(f"only {case.tries} of {self.count} kills hit a running command")


def rows(folder: Path, seed: int, count: int = 100) -> list[Row]:
    """Kill each command at its share of `count` random moments."""
    acts: dict[str, Callable[[Case, Kills, Town], None]] = {
        "fetch": fetch,
        "replay": replay,
        "rebuild": rebuild,
        "import": import_files,
        "export": export,
        "seal": seal,
    }
    shares = {name: max(1, round(share * count / 100)) for name, share in SHARES.items()}

    def kills(name: str) -> Kills:
        return Kills(count=shares[name], chance=random.Random(f"{seed} {name}"))

    made = [run_case("kills", "crawl", folder, lambda case: crawl(case, kills("crawl")))]
    (folder / "city").mkdir()
    with serve(build(pages=150)) as server:
        town = settle(server, folder / "city")
        town.crawl()

        def act_of(name: str) -> Act:
            return lambda case: acts[name](case, kills(name), copied(town, case.folder))

        return [*made, *(run_case("kills", name, folder, act_of(name)) for name in acts)]


def copied(town: Town, folder: Path) -> Town:
    """Return a town whose archive is a copy."""
    shutil.copytree(town.archive, folder / "archive")
    return evolve(town, archive=folder / "archive")


def catalogue(town: Town) -> Path:
    return Path(town.archive, "catalogue.sqlite")


def killed_after(command: Watched, seconds: float) -> bool:
    """Kill a command some seconds after its start; return whether it was still running."""
    with contextlib.suppress(Exception):
        command.process.wait(seconds)
    return command.kill()


def crawl(case: Case, kills: Kills) -> None:
    """Every second moment is a time, the others are numbers of catalogued pages: kills hit waits and work."""
    with serve(build(pages=max(150, PAGES_PER_KILL * kills.count))) as server:
        town = settle(server, case.folder)
        share = len(town.truths()) // (kills.count + 1)
        acknowledged: set[str] = set()
        for number in range(kills.count):
            city = server.city
            server.city = gate = Gate(city, kills.chance.randint(0, share + share // 2))
            command = Watched(case, "crawl", *SITES, *town.options, "--json")
            wanted = len(entry_ids(catalogue(town))) + kills.chance.randint(1, share)
            until = time.monotonic() + kills.chance.uniform(0.02, 6)
            while command.running and time.monotonic() < until:
                if number % 2 and len(entry_ids(catalogue(town))) >= wanted:
                    break
                time.sleep(0.01)
            case.tries += command.kill()
            server.city = city
            gate.open()
            acknowledged |= entry_ids(catalogue(town))
        run(case, "crawl", *SITES, *town.options, "--json")
        check_town(case, town, acknowledged)


def fetch(case: Case, kills: Kills, town: Town) -> None:
    """What a killed fetch has printed is in the catalogue. Each fetch captures its pages again."""
    urls = [truth.url for truth in town.truths() if truth.kind == "article"][:20]
    began = time.monotonic()
    run(case, "fetch", *urls, *town.options)
    seconds = time.monotonic() - began
    acknowledged = entry_ids(catalogue(town))
    for moment in kills.moments(case, seconds):
        command = Watched(case, "fetch", *urls, *town.options)
        case.tries += killed_after(command, moment)
        acknowledged |= {document["id"] for document in command.documents} | entry_ids(catalogue(town))
    run(case, "fetch", *urls, *town.options)
    check_archive(case, town.options, acknowledged=acknowledged, once=False)
    case.note = f"{len(acknowledged)} captures acknowledged"


def replay(case: Case, kills: Kills, town: Town) -> None:
    """A replay fills an empty catalogue; what it has catalogued before a kill stays, and the next one completes it."""
    before = check_town(case, town, ())
    seconds = emptied_and_timed(case, town, "replay")
    acknowledged: set[str] = set()
    for moment in kills.moments(case, seconds):
        if kills.chance.random() < 0.4:
            empty(town)
            acknowledged = set()
        command = Watched(case, "replay", *town.options, "--json", FANGZHI_WORKERS=kills.chance.choice("01"))
        case.tries += killed_after(command, moment)
        there = entry_ids(catalogue(town))
        case.lost += len(acknowledged - there)
        acknowledged = there
    run(case, "replay", *town.options, "--json")
    compare(case, before, check_town(case, town, acknowledged))


def rebuild(case: Case, kills: Kills, town: Town) -> None:
    """The old catalogue stays as it is until the new one replaces it."""
    before = check_town(case, town, ())
    began = time.monotonic()
    run(case, "rebuild", *town.options)
    for moment in kills.moments(case, time.monotonic() - began):
        command = Watched(case, "rebuild", *town.options, "--json", FANGZHI_WORKERS=kills.chance.choice("01"))
        case.tries += killed_after(command, moment)
        case.lost += len(before.keys() - entry_ids(catalogue(town)))
    run(case, "rebuild", *town.options)
    compare(case, before, check_town(case, town, before.keys()))
    left = [path.name for path in Path(town.archive).iterdir() if ".rebuilding" in path.name]
    case.require(not left, f"files of the rebuild are left: {left}")


def import_files(case: Case, kills: Kills, town: Town) -> None:
    """`replay --into`: the files are there once and byte for byte, and their captures are catalogued."""
    files = [str(path) for path in warcs(town.archive)]
    before = check_town(case, town, ())
    options = ("--archive", str(case.folder / "other"), "--registry", str(town.registry))
    command = ("replay", *files, "--into", str(case.folder / "other"), "--registry", str(town.registry), "--json")
    began = time.monotonic()
    run(case, *command)
    seconds = time.monotonic() - began
    shutil.rmtree(case.folder / "other")
    acknowledged: set[str] = set()
    for moment in kills.moments(case, seconds):
        if kills.chance.random() < 0.4:
            shutil.rmtree(case.folder / "other", ignore_errors=True)
            acknowledged = set()
        case.tries += killed_after(Watched(case, *command), moment)
        acknowledged |= entry_ids(case.folder / "other/catalogue.sqlite")
    run(case, *command)
    after = check_archive(case, options, acknowledged=acknowledged)
    case.lost += len(before.keys() - after.keys())
    copies = [path.read_bytes() for path in warcs(case.folder / "other")]
    case.require(sorted(copies) == sorted(Path(file).read_bytes() for file in files), "the copies are not the files")


def export(case: Case, kills: Kills, town: Town) -> None:
    """A file that is exported again stays as it was until the new one is complete."""
    out = case.folder / "out"
    out.mkdir()
    whole: dict[str, bytes] = {}
    seconds: dict[str, float] = {}
    for kind in EXPORTS:
        began = time.monotonic()
        run(case, "export", str(out / f"all.{kind}"), *town.options)
        seconds[kind] = time.monotonic() - began
        whole[kind] = (out / f"all.{kind}").read_bytes()
    for moment in kills.moments(case, 1.0):
        kind = EXPORTS[case.tries % len(EXPORTS)]
        command = Watched(case, "export", str(out / f"all.{kind}"), *town.options)
        case.tries += killed_after(command, moment * seconds[kind])
        if kind != "wacz":  # a package has the time of its export
            case.require((out / f"all.{kind}").read_bytes() == whole[kind], f"all.{kind} has changed")
        else:
            run(case, "verify", str(out / "all.wacz"), *town.options)
    left = files_below(out) - {f"all.{kind}" for kind in EXPORTS}
    for kind in EXPORTS:
        run(case, "export", str(out / f"all.{kind}"), *town.options)
    after = files_below(out) - {f"all.{kind}" for kind in EXPORTS}
    case.note = f"{len(left)} temporary files beside the exports after the kills, {len(after)} after the next exports"
    check_town(case, town, ())


def seal(case: Case, kills: Kills, town: Town) -> None:
    """A seal is whole or not there, and a later one can be made and verified."""
    folder = case.folder / "seals"
    folder.mkdir()
    home = {"XDG_DATA_HOME": str(case.folder / "data"), "FANGZHI_SEAL_KEY": str(case.folder / "key.pem")}
    run(case, "seal", "--new-key", "--folder", str(folder), *town.options, **home)
    began = time.monotonic()
    run(case, "seal", "--folder", str(folder), *town.options, **home)  # the seals that are killed make no key either
    for moment in kills.moments(case, time.monotonic() - began):
        command = Watched(case, "seal", "--folder", str(folder), *town.options, **home)
        case.tries += killed_after(command, moment)
    run(case, "seal", "--folder", str(folder), *town.options, **home)
    seals = sorted(folder.glob("*.json"))
    for path in seals:
        run(case, "verify", "--seal", str(path), *town.options, **home)
    check_town(case, town, ())
    others = sorted(files_below(folder) - wanted(seals))
    case.note = f"{len(seals)} seals, each verified; other files: {others}"


def wanted(seals: Collection[Path]) -> set[str]:
    """Return the names of the files of whole seals."""
    return {path.name for path in seals} | {f"{path.stem}.objects" for path in seals}


def emptied_and_timed(case: Case, town: Town, command: str) -> float:
    """Return the seconds that a command takes with an empty catalogue, and leave it empty."""
    empty(town)
    began = time.monotonic()
    run(case, command, *town.options)
    seconds = time.monotonic() - began
    empty(town)
    return seconds


def empty(town: Town) -> None:
    """Remove the catalogue and the checkpoint of a replay."""
    for path in (*Path(town.archive).glob("catalogue.sqlite*"), *Path(town.archive).glob("replay-*")):
        path.unlink()


def compare(case: Case, before: Entries, after: Entries) -> None:
    """Record entries that are missing, and those that have changed."""
    case.lost += len(before.keys() - after.keys())
    changed = [key for key in before.keys() & after.keys() if before[key] != after[key]]
    case.require(not changed, f"{len(changed)} entries have changed, such as {changed[:1]}")
