"""The wheel: what it contains works from an empty folder, without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from pipelines import __version__
from tests.fangzhi import ROOT

SCRIPT = """
import fangzhi
text = "<p>城东小学的新校舍昨日落成，一千二百名学生将在这里上课。</p>"
page = "<h1>城东小学新校舍落成</h1><div>" + text * 4 + "</div>"
entry = fangzhi.read_html(page, url="http://www.njgl.gov.cn/xxgk/202304/t20230405_1.html")
print(fangzhi.__version__, entry.outcome, entry.site, fangzhi.__file__)
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a fresh environment with the wheel; the packages that it needs are those of this one."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("fangzhi-*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps"]
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*uv, "--python", str(python), str(wheel)], check=True)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    # A path in a .pth file is searched after the environment's own packages, and .pth files in it are not read: the
    # editable install of the checkout is not seen.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return python


def run(python: Path, *arguments: str, cwd: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([str(python), *arguments], cwd=cwd, env=environ, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_wheel_has_its_packages_and_no_tests(python: Path) -> None:
    (wheel,) = python.parents[2].glob("fangzhi-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"crawler", "fangzhi", "pipelines", f"fangzhi-{__version__}.dist-info"}
    assert {f"{top}/py.typed" for top in ("crawler", "fangzhi", "pipelines")} <= set(names)


def test_the_module_is_the_command(python: Path, tmp_path: Path) -> None:
    assert __version__ in run(python, "-m", "fangzhi", "--version", cwd=tmp_path)


def test_the_face_reads_a_page(python: Path, tmp_path: Path) -> None:
    version, outcome, site, file = run(python, "-c", SCRIPT, cwd=tmp_path).split()
    assert (version, outcome, site) == (__version__, "article", "nanjing-gulou")
    assert Path(file).is_relative_to(python.parents[1])
    assert not list(tmp_path.iterdir())
