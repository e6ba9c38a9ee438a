"""The open database: one connection, whole transactions, and errors in one line.

SQLite runs with a write-ahead log and `synchronous=FULL`, so an answer that returned survives a power cut.
SQLAlchemy owns the connection, the transactions and the dialect. The statements of `sql` are translated once and
run on the driver's own cursor: wrapping each result would cost an answer more than writing it.
"""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.sql.compiler import SQLCompiler

from cnntutor.errors import StoreError
from cnntutor.memory import sql

PATIENCE = 5.0
"""Seconds that a command waits while another copy writes."""
FULL = 64 * 1024
"""A disk with fewer bytes left is full: SQLite then fails at its helper files with errors that say nothing of it."""

Params = Mapping[str, Any]
Migration = Callable[[Connection], None]
MIGRATIONS: tuple[Migration, ...] = ()
"""The first takes schema 1 to 2, the second 2 to 3, and so on up to `sql.SCHEMA`."""

MOVE_AWAY = "Move the file away and cnntutor begins a new one; put a copy of yours back if you have one"
REASONS = {
    "SQLITE_NOTADB": f"is not a database. {MOVE_AWAY}",
    "SQLITE_CORRUPT": f"is damaged. {MOVE_AWAY}",
    "SQLITE_FULL": "cannot grow, the disk is full. Only the last step was not saved: free space, repeat it",
    "SQLITE_READONLY": "cannot be written. Give yourself the right to write the file and its folder",
    "SQLITE_CANTOPEN": "cannot be opened. Give yourself the right to read and write the file and its folder",
    "SQLITE_PERM": "cannot be opened. Give yourself the right to read and write the file and its folder",
    "SQLITE_BUSY": "is busy, another program writes to it. Close that one and repeat the step",
    "SQLITE_LOCKED": "is busy, another program writes to it. Close that one and repeat the step",
    "SQLITE_IOERR": "cannot be read or written, the disk reports an error",
}
SHORT_OF_SPACE = ("SQLITE_IOERR", "SQLITE_CANTOPEN")
"""Errors that a full disk hides behind."""


@dataclass(frozen=True, slots=True)
class _Translated:
    """A statement in the driver's own notation."""

    text: str
    names: tuple[str, ...] | None
    """The parameters in the order of their places, or None where the driver takes them by name."""

    def bind(self, params: Params) -> Any:
        """Parameters as the driver takes them."""
        return params if self.names is None else [params[name] for name in self.names]


