"""Acts of tampering with an archive, and which of them `verify`, `rebuild` and a seal find.

Run it with `python -m tests.benchmarks.tampering`; with `s3` it uses the S3 server of the tests in place of a folder.
For each act a new archive is made, sealed and tampered with. Columns: `verify --deep`, `verify --seal`, the exit
code of `rebuild`, and the first two again after it. An index that was changed is made again by `rebuild`, and a seal
does not cover it. The first act changes nothing, and nothing must be found.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import boto3

from pipelines.archive import Archive
from pipelines.archive.cdxj import INDEX_FOLDER
from pipelines.archive.ledger import append, entry_key, read_ledger, recorded_content
from pipelines.archive.manifest import Fixity, manifest_key, write_manifest
from pipelines.archive.seals.check import check_seal
from pipelines.archive.seals.make import make_seal
from pipelines.archive.seals.statement import Seal, list_content
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import FangzhiError
from pipelines.storage import Storage, open_storage
from pipelines.verify import Verification
from tests.fangzhi import fangzhi
from tests.pipelines.archive.sealed import build, catalogue_url
from tests.pipelines.storage.server import s3_server

Act = Callable[[Storage], None]
Change = Callable[[bytes], bytes]

CHANGES: dict[str, Change] = {
    "shorten": lambda content: content[:-20],
    "flip a bit": lambda content: content[:-30] + bytes([content[-30] ^ 1]) + content[-29:],
    "add bytes": lambda content: content + b"x" * 20,
}


def write(storage: Storage, key: str, content: bytes | None) -> None:
    """Replace the content of an object, whatever it was; with None remove the object."""
    storage.remove(key)
    if content is not None:
        with tempfile.NamedTemporaryFile(dir=storage.spool.parent, delete=False) as file:
            file.write(content)
        storage.put(key, Path(file.name))


def with_manifest(storage: Storage, key: str, content: bytes | None) -> None:
    """Replace an object and its manifest, or remove both."""
    write(storage, key, content)
    recorded = recorded_content(content or b"", key)
    fixity = Fixity(key=key, size=recorded.size, digest=f"sha256:{recorded.sha256}")
    write(storage, manifest_key(key), None if content is None else write_manifest(fixity))


def target(storage: Storage, name: str) -> str:
    """Return the key of `warc 1`, `index 2`, `entry 1`."""
    kind, number = name.split()
    if kind == "entry":
        return entry_key(int(number))
    folder = {"warc": "warc/", "index": INDEX_FOLDER}[kind]
    return sorted(storage.keys(folder))[int(number) - 1]


def change(storage: Storage, name: str, put: Callable[[Storage, str, bytes | None], None], how: Change | None) -> None:
    """Change one object."""
    key = target(storage, name)
    put(storage, key, how(storage.read(key)) if how else None)


def swap(storage: Storage, kind: str, put: Callable[[Storage, str, bytes | None], None]) -> None:
    """Swap the contents of two objects."""
    keys = [target(storage, f"{kind} {number}") for number in (1, 2)]
    contents = [storage.read(key) for key in keys]
    for key, content in zip(keys, reversed(contents), strict=True):
        put(storage, key, content)


def add(storage: Storage, put: Callable[[Storage, str, bytes | None], None]) -> None:
    """Add a copy of a WARC file under another name."""
    key = target(storage, "warc 1")
    put(storage, key.replace(".warc.gz", "-copy.warc.gz"), storage.read(key))


def remove_site(storage: Storage) -> None:
    """Remove a WARC file with its index and both manifests."""
    for name in ("warc 1", "index 1"):
        with_manifest(storage, target(storage, name), None)


def remove_site_and_end(storage: Storage) -> None:
    """Remove the last published file with all its traces but those in the catalogue."""
    for name in ("warc 2", "index 2", "entry 2"):
        with_manifest(storage, target(storage, name), None)


def remove_ledger(storage: Storage, *, manifests: bool) -> None:
    """Remove the whole ledger."""
    for number in (1, 2):
        (with_manifest if manifests else write)(storage, entry_key(number), None)


def rewrite_ledger(storage: Storage) -> None:
    """Remove a file, and write a consistent ledger without it."""
    kept = [each for each in read_ledger(storage).objects.values() if "/two/" in each.key]
    remove_site(storage)
    remove_ledger(storage, manifests=True)
    append(storage, "put", kept)


def acts() -> Iterator[tuple[str, Act]]:
    """Yield every act with its name."""
    yield "change nothing", lambda _storage: None
    puts = {"": write, " and its manifest": with_manifest}
    for name in ("warc 1", "warc 2", "index 1", "index 2", "entry 1", "entry 2"):
        for also, put in puts.items():
            yield f"remove {name}{also}", partial(change, name=name, put=put, how=None)
            for how, function in CHANGES.items():
                yield f"{how}: {name}{also}", partial(change, name=name, put=put, how=function)
    for kind in ("warc", "index", "entry"):
        for also, put in puts.items():
            yield f"swap {kind} 1 and 2{also}", partial(swap, kind=kind, put=put)
    for also, put in puts.items():
        yield f"add a copy of warc 1{also}", partial(add, put=put)
    yield "remove warc 1, its index and all manifests", remove_site
    yield "the same with warc 2 and the end of the ledger", remove_site_and_end
    yield "remove the ledger", partial(remove_ledger, manifests=False)
    yield "remove the ledger and its manifests", partial(remove_ledger, manifests=True)
    yield "remove warc 1 and rewrite the ledger without it", rewrite_ledger


def deep(storage: Storage, catalogue: str) -> bool:
    """Tell whether `verify --deep` finds something."""
    try:
        with closing(Catalogue(catalogue, create=False)) as opened:
            return any(Verification(Archive(storage), opened, sample=None).findings())
    except FangzhiError:
        return True


def outcome(folder: Path, address: str, act: Act) -> tuple[bool, bool, bool, bool, bool]:
    """Make, seal and tamper with an archive; return what found it: verify, seal, rebuild, verify, seal."""
    source = folder / "made"
    build(source)
    storage = open_storage(address)
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        write(storage, path.relative_to(source).as_posix(), path.read_bytes())
    seal, objects = make_seal(storage, 5)
    listed, catalogue = list_content(objects), catalogue_url(source)
    act(storage)
    before = deep(storage, catalogue), breaks(storage, seal, listed)
    code = fangzhi("rebuild", "-q", "--workers", "0", "--archive", address, "--catalogue", catalogue).returncode
    return *before, code != 0, deep(storage, catalogue), breaks(storage, seal, listed)


def breaks(storage: Storage, seal: Seal, listed: bytes) -> bool:
    """Tell whether `verify --seal` finds something."""
    return any(check_seal(storage, seal, listed))


def main() -> None:
    """Print the table, and how many acts were found."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ |= {"FANGZHI_SPOOL": str(folder / "spool")}
        if sys.argv[1:] == ["s3"]:
            (folder / "server").mkdir()
            server = stack.enter_context(s3_server(folder / "server"))
            keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_REGION": "us-east-1"}
            os.environ |= keys | {"AWS_ENDPOINT_URL_S3": server.endpoint}
            boto3.client("s3").create_bucket(Bucket="tampering")
        rows = []
        for name, act in acts():
            work = folder / "work"
            shutil.rmtree(work, ignore_errors=True)
            (work / "archive").mkdir(parents=True)
            remote = f"s3://tampering/{uuid.uuid4().hex}"
            address = remote if sys.argv[1:] == ["s3"] else str(work / "archive")
            if address == remote:
                open_storage(address).check()
            found = outcome(work, address, act)
            if name == "change nothing":
                print(f"{'acts':55} verify   seal     rebuild  verify   seal")
                if any(found):
                    sys.exit(f"an archive that nobody changed is reported: {found}")
                continue
            rows.append((name, found))
            print(f"{name:55} " + "  ".join(f"{'found' if each else '-':7}" for each in found), flush=True)
        print(f"{'acts: ' + str(len(rows)):55} verify   seal     rebuild  verify   seal")
        totals = [sum(found[column] for _name, found in rows) for column in range(5)]
        print(f"{'found':55} " + "  ".join(f"{total:<7}" for total in totals))


if __name__ == "__main__":
    main()
