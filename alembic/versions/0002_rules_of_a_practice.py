"""What a practice lives by: steps, group sessions, rooms, holds, series, time off, holidays."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)


@dataclass(frozen=True)
class _Added:
    """A column that a table gets; rows that are there get ``value``, an SQL literal."""

    name: str
    type: sa.types.TypeEngine[object]
    value: str | None = None  # None: the column may be empty
    refers_to: str = ""
    index: bool = False


@dataclass(frozen=True)
class _Changed:
    """What becomes of a table: columns and checks added, others of its checks changed."""

    table: str
    columns: tuple[_Added, ...] = ()
    checks: tuple[tuple[str, str], ...] = ()
    changed_check: tuple[str, str, str] | None = None  # its name, before, after


def _one_of(column: str, *values: str) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


_PAST_MIDNIGHT = (
    "range",
    "0 <= opens AND opens < closes AND closes <= 1440",
    "0 <= opens AND opens < closes AND opens < 1440 AND closes - opens <= 1440",
)

_CHANGES = (
    _Changed(
        "clinic",
        (_Added("region", sa.String(8), "''"), _Added("closed_on_holidays", sa.Boolean(), "false")),
    ),
    _Changed(
        "doctor_at_clinic",
        (
            _Added("cancellation_window", sa.Integer(), "0"),
            _Added("max_open_appointments", sa.Integer()),
            _Added("closed_on_holidays", sa.Boolean()),
            _Added("next_free_at", _MOMENT, index=True),
        ),
        (
            ("cancellation_window", "cancellation_window >= 0"),
            (
                "max_open_appointments",
                "max_open_appointments IS NULL OR max_open_appointments > 0",
            ),
        ),
    ),
    _Changed(
        "visit_type",
        (
            _Added("step", sa.Integer()),
            _Added("capacity", sa.Integer(), "1"),
            _Added("price", sa.String(80), "''"),
            _Added("bookable_by", sa.String(24), "'everybody'"),
        ),
        (
            ("step", "step IS NULL OR step BETWEEN 5 AND 480"),
            ("capacity", "capacity BETWEEN 1 AND 200"),
            ("bookable_by", "bookable_by IN ('everybody', 'known_patients', 'staff')"),
        ),
    ),
    _Changed(
        "weekly_hours",
        (
            _Added("valid_from", sa.Date()),
            _Added("valid_until", sa.Date()),
            _Added("every_weeks", sa.Integer(), "1"),
        ),
        (
            ("valid", "valid_from <= valid_until"),
            (
                "every_weeks",
                "every_weeks = 1 OR (every_weeks BETWEEN 2 AND 12 AND valid_from IS NOT NULL)",
            ),
        ),
        _PAST_MIDNIGHT,
    ),
    _Changed("date_override_range", changed_check=_PAST_MIDNIGHT),
    _Changed(
        "busy_block",
        (
            _Added("visit_type_id", sa.Integer(), refers_to="visit_type", index=True),
            _Added("starts_at", _MOMENT),
            _Added("ends_at", _MOMENT),
            _Added("published", sa.Boolean(), "false"),
        ),
    ),
    _Changed(
        "appointment",
        (
            _Added("series_id", sa.Integer(), refers_to="appointment_series", index=True),
            _Added("price", sa.String(80), "''"),
            _Added("checked_in_at", _MOMENT),
        ),
        changed_check=(
            "status",
            _one_of("status", "pending", "confirmed", "completed", "no_show", "cancelled"),
            _one_of(
                "status", "pending", "confirmed", "checked_in", "completed", "no_show", "cancelled"
            ),
        ),
    ),
    _Changed(
        "outbox_message",
        changed_check=(
            "kind",
            _one_of(
                "kind",
                "verify_email",
                "address_known",
                "reset_password",
                "password_changed",
                "appointment_booked",
                "appointment_confirmed",
                "appointment_cancelled",
                "doctor_approved",
                "doctor_refused",
            ),
            _one_of(
                "kind",
                "verify_email",
                "address_known",
                "reset_password",
                "password_changed",
                "appointment_booked",
                "appointment_confirmed",
                "appointment_cancelled",
                "appointment_rescheduled",
                "series_booked",
                "series_cancelled",
                "doctor_approved",
                "doctor_refused",
            ),
        ),
    ),
)
_NEW_TABLES = (
    "appointment_move",
    "resource_use",
    "hold",
    "visit_type_resource",
    "visit_type_clinic",
    "time_off",
    "resource",
)


def upgrade() -> None:
    """Go one revision up."""
    _create("appointment_series", _public(), _key("created_by", "user_account"), _every_weeks())
    for change in _CHANGES:
        _apply(change)
    _create(
        "resource",
        _public(),
        _key("clinic_id", "clinic"),
        [
            sa.Column("kind", sa.String(24), nullable=False),
            sa.Column("name", sa.String(80), nullable=False),
            sa.Column("active", sa.Boolean(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.CheckConstraint("kind IN ('room', 'device')", name=op.f("ck_resource_kind")),
        ],
    )
    _create(
        "time_off",
        _public(),
        _key("doctor_id", "doctor"),
        [
            sa.Column("first_day", sa.Date(), nullable=False),
            sa.Column("last_day", sa.Date(), nullable=False),
            sa.Column("note", sa.String(120), nullable=False),
            sa.CheckConstraint("first_day <= last_day", name=op.f("ck_time_off_forward")),
        ],
    )
    for other in ("clinic", "resource"):
        _create_link("visit_type", other)
    _create(
        "hold",
        _public(),
        _key("block_id", "busy_block"),
        [
            sa.Column("seat", sa.Integer(), nullable=False),
            sa.Column("visitor", sa.String(64), nullable=False),
            sa.Column("address", sa.String(64), nullable=False),
            sa.Column("number", sa.Integer(), nullable=False),
            sa.Column("expires_at", _MOMENT, nullable=False),
            sa.CheckConstraint("seat >= 0", name=op.f("ck_hold_seat")),
            sa.CheckConstraint("number >= 0", name=op.f("ck_hold_number")),
            sa.UniqueConstraint("visitor", name=op.f("uq_hold_visitor")),
            sa.UniqueConstraint("address", "number", name=op.f("uq_hold_address_number")),
        ],
    )
    _create(
        "resource_use",
        [sa.Column("id", sa.Integer(), nullable=False)],
        _key("resource_id", "resource", index=False),
        _key("block_id", "busy_block"),
        [
            sa.Column("busy_from", _MOMENT, nullable=False),
            sa.Column("busy_until", _MOMENT, nullable=False),
            sa.Column("active", sa.Boolean(), nullable=False),
            sa.CheckConstraint("busy_from < busy_until", name=op.f("ck_resource_use_forward")),
        ],
    )
    op.create_index(
        "ix_resource_use_resource_id_busy_from", "resource_use", ["resource_id", "busy_from"]
    )
    _refuse_overlaps_of_resources()
    _create(
        "appointment_move",
        [sa.Column("id", sa.Integer(), nullable=False)],
        _key("appointment_id", "appointment"),
        [
            sa.Column("from_starts_at", _MOMENT, nullable=False),
            sa.Column("from_ends_at", _MOMENT, nullable=False),
            sa.Column("to_starts_at", _MOMENT, nullable=False),
            sa.Column("to_ends_at", _MOMENT, nullable=False),
            sa.Column("reason", sa.String(500), nullable=False),
        ],
        _key("moved_by", "user_account", index=False),
        [sa.Column("moved_at", _MOMENT, nullable=False)],
    )


def downgrade() -> None:
    """Go one revision down; what the older schema cannot say is put into its words or removed."""
    for table in _NEW_TABLES:
        op.drop_table(table)
    op.execute("UPDATE appointment SET status = 'confirmed' WHERE status = 'checked_in'")
    op.execute(
        "DELETE FROM outbox_message"
        " WHERE kind IN ('appointment_rescheduled', 'series_booked', 'series_cancelled')"
    )
    for table in ("weekly_hours", "date_override_range"):
        op.execute(f"UPDATE {table} SET closes = 1440 WHERE closes > 1440")
    for change in reversed(_CHANGES):
        _revert(change)
    op.drop_table("appointment_series")


_Parts = list[sa.schema.SchemaItem]


def _public() -> _Parts:
    """Return the columns of a record that is known outside the server."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
    ]


