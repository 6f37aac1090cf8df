"""Scratch databases for benchmarks: migrated, and dropped at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy.engine import make_url

from appointment_app.settings import PROJECT_ROOT

SERVER = os.environ.get("BENCH_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


@contextmanager
def scratch_postgres(template: str | None = None) -> Iterator[str]:
    """The address of a fresh database, migrated or a copy of the one at address ``template``."""
    name = f"bench_{uuid4().hex[:12]}"
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(name_of(template)))
    _on_server(statement)
    url = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    try:
        if template is None:
            _migrate(url)
        yield url
    finally:
        _on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def scratch_sqlite(folder: Path) -> Iterator[str]:
    """The address of a fresh migrated SQLite file in ``folder``."""
    url = f"sqlite:///{folder / uuid4().hex}.db"
    _migrate(url)
    yield url


def name_of(url: str) -> str:
    """Return the name of the database at an address."""
    name = make_url(url).database
    assert name is not None
    return name


def _migrate(url: str) -> None:
    config = Config(PROJECT_ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


def _on_server(statement: sql.Composable) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)