class Database:
    """A connection kept for the life of the store, safe to use from several threads one after another."""

    def __init__(self, engine: Engine, name: str, patience: float = PATIENCE) -> None:
        """Connect; use `open` instead, which also prepares the tables."""
        self._engine = engine
        self._name = name
        self._lock = threading.RLock()
        self._begin = "BEGIN"
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", lambda connection, _record: _prepare_connection(connection, patience))
            event.listen(engine, "begin", self._begin_sqlite)
        self._statements: dict[str, _Translated] = {}
        self._driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error
        with self._explained():
            self.connection = engine.connect()
        driver = self.connection.connection.dbapi_connection
        assert driver is not None
        self._driver = driver

    @classmethod
    def open(cls, where: Path | str, *, patience: float = PATIENCE) -> Self:
        """Open a database, with its folders, tables and newest schema.

        Args:
            where: a path, or an SQLAlchemy URL.
            patience: seconds to wait while another copy writes.

        Raises:
            StoreError: it cannot be opened, is no database of ours, or a newer cnntutor wrote it.
        """
        url, name = _locate(where)
        database = cls(_engine(url, name), name, patience)
        try:
            database._prepare()
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Give the file back. Closing twice does no harm."""
        with self._lock:
            self.connection.close()
            self._engine.dispose()

    def reading(self) -> AbstractContextManager[None]:
        """One view of the data for all statements inside."""
        return self._transaction("BEGIN")

    def writing(self) -> AbstractContextManager[None]:
        """One transaction that no other writer comes between; committed on leaving, or undone by an error."""
        return self._transaction("BEGIN IMMEDIATE")

    def ask(self, statement: str, params: Params) -> Sequence[Sequence[Any]]:
        """All rows of a statement, inside `reading` or `writing`."""
        cursor = self._driver.cursor()
        translated = self._translated(statement)
        cursor.execute(translated.text, translated.bind(params))
        rows = cursor.fetchall()
        cursor.close()
        return rows

    def tell(self, statement: str, params: Params) -> int:
        """Change rows, inside `writing`; the number of rows changed."""
        cursor = self._driver.cursor()
        translated = self._translated(statement)
        cursor.execute(translated.text, translated.bind(params))
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def tell_all(self, statement: str, many: Iterable[Params]) -> None:
        """Change rows once for each of many parameters, inside `writing`."""
        translated = self._translated(statement)
        cursor = self._driver.cursor()
        cursor.executemany(translated.text, [translated.bind(params) for params in many])
        cursor.close()

    def _translated(self, statement: str) -> _Translated:
        if statement not in self._statements:
            compiled = text(statement).compile(dialect=self._engine.dialect)
            names = compiled.positiontup if isinstance(compiled, SQLCompiler) else None
            self._statements[statement] = _Translated(str(compiled), None if names is None else tuple(names))
        return self._statements[statement]

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._lock, self._explained():
            if self.connection.in_transaction():
                yield
                return
            self._begin = begin
            with self.connection.begin():
                yield

    def _begin_sqlite(self, connection: Connection) -> None:
        # The driver would begin at the first change alone; then what was read before it could be out of date.
        self._driver.cursor().execute(self._begin)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StoreError(f"{self._name} {_reason(error.orig, self._name)}.") from error
        except self._driver_error as error:
            raise StoreError(f"{self._name} {_reason(error, self._name)}.") from error
        except SQLAlchemyError as error:
            raise StoreError(f"{self._name} cannot be used: {error}") from error

    def _prepare(self) -> None:
        """Make or migrate the tables; a database that needs neither is not written to."""
        with self.reading():
            schema = self._schema()
        if schema == sql.SCHEMA:
            return
        with self.writing():
            schema = self._schema()
            if schema is None:
                _create_tables(self.connection)
                self.tell(sql.PUT_META, {"key": "device", "value": uuid.uuid4().hex})
            for migrate in MIGRATIONS[(schema or sql.SCHEMA) - 1 :]:
                migrate(self.connection)
            self.tell(sql.PUT_META, {"key": "schema", "value": str(sql.SCHEMA)})

    def _schema(self) -> int | None:
        """The schema of the tables, or None where there are none yet.

        Raises:
            StoreError: the tables are another program's, or a newer cnntutor's.
        """
        tables = inspect(self.connection).get_table_names()
        if not tables:
            return None
        rows = self.ask(sql.META, {"key": "schema"}) if "meta" in tables else []
        if not rows or not str(rows[0][0]).isdigit():
            raise StoreError(f"{self._name} is a database of another program. Choose another file for your data.")
        schema = int(rows[0][0])
        if schema > sql.SCHEMA:
            raise StoreError(
                f"{self._name} was written by a newer cnntutor "
                f"(schema {schema}; this one knows {sql.SCHEMA}): upgrade cnntutor."
            )
        return schema


def _locate(where: Path | str) -> tuple[URL, str]:
    """The address of a database, and its name for messages. Makes the folders of a file."""
    if isinstance(where, str) and "://" in where:
        try:
            url = make_url(where)
        except ArgumentError:
            raise StoreError(f"{where} is no database address; write a path, or sqlite:///PATH.") from None
        return url, url.database if url.drivername == "sqlite" and url.database else url.render_as_string()
    path = Path(where).expanduser()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent} cannot be made a folder: {error.strerror}. Choose another place.") from error
    if _is_folder(path):
        raise StoreError(f"{path} is a folder; name the database file in it.")
    return URL.create("sqlite", database=str(path)), str(path)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except PermissionError as error:
        raise StoreError(
            f"{path.parent} cannot be read: permission denied. "
            "Give yourself the right to read and write it, or choose another place."
        ) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be a database: {error.strerror}. Choose another place.") from error


def _engine(url: URL, name: str) -> Engine:
    try:
        arguments = {"check_same_thread": False} if url.get_backend_name() == "sqlite" else {}
        return create_engine(url, poolclass=NullPool, connect_args=arguments)
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(f"{name} needs a database driver that is not installed: {error}.") from error


def _prepare_connection(connection: Any, patience: float) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _create_tables(connection: Connection) -> None:
    from cnntutor.memory.tables import OURS

    OURS[0].metadata.create_all(connection, tables=OURS)


def _reason(error: BaseException | None, file: str) -> str:
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith(SHORT_OF_SPACE) and _is_full(Path(file).parent):
        return REASONS["SQLITE_FULL"]
    known = next((reason for start, reason in REASONS.items() if name.startswith(start)), None)
    return known or f"cannot be used: {' '.join(str(error).split())}"


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < FULL
    except OSError:
        return False
