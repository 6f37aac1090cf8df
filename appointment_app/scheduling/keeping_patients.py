"""Patients are taken out of use and back again, and two records of one patient become one.

Nothing is lost: a merge says what it moved, and is undone by moving it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, family, person_keys
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.known_patients import clinics_of
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.database import transactional
from appointment_app.errors import DomainError, Forbidden, NotFound
from appointment_app.i18n import format_moment, t
from appointment_app.live.keys import person_key
from appointment_app.live.publishing import note
from appointment_app.models import (
    Appointment,
    Guardianship,
    PatientOfClinic,
    PatientProfile,
    Person,
    PersonMerge,
    row_id,
)
from appointment_app.scheduling import locks

_FILLED = ("birth_date", "phone", "email")


class CannotMerge(DomainError):
    """Two records cannot become one, or one cannot become two again; the sentence says why."""

    code = "CANNOT_MERGE"


class StillExpected(DomainError):
    """Somebody who has appointments to come stays in use."""

    code = "STILL_EXPECTED"

    def __init__(self, count: int) -> None:
        super().__init__(
            t("This patient has an appointment to come. Cancel it first.")
            if count == 1
            else t("This patient has {count} appointments to come. Cancel them first.", count=count)
        )


@transactional
async def set_active(session: AsyncSession, actor: Actor, person_id: UUID, active: bool) -> None:
    """Take a patient (public id) out of use, or back; the same again changes nothing.

    Out of use a patient is so at every clinic, whose staff all have to be the actor's. Raises
    ``StillExpected``, ``CannotMerge`` for one that went into another record, ``LoginRequired``,
    ``NotFound``, ``Forbidden``.
    """
    person = await load_kept(session, actor, person_id, everywhere=not active)
    await locks.lock_person(session, row_id(person))
    await session.refresh(person)
    if person.active is active:
        return
    if not active:
        ahead = select(func.count()).where(
            Appointment.person_id == person.id,
            col(Appointment.active),
            col(Appointment.ends_at) > clock.now(),
        )
        if count := (await session.exec(ahead)).one():
            raise StillExpected(count)
    elif await _standing_merge(session, row_id(person)) is not None:
        raise CannotMerge(t("This record went into another one. Separate the two there."))
    person.active = active
    person.version += 1
    session.add(person)
    deed = "activated" if active else "deactivated"
    await _record(session, actor, person, deed, ("active",))


@transactional
async def merge(session: AsyncSession, actor: Actor, kept_id: UUID, merged_id: UUID) -> UUID:
    """Make one record of two (public ids); returns the public id of the merge, to undo it.

    Appointments, guardianships and clinics go over to ``kept_id``, and what only the other
    knows of how to reach the patient. Raises ``CannotMerge``, ``LoginRequired``, ``NotFound``,
    ``Forbidden``.
    """
    kept = await load_kept(session, actor, kept_id)
    merged = await load_kept(session, actor, merged_id, everywhere=True)
    opens = await _keeps_everywhere(session, actor, kept)
    return await merge_rows(session, actor, kept, merged, opens=opens)


@transactional
async def undo(session: AsyncSession, actor: Actor, merge_id: UUID) -> None:
    """Put back what a merge (public id) moved, as far as it still is where the merge put it.

    Raises ``CannotMerge``, ``LoginRequired``, ``NotFound``, ``Forbidden``.
    """
    by_id = select(PersonMerge).where(PersonMerge.public_id == merge_id)
    found = (await session.exec(by_id.with_for_update())).one_or_none()
    if found is None or found.undone_at is not None:
        require(actor, Action.LIST_OWN_APPOINTMENTS)  # whoever asks is somebody
        raise NotFound
    kept = await session.get_one(Person, found.kept_id)
    await load_kept(session, actor, kept.public_id)
    merged = await session.get_one(Person, found.merged_id)
    if await _standing_merge(session, row_id(kept)) is not None:
        raise CannotMerge(t("This record went into another one since. Separate those two first."))
    moved = found.moved
    await _lock(session, (kept, merged))
    await _move_appointments(session, kept, merged, moved["appointments"])
    await _move_guardianships(session, kept, merged, moved["guardian_of"], moved["guardians"])
    for clinic_id in moved["clinics"]:
        link = await session.get(PatientOfClinic, (row_id(kept), clinic_id))
        if link is not None:
            await session.delete(link)
    for place in moved["filled"]:
        setattr(kept, _FILLED[place], "" if _FILLED[place] == "phone" else None)
    if moved["profile"]:
        await _move_profile(session, kept, merged)
    merged.active = True
    found.undone_at, found.undone_by = clock.now(), actor.user_id
    await _finish(session, actor, kept, merged, "separated")


async def merge_rows(
    session: AsyncSession, actor: Actor, kept: Person, merged: Person, *, opens: bool = True
) -> UUID:
    """Do what ``merge`` does, in the caller's transaction, whatever the actor's rights.

    ``opens``: whether somebody may come to act for ``kept`` by it, or be mailed about them.
    Raises ``CannotMerge``; then the transaction must not be committed.
    """
    if kept.id == merged.id:
        raise CannotMerge(t("These are the same record."))
    # Somebody else may be about to merge, claim or erase one of them: look once nobody can.
    await _lock(session, (kept, merged))
    if not (kept.active and merged.active):
        raise CannotMerge(t("One of the two is not in use."))
    if merged.user_id is not None:
        raise CannotMerge(
            t("The other record belongs to an account. Open that one, and add this one to it.")
        )
    await _require_same_family(session, kept, merged, opens=opens)
    appointments = await _ids(
        session, select(Appointment.id).where(Appointment.person_id == merged.id)
    )
    guardian_of = await _ids(
        session,
        select(Guardianship.dependent_id).where(Guardianship.guardian_id == merged.id),
    )
    guardians = await _ids(
        session,
        select(Guardianship.guardian_id).where(Guardianship.dependent_id == merged.id),
    )
    await _move_appointments(session, merged, kept, appointments)
    taken = await _move_guardianships(session, merged, kept, guardian_of, guardians)
    row = PersonMerge(
        kept_id=row_id(kept),
        merged_id=row_id(merged),
        merged_by=actor.user_id or 0,
        moved={
            "appointments": appointments,
            "guardian_of": [each for each in guardian_of if ("of", each) in taken],
            "guardians": [each for each in guardians if ("by", each) in taken],
            "clinics": await _share_clinics(session, actor, kept, merged),
            "filled": _fill(kept, merged, opens=opens),
            "profile": [row_id(merged)] if await _move_profile(session, merged, kept) else [],
        },
    )
    session.add(row)
    merged.active = False
    await _finish(session, actor, kept, merged, "merged")
    return row.public_id


async def load_kept(
    session: AsyncSession, actor: Actor, person_id: UUID, *, everywhere: bool = False
) -> Person:
    """Return a patient (public id) whose record the actor keeps at a clinic that knows them.

    ``everywhere``: at all such clinics, because all lose the record. Raises ``LoginRequired``,
    ``NotFound``, ``Forbidden``.
    """
    person = (await session.exec(select(Person).where(Person.public_id == person_id))).first()
    if person is None or await person_keys.erased(session, [row_id(person)]):
        require(actor, Action.KEEP_PATIENTS)
        raise NotFound
    keeps = await _keeps(session, actor, person)
    if not any(keeps):  # who keeps the patients of all clinics keeps those of none
        require(actor, Action.KEEP_PATIENTS)
    if everywhere and not all(keeps):
        raise Forbidden(t("Another clinic knows this patient too. An administrator can do this."))
    return person


async def _keeps(session: AsyncSession, actor: Actor, person: Person) -> list[bool]:
    """Return for each clinic that knows the person whether the actor keeps its patients."""
    clinics = (await session.exec(clinics_of(row_id(person)))).all()
    return [allows(actor, Action.KEEP_PATIENTS, Record(clinic_id=each)) for each in clinics]


async def _keeps_everywhere(session: AsyncSession, actor: Actor, person: Person) -> bool:
    return all(await _keeps(session, actor, person))


async def _require_same_family(
    session: AsyncSession, kept: Person, merged: Person, *, opens: bool
) -> None:
    """Refuse that somebody comes to act for a person, or reads of their health, by a merge.

    Only who acts for both already may find both in one, or who acted for the one while nobody did
    for the other. The family itself lets others in, by an invitation.
    """
    acting = await family.guardians_of(session, row_id(merged))
    others = await family.guardians_of(session, row_id(kept))
    is_nobodys = opens and not others and kept.user_id is None
    if acting and acting != others and not is_nobodys:
        raise CannotMerge(
            t(
                "Somebody looks after the other record who does not look after this one."
                " Open that one, and add this one to it, or ask an administrator."
            )
        )


async def _lock(session: AsyncSession, people: Iterable[Person]) -> None:
    """Wait for the doctors of either, whose calendars name them, then for both, by id."""
    ids = [row_id(each) for each in people]
    doctors = select(Appointment.doctor_id).where(col(Appointment.person_id).in_(ids)).distinct()
    for doctor_id in sorted((await session.exec(doctors)).all()):
        await locks.lock_doctor(session, doctor_id, frees_time=False)
    for person_id in sorted(ids):
        await locks.lock_person(session, person_id)
    for person in people:
        await session.refresh(person)


async def _move_appointments(
    session: AsyncSession, source: Person, target: Person, ids: list[int]
) -> None:
    """Give appointments to ``target``; refuses what they would have to be twice at once for."""
    theirs, own = aliased(Appointment), aliased(Appointment)
    collision = (
        select(theirs.starts_at, theirs.zone)
        .join(
            own,
            and_(
                own.person_id == target.id,
                col(own.active),
                own.starts_at < theirs.ends_at,
                own.ends_at > theirs.starts_at,
            ),
        )
        .where(theirs.person_id == source.id, col(theirs.id).in_(ids), col(theirs.active))
        .order_by(col(theirs.starts_at))
        .limit(1)
    )
    found = (await session.exec(collision)).first()
    if found is not None:
        raise CannotMerge(
            t(
                "Both have an appointment at the same time: {moment}. Cancel or move one first.",
                moment=format_moment(*found),
            )
        )
    moved = (
        update(Appointment)
        .where(col(Appointment.id).in_(ids), col(Appointment.person_id) == source.id)
        .values(person_id=target.id)
    )
    await session.exec(moved.execution_options(synchronize_session=False))


async def _move_guardianships(
    session: AsyncSession,
    source: Person,
    target: Person,
    guardian_of: list[int],
    guardians: list[int],
) -> set[tuple[str, int]]:
    """Let ``target`` be in the place of ``source``; returns where there was not one already."""
    pairs = [
        ("of", each, (row_id(source), each), (row_id(target), each)) for each in guardian_of
    ] + [("by", each, (each, row_id(source)), (each, row_id(target))) for each in guardians]
    taken = set()
    for way, other, before, after in pairs:
        row = await session.get(Guardianship, before)
        is_free = after[0] != after[1] and await session.get(Guardianship, after) is None
        if row is None or not is_free:
            continue
        kinship, created_at, ended_at = row.kinship, row.created_at, row.ended_at
        await session.delete(row)
        session.add(
            Guardianship(
                guardian_id=after[0],
                dependent_id=after[1],
                kinship=kinship,
                created_at=created_at,
                ended_at=ended_at,
            )
        )
        taken.add((way, other))
    await session.flush()
    return taken


async def _share_clinics(
    session: AsyncSession, actor: Actor, kept: Person, merged: Person
) -> list[int]:
    """Let the clinics that wrote down the one know the other; returns those that did not."""
    links = select(PatientOfClinic.clinic_id).where(PatientOfClinic.person_id == merged.id)
    new = []
    for clinic_id in (await session.exec(links)).all():
        if await session.get(PatientOfClinic, (row_id(kept), clinic_id)) is None:
            link = PatientOfClinic(
                person_id=row_id(kept), clinic_id=clinic_id, added_by=actor.user_id or 0
            )
            session.add(link)
            new.append(clinic_id)
    return new


async def _move_profile(session: AsyncSession, source: Person, target: Person) -> bool:
    """Give the profile to ``target`` where there is one and they have none."""
    profile = await session.get(PatientProfile, row_id(source))
    if profile is None or await session.get(PatientProfile, row_id(target)) is not None:
        return False
    session.add(PatientProfile(**profile.model_dump() | {"person_id": row_id(target)}))
    await session.delete(profile)
    await session.flush()
    return True


def _fill(kept: Person, merged: Person, *, opens: bool) -> list[int]:
    """Fill what is empty from the other record; returns the places in ``_FILLED``.

    Who reads the mails can claim the record, so the address is nothing that one clinic fills in
    for others.
    """
    filled = []
    for place, name in enumerate(_FILLED):
        if name == "email" and not opens:
            continue
        if not getattr(kept, name) and getattr(merged, name):
            setattr(kept, name, getattr(merged, name))
            filled.append(place)
    return filled


async def _standing_merge(session: AsyncSession, merged_id: int) -> PersonMerge | None:
    statement = select(PersonMerge).where(
        PersonMerge.merged_id == merged_id, col(PersonMerge.undone_at).is_(None)
    )
    return (await session.exec(statement)).first()


async def _ids(session: AsyncSession, statement: object) -> list[int]:
    found = (await session.exec(statement)).all()  # type: ignore[call-overload]
    return [each for each in found if each is not None]


async def _finish(
    session: AsyncSession, actor: Actor, kept: Person, merged: Person, deed: str
) -> None:
    for person in (kept, merged):
        person.version += 1
        session.add(person)
        await _record(session, actor, person, deed, ("appointments", "guardianships"))


async def _record(
    session: AsyncSession, actor: Actor, person: Person, deed: str, fields: tuple[str, ...]
) -> None:
    note(session, person_key(row_id(person)))
    audit.record(
        session,
        actor,
        f"patient.{deed}",
        record_type="person",
        record_id=row_id(person),
        person_id=row_id(person),
        fields=fields,
    )
