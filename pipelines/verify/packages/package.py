"""One verification of a package, and of the packages in it."""

from __future__ import annotations

import functools
import hashlib
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator

from attrs import define

from pipelines.archive.checks import Problem
from pipelines.archive.packages import MAX_DEPTH, PACKAGE_SUFFIX, open_package
from pipelines.archive.signatures.check import CheckedSignature, TrustedRoots, check_signature
from pipelines.archive.signatures.signed_data import parse_signed_data
from pipelines.archive.sources import Source
from pipelines.archive.verify import Finding
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.verify.packages.blocks import block_findings
from pipelines.verify.packages.description import (
    DESCRIPTION,
    DIGEST,
    ZIP_ERRORS,
    Description,
    Resource,
    read_description,
    read_range,
)
from pipelines.verify.packages.index import index_findings

READ_BYTES = 1 << 20
"""Bytes read at a time."""


@define(kw_only=True)
class PackageCounts:
    """What was checked in a package: files, their bytes, index lines and how many of these, and the signature."""

    files: int = 0
    bytes: int = 0
    lines: int = 0
    lines_read: int = 0
    signature: CheckedSignature | None = None


class PackageCheck:
    """The check of one package; `counts` has what was checked."""

    def __init__(
        self,
        name: str,
        *,
        sample: int | None,
        trusted: TrustedRoots,
        on_progress: Callable[[PackageCounts], None] = lambda _counts: None,
    ) -> None:
        """Check `sample` index lines for each WARC file, or, with None, all of them."""
        self.counts = PackageCounts()
        self._name = name
        self._sample = sample
        self._trusted = trusted
        self._on_progress = on_progress

    def findings(self, source: Source) -> Iterator[Finding]:
        """Yield every defect of the package in a file; raises StoreUnavailable if the file cannot be read."""
        try:
            package = open_package(self._name, source.read, source.size())
        except StoreCorrupt as error:
            yield Finding(file=self._name, kind="no-package", what=error.message)
            return
        with package:
            yield from self._package(package, "", MAX_DEPTH)

    def _package(self, package: zipfile.ZipFile, folder: str, depth: int) -> Iterator[Finding]:
        names = Counter(info.filename for info in package.infolist() if not info.is_dir())
        for name in (name for name, count in names.items() if count > 1):
            what = _(
                "the ZIP file has this name {count} times: programs differ in which one they read", count=names[name]
            )
            yield self._finding(folder + name, "repeated-name", what)
        if DESCRIPTION not in names:
            what = _("it is missing: nothing says what the package must contain")
            yield self._finding(folder + DESCRIPTION, "no-description", what)
            return
        description = read_description(package)
        if isinstance(description, Problem):
            yield self._finding(folder + DESCRIPTION, description.kind, description.what)
            return
        yield from self._described(package, description, names, folder)
        yield from self._signature(description, folder, DIGEST in names)
        for finding in (*index_findings(package, self._sample, self.counts), *block_findings(package)):
            yield self._finding(folder + finding.file, finding.kind, finding.what)
        for name in (name for name in names if name.lower().endswith(PACKAGE_SUFFIX)):
            yield from self._inner(package, name, folder, depth)

    def _described(
        self, package: zipfile.ZipFile, description: Description, names: Counter[str], folder: str
    ) -> Iterator[Finding]:
        """Compare the files of a package with its description."""
        for resource in description.resources:
            if resource.path not in names:
                what = _("datapackage.json lists it, but it is missing")
                yield self._finding(folder + resource.path, "missing", what)
                continue
            for problem in self._file(package, resource):
                yield self._finding(folder + resource.path, problem.kind, problem.what)
        for name in sorted(names.keys() - {each.path for each in description.resources} - {DESCRIPTION, DIGEST}):
            what = _(
                "datapackage.json does not list it: it was added later, or the program that made the package is wrong"
            )
            yield self._finding(folder + name, "unlisted", what)

    def _file(self, package: zipfile.ZipFile, resource: Resource) -> Iterator[Problem]:
        self.counts.files += 1
        info = package.getinfo(resource.path)
        if resource.size is not None and info.file_size != resource.size:
            what = _("it has {found} bytes, datapackage.json says {size}", found=info.file_size, size=resource.size)
            yield Problem(kind="wrong-size", what=what)
            return
        algorithm, _colon, expected = (resource.digest or "").partition(":")
        if algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
            what = _(
                "datapackage.json has no digest of it that can be checked: {digest}", digest=resource.digest or "-"
            )
            yield Problem(kind="no-digest", what=what)
            return
        try:
            digest = self._digest(package, info, algorithm)
        except ZIP_ERRORS as error:
            yield Problem(kind="wrong-digest", what=_("its bytes were changed or are damaged: {error}", error=error))
            return
        if digest != expected.lower():
            what = _(
                "its {algorithm} is {digest}, datapackage.json says {expected}",
                algorithm=re.sub(r"^SHA(\d+)$", r"SHA-\1", algorithm.upper()),
                digest=digest,
                expected=expected,
            )
            yield Problem(kind="wrong-digest", what=what)

    def _digest(self, package: zipfile.ZipFile, info: zipfile.ZipInfo, algorithm: str) -> str:
        hashed = hashlib.new(algorithm, usedforsecurity=False)
        with package.open(info) as file:
            while data := file.read(READ_BYTES):
                hashed.update(data)
                self.counts.bytes += len(data)
                self._on_progress(self.counts)
        return hashed.hexdigest()

    def _signature(self, description: Description, folder: str, has_digest: bool) -> Iterator[Finding]:
        """Check `datapackage-digest.json`; the signature of a package in the package is checked, but not returned."""
        if has_digest and description.stated != description.digest:
            what = _(
                "the SHA-256 of datapackage.json is {digest}, datapackage-digest.json says {stated}",
                digest=description.digest.removeprefix("sha256:"),
                stated=(description.stated or "-").removeprefix("sha256:"),
            )
            yield self._finding(folder + DESCRIPTION, "wrong-digest", what)
        if description.signature is None:
            return
        data = parse_signed_data(description.signature)
        if data is None:
            what = _("its signature lacks a value or has one of another type")
            yield self._finding(folder + DIGEST, "wrong-signature", what)
            return
        checked = check_signature(data, description.digest, description.created, self._trusted)
        if not folder:
            self.counts.signature = checked
        for problem in checked.problems:
            yield self._finding(folder + DIGEST, problem.kind, problem.what)

    def _inner(self, package: zipfile.ZipFile, name: str, folder: str, depth: int) -> Iterator[Finding]:
        if depth < 2:
            what = _("it is a package in a package in a package, too deep to be checked")
            yield self._finding(folder + name, "no-package", what)
            return
        try:
            with package.open(name) as file:
                read, size = functools.partial(read_range, file), package.getinfo(name).file_size
                with open_package(name, read, size) as inner:
                    yield from self._package(inner, f"{folder}{name}/", depth - 1)
        except StoreCorrupt as error:
            yield self._finding(folder + name, "no-package", error.message)
        except ZIP_ERRORS as error:
            what = _("{name} is not a WACZ file, or is damaged: {error}", name=name, error=error)
            yield self._finding(folder + name, "no-package", what)

    def _finding(self, member: str, kind: str, what: str) -> Finding:
        return Finding(file=f"{self._name}/{member}", kind=kind, what=what)
