"""Statements that are executed for each entry, without the work that SQLAlchemy does at each execution.

It takes .08 ms, ten times as long as SQLite takes for most of them. PostgreSQL is a server: there each statement costs
both sides another .1 ms to send it and to wait for its result, so that one statement is executed for many values.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from attrs import field, frozen
from sqlalchemy.sql.visitors import replacement_traverse

Values = Mapping[str, Any]

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_INSERTED = re.compile(r"VALUES \((.*?)\)(?=\s*(?:ON CONFLICT.*)?$)", re.DOTALL)
"""The values of a row in a compiled INSERT statement."""


class Prepared:
    """A statement that is compiled once for each kind of database.

    Execute it in a transaction that has begun. Its parameters must all be given, under the names of their columns.
    """

    def __init__(self, statement: sa.Executable) -> None:
        """Keep a statement; those that PostgreSQL executes for many values at once need the types of parameters."""
        self._statement: Any = statement
        self._forms: dict[str, _Form] = {}

    def execute(self, connection: sa.Connection, values: Values) -> Any:
        """Execute the statement; returns the cursor of the driver. Errors are those of SQLAlchemy."""
        form = self._form(connection)
        return _run(connection, form.text, lambda cursor: cursor.execute(form.text, form.bound(values)))

    def insert(self, connection: sa.Connection, values: Sequence[Values]) -> None:
        """Execute an INSERT statement for each of some values; one after another or, in PostgreSQL, all at once."""
        form = self._form(connection)
        if connection.dialect.name == "sqlite":
            _run(connection, form.text, lambda cursor: cursor.executemany(form.text, [*map(form.bound, values)]))
        elif values:
            text = form.insert_each
            _run(connection, text, lambda cursor: cursor.execute(text, form.table(values)))

    def fetch_for_each(self, connection: sa.Connection, values: Sequence[Values]) -> list[list[tuple[Any, ...]]]:
        """Return the rows that a query finds for each of some values; PostgreSQL gets all of them in one statement."""
        form = self._form(connection)
        found: list[list[tuple[Any, ...]]] = []
        if connection.dialect.name == "sqlite":

            def execute(cursor: Any) -> None:
                found.extend(cursor.execute(form.text, form.bound(each)).fetchall() for each in values)

            _run(connection, form.text, execute)
        elif values:
            found = [[] for _ in values]
            text = form.for_each
            for at, *row in _run(connection, text, lambda cursor: cursor.execute(text, form.table(values))).fetchall():
                found[at].append(tuple(row))
        return found

    def _form(self, connection: sa.Connection) -> _Form:
        name = connection.dialect.name
        if name not in self._forms:
            self._forms[name] = _compiled(self._statement, connection.dialect)
        return self._forms[name]


def typed(text: str, types: Mapping[str, sa.types.TypeEngine[Any]]) -> sa.TextClause:
    """Return a statement in SQL whose parameters have types; `types` may have other names, too."""
    statement = sa.text(text)
    names = sorted(statement.compile().params.keys() & types.keys())
    return statement.bindparams(*(sa.bindparam(name, type_=types[name]) for name in names))


def prefer_indexes(connection: sa.Connection) -> None:
    """Make PostgreSQL read tables by their indexes until the transaction ends, also those that are small.

    It keeps the plan of a prepared statement: one that reads the whole of a new table would still do so a minute later,
    when this table has ten thousand rows.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")


@frozen
class _Form:
    """A statement as text, and what turns the value of a parameter into what the driver takes.

    Some parameters are `constants`: those of unknown type, and what the dialect adds, such as an OFFSET in SQLite. Each
    execution gives the other ones, whose `types` are those of the database.
    """

    text: str
    processors: Mapping[str, Callable[[Any], Any]] = field(factory=dict)
    constants: Mapping[str, Any] = field(factory=dict)
    types: Mapping[str, str] = field(factory=dict)

    def bound(self, values: Values) -> Values:
        """Return the values of the parameters for the driver, which ignores other ones."""
        if not self.constants and not self.processors:
            return values
        bound = {**values, **self.constants}
        for name, process in self.processors.items():
            bound[name] = process(bound[name])
        return bound

    def table(self, values: Sequence[Values]) -> Values:
        """Return the parameters of a statement for many values, which are passed as one JSON list."""
        bound = map(self.bound, values)
        rows = [{"at": at} | {name: each[name] for name in self.types} for at, each in enumerate(bound)]
        return {**self.constants, "rows": json.dumps(rows, ensure_ascii=False, default=_as_text)}

    @functools.cached_property
    def insert_each(self) -> str:
        """The text of an INSERT statement that inserts what each row of the table has."""
        select = "SELECT {} FROM {}"
        return _INSERTED.sub(lambda found: select.format(self._of_row(found[1]), self._rows), self.text)

    @functools.cached_property
    def for_each(self) -> str:
        """The text of a query that returns the index of a row of the table, and what it finds for this row."""
        select = "SELECT each_row.at, found.* FROM {} CROSS JOIN LATERAL ({}) AS found"
        return select.format(self._rows, self._of_row(self.text))

    @property
    def _rows(self) -> str:
        columns = "".join(f', "{name}" {kind}' for name, kind in self.types.items())
        return f"json_to_recordset(CAST(%(rows)s AS JSON)) AS each_row (at INTEGER{columns})"

    def _of_row(self, text: str) -> str:
        """Return a text in which parameters are columns of the table of values."""
        return _PLACEHOLDER.sub(lambda found: f'each_row."{found[1]}"' if found[1] in self.types else found[0], text)


def _as_text(value: Any) -> str:
    """Return what JSON has no form for as PostgreSQL reads it: a day, or bytes, which the driver may have wrapped."""
    return value.isoformat() if isinstance(value, dt.date) else f"\\x{memoryview(getattr(value, 'obj', value)).hex()}"


def _compiled(statement: Any, dialect: sa.Dialect) -> _Form:
    kind: Any = type(dialect)
    named = kind(paramstyle="named", dbapi=dialect.loaded_dbapi) if dialect.name == "sqlite" else dialect
    compiled = replacement_traverse(statement, {}, functools.partial(_literal, named)).compile(dialect=named)
    names = {name: parameter for parameter, name in compiled.bind_names.items()}
    types = {name: parameter.type.dialect_impl(named) for name, parameter in names.items()}
    found = {name: each.bind_processor(named) for name, each in types.items()}
    constants = {name: parameter.value for name, parameter in names.items() if not parameter.required}
    return _Form(
        text=str(compiled),
        processors={name: process for name, process in found.items() if process},
        constants=constants,
        types={
            name: parameter.type.compile(dialect=named)
            for name, parameter in names.items()
            if name not in constants and not isinstance(parameter.type, sa.types.NullType)
        },
    )


def _literal(dialect: sa.Dialect, element: Any, **_: object) -> sa.ColumnElement[Any] | None:
    """Return a constant of a known type as text of the statement; None for anything else.

    If a parameter is compared with a column that is in the condition of a partial index, SQLite compiles the statement
    again at each execution, which takes longer than to execute it.
    """
    is_constant = isinstance(element, sa.BindParameter) and not element.required
    if is_constant and not isinstance(element.type, sa.types.NullType):
        text = element.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        return sa.literal_column(str(text), element.type)
    return None


def _run(connection: sa.Connection, text: str, execute: Callable[[Any], object]) -> Any:
    cursor = connection.connection.cursor()
    try:
        execute(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        base = connection.dialect.loaded_dbapi.Error
        raise sa.exc.DBAPIError.instance(text, None, error, base, dialect=connection.dialect) from error
    return cursor
