"""Every setting, read once: command line over environment over `fangzhi.toml`."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, fields, fields_dict, frozen

from crawler.sites.schedule import parse_schedule
from pipelines import __version__
from pipelines.catalogue.schemes import check_catalogue_url
from pipelines.errors import ConfigError
from pipelines.storage import storage_address
from pipelines.storage.options import Options, S3Options

FILE = "fangzhi.toml"

_FILES, _S3 = Options(), S3Options()


@frozen(kw_only=True)
class Config:
    """The settings of one run.

    `archive` is an absolute folder or the URL of a store, `catalogue` an SQLAlchemy URL, `frontier` the file in which
    the crawler keeps what it knows of pages and of its crawls. The sites in the `registry` folders come on top of those
    that fangzhi brings. `operator` and `contact` say who crawls and how to reach them. `timeout` is in seconds for one
    exchange, `max_body` in bytes as they come over the wire. What follows `max_redirects` becomes `options`.
    """

    archive: str = field(metadata={"kind": "text"})
    catalogue: str = field(metadata={"kind": "text"})
    frontier: Path = field(metadata={"kind": "file"})
    user_agent: str = field(metadata={"kind": "text"})
    operator: str | None = field(default=None, metadata={"kind": "text"})
    contact: str | None = field(default=None, metadata={"kind": "text"})
    allow_private: bool = field(default=False, metadata={"kind": "flag"})
    registry: tuple[Path, ...] = field(default=(), metadata={"kind": "folders"})
    # Processes that read pages. 0 reads them in the process itself: it saves the start of a worker, 1 to 2 s of CPU
    # time, on a machine of one core or for a few pages, but a page that hangs the parser then hangs the crawl as well.
    workers: int = field(metadata={"kind": "whole", "least": 0})

    # When a site without a schedule of its own is due: four looks a day are what a small server bears.
    schedule: str = field(default="every 6h", metadata={"kind": "schedule"})

    # Others who crawl these sites wait 20 to 30 s: their servers are slow, seldom dead.
    timeout: float = field(default=30.0, metadata={"kind": "seconds", "least": 1})

    # Room for scanned gazettes and the PDFs of digital papers, little enough to hold several in memory at once.
    max_body: int = field(default=32 * 1024 * 1024, metadata={"kind": "whole", "least": 1024})

    # http to https, to www, to the new path, to its final slash: four, and one to spare.
    max_redirects: int = field(default=5, metadata={"kind": "whole", "least": 0})

    # The browser that runs scripts of pages on request: a program name or a path; see crawler.download.browser.
    browser: str | None = field(default=None, metadata={"kind": "text"})

    # How the archive is written: see pipelines.storage.options, also for the reasons of these defaults.
    spool: Path | None = field(default=None, metadata={"kind": "folder"})
    spool_limit: int = field(default=_FILES.spool_limit, metadata={"kind": "whole", "least": 1})
    sync_pages: int = field(default=_FILES.sync_pages, metadata={"kind": "whole", "least": 1})
    sync_seconds: float = field(default=_FILES.sync_age.total_seconds(), metadata={"kind": "seconds", "least": 0})
    roll_size: int = field(default=_FILES.roll_size, metadata={"kind": "whole", "least": 1})
    roll_seconds: float = field(default=_FILES.roll_age.total_seconds(), metadata={"kind": "seconds", "least": 1})
    s3_addressing: str = field(default=_S3.addressing, metadata={"kind": "choice", "of": ("auto", "path", "virtual")})
    s3_checksums: str = field(
        default=_S3.checksums, metadata={"kind": "choice", "of": ("when_required", "when_supported")}
    )
    s3_storage_class: str | None = field(default=None, metadata={"kind": "text"})
    s3_lock: str | None = field(default=None, metadata={"kind": "choice", "of": ("GOVERNANCE", "COMPLIANCE")})
    s3_lock_days: int = field(default=_S3.lock_days, metadata={"kind": "whole", "least": 1})
    s3_concurrency: int = field(default=_S3.concurrency, metadata={"kind": "whole", "least": 1})

    # S3 refuses parts below 5 MiB.
    s3_part_size: int = field(default=_S3.part_size, metadata={"kind": "whole", "least": 5 << 20})

    @property
    def options(self) -> Options:
        """How the archive is written."""
        return Options(
            spool=self.spool,
            spool_limit=self.spool_limit,
            sync_pages=self.sync_pages,
            sync_age=dt.timedelta(seconds=self.sync_seconds),
            roll_size=self.roll_size,
            roll_age=dt.timedelta(seconds=self.roll_seconds),
            s3=S3Options(**{name: getattr(self, f"s3_{name}") for name in fields_dict(S3Options)}),
        )


def load_config(options: Mapping[str, object], environ: Mapping[str, str], cwd: Path) -> Config:
    """Return the settings of this run.

    `options` come from the command line by the names of `Config`, None where one is not given, and `config` for the
    file. The environment has FANGZHI_ before the name in capitals. Relative folders start at `cwd`, those of the
    file at its own folder. Raises ConfigError naming the file, variable or option, and what is allowed.
    """
    home = Path(environ.get("HOME") or Path.home())
    given = _from_file(options, environ, cwd, home)
    for name, kind in _KINDS.items():
        variable = f"FANGZHI_{name.upper()}"
        if text := environ.get(variable):
            given[name] = _settle(name, _from_text(text, kind), variable, cwd, home)
        if (value := options.get(name)) is not None:
            given[name] = _settle(name, value, f"--{name.replace('_', '-')}", cwd, home)
    given.setdefault("archive", str(cwd / "archive"))
    beside = _beside(given["archive"], Path(environ.get("XDG_DATA_HOME") or home / ".local/share"))
    given.setdefault("catalogue", f"sqlite:///{beside}/catalogue.sqlite")
    given.setdefault("frontier", beside / "frontier.sqlite")
    given.setdefault("user_agent", _user_agent(given.get("contact")))
    given.setdefault("workers", len(os.sched_getaffinity(0)))
    return Config(**given)


def environment(config: Config) -> dict[str, str]:
    """Return the environment variables that give another process the same settings, whatever file lies about there."""
    given = {f"FANGZHI_{name.upper()}": _to_text(getattr(config, name)) for name in _KINDS}
    return {"FANGZHI_CONFIG": os.devnull} | {name: text for name, text in given.items() if text is not None}


_KINDS = {each.name: str(each.metadata["kind"]) for each in fields(Config)}

_EXPECTED = {
    "text": "text without line breaks",
    "flag": "true or false",
    "folder": "a folder",
    "folders": "a list of folders",
    "file": "a file's path",
    "whole": "a whole number",
    "seconds": "a number of seconds",
}
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _from_file(options: Mapping[str, object], environ: Mapping[str, str], cwd: Path, home: Path) -> dict[str, Any]:
    named = options.get("config") or environ.get("FANGZHI_CONFIG")
    file = cwd / str(named or FILE)
    if not named and not file.exists():
        return {}
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}", hint="--config and FANGZHI_CONFIG name a TOML file") from None
    except ValueError as error:  # tomllib's and UnicodeDecodeError
        raise ConfigError(f"{file}: no valid TOML: {error}", hint="correct the file there") from None
    for key in data.keys() - _KINDS.keys():
        raise ConfigError(f"{file}: unknown key {key}", hint=f"allowed are {', '.join(_KINDS)}")
    return {name: _settle(name, value, f"{file}: {name}", file.parent, home) for name, value in data.items()}


def _from_text(text: str, kind: str) -> object:
    """Read what an environment variable says as TOML would have it; what cannot be read stays text."""
    if kind == "folders":
        return [folder for folder in text.split(os.pathsep) if folder]
    if kind == "flag":
        return _WORDS.get(text.strip().lower(), text)
    if kind in ("whole", "seconds"):
        try:
            return int(text) if kind == "whole" else float(text)
        except ValueError:
            return text
    return text


def _to_text(value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return str(int(value))
        case tuple():
            return os.pathsep.join(map(str, value))
    return str(value)


def _settle(name: str, value: object, source: str, base: Path, home: Path) -> Any:
    """Return a setting's value checked, its folders absolute."""
    about = fields_dict(Config)[name].metadata
    kind, least = about["kind"], about.get("least")
    if kind == "choice" and value not in about["of"]:
        raise ConfigError(f"{source}: {' or '.join(about['of'])} is expected, not {value!r}")
    if kind == "schedule":
        return _schedule(value, source)
    if not _fits(value, kind, least or 0):
        bound = f" from {least}" if least is not None else ""
        raise ConfigError(f"{source}: {_EXPECTED[kind]}{bound} is expected, not {value!r}")
    match name, value:
        case "archive", str():
            return _archive(value, source, base, home)
        case "catalogue", str():
            try:
                check_catalogue_url(value)
            except ConfigError as error:
                raise ConfigError(f"{source}: {error}", hint=error.hint) from None
        case (("user_agent" | "contact"), str()) if not value.isascii():
            raise ConfigError(f"{source}: {value} cannot go into a request", hint="write it in ASCII")
        case (("frontier" | "spool"), str() | Path()):
            return _folder(str(value), base, home)
        case "registry", list() | tuple():
            return tuple(_folder(str(each), base, home) for each in value)
    return value