def _key(column: str, target: str, *, index: bool = True) -> _Parts:
    reference = sa.ForeignKey(f"{target}.id", ondelete="RESTRICT")
    return [sa.Column(column, sa.Integer(), reference, nullable=False, info={"index": index})]


def _every_weeks() -> _Parts:
    return [
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "every_weeks BETWEEN 1 AND 52", name=op.f("ck_appointment_series_every_weeks")
        ),
    ]


def _create(table: str, *groups: _Parts) -> None:
    parts = [part for group in groups for part in group]
    columns = [part for part in parts if isinstance(part, sa.Column)]
    constraints: _Parts = [sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]
    if any(column.name == "public_id" for column in columns):
        name = op.f(f"uq_{table}_public_id")
        constraints.append(sa.UniqueConstraint("public_id", name=name))
    op.create_table(table, *parts, *constraints)
    for column in columns:
        if column.info.get("index"):
            op.create_index(op.f(f"ix_{table}_{column.name}"), table, [str(column.name)])


def _create_link(one: str, other: str) -> None:
    table = f"{one}_{other}"
    op.create_table(
        table,
        *_key(f"{one}_id", one),
        *_key(f"{other}_id", other),
        sa.PrimaryKeyConstraint(f"{one}_id", f"{other}_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{other}_id"), table, [f"{other}_id"])


