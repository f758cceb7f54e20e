"""Real faults of SQLite and PostgreSQL: each one has an error of the right class, in one line, with its remedy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from pipelines.catalogue import database, engine
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.faults import store_error
from pipelines.errors import StoreAway, StoreError, StoreUnavailable
from tests.pipelines.catalogue.server import installed, postgresql_server
from tests.pipelines.made import capture, entry
from tests.pipelines.storage.server import free_ports

Fault = tuple[type[StoreError], str]

LOCKED: Fault = (StoreAway, "wait until that process has finished")
DAMAGED: Fault = (StoreUnavailable, "`fangzhi rebuild` makes a new one")
FULL: Fault = (StoreUnavailable, "free some disk space")
FORBIDDEN: Fault = (StoreUnavailable, "check that this user may read and write")
FOREIGN: Fault = (StoreUnavailable, "check that it is a catalogue of this version")
AWAY: Fault = (StoreAway, "check that the server runs")
BUSY: Fault = (StoreAway, "wait until other clients")
REFUSED: Fault = (StoreUnavailable, "correct user, password or database")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a moment where a command would wait for half a minute."""
    monkeypatch.setattr(engine, "BUSY_S", 0.2)
    monkeypatch.setattr(database, "BUSY_S", 0.2)


@contextmanager
def fails_as(fault: Fault) -> Iterator[None]:
    """Expect an error of a class, in one line that names the catalogue, with a remedy."""
    with pytest.raises(StoreError) as caught:
        yield
    expected, remedy = fault
    assert type(caught.value) is expected, caught.value
    assert remedy in str(caught.value.hint)
    assert str(caught.value).startswith("the catalogue ")
    assert len(str(caught.value).splitlines()) == 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An SQLite catalogue with an entry."""
    path = tmp_path / "catalogue.sqlite"
    with closing(Catalogue(f"sqlite:///{path}")) as catalogue:
        catalogue.put(entry(capture()))
    return path


def use(file: Path) -> None:
    """Read and write a catalogue."""
    with closing(Catalogue(f"sqlite:///{file}")) as catalogue:
        list(catalogue.entries())
        catalogue.put(entry(capture(1)))


def test_a_file_that_another_process_has_locked(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with fails_as(LOCKED):
            use(file)
    use(file)


def overwrite(file: Path, offset: int, data: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset)
        opened.write(data)


def test_a_damaged_file(file: Path) -> None:
    overwrite(file, 4096, b"\xff" * (file.stat().st_size - 4096))
    with fails_as(DAMAGED):
        use(file)


@pytest.mark.parametrize("content", [b"no database at all" * 99, b"<html>" * 999])
def test_a_file_that_is_no_database(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with fails_as(DAMAGED):
        use(file)


def test_a_full_disk(file: Path) -> None:
    """A limit on the pages of the file stands for the disk."""

    def limit(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=10")

    sa.event.listen(sa.Engine, "begin", limit)
    try:
        with closing(Catalogue(f"sqlite:///{file}")) as catalogue, fails_as(FULL):
            for number in range(1, 99):
                catalogue.put(entry(capture(number)))
    finally:
        sa.event.remove(sa.Engine, "begin", limit)


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").mkdir()
    with fails_as(FORBIDDEN):
        use(tmp_path / "catalogue.sqlite")


@pytest.mark.parametrize("tables", ["CREATE TABLE anchors (a)", "CREATE TABLE entries (a)"])
def test_the_database_of_another_program(tmp_path: Path, tables: str) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute(tables)
    with fails_as(FOREIGN):
        use(tmp_path / "other.sqlite")


def test_a_file_without_permission_to_write(file: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can write as another user")
    use(file)  # imports everything that is needed
    for folder in (file.parent, *file.parent.parents[:3]):
        folder.chmod(0o755)
    child = os.fork()
    if child == 0:
        code = 1
        with suppress(BaseException):
            os.setuid(65534)
            with fails_as(FORBIDDEN):
                use(file)
            code = 0
        os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server of these tests alone, which change its settings."""
    if not installed():
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql_server(durable=False) as server:
        yield server.url


