"""Signed packages for tests: exported from a small archive, anonymously or for a domain, with or without a stamp."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.fangzhi import Done, documents, fangzhi
from tests.pipelines.archive.authority import Authority, serving
from tests.pipelines.archive.sealed import build, catalogue_url

DESCRIPTION, DIGEST = "datapackage.json", "datapackage-digest.json"
DOMAIN = "archive.yunzhou.example"


def exported(folder: Path, *options: str, authority: Authority | None = None, **settings: str) -> Done:
    """Export the archive in a folder, which is made if it is missing, as `x.wacz` beside it, with --sign."""
    archive = folder / "archive"
    if not archive.exists():
        build(archive)
    place = ("--archive", str(archive), "--catalogue", catalogue_url(archive))
    command = ("export", str(folder / "x.wacz"), "--sign", *place, *options)
    if authority is None:
        return fangzhi(*command, **settings)
    with serving(authority, folder / "stamp-roots.pem") as url:
        return fangzhi(*command, **settings, FANGZHI_SEAL_AUTHORITY=url, **stamp_roots(folder))


def stamp_roots(folder: Path) -> dict[str, str]:
    """Return the setting that trusts the authority of `exported`."""
    return {"FANGZHI_SEAL_ROOTS": str(folder / "stamp-roots.pem")}


def signed_data(package: Path) -> dict[str, str]:
    """Return the signature in a package."""
    return dict(content(package)["signedData"])


def content(package: Path, name: str = DIGEST) -> Any:
    """Return a JSON file of a package."""
    with zipfile.ZipFile(package) as file:
        return json.loads(file.read(name))


def changed(
    package: Path, changes: Mapping[str, Callable[[bytes], bytes] | None], added: Mapping[str, bytes] | None = None
) -> Path:
    """Write a copy of a package with other content of some files, without those with None, and with added files."""
    path = package.with_name("changed.wacz")
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            change = changes.get(info.filename, bytes)
            if change is not None:
                new.writestr(info, change(old.read(info)))
        for name, data in (added or {}).items():
            new.writestr(name, data)
    return path


def json_change(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    """Return a change of a file's bytes from one of its JSON object."""

    def apply(data: bytes) -> bytes:
        document = json.loads(data)
        change(document)
        return json.dumps(document).encode()

    return apply


def verified(package: Path, *options: str, **settings: str) -> tuple[list[tuple[str, str, str]], dict[str, Any]]:
    """Return what `verify` finds in a package, as kind, file in the package and problem, and its last object."""
    done = fangzhi("verify", str(package), "--json", *options, **settings)
    *findings, last = documents(done)
    assert done.returncode == bool(findings), done.stderr
    assert last["findings"] == len(findings)
    found = [(each["kind"], each["file"].removeprefix(f"{package}/"), each["what"]) for each in findings]
    return found, last
