"""Migrations run up and down, and build what the models say: constraints and triggers too.

One schema is built by the models and one by the migrations; complete descriptions of the two,
read back from the database, must be equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from appointment_app.database import Database
from appointment_app.models import Clinic, Doctor, Person, metadata
from appointment_app.settings import PROJECT_ROOT
from tests.factories import make_clinic, make_doctor, make_patient

Schema = dict[str, object]  # a readable name of a part, and its description


async def test_models_and_migrations_agree(database: Database) -> None:
    by_migrations = await _described(database)
    await _alembic(database, command.downgrade, "base")
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    by_models = await _described(database)
    assert len(by_models) > 100
    assert _differences(by_models, by_migrations) == []


async def test_down_leaves_nothing_of_ours_and_up_works_again(database: Database) -> None:
    before = await _described(database)
    await _alembic(database, command.downgrade, "base")
    assert await _described(database) == {}
    await _alembic(database, command.upgrade, "head")
    assert _differences(before, await _described(database)) == []


async def test_down_and_up_with_rows_in_the_tables(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(
            metadata.tables["specialty"].insert().values(code="x", name="X", search_words="")
        )
    await _alembic(database, command.downgrade, "base")
    await _alembic(database, command.upgrade, "head")


async def test_names_that_are_there_can_be_searched(database: Database) -> None:
    async with database.session() as session:
        await make_patient(session, given_name="Lucía", family_name="Müller")
        clinic = await make_clinic(session, city="São Paulo")
        await make_doctor(session, clinic, given_name="Zoë")
    kept = await _search_names(database)
    assert ["lucia muller lucia mueller"] in kept
    await _alembic(database, command.downgrade, "0002")
    await _alembic(database, command.upgrade, "head")
    assert await _search_names(database) == kept


async def _search_names(database: Database) -> list[list[str]]:
    async with database.engine.connect() as connection:
        return [
            list((await connection.execute(sa.select(table.search_name))).scalars())
            for table in (Person, Clinic, Doctor)
        ]


# Each is a small difference that somebody could forget in a migration; the comparison above
# has to see every one of them.
SMALL_CHANGES = {
    "sqlite": {
        "a trigger that forgets who is overbooked": (
            "UPDATE sqlite_master SET sql = replace(sql, ' AND NOT NEW.overbooked', '')"
            " WHERE name = 'busy_block_no_overlap_insert'"
        ),
        "a trigger that lets times touch by a little more": (
            "UPDATE sqlite_master SET sql = replace(sql, 'other.starts_at < NEW', 'other.starts_at"
            " <= NEW') WHERE name = 'appointment_no_overlap_update'"
        ),
        "a trigger that is missing": "DROP TRIGGER appointment_no_overlap_insert",
        "a check that allows more": (
            "UPDATE sqlite_master SET sql = replace(sql, 'BETWEEN 5 AND 480', 'BETWEEN 4 AND 480')"
            " WHERE name = 'visit_type'"
        ),
        "a check of an enum with one value more": (
            "UPDATE sqlite_master SET sql = replace(sql, '''refused''', '''refused'', ''maybe''')"
            " WHERE name = 'doctor'"
        ),
        "a column that may be empty": (
            "UPDATE sqlite_master SET sql = replace(sql, 'zone VARCHAR(64) NOT NULL',"
            " 'zone VARCHAR(64)') WHERE name = 'clinic'"
        ),
        "a longer column": (
            "UPDATE sqlite_master SET sql = replace(sql, 'VARCHAR(64)', 'VARCHAR(65)')"
            " WHERE name = 'clinic'"
        ),
        "a foreign key that deletes": (
            "UPDATE sqlite_master SET sql = replace(sql, 'ON DELETE RESTRICT', 'ON DELETE CASCADE')"
            " WHERE name = 'weekly_hours'"
        ),
        "an index that is missing": "DROP INDEX ix_clinic_city",
        "a unique index over all, not only the active": (
            "UPDATE sqlite_master SET sql = replace(sql, 'WHERE active', '')"
            " WHERE name = 'appointment_seat_free'"
        ),
        "a table too many": "CREATE TABLE forgotten (id INTEGER PRIMARY KEY)",
    },
    "postgresql": {
        "an exclusion that forgets who is overbooked": (
            "ALTER TABLE busy_block DROP CONSTRAINT busy_block_no_overlap,"
            " ADD CONSTRAINT busy_block_no_overlap EXCLUDE USING gist (doctor_id WITH =,"
            " tstzrange(busy_from, busy_until, '[)') WITH &&) WHERE (active)"
        ),
        "an exclusion of times that only touch": (
            "ALTER TABLE appointment DROP CONSTRAINT appointment_no_overlap,"
            " ADD CONSTRAINT appointment_no_overlap EXCLUDE USING gist (person_id WITH =,"
            " tstzrange(starts_at, ends_at, '[]') WITH &&) WHERE (active AND NOT overbooked)"
        ),
        "an exclusion that is missing": (
            "ALTER TABLE appointment DROP CONSTRAINT appointment_no_overlap"
        ),
        "a check that allows more": (
            "ALTER TABLE visit_type DROP CONSTRAINT ck_visit_type_duration,"
            " ADD CONSTRAINT ck_visit_type_duration CHECK (duration BETWEEN 4 AND 480)"
        ),
        "a column that may be empty": "ALTER TABLE clinic ALTER zone DROP NOT NULL",
        "a longer column": "ALTER TABLE clinic ALTER zone TYPE VARCHAR(65)",
        "a time without its zone": "ALTER TABLE clinic ALTER created_at TYPE TIMESTAMP",
        "a default": "ALTER TABLE clinic ALTER active SET DEFAULT true",
        "a foreign key that deletes": (
            "ALTER TABLE weekly_hours DROP CONSTRAINT fk_weekly_hours_doctor_at_clinic_id,"
            " ADD CONSTRAINT fk_weekly_hours_doctor_at_clinic_id FOREIGN KEY"
            " (doctor_at_clinic_id) REFERENCES doctor_at_clinic (id) ON DELETE CASCADE"
        ),
        "an index that is missing": "DROP INDEX ix_clinic_city",
        "a trigger too many": (
            "CREATE TRIGGER forgotten BEFORE UPDATE ON clinic FOR EACH ROW"
            " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        ),
        "a function too many": (
            "CREATE FUNCTION forgotten() RETURNS integer LANGUAGE sql AS 'SELECT 1'"
        ),
    },
    "mariadb": {
        "a key without overlaps that forgets who is overbooked": (
            "ALTER TABLE busy_block MODIFY active_doctor_id INTEGER"
            " AS (CASE WHEN active THEN doctor_id END) STORED"
        ),
        "a key of equal times only": (
            "ALTER TABLE appointment DROP CONSTRAINT appointment_no_overlap,"
            " ADD CONSTRAINT appointment_no_overlap UNIQUE (active_person_id, starts_at, ends_at)"
        ),
        "a key without overlaps that is missing": (
            "ALTER TABLE appointment DROP CONSTRAINT appointment_no_overlap"
        ),
        "a seat of all, not only the active": (
            "ALTER TABLE appointment DROP CONSTRAINT appointment_seat_free,"
            " ADD CONSTRAINT appointment_seat_free UNIQUE (block_id, seat)"
        ),
        "a check that allows more": (
            "ALTER TABLE visit_type DROP CONSTRAINT ck_visit_type_duration,"
            " ADD CONSTRAINT ck_visit_type_duration CHECK (duration BETWEEN 4 AND 480)"
        ),
        "a column that may be empty": "ALTER TABLE clinic MODIFY zone VARCHAR(64)",
        "a longer column": "ALTER TABLE clinic MODIFY zone VARCHAR(65) NOT NULL",
        "a time of whole seconds": "ALTER TABLE clinic MODIFY created_at DATETIME NOT NULL",
        "a default": "ALTER TABLE clinic ALTER active SET DEFAULT true",
        "a text that is compared by what looks alike": (
            "ALTER TABLE user_account MODIFY email VARCHAR(254) COLLATE utf8mb4_general_ci NOT NULL"
        ),
        "a foreign key that deletes": (
            "ALTER TABLE weekly_hours DROP CONSTRAINT fk_weekly_hours_doctor_at_clinic_id,"
            " ADD CONSTRAINT fk_weekly_hours_doctor_at_clinic_id_2 FOREIGN KEY"
            " (doctor_at_clinic_id) REFERENCES doctor_at_clinic (id) ON DELETE CASCADE"
        ),
        "an index that is missing": "DROP INDEX ix_clinic_city ON clinic",
        "a table too many": "CREATE TABLE forgotten (id INTEGER PRIMARY KEY)",
        "a trigger too many": (
            "CREATE TRIGGER forgotten BEFORE UPDATE ON clinic FOR EACH ROW SET NEW.version = 1"
        ),
        "a function too many": "CREATE FUNCTION forgotten() RETURNS INTEGER RETURN 1",
    },
}


@pytest.mark.parametrize(
    ("backend", "change"),
    [(backend, change) for backend, changes in SMALL_CHANGES.items() for change in changes],
)
async def test_the_comparison_sees_every_small_difference(
    database: Database, backend: str, change: str
) -> None:
    before = await _described(database)
    statement = SMALL_CHANGES[backend][change]
    async with database.engine.begin() as connection:
        if backend == "sqlite":
            await connection.exec_driver_sql("PRAGMA writable_schema = ON")
        await connection.exec_driver_sql(statement)
    await database.dispose()  # a new connection reads the schema anew
    assert len(_differences(before, await _described(database))) >= 1


async def _described(database: Database) -> Schema:
    async with database.engine.connect() as connection:
        return await connection.run_sync(describe)


def describe(connection: Connection) -> Schema:
    """Return a description of everything in the database that is ours, by a readable name."""
    return _DESCRIBE[connection.dialect.name](connection)


def _describe_sqlite(connection: Connection) -> Schema:
    schema: Schema = {}
    inspector = sa.inspect(connection)
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        # The order of the clauses means nothing.
        schema[f"table {table}"] = sorted(_clauses(_sql_of(connection, "table", table)))
        for column in inspector.get_columns(table):
            schema[f"column {table}.{column['name']}"] = (
                str(column["type"]),
                column["nullable"],
                column["default"],
                column["primary_key"],
            )
        schema[f"foreign keys {table}"] = _in_order(inspector.get_foreign_keys(table))
        schema[f"checks {table}"] = _in_order(inspector.get_check_constraints(table))
        schema[f"unique {table}"] = _in_order(inspector.get_unique_constraints(table))
    others = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL"
        " AND tbl_name <> 'alembic_version'"
    )
    for kind, name, statement in others:
        schema[f"{kind} {name}"] = _one_line(statement)
    return schema


def _sql_of(connection: Connection, kind: str, name: str) -> str:
    found = connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = :kind AND name = :name"),
        {"kind": kind, "name": name},
    )
    return str(found.scalar_one())


def _clauses(create_table: str) -> list[str]:
    """Return what stands between the commas of CREATE TABLE, commas in brackets left alone."""
    body = _one_line(create_table).partition("(")[2].rpartition(")")[0]
    clauses, depth = [""], 0
    for sign in body:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            clauses.append("")
        else:
            clauses[-1] += sign
    return [clause.strip() for clause in clauses]


def _in_order(constraints: object) -> list[str]:
    return sorted(repr(sorted(each.items())) for each in constraints)  # type: ignore[attr-defined]


def _one_line(statement: str) -> str:
    return re.sub(r"\s+", " ", statement.replace('"', "")).strip()


_POSTGRESQL_PARTS = {
    "column": (
        "SELECT table_name || '.' || column_name, data_type, udt_name, is_nullable,"
        " column_default, character_maximum_length, numeric_precision, datetime_precision,"
        " is_identity, is_generated"
        " FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name <> 'alembic_version'"
    ),
    "constraint": (
        "SELECT conrelid::regclass || '.' || conname, contype, convalidated, condeferrable,"
        " pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
        " AND conrelid::regclass::text <> 'alembic_version'"
    ),
    "index": (
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND tablename <> 'alembic_version'"
    ),
    "trigger": (
        "SELECT tgrelid::regclass || '.' || tgname, tgenabled, pg_get_triggerdef(oid)"
        " FROM pg_trigger WHERE NOT tgisinternal"
    ),
    # What btree_gist brings belongs to the extension, not to us.
    "function": (
        "SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p"
        " WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS"
        " (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
    ),
    "sequence": "SELECT sequencename, data_type FROM pg_sequences WHERE schemaname = 'public'",
    "type": (
        "SELECT typname, typtype FROM pg_type WHERE typnamespace = 'public'::regnamespace"
        " AND typtype IN ('e', 'd')"
    ),
}


def _describe_postgresql(connection: Connection) -> Schema:
    return {
        f"{part} {name}": tuple(description)
        for part, query in _POSTGRESQL_PARTS.items()
        for name, *description in connection.exec_driver_sql(query)
    }


_MARIADB_PARTS = {
    "trigger": (
        "SELECT trigger_name, event_object_table, action_timing, event_manipulation,"
        " action_statement FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
    ),
    "routine": (
        "SELECT routine_name, routine_type, routine_definition FROM information_schema.routines"
        " WHERE routine_schema = DATABASE()"
    ),
}


def _describe_mariadb(connection: Connection) -> Schema:
    schema: Schema = {
        f"{part} {name}": tuple(description)
        for part, query in _MARIADB_PARTS.items()
        for name, *description in connection.exec_driver_sql(query)
    }
    for (table,) in connection.exec_driver_sql("SHOW TABLES").all():
        if table == "alembic_version":
            continue
        statement = connection.exec_driver_sql(f"SHOW CREATE TABLE {table}").one()[1]
        # A clause has a line of its own; their order means nothing, nor how many rows there were.
        for line in re.sub(r" AUTO_INCREMENT=\d+", "", statement).splitlines():
            schema[f"table {table}: {line.strip(' ,')}"] = True
    return schema


_DESCRIBE = {
    "sqlite": _describe_sqlite,
    "postgresql": _describe_postgresql,
    "mariadb": _describe_mariadb,
}


def _differences(expected: Schema, found: Schema) -> list[str]:
    return [
        f"{name}: {expected.get(name)!r} != {found.get(name)!r}"
        for name in sorted(expected.keys() | found.keys())
        if expected.get(name) != found.get(name)
    ]


async def _alembic(database: Database, run: Callable[[Config, str], None], revision: str) -> None:
    config = Config(PROJECT_ROOT / "alembic.ini")

    def with_connection(connection: Connection) -> None:
        config.attributes["connection"] = connection
        run(config, revision)

    async with database.engine.begin() as connection:
        await connection.run_sync(with_connection)
