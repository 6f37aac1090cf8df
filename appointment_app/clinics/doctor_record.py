"""What the record says of doctors: what was done, where they work, and the values that changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.models import Doctor, DoctorAtClinic, Person

_NOTHING: Mapping[str, Any] = {}
# What may be read without a person's key: it says nothing of who somebody is.
_NOT_PERSONAL = frozenset({"approval", "works_here", "departments"})


async def record_of_doctor(
    session: AsyncSession,
    actor: Actor,
    doctor_id: int,
    deed: str,
    *,
    before: Mapping[str, Any] = _NOTHING,
    after: Mapping[str, Any] = _NOTHING,
    clinic_id: int | None = None,
) -> None:
    """Append the audit event of what was done to a doctor's record.

    It belongs to ``clinic_id``, or else to the only clinic where the doctor works; of one who
    works at several, administrators of each find it (``record/reading.py``). Values are encrypted
    with the key of the person who the doctor is; of one who was imported, and is no person yet,
    only the names of the fields are kept.
    """
    if clinic_id is None:
        works_at = select(DoctorAtClinic.clinic_id).where(DoctorAtClinic.doctor_id == doctor_id)
        clinics = (await session.exec(works_at)).all()
        clinic_id = clinics[0] if len(clinics) == 1 else None
    is_doctor = select(Person.id).join(Doctor, col(Doctor.user_id) == Person.user_id)
    person_id = (await session.exec(is_doctor.where(Doctor.id == doctor_id))).first()
    changed = [name for name in {*before, *after} if before.get(name) != after.get(name)]
    kept = changed if person_id is not None else _NOT_PERSONAL.intersection(changed)
    audit.record(
        session,
        actor,
        f"doctor.{deed}",
        record_type="doctor",
        record_id=doctor_id,
        fields=changed,
        person_id=person_id,
        clinic_id=clinic_id,
        before={name: before.get(name) for name in kept},
        after={name: after.get(name) for name in kept},
    )