def admin(url: str, *statements: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def opened(url: str) -> None:
    with closing(Catalogue(url)) as catalogue:
        list(catalogue.entries())
        catalogue.put(entry(capture(1)))


def test_no_server_at_this_port() -> None:
    with fails_as(AWAY):
        opened(f"postgresql+psycopg://u@127.0.0.1:{free_ports(1)[0]}/x")


def test_no_server_of_this_name() -> None:
    with fails_as(AWAY):
        opened("postgresql+psycopg://u@no-such-host.invalid/x")


@pytest.mark.parametrize("change", [("/postgres", "/nowhere"), ("fangzhi@", "nobody@")])
def test_a_database_or_user_that_does_not_exist(address: str, change: tuple[str, str]) -> None:
    with fails_as(REFUSED):
        opened(address.replace(*change))


def test_an_unknown_parameter(address: str) -> None:
    with fails_as(REFUSED):
        opened(f"{address}?passwort=x")


def closed_by_the_server(url: str) -> None:
    admin(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type='client backend'"
        " AND pid<>pg_backend_pid()",
    )


def test_a_connection_that_the_server_closes_in_a_transaction(address: str) -> None:
    with closing(Catalogue(address)) as catalogue:
        with fails_as(AWAY), catalogue.transaction():
            catalogue.put(entry(capture(2)))
            closed_by_the_server(address)
            catalogue.put(entry(capture(3)))
        catalogue.put(entry(capture(3)))


@pytest.mark.parametrize("setting", ["lock_timeout=100", "statement_timeout=100"])
def test_a_lock_that_another_client_holds_for_long(address: str, setting: str) -> None:
    opened(address)
    with psycopg.connect(address.replace("+psycopg", "")) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('entries'))")
        with fails_as(BUSY), closing(Catalogue(f"{address}?options=-c{setting}")) as catalogue:
            catalogue.put(entry(capture(4)))


def test_a_read_only_copy(address: str) -> None:
    opened(address)
    url = f"{address}?options=-cdefault_transaction_read_only=on"
    with fails_as((StoreUnavailable, "name the primary server")), closing(Catalogue(url)) as catalogue:
        catalogue.put(entry(capture(5)))


def test_a_user_without_rights(address: str) -> None:
    admin(address, "CREATE ROLE guest LOGIN", "CREATE DATABASE of_others")
    with fails_as((StoreUnavailable, "give this user the right")):
        opened(address.replace("fangzhi@", "guest@").replace("/postgres", "/of_others"))


def test_too_many_clients(address: str) -> None:
    admin(address, "CREATE ROLE lonely LOGIN CONNECTION LIMIT 1")
    url = address.replace("fangzhi@", "lonely@")
    with psycopg.connect(url.replace("+psycopg", "")), fails_as(BUSY):
        opened(url)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("FATAL:  the database system is starting up", AWAY),
        ("FATAL:  the database system is in recovery mode", AWAY),
        ("FATAL:  sorry, too many clients already", BUSY),
        ('FATAL:  password authentication failed for user "u"', REFUSED),
    ],
)
def test_answers_that_are_rare(words: str, fault: Fault) -> None:
    """The words of libpq; a server gives them only for a moment, or with other rules of access."""
    with fails_as(fault):
        raise store_error("the catalogue x", psycopg.OperationalError(f"connection failed:\n\t{words}"))


def test_a_writer_that_sleeps_in_a_transaction_does_not_stop_the_others(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine can freeze while it has the lock of all writers; when it wakes up, its transaction is gone."""
    monkeypatch.setattr(engine, "WRITER_IDLE_MS", 300)
    with closing(Catalogue(database)) as asleep, closing(Catalogue(database)) as other:
        with fails_as(AWAY), asleep.transaction():
            other.put(entry(capture(1)))
            asleep.put(entry(capture(2)))
        assert other.get(entry(capture(1)).id)