def _refuse_overlaps_of_resources() -> None:
    # A frozen copy of what models/overlaps.py declares: a migration never changes afterwards.
    name, table, key = "resource_use_no_overlap", "resource_use", "resource_id"
    dialect = op.get_context().dialect.name
    if dialect == "postgresql":
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist"
            f" ({key} WITH =, tstzrange(busy_from, busy_until, '[)') WITH &&) WHERE (active)"
        )
    elif dialect == "mariadb":
        op.execute(
            f"ALTER TABLE {table} ADD active_{key} INTEGER"
            f" AS (CASE WHEN active THEN {key} END) STORED,"
            " ADD PERIOD FOR busy (busy_from, busy_until),"
            f" ADD CONSTRAINT {name} UNIQUE (active_{key}, busy WITHOUT OVERLAPS)"
        )
    else:
        for moment in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER {name}_{moment.lower()} BEFORE {moment} ON {table}"
                " WHEN NEW.active BEGIN"
                f" SELECT RAISE(ABORT, '{name}') WHERE EXISTS ("
                f"SELECT 1 FROM {table} AS other WHERE other.{key} = NEW.{key}"
                " AND other.active AND other.id IS NOT NEW.id"
                " AND other.busy_from < NEW.busy_until AND NEW.busy_from < other.busy_until"
                "); END"
            )


def _apply(change: _Changed) -> None:
    if op.get_context().dialect.name == "sqlite":
        _rebuild(change, forward=True)
    else:
        _alter(change)
    for column in change.columns:
        if column.index:
            name = op.f(f"ix_{change.table}_{column.name}")
            op.create_index(name, change.table, [column.name])


