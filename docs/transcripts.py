"""Runs the commands of documentation pages and puts their real output below them.

`python -m docs.transcripts docs/tutorials/*.md` runs each page in an empty folder of its own. In a block of the kind
`console`, a line that begins with `$ ` is a command, and the lines after it are its output. A comment
`<!-- lines: 12 -->` before a block limits the output of each of its commands to its first lines, `-12` to its last; a
command in `<!-- run: … -->` is not shown. A command that ends in `&` runs until the end of the page. Ids of captures
differ in each run: where the commands of a page name an id of an earlier output, the id at the same place of the new
output is used. The first command of a page, which is the crawl of the demo city, runs once for all pages of a language.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from attrs import Factory, define

_BLOCK = re.compile(r"(?:<!-- lines: (?P<lines>-?\d+) -->\n)?```console\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_HIDDEN = re.compile(r"<!-- run: (?P<hidden>[^\n]*) -->")
_ID = re.compile(r"\b\d{14}-[0-9a-f]{12}\b")

START_SECONDS = 60
"""Longest wait for the first output of a command in the background: the city starts in two seconds."""

WIDTH = 100
"""Columns of the output: the width of a block of code on a page."""


@define
class Session:
    """A folder in which the commands of a page run, and what is known from them."""

    folder: Path
    language: str
    cache: Path
    firsts: dict[tuple[str, str], tuple[Path, str]]
    background: list[subprocess.Popen[bytes]] = Factory(list)
    new_ids: dict[str, str] = Factory(dict)

    def run(self, command: str) -> str:
        """Run a command as a shell would, and return what it writes to stdout and stderr."""
        if command.endswith("&"):
            return self._start(command.removesuffix("&"))
        if not any(self.folder.iterdir()):
            return self._first(command)
        return self._run(command)

    def _first(self, command: str) -> str:
        """Run a command in the empty folder, or take the files and the output of an earlier run of it."""
        if (self.language, command) not in self.firsts:
            output = self._run(command)
            kept = Path(tempfile.mkdtemp(dir=self.cache))
            shutil.copytree(self.folder, kept, dirs_exist_ok=True)
            self.firsts[self.language, command] = kept, output
        kept, output = self.firsts[self.language, command]
        shutil.copytree(kept, self.folder, dirs_exist_ok=True)
        return output

    def _run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        sys.stdout.write(f"  {done.returncode}  {command}\n")
        return done.stdout.replace(str(self.folder), "/home/you")

    def renewed(self, text: str) -> str:
        """Return a text with the ids of this run in place of those of an earlier one."""
        return _ID.sub(lambda found: self.new_ids.get(found[0], found[0]), text)

    def _start(self, command: str) -> str:
        with tempfile.NamedTemporaryFile() as output:
            started = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self._environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.background.append(started)
            deadline = time.monotonic() + START_SECONDS
            while not (text := Path(output.name).read_text("utf-8").strip()) and time.monotonic() < deadline:
                time.sleep(0.1)
            return text

    def _environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        own = {"PATH": path, "LANG": "C.UTF-8", "FANGZHI_LANG": self.language, "COLUMNS": str(WIDTH)}
        return {name: value for name, value in os.environ.items() if not name.startswith("FANGZHI_")} | own


def main() -> None:
    """Rewrite the pages that the arguments name."""
    firsts: dict[tuple[str, str], tuple[Path, str]] = {}
    with tempfile.TemporaryDirectory() as cache:
        for name in sys.argv[1:]:
            sys.stdout.write(f"{name}\n")
            language = "zh" if re.search(r"\.zh(?:-CN)?\.md$", name) else "en"
            with tempfile.TemporaryDirectory() as folder:
                _rewrite(Path(name), Session(folder=Path(folder), language=language, cache=Path(cache), firsts=firsts))


def _rewrite(page: Path, session: Session) -> None:
    try:
        made = re.sub(
            f"{_BLOCK.pattern}|{_HIDDEN.pattern}",
            lambda found: _hidden(found, session) if found["hidden"] else _block(found, session),
            page.read_text("utf-8"),
            flags=_BLOCK.flags,
        )
    finally:
        for started in session.background:
            os.killpg(started.pid, signal.SIGTERM)
            started.wait()
    page.write_text(session.renewed(made), "utf-8")


def _hidden(found: re.Match[str], session: Session) -> str:
    session.run(found["hidden"])
    return found[0]


def _block(found: re.Match[str], session: Session) -> str:
    most = int(found["lines"]) if found["lines"] else None
    out: list[str] = []
    for command, old in commands(found["text"]):
        output = session.run(session.renewed(command)).strip("\n").split("\n")
        shown = _cut(output, most)
        session.new_ids.update(zip(_ID.findall(old), _ID.findall("\n".join(shown)), strict=False))
        out += [f"$ {session.renewed(command)}", *(line.rstrip() for line in shown if output != [""])]
    head = f"<!-- lines: {most} -->\n" if most else ""
    return f"{head}```console\n" + "\n".join(out) + "\n```"


def _cut(output: list[str], most: int | None) -> list[str]:
    if most is None or len(output) <= abs(most):
        return output
    return [*output[:most], "…"] if most > 0 else ["…", *output[most:]]


def commands(block: str) -> Iterator[tuple[str, str]]:
    r"""Yield each command of a block with its old output. A command goes on while a double quote is open.

    >>> list(commands('$ date\nMonday\n$ echo "a\nb"\na\nb\n'))
    [('date', 'Monday\n'), ('echo "a\nb"', 'a\nb\n')]
    """
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        length = next(number for number in range(1, len(lines) + 1) if "".join(lines[:number]).count('"') % 2 == 0)
        yield "".join(lines[:length]).rstrip("\n"), "".join(lines[length:])


if __name__ == "__main__":
    main()