def _fits(value: object, kind: str, least: float) -> bool:
    match kind:
        case "choice":
            return True
        case "folder":
            return isinstance(value, str | Path) and bool(str(value))
        case "text":
            return isinstance(value, str) and value.isprintable() and bool(value.strip())
        case "flag":
            return isinstance(value, bool)
        case "file":
            return isinstance(value, str | Path) and bool(str(value).strip())
        case "folders":
            return isinstance(value, list | tuple) and all(isinstance(each, str | Path) for each in value)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool) and value >= least
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value < math.inf


def _schedule(value: object, source: str) -> str:
    try:
        parse_schedule(text := str(value))
    except ValueError as error:
        raise ConfigError(f"{source}: {error}") from None
    return text


def _archive(value: str, source: str, base: Path, home: Path) -> str:
    try:
        address = storage_address(value)
    except ConfigError as error:
        raise ConfigError(f"{source}: {error}", hint=error.hint) from None
    return address if "://" in address else str(_folder(address, base, home))


def _folder(value: str, base: Path, home: Path) -> Path:
    own = home / value[2:] if value == "~" or value.startswith("~/") else base / value
    return Path(os.path.normpath(own))


def _beside(archive: str, data: Path) -> Path:
    """Return where an archive's catalogue and frontier lie: in its folder, or among the user's data if that is far."""
    if "://" not in archive:
        return Path(archive)
    told = re.sub(r"[^\w.-]+", "-", archive.partition("://")[2])
    digest = hashlib.sha256(archive.encode()).hexdigest()[:8]  # a/b and a-b must not share one
    return data / "fangzhi" / f"{told}-{digest}"


def _user_agent(contact: str | None) -> str:
    return f"fangzhi/{__version__} ({f'+{contact}' if contact else 'archiving crawler; no contact given'})"
