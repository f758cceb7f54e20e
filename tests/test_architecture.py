"""The structure of the code: the map in the README, the modules that are pure, and what pure code must not do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.text.script import has_traditional
from tests.fangzhi import ROOT

PACKAGES = ("crawler", "fangzhi", "pipelines")
MODULES = sorted(path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

PURE_PACKAGES = (
    "crawler/compare",
    "crawler/demo/cms",
    "crawler/families",
    "pipelines/dedupe",
    "pipelines/model",
    "pipelines/parse",
    "pipelines/references",
    "pipelines/text",
)
"""Packages of the functional core: no module in them touches network, disk, clock, environment or a database."""

PURE_MODULES = {
    "crawler/cli": "descriptions diff_page evidence health option_texts render report tables",
    "crawler/config": "config descriptions labels",
    "crawler/directory": "columns doubts find names places regions",
    "crawler/demo": "addresses article_schedule assets city county_portals damage markup model portals prose registry "
    "request_context sitemaps_and_feeds small_portals stories templated_notices traditional traps truth",
    "crawler/download": "capture response_head",
    "crawler/frontier": "page revisit_policy run_policy schema",
    "crawler/inspect": "columns draft identity proposals toml",
    "crawler/monitoring": "descriptions frequency metrics outcomes stats status",
    "crawler/player": "address bar document nearest play policy single tame",
    "crawler/records": "rows",
    "crawler/replay": "outlinks",
    "crawler/spiders": "options",
    "crawler/sites": "descriptions hosts registry schedule serialize site validation windows",
    "crawler/web": "charts facets language links navigation pagehistory repaired_text results timeline",
    "fangzhi": "articles selection",
    "pipelines": "errors masking messages times",
    "pipelines/archive": "cdxj checks headers manifest records",
    "pipelines/catalogue": "attachments filters history lexemes queries query query_match query_sql query_words rows "
    "search tables",
    "pipelines/export": "descriptions offsets rows",
    "pipelines/storage": "options ssrf",
}
"""Pure modules of packages that also hold modules with I/O; all modules that are in neither list may do I/O."""

PURE = sorted(
    [module for module in MODULES if any(Path(package) in module.parents for package in PURE_PACKAGES)]
    + [Path(package, f"{name}.py") for package, names in PURE_MODULES.items() for name in names.split()]
)

OUTSIDE = {
    *("boto3", "botocore", "httpx2", "scrapy", "socket", "sqlalchemy", "sqlite3", "subprocess", "twisted"),
    "urllib.request",
}
DESCRIBED = {
    Path("crawler/download/capture.py"): {"scrapy", "httpx2"},
    Path("pipelines/catalogue/tables.py"): {"sqlalchemy"},
    Path("pipelines/catalogue/filters.py"): {"sqlalchemy"},
    Path("pipelines/catalogue/queries.py"): {"sqlalchemy"},
    Path("pipelines/catalogue/query_sql.py"): {"sqlalchemy"},
}
"""Pure modules that know the types of an outside library, and use nothing of it that acts."""

CLOCKS = {
    "time": {"time", "monotonic", "sleep"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
# What lies in a package, found by importlib.resources.files(), is as constant as its code.
FILES = {"read_text", "read_bytes", "write_text", "write_bytes"}


def readme_map() -> list[str]:
    """Return the paths that the map in the README names."""
    section = (ROOT / "README.md").read_text("utf-8").partition("## The map\n")[2].partition("\n## ")[0]
    paths: list[str] = []
    folder = ""
    for line in filter(None, section.splitlines()):
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip()) - 4) // 2
        folder = folder if depth else name
        paths.append(folder + name if depth else name)
    return paths


def on_disk(package: str) -> set[str]:
    """Return the packages and modules right below a package, as the map writes them."""
    entries = {path for path in (ROOT / package).iterdir() if not path.name.startswith("__")}
    folders = {f"{package}/{path.name}/" for path in entries if any(path.glob("*.py"))}
    return folders | {f"{package}/{path.name}" for path in entries if path.suffix == ".py"}


def impurities(source: str) -> Iterator[str]:
    """Yield what a module imports or calls that a pure one must not, with its line."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found = [each.name for each in names]
            case ast.ImportFrom(module=str(module), names=names):
                found = [module, *(f"{module}.{each.name}" for each in names)]
            case ast.Call(func=ast.Name(id="open" | "input" | "print" as name)):
                found = [f"{name}()"]
            case ast.Call(func=ast.Attribute(value=place, attr=name)) if name in CLOCKS.get(_last(place), ()):
                found = [f"{ast.unparse(place)}.{name}()"]
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "getenv" as name):
                found = [f"os.{name}"]
            case ast.Attribute(value=place, attr=name) if name in FILES and "files(" not in ast.unparse(place):
                found = [f"{name}()"]
            case _:
                continue
        for each in found:
            if each.endswith("()") or each.startswith("os.") or {each, each.partition(".")[0]} & OUTSIDE:
                yield f"{each} at line {node.lineno}"


