"""A fixture with a store of each scheme."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.storage import Storage, open_storage


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        store = open_storage(str(tmp_path / "archive"))
    else:
        store = open_storage(f"s3://{request.getfixturevalue('bucket')}/some/prefix")
    store.check()
    return store
