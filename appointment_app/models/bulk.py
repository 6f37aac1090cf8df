"""What an import remembers: by which numbers of other software records are known, and its file.

Of the numbers of erased patients only that nobody with one comes back.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from appointment_app.clock import now
from appointment_app.models.base import choice, public_id, refers_to, text


class BulkKind(StrEnum):
    """What is brought in and taken out, each in a file of its own."""

    CLINICS = "clinics"
    DOCTORS = "doctors"
    PATIENTS = "patients"
    APPOINTMENTS = "appointments"


class ExternalNumber(SQLModel, table=True):
    """The number by which a record is known in the software that it was brought in from.

    A table of its own: few records have one, and it says at which clinic a patient was brought in.
    ``record_id`` is that of a clinic, doctor, person or appointment, as ``kind`` says.
    """

    __tablename__ = "external_number"
    __table_args__ = (
        sa.UniqueConstraint("kind", "number"),
        sa.UniqueConstraint("kind", "record_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: BulkKind = choice(BulkKind, "kind")
    number: str = Field(max_length=64)
    record_id: int
    clinic_id: int = refers_to("clinic.id")


class ErasedNumber(SQLModel, table=True):
    """That a patient with a certain external number was erased, so that no file brings them back.

    ``digest`` is a keyed hash of the number: without the secret of this installation nobody can
    tell which number it was, and no row says whose.
    """

    __tablename__ = "erased_number"

    digest: str = Field(max_length=64, primary_key=True)


class ImportState(StrEnum):
    """How far a file is: it waits for its sender's word, is being brought in, or is in."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class ImportFile(SQLModel, table=True):
    """A file that was sent to be looked at; once it is brought in only the counts are kept.

    ``content`` is empty then; the row itself is gone after a day. ``done`` of ``of_all`` lines
    were read when the work was last seen alive, at ``alive_at``. ``refusal`` says why it ended
    without a result.
    """

    __tablename__ = "import_file"

    id: int | None = Field(default=None, primary_key=True)
    public_id: UUID = public_id()
    user_id: int = refers_to("user_account.id")
    kind: BulkKind = choice(BulkKind, "kind")
    name: str = Field(max_length=120)
    content: bytes = Field(sa_type=sa.LargeBinary(16_777_215))
    created_at: datetime = Field(default_factory=now, index=True)
    state: ImportState = choice(ImportState, "state", default=ImportState.WAITING)
    alive_at: datetime | None = None
    done: int = 0
    of_all: int = 0
    lines: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refusal: str = text(300)