def _last(place: ast.expr) -> str:
    return ast.unparse(place).rpartition(".")[2]


def test_the_map_in_the_readme_is_what_is_there() -> None:
    named = readme_map()
    assert len(named) == len(set(named))
    for package in PACKAGES:
        assert {path for path in named if path.startswith(f"{package}/")} == on_disk(package) | {f"{package}/"}
    for path in named:
        assert (ROOT / path).is_dir() if path.endswith("/") else (ROOT / path).is_file(), path
    code = {f"{path.parent.name}/" for path in ROOT.glob("*/__init__.py")}
    assert code <= set(named)


def test_every_package_and_module_that_is_listed_as_pure_exists() -> None:
    assert [package for package in PURE_PACKAGES if not (ROOT / package).is_dir()] == []
    assert [module for module in PURE if module not in MODULES] == []


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_says_what_it_is(module: Path) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / module).read_text("utf-8"))) or ""
    assert docstring, module
    assert not docstring.startswith(("Pure.", "Shell.")), "purity is listed in this test"


@pytest.mark.parametrize("module", PURE, ids=str)
def test_pure_modules_touch_nothing_outside_themselves(module: Path) -> None:
    found = list(impurities((ROOT / module).read_text("utf-8")))
    allowed = DESCRIBED.get(module, set())
    assert [each for each in found if each.partition(" ")[0].partition(".")[0] not in allowed] == []


@pytest.mark.parametrize(
    "line",
    [
        "import socket",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import botocore.client as c",
        "def f():\n    import sqlite3",
        "open('x')",
        "dt.datetime.now(dt.UTC)",
        "datetime.now()",
        "dt.date.today()",
        "time.time()",
        "os.environ['HOME']",
        "os.getenv('HOME')",
        "Path('x').read_text()",
    ],
)
def test_the_check_itself_finds_what_pure_code_must_not_do(line: str) -> None:
    assert list(impurities(line))


@pytest.mark.parametrize(
    "line",
    ["from urllib.parse import urlsplit", "dt.time(8, 30)", "os.path.sep", "files('p').joinpath('x').read_text()"],
)
def test_the_check_itself_leaves_pure_code_alone(line: str) -> None:
    assert not list(impurities(line))


BOTH_SCRIPTS = {
    Path("pipelines/parse/decode/whatwg.py"): "its tables are characters of an encoding",
    Path("pipelines/parse/repair/score.py"): "锟 and 燙 are marks of damage, each with its code",
}
"""Modules of parsing whose subject is the characters themselves, with the reason."""


def traditional_patterns(source: str) -> Iterator[str]:
    """Yield the string literals of a module that contain a traditional character, apart from its documentation."""
    tree = ast.parse(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
        if is_text and has_traditional(node.value):
            yield f"{node.value!r} at line {node.lineno}"


@pytest.mark.parametrize("module", [path for path in MODULES if Path("pipelines/parse") in path.parents], ids=str)
def test_labels_are_written_in_simplified_characters(module: Path) -> None:
    """They are matched on simplified copies, in which a traditional character never occurs."""
    found = list(traditional_patterns((ROOT / module).read_text("utf-8")))
    assert bool(found) == (module in BOTH_SCRIPTS), found


@pytest.mark.parametrize("line", ["re.compile('[网網]')", "WORDS = ('来源', '來源')", "f'{x}時間'"])
def test_the_check_itself_finds_traditional_labels(line: str) -> None:
    assert list(traditional_patterns(line))


def test_the_check_itself_leaves_documentation_alone() -> None:
    assert not list(traditional_patterns('"""For 關(guān)於."""\nX = "来源"\n"""Labels such as 來源."""'))


CLIENTS = ("urllib.request", "http.client", "httpx2", "httpcore2", "requests", "aiohttp", "urllib3", "ftplib")
MAY_CONNECT = ("crawler/download/", "crawler/demo/", "pipelines/storage/http")
"""Where requests to addresses of others are made: both places check the address of each connection. The demo asks only
the city that it serves itself. boto3 and psycopg connect to what the operator configures."""


def test_only_guarded_clients_make_requests() -> None:
    others = [module for module in MODULES if not str(module).startswith(MAY_CONNECT)]
    sources = {module: (ROOT / module).read_text("utf-8") for module in others}
    found = {
        module: [name for name in imported_names(ast.parse(source)) if name.startswith(CLIENTS)]
        for module, source in sources.items()
        if any(client.partition(".")[0] in source for client in CLIENTS)
    }
    assert {module: names for module, names in found.items() if names} == {}


def imported_names(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found
