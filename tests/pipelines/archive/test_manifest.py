"""A manifest has the size and digest of its object, in a format that other tools can check."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archive.manifest import Fixity, manifest_key, read_manifest, write_manifest
from pipelines.errors import StoreCorrupt

KEYS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1)


@given(key=KEYS, size=st.integers(0, 2**62), digest=st.binary(min_size=32, max_size=32))
def test_a_manifest_is_read_as_it_was_written(key: str, size: int, digest: bytes) -> None:
    fixity = Fixity(key=key, size=size, digest=f"sha256:{digest.hex()}")
    assert read_manifest(write_manifest(fixity), manifest_key(key)) == fixity


def test_every_changed_bit_is_refused_or_gives_another_fixity() -> None:
    fixity = Fixity(key="warc/x/a.warc.gz", size=18273, digest=f"sha256:{'2c' * 32}")
    content = write_manifest(fixity)
    for at in range(len(content)):
        for bit in range(8):
            changed = bytes([*content[:at], content[at] ^ 1 << bit, *content[at + 1 :]])
            try:
                assert read_manifest(changed, manifest_key(fixity.key)) != fixity
            except StoreCorrupt:
                continue


@pytest.mark.parametrize("cut", [0, 1, -1])
def test_a_truncated_manifest_is_refused(cut: int) -> None:
    content = write_manifest(Fixity(key="a", size=1, digest=f"sha256:{'00' * 32}"))
    with pytest.raises(StoreCorrupt, match="not the manifest"):
        read_manifest(content[:cut], manifest_key("a"))


def test_sha256sum_can_check_it(tmp_path: Path) -> None:
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("sha256sum is not installed")
    content = b"content"
    (tmp_path / "object").write_bytes(content)
    fixity = Fixity(key="object", size=len(content), digest=f"sha256:{hashlib.sha256(content).hexdigest()}")
    command = [program, "--strict", "-c", "-"]
    for right in (True, False):
        done = subprocess.run(command, input=write_manifest(fixity), cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) is right, done.stderr
        (tmp_path / "object").write_bytes(b"changed")
