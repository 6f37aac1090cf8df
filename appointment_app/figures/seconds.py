"""Whole seconds since 1970, as each database says it: what elapsed time is counted with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

# TO_SECONDS of MariaDB counts from the year 0.
_OF_1970 = 62_167_219_200


class epoch_seconds(FunctionElement[int]):
    """The whole seconds from 1970 until a moment in UTC; fractions are dropped."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(epoch_seconds, "postgresql")
def _on_postgresql(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"CAST(floor(date_part('epoch', {moment})) AS BIGINT)"


@compiles(epoch_seconds, "sqlite")
def _on_sqlite(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(epoch_seconds, "mariadb")
def _on_mariadb(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return f"(TO_SECONDS({compiler.process(element.clauses, **options)}) - {_OF_1970})"


class _Seconds(sa.types.TypeDecorator[int]):
    """Seconds since 1970, also of a database that answers with the moment itself."""

    impl = sa.BigInteger
    cache_ok = True

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> int | None:
        return int(value.timestamp()) if isinstance(value, datetime) else value


class day_start(FunctionElement[int]):
    """When (seconds since 1970) the day of a moment began: ``day_start(moment, origin)``.

    Days begin every 86,400 seconds from ``origin`` (seconds since 1970) on.
    """

    type = _Seconds()
    inherit_cache = True


@compiles(day_start)
def _by_division(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    moment, origin = element.clauses
    day = sa.literal_column("86400", sa.BigInteger)
    return compiler.process(origin + (epoch_seconds(moment) - origin) // day * day, **options)


@compiles(day_start, "postgresql")
def _by_date_bin(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    # A third of what the arithmetic takes, which counts for a million appointments.
    moment, origin = (compiler.process(each, **options) for each in element.clauses)
    return f"date_bin('1 day', {moment}, to_timestamp({origin}))"
