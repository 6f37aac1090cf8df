"""The first tables, and the constraints that refuse a double booking."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


# Frozen copies of what models/overlaps.py declares: a migration never changes afterwards.
_OVERLAPS = (
    ("busy_block_no_overlap", "busy_block", "doctor_id", "busy_from", "busy_until"),
    ("appointment_no_overlap", "appointment", "person_id", "starts_at", "ends_at"),
)


def _refuse_overlaps() -> None:
    dialect = op.get_context().dialect.name
    if dialect == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for name, table, key, starts, ends in _OVERLAPS:
        if dialect == "postgresql":
            op.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist"
                f" ({key} WITH =, tstzrange({starts}, {ends}, '[)') WITH &&)"
                " WHERE (active AND NOT overbooked)"
            )
        elif dialect == "mariadb":
            op.execute(
                f"ALTER TABLE {table} ADD active_{key} INTEGER"
                f" AS (CASE WHEN active AND NOT overbooked THEN {key} END) STORED,"
                f" ADD PERIOD FOR busy ({starts}, {ends}),"
                f" ADD CONSTRAINT {name} UNIQUE (active_{key}, busy WITHOUT OVERLAPS)"
            )
        elif dialect == "sqlite":
            for moment in ("INSERT", "UPDATE"):
                op.execute(
                    f"CREATE TRIGGER {name}_{moment.lower()} BEFORE {moment} ON {table}"
                    " WHEN NEW.active AND NOT NEW.overbooked BEGIN"
                    f" SELECT RAISE(ABORT, '{name}') WHERE EXISTS ("
                    f"SELECT 1 FROM {table} AS other WHERE other.{key} = NEW.{key}"
                    " AND other.active AND NOT other.overbooked AND other.id IS NOT NEW.id"
                    f" AND other.{starts} < NEW.{ends} AND NEW.{starts} < other.{ends}"
                    "); END"
                )
        else:
            raise NotImplementedError(f"No overlap constraint is written for {dialect}.")


def _refuse_a_seat_twice() -> None:
    if op.get_context().dialect.name == "mariadb":
        op.execute(
            "ALTER TABLE appointment"
            " ADD active_block_id INTEGER AS (CASE WHEN active THEN block_id END) STORED,"
            " ADD CONSTRAINT appointment_seat_free UNIQUE (active_block_id, seat)"
        )
        return
    op.create_index(
        "appointment_seat_free",
        "appointment",
        ["block_id", "seat"],
        unique=True,
        postgresql_where=sa.text("active"),
        sqlite_where=sa.text("active"),
    )


def upgrade() -> None:
    """Go one revision up."""
    op.create_table(
        "clinic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=16), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic")),
        sa.UniqueConstraint("public_id", name=op.f("uq_clinic_public_id")),
    )
    op.create_index(op.f("ix_clinic_city"), "clinic", ["city"], unique=False)

    op.create_table(
        "login_throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_throttle")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "verify_email",
                "address_known",
                "reset_password",
                "password_changed",
                "appointment_booked",
                "appointment_confirmed",
                "appointment_cancelled",
                "doctor_approved",
                "doctor_refused",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_outbox_message_idempotency_key")),
    )
    op.create_index(
        "ix_outbox_message_due", "outbox_message", ["sent_at", "send_after"], unique=False
    )

    op.create_table(
        "specialty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("search_words", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specialty")),
        sa.UniqueConstraint("code", name=op.f("uq_specialty_code")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_account_public_id")),
    )
    op.create_table(
        "account_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "verify_email",
                "reset_password",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("next_path", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_account_token_user_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_token")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_account_token_secret_hash")),
    )
    op.create_index(op.f("ix_account_token_user_id"), "account_token", ["user_id"], unique=False)

    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_user_id"],
            ["user_account.id"],
            name=op.f("fk_audit_event_actor_user_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(
        op.f("ix_audit_event_actor_user_id"), "audit_event", ["actor_user_id"], unique=False
    )
    op.create_index(
        op.f("ix_audit_event_occurred_at"), "audit_event", ["occurred_at"], unique=False
    )
    op.create_index(
        "ix_audit_event_record", "audit_event", ["record_type", "record_id"], unique=False
    )

    op.create_table(
        "doctor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=20), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("family_name", sa.String(length=100), nullable=False),
        sa.Column("licence_number", sa.String(length=40), nullable=False),
        sa.Column("practising_since", sa.Integer(), nullable=True),
        sa.Column("bio", sa.String(length=2000), nullable=False),
        sa.Column("max_patients_a_day", sa.Integer(), nullable=True),
        sa.Column(
            "approval",
            sa.Enum(
                "pending",
                "approved",
                "refused",
                name="approval",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("approval_reason", sa.String(length=500), nullable=False),
        sa.Column("approval_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approval_decided_by", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "max_patients_a_day IS NULL OR max_patients_a_day > 0", name=op.f("ck_doctor_max_day")
        ),
        sa.ForeignKeyConstraint(
            ["approval_decided_by"],
            ["user_account.id"],
            name=op.f("fk_doctor_approval_decided_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_doctor_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doctor")),
        sa.UniqueConstraint("licence_number", name=op.f("uq_doctor_licence_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_doctor_public_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_doctor_user_id")),
    )
    op.create_index(op.f("ix_doctor_approval"), "doctor", ["approval"], unique=False)
    op.create_index(
        op.f("ix_doctor_approval_decided_by"), "doctor", ["approval_decided_by"], unique=False
    )
    op.create_index(op.f("ix_doctor_family_name"), "doctor", ["family_name"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_login_session_user_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_login_session_public_id")),
    )
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("family_name", sa.String(length=100), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_person_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_person_user_id")),
    )
    op.create_table(
        "role_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "patient",
                "doctor",
                "reception",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.id"],
            name=op.f("fk_role_assignment_clinic_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_role_assignment_user_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignment")),
        sa.UniqueConstraint(
            "user_id", "role", "clinic_id", name=op.f("uq_role_assignment_user_id_role_clinic_id")
        ),
    )
    op.create_index(
        op.f("ix_role_assignment_clinic_id"), "role_assignment", ["clinic_id"], unique=False
    )
    op.create_index(
        op.f("ix_role_assignment_user_id"), "role_assignment", ["user_id"], unique=False
    )

    op.create_table(
        "busy_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "visit",
                "session",
                "hold",
                "outside",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("busy_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overbooked", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'hold') = (expires_at IS NOT NULL)", name=op.f("ck_busy_block_hold_expires")
        ),
        sa.CheckConstraint("busy_from < busy_until", name=op.f("ck_busy_block_forward")),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_busy_block_capacity")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_busy_block_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["doctor_id"], ["doctor.id"], name=op.f("fk_busy_block_doctor_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_block")),
    )
    op.create_index(op.f("ix_busy_block_clinic_id"), "busy_block", ["clinic_id"], unique=False)
    op.create_index(
        "ix_busy_block_doctor_id_busy_from", "busy_block", ["doctor_id", "busy_from"], unique=False
    )

    op.create_table(
        "doctor_at_clinic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("minimum_notice", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "horizon_days BETWEEN 1 AND 730", name=op.f("ck_doctor_at_clinic_horizon_days")
        ),
        sa.CheckConstraint("minimum_notice >= 0", name=op.f("ck_doctor_at_clinic_minimum_notice")),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.id"],
            name=op.f("fk_doctor_at_clinic_clinic_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["doctor_id"],
            ["doctor.id"],
            name=op.f("fk_doctor_at_clinic_doctor_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doctor_at_clinic")),
        sa.UniqueConstraint(
            "doctor_id", "clinic_id", name=op.f("uq_doctor_at_clinic_doctor_id_clinic_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_doctor_at_clinic_public_id")),
    )
    op.create_index(
        op.f("ix_doctor_at_clinic_clinic_id"), "doctor_at_clinic", ["clinic_id"], unique=False
    )
    op.create_index(
        op.f("ix_doctor_at_clinic_doctor_id"), "doctor_at_clinic", ["doctor_id"], unique=False
    )

    op.create_table(
        "doctor_language",
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["doctor_id"],
            ["doctor.id"],
            name=op.f("fk_doctor_language_doctor_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("doctor_id", "language", name=op.f("pk_doctor_language")),
    )
    op.create_table(
        "doctor_specialty",
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("specialty_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["doctor_id"],
            ["doctor.id"],
            name=op.f("fk_doctor_specialty_doctor_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["specialty_id"],
            ["specialty.id"],
            name=op.f("fk_doctor_specialty_specialty_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("doctor_id", "specialty_id", name=op.f("pk_doctor_specialty")),
    )
    op.create_index(
        op.f("ix_doctor_specialty_specialty_id"), "doctor_specialty", ["specialty_id"], unique=False
    )

    op.create_table(
        "guardianship",
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("dependent_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("guardian_id <> dependent_id", name=op.f("ck_guardianship_two_people")),
        sa.ForeignKeyConstraint(
            ["dependent_id"],
            ["person.id"],
            name=op.f("fk_guardianship_dependent_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"],
            ["person.id"],
            name=op.f("fk_guardianship_guardian_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("guardian_id", "dependent_id", name=op.f("pk_guardianship")),
    )
    op.create_index(
        op.f("ix_guardianship_dependent_id"), "guardianship", ["dependent_id"], unique=False
    )

    op.create_table(
        "visit_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.Column("pause_before", sa.Integer(), nullable=False),
        sa.Column("pause_after", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "in_person",
                "video",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("join_link", sa.String(length=500), nullable=False),
        sa.Column("needs_confirmation", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("duration BETWEEN 5 AND 480", name=op.f("ck_visit_type_duration")),
        sa.CheckConstraint("pause_after BETWEEN 0 AND 240", name=op.f("ck_visit_type_pause_after")),
        sa.CheckConstraint(
            "pause_before BETWEEN 0 AND 240", name=op.f("ck_visit_type_pause_before")
        ),
        sa.ForeignKeyConstraint(
            ["doctor_id"], ["doctor.id"], name=op.f("fk_visit_type_doctor_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_type")),
        sa.UniqueConstraint("public_id", name=op.f("uq_visit_type_public_id")),
    )
    op.create_index(op.f("ix_visit_type_doctor_id"), "visit_type", ["doctor_id"], unique=False)

    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("clinic_id", sa.Integer(), nullable=False),
        sa.Column("visit_type_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "confirmed",
                "completed",
                "no_show",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("overbooked", sa.Boolean(), nullable=False),
        sa.Column("visit_name", sa.String(length=80), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "in_person",
                "video",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("join_link", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("notes", sa.String(length=4000), nullable=False),
        sa.Column("booked_by", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "active = (status <> 'cancelled')", name=op.f("ck_appointment_active_unless_cancelled")
        ),
        sa.CheckConstraint("seat >= 0", name=op.f("ck_appointment_seat")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_appointment_forward")),
        sa.ForeignKeyConstraint(
            ["block_id"],
            ["busy_block.id"],
            name=op.f("fk_appointment_block_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["booked_by"],
            ["user_account.id"],
            name=op.f("fk_appointment_booked_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by"],
            ["user_account.id"],
            name=op.f("fk_appointment_cancelled_by"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinic.id"], name=op.f("fk_appointment_clinic_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["doctor_id"], ["doctor.id"], name=op.f("fk_appointment_doctor_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_appointment_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["visit_type_id"],
            ["visit_type.id"],
            name=op.f("fk_appointment_visit_type_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint(
            "booked_by", "idempotency_key", name=op.f("uq_appointment_booked_by_idempotency_key")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_appointment_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_appointment_reference")),
    )
    op.create_index(op.f("ix_appointment_block_id"), "appointment", ["block_id"], unique=False)
    op.create_index(
        op.f("ix_appointment_cancelled_by"), "appointment", ["cancelled_by"], unique=False
    )
    op.create_index(op.f("ix_appointment_clinic_id"), "appointment", ["clinic_id"], unique=False)
    op.create_index(
        "ix_appointment_doctor_id_starts_at",
        "appointment",
        ["doctor_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        "ix_appointment_person_id_starts_at",
        "appointment",
        ["person_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_appointment_visit_type_id"), "appointment", ["visit_type_id"], unique=False
    )

    op.create_table(
        "date_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doctor_at_clinic_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["doctor_at_clinic_id"],
            ["doctor_at_clinic.id"],
            name=op.f("fk_date_override_doctor_at_clinic_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_override")),
        sa.UniqueConstraint(
            "doctor_at_clinic_id", "day", name=op.f("uq_date_override_doctor_at_clinic_id_day")
        ),
    )
    op.create_table(
        "weekly_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doctor_at_clinic_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= opens AND opens < closes AND closes <= 1440", name=op.f("ck_weekly_hours_range")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["doctor_at_clinic_id"],
            ["doctor_at_clinic.id"],
            name=op.f("fk_weekly_hours_doctor_at_clinic_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_hours")),
    )
    op.create_index(
        op.f("ix_weekly_hours_doctor_at_clinic_id"),
        "weekly_hours",
        ["doctor_at_clinic_id"],
        unique=False,
    )

    op.create_table(
        "date_override_range",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("date_override_id", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= opens AND opens < closes AND closes <= 1440",
            name=op.f("ck_date_override_range_range"),
        ),
        sa.ForeignKeyConstraint(
            ["date_override_id"],
            ["date_override.id"],
            name=op.f("fk_date_override_range_date_override_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_override_range")),
    )
    op.create_index(
        op.f("ix_date_override_range_date_override_id"),
        "date_override_range",
        ["date_override_id"],
        unique=False,
    )
    _refuse_overlaps()
    _refuse_a_seat_twice()


def downgrade() -> None:
    """Go one revision down."""
    op.drop_table("date_override_range")
    op.drop_table("weekly_hours")
    op.drop_table("date_override")
    op.drop_table("appointment")
    op.drop_table("visit_type")
    op.drop_table("guardianship")
    op.drop_table("doctor_specialty")
    op.drop_table("doctor_language")
    op.drop_table("doctor_at_clinic")
    op.drop_table("busy_block")
    op.drop_table("role_assignment")
    op.drop_table("person")
    op.drop_table("login_session")
    op.drop_table("doctor")
    op.drop_table("audit_event")
    op.drop_table("account_token")
    op.drop_table("user_account")
    op.drop_table("specialty")
    op.drop_table("outbox_message")
    op.drop_table("login_throttle")
    op.drop_table("clinic")
