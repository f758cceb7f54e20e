"""Disks that are full or read-only, at each place that a command writes to.

The place is a file system of its own, in a mount namespace that lives as long as the case. First it has too little
room, or can only be read: the command must fail with a message. Then it has room, and the command must succeed.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from attrs import evolve, field, frozen

from crawler.demo import build, serve
from tests.fangzhi import warcs
from tests.pipelines.storage.server import s3_server
from tests.torture.checks import check_town
from tests.torture.commands import LIMIT_S, Watched, run
from tests.torture.kills import empty
from tests.torture.report import SECRETS, Act, Case, Row, in_environment, run_cases
from tests.town import SITES, Town, settle
from tests.wait import wait_until

KB_STEP = 4
"""The kernel gives a file system memory in pages of 4 KB."""

ROOM = "400m"
"""Room for everything that one case writes."""

TRIES = 3
"""Sizes of a full disk that are tried one after the other, each larger than the last."""


@frozen(kw_only=True)
class Namespace:
    """A mount namespace with a file system at `place`; `prefix` are the words before a command that runs in it."""

    place: Path
    pid: int

    @property
    def prefix(self) -> tuple[str, ...]:
        return ("nsenter", f"--target={self.pid}", "--user", "--mount", "--preserve-credentials", "--")

    @property
    def seen(self) -> Path:
        """The place as other processes see it."""
        return Path(f"/proc/{self.pid}/root{self.place}")

    def remount(self, options: str) -> None:
        """Change the size of the file system, or whether it can be written."""
        command = [*self.prefix, "mount", "-o", f"remount,{options}", str(self.place)]
        subprocess.run(command, check=True, capture_output=True, text=True)

    def used_kb(self) -> int:
        return shutil.disk_usage(self.seen).used // 1024


@contextmanager
def namespace(place: Path) -> Iterator[Namespace]:
    """Mount a file system over a folder whose files are copied into it, in a namespace of its own."""
    place.mkdir(parents=True, exist_ok=True)
    script = 'mount -t tmpfs -o "size=$2" tmpfs "$1"; cp -a "$3/." "$1"; echo ready; exec sleep infinity'
    copy = place.with_name(f"{place.name}.before")
    shutil.copytree(place, copy)
    command = ["unshare", "--mount", "--map-root-user", "sh", "-ec", script, "sh", str(place), ROOM, str(copy)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout
            assert holder.stdout.readline() == "ready\n", "this user may not mount a file system"
            yield Namespace(place=place, pid=holder.pid)
        finally:
            holder.kill()


@frozen(kw_only=True)
class Place:
    """A place that a command writes to; a full disk has `room_kb` of room there."""

    name: str
    command: Callable[[Town, Path], tuple[str, ...]]
    place: Callable[[Town, Path], Path]
    room_kb: tuple[int, int] = (0, 300)
    environment: Callable[[Path], dict[str, str]] = field(default=lambda folder: {})
    is_crawl: bool = False


def _crawl(town: Town, _: Path) -> tuple[str, ...]:
    return ("crawl", *SITES, *town.options, "--json")


def _in(name: str) -> Callable[[Town, Path], Path]:
    return lambda _, folder: folder / name


def _to(*words: str) -> Callable[[Town, Path], tuple[str, ...]]:
    return lambda town, folder: (*(word.format(folder=folder) for word in words), *town.options)


def _import(town: Town, folder: Path) -> tuple[str, ...]:
    other = str(folder / "disk" / "other")
    return ("replay", *map(str, warcs(town.archive)), "--into", other, "--registry", str(town.registry))


PLACES = (
    Place(name="archive", command=_crawl, place=lambda town, _: Path(town.archive), is_crawl=True),
    Place(
        name="catalogue",
        command=_crawl,
        place=_in("disk"),
        room_kb=(0, 900),
        environment=lambda folder: {"FANGZHI_CATALOGUE": f"sqlite:///{folder}/disk/catalogue.sqlite"},
        is_crawl=True,
    ),
    Place(
        name="frontier",
        command=_crawl,
        place=_in("disk"),
        environment=lambda folder: {"FANGZHI_FRONTIER": str(folder / "disk/frontier.sqlite")},
        is_crawl=True,
    ),
    Place(name="replay", command=_to("replay"), place=lambda town, _: Path(town.archive)),
    Place(name="rebuild", command=_to("rebuild"), place=lambda town, _: Path(town.archive)),
    Place(name="import", command=_import, place=_in("disk")),
    Place(name="conversions", command=_to("replay", "--conversions", "{folder}/disk/texts"), place=_in("disk")),
    *(
        Place(
            name=f"export {kind}",
            command=_to("export", f"{{folder}}/disk/all.{kind}"),
            place=_in("disk"),
            room_kb=(0, most),
        )
        for kind, most in {"wacz": 300, "jsonl": 300, "csv": 100, "parquet": 30, "cdxj": 20}.items()
    ),
    Place(
        name="seal",
        command=_to("seal", "--folder", "{folder}/disk"),
        place=_in("disk"),
        room_kb=(0, 8),
        environment=lambda folder: {"XDG_DATA_HOME": str(folder / "data"), "FANGZHI_SEAL_KEY": str(folder / "key.pem")},
    ),
)


def rows(folder: Path, seed: int) -> list[Row]:
    """Fill each place, and make it read-only."""
    (folder / "city").mkdir()
    with serve(build(pages=150)) as server:
        town = settle(server, folder / "city")
        town.crawl()
        acts = {
            f"{place.name}, {kind}": _act(town, place, kind, seed) for place in PLACES for kind in ("full", "read-only")
        }
        acts["spool of a bucket, full"] = lambda case: full_spool(case, town, seed)
        acts["spool of a bucket, stays full"] = lambda case: full_spool(case, town, seed, stays=True)
        return run_cases("disks", folder, {name: in_environment(act) for name, act in acts.items()})


def _act(town: Town, place: Place, kind: str, seed: int) -> Act:
    def act(case: Case) -> None:
        own = evolve(town, archive=case.folder / "archive")
        if not place.is_crawl:
            shutil.copytree(town.archive, own.archive)
        if place.name == "replay":
            empty(own)  # so that it has a catalogue to write
        chance = random.Random(f"{seed} {case.name}")
        os.environ.update(place.environment(case.folder))
        if place.name == "seal":
            run(case, "seal", "--new-key", "--folder", str(case.folder), *own.options)
        with namespace(place.place(own, case.folder)) as disk:
            (full if kind == "full" else read_only)(case, disk, place.command(own, case.folder), place.room_kb, chance)
            disk.remount(f"rw,size={ROOM}")
            run(case, *place.command(own, case.folder), prefix=disk.prefix)
            copy = case.folder / "seen"
            shutil.copytree(disk.seen, copy)
        # the namespace is gone: what was on its disk takes its place again
        shutil.rmtree(disk.place)
        copy.rename(disk.place)
        note = case.note
        check_town(case, own, (), recrawled=place.is_crawl)
        case.note = note

    return act


def full(
    case: Case, disk: Namespace, command: tuple[str, ...], room_kb: tuple[int, int], chance: random.Random
) -> None:
    """Leave the disk less room than the command needs, some more each time; it fails, or just fits."""
    codes = []
    for room in sorted(chance.randint(*room_kb) for _ in range(TRIES)):
        disk.remount(f"size={disk.used_kb() + max(room // KB_STEP, 1) * KB_STEP}k")
        done = run(case, *command, prefix=disk.prefix, codes=(0, 1, 3))
        codes.append(done.process.returncode)
        if done.process.returncode == 1:
            case.tries += 1
            named = any(word in done.stderr for word in ("No space left", "disk is full", "free some disk space"))
            case.require(named, f"the message does not name the full disk: {done.stderr[-400:]}")
    case.require(1 in codes, "the disk was never full")
    case.note = f"exit codes {codes}"


def read_only(case: Case, disk: Namespace, command: tuple[str, ...], _: tuple[int, int], chance: random.Random) -> None:
    disk.remount("ro")
    done = run(case, *command, prefix=disk.prefix, codes=(1, 2))
    case.tries += 1
    named = any(word in done.stderr.lower() for word in ("read-only", "readonly"))
    case.require(named, f"the message does not name the read-only disk: {done.stderr[-400:]}")


def full_spool(case: Case, town: Town, seed: int, *, stays: bool = False) -> None:
    """The spool of an archive in a bucket is on a full disk: the crawl ends or pauses, and goes on when it has room.

    If the disk `stays` full, the crawl ends.
    """
    chance = random.Random(f"{seed} {case.name}")
    (case.folder / "s3").mkdir()
    os.environ |= SECRETS | {
        "AWS_CONFIG_FILE": str(case.folder / "none"),
        "FANGZHI_CATALOGUE": f"sqlite:///{case.folder}/catalogue.sqlite",
        "FANGZHI_FRONTIER": str(case.folder / "frontier.sqlite"),
        "FANGZHI_ROLL_SIZE": "30000",
        "FANGZHI_SPOOL": str(case.folder / "spool"),
    }
    with s3_server(case.folder / "s3") as server, namespace(case.folder / "spool") as disk:
        os.environ["AWS_ENDPOINT_URL_S3"] = server.endpoint
        boto3.client("s3").create_bucket(Bucket="torture")
        far = evolve(town, archive="s3://torture/news")
        disk.remount(f"size={disk.used_kb() + chance.randint(1, 15) * KB_STEP}k")
        crawl = Watched(case, *_crawl(far, case.folder), prefix=disk.prefix)
        wait_until(lambda: "No space left" in crawl.stderr or not crawl.running, LIMIT_S)
        case.tries += "No space left" in crawl.stderr
        case.require(case.tries, "the disk was never full")
        if stays:
            wait_until(lambda: not crawl.running, LIMIT_S)
        disk.remount(f"size={ROOM}")
        if crawl.finish(0, 1).process.returncode:
            run(case, *_crawl(far, case.folder), prefix=disk.prefix)
        check_town(case, far, (), recrawled=True, prefix=disk.prefix)