def _revert(change: _Changed) -> None:
    dialect = op.get_context().dialect.name
    if dialect != "sqlite":
        for column in change.columns:
            if column.refers_to:
                name = op.f(f"fk_{change.table}_{column.name}")
                op.drop_constraint(name, change.table, type_="foreignkey")
    for column in change.columns:
        if column.index:
            op.drop_index(op.f(f"ix_{change.table}_{column.name}"), change.table)
    if dialect == "sqlite":
        _rebuild(change, forward=False)
        return
    for name, _ in change.checks:
        op.drop_constraint(op.f(f"ck_{change.table}_{name}"), change.table, type_="check")
    for column in change.columns:
        op.drop_column(change.table, column.name)
    if change.changed_check is not None:
        name, before, _ = change.changed_check
        _replace_check(change.table, name, before)


def _alter(change: _Changed) -> None:
    table = change.table
    for column in change.columns:
        default = None if column.value is None else sa.text(column.value)
        op.add_column(
            table,
            sa.Column(
                column.name, column.type, nullable=column.value is None, server_default=default
            ),
        )
        if column.value is not None:
            op.alter_column(
                table,
                column.name,
                server_default=None,
                existing_type=column.type,
                existing_nullable=False,
            )
        if column.refers_to:
            op.create_foreign_key(
                op.f(f"fk_{table}_{column.name}"),
                table,
                column.refers_to,
                [column.name],
                ["id"],
                ondelete="RESTRICT",
            )
    for name, condition in change.checks:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, sa.text(condition))
    if change.changed_check is not None:
        name, _, after = change.changed_check
        _replace_check(table, name, after)


def _replace_check(table: str, name: str, condition: str) -> None:
    name = op.f(f"ck_{table}_{name}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, sa.text(condition))


def _rebuild(change: _Changed, *, forward: bool) -> None:
    """Make an SQLite table anew with other clauses, its rows, indexes and triggers kept.

    SQLite can neither add a constraint nor a column without leaving its default behind. Foreign
    keys are off meanwhile: see ``env.py``.
    """
    table, connection = change.table, op.get_bind()
    dialect = connection.dialect
    ddl = [
        f"{column.name} {column.type.compile(dialect)}"
        + ("" if column.value is None else " NOT NULL")
        for column in change.columns
    ]
    constraints = [
        f"CONSTRAINT ck_{table}_{name} CHECK ({condition})" for name, condition in change.checks
    ] + [
        f"CONSTRAINT fk_{table}_{column.name} FOREIGN KEY({column.name})"
        f" REFERENCES {column.refers_to} (id) ON DELETE RESTRICT"
        for column in change.columns
        if column.refers_to
    ]
    (create,) = connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"),
        {"name": table},
    ).one()
    kept = connection.execute(
        sa.text(
            "SELECT sql FROM sqlite_master WHERE tbl_name = :name AND type <> 'table'"
            " AND sql IS NOT NULL"
        ),
        {"name": table},
    ).scalars()
    kept_statements = list(kept)
    body = create.partition("(")[2].rpartition(")")[0].strip()
    if forward:
        body = ", ".join([*ddl, body, *constraints])
    else:
        for clause in ddl:
            body = body.removeprefix(f"{clause}, ")
        for clause in reversed(constraints):
            body = body.removesuffix(f", {clause}")
    if change.changed_check is not None:
        _, before, after = change.changed_check
        body = body.replace(before, after) if forward else body.replace(after, before)
    names = [name for _, name, *_ in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    added = [column.name for column in change.columns]
    old = [name for name in names if name not in added]
    new = added if forward else []
    values = [column.value or "NULL" for column in change.columns] if forward else []
    connection.exec_driver_sql(f"CREATE TABLE rebuilt_{table} ({body})")
    connection.exec_driver_sql(
        f"INSERT INTO rebuilt_{table} ({', '.join([*old, *new])})"
        f" SELECT {', '.join([*old, *values])} FROM {table}"
    )
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE rebuilt_{table} RENAME TO {table}")
    for statement in kept_statements:
        connection.exec_driver_sql(statement)
