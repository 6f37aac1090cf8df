"""Patients whom staff write down: somebody who phones or walks in, and has no account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit
from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact_details import Unreadable, read_email, read_name, read_phone
from appointment_app.accounts.known_patients import day_of, known_at
from appointment_app.accounts.policy import Action, Record, allows, require
from appointment_app.database import transactional
from appointment_app.errors import DomainError, Forbidden, Invalid, NotFound
from appointment_app.i18n import t
from appointment_app.models import Clinic, PatientOfClinic, Person, row_id
from appointment_app.texts import search_form

FIELDS = ("given_name", "family_name", "birth_date", "phone", "email")
_MOST = 5


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """Just enough to tell one patient (public id) from another; ``phone`` is E.164."""

    id: UUID
    name: str
    birth_date: date | None
    number: str
    phone: str
    active: bool = True


class LikelyDuplicates(DomainError):
    """Somebody who may be the same is known already; ``found`` are shown before going on."""

    code = "LIKELY_DUPLICATES"

    def __init__(self, found: tuple[KnownPatient, ...]) -> None:
        super().__init__(t("Somebody who may be the same is known here already."))
        self.found = found


@dataclass(frozen=True, slots=True)
class _Patient:
    given_name: str
    family_name: str
    birth_date: date | None
    phone: str
    email: str | None


def known(person: Person) -> KnownPatient:
    """Return what tells a person from another."""
    return KnownPatient(
        id=person.public_id,
        name=person.full_name,
        birth_date=person.birth_date,
        number=person.number,
        phone=person.phone,
        active=person.active,
    )


@transactional
async def create(
    session: AsyncSession,
    actor: Actor,
    clinic_id: UUID,
    typed: Mapping[str, str],
    *,
    seen: AbstractSet[UUID] = frozenset(),
) -> UUID:
    """Write down a patient of a clinic (public id) from what was ``typed`` into ``FIELDS``.

    Returns the public id. Raises ``LikelyDuplicates`` unless all of them were ``seen``;
    ``Invalid``, ``LoginRequired``, ``Forbidden``, ``NotFound``.
    """
    clinic = await load_clinic(session, actor, clinic_id)
    patient = _read(typed, clinic.country)
    found = await _duplicates(session, actor, patient)
    if not {each.id for each in found} <= seen:
        raise LikelyDuplicates(found)
    person = Person(
        given_name=patient.given_name,
        family_name=patient.family_name,
        birth_date=patient.birth_date,
        phone=patient.phone,
        email=patient.email,
    )
    session.add(person)
    await session.flush()
    session.add(
        PatientOfClinic(
            person_id=row_id(person), clinic_id=row_id(clinic), added_by=actor.user_id or 0
        )
    )
    audit.record(
        session,
        actor,
        "patient.created",
        record_type="person",
        record_id=row_id(person),
        person_id=row_id(person),
        clinic_id=row_id(clinic),
        fields=[name for name in FIELDS if getattr(patient, name)],
    )
    return person.public_id


async def load_clinic(session: AsyncSession, actor: Actor, clinic_id: UUID) -> Clinic:
    """Return the clinic (public id) whose patients the actor keeps.

    Raises ``LoginRequired``, ``Forbidden``, ``NotFound``.
    """
    by_id = select(Clinic).where(Clinic.public_id == clinic_id, col(Clinic.active))
    clinic = (await session.exec(by_id)).one_or_none()
    record = Record(clinic_id=clinic.id if clinic else None)
    if not allows(actor, Action.KEEP_PATIENTS, record):
        require(actor, Action.KEEP_PATIENTS)
        raise Forbidden
    if clinic is None:
        raise NotFound
    return clinic


async def _duplicates(
    session: AsyncSession, actor: Actor, patient: _Patient
) -> tuple[KnownPatient, ...]:
    """Return who has the same name, or the same birth date or telephone and a like name.

    Only those whom the actor's clinics know: nobody learns here who goes to another one.
    """
    family = search_form(patient.family_name).split()[:1]
    alike = [
        col(Person.search_name) == search_form(patient.given_name, patient.family_name),
        *(
            and_(column == value, col(Person.search_name).contains(name, autoescape=True))
            for name in family
            for column, value in (
                (col(Person.birth_date), patient.birth_date),
                (col(Person.phone), patient.phone),
            )
            if value
        ),
    ]
    if patient.phone and patient.birth_date:
        alike.append(
            and_(col(Person.phone) == patient.phone, col(Person.birth_date) == patient.birth_date)
        )
    every_clinic = (await session.exec(select(Clinic.id))).all()
    own = [
        key
        for key in every_clinic
        if key and allows(actor, Action.KEEP_PATIENTS, Record(clinic_id=key))
    ]
    statement = (
        select(Person)
        .where(col(Person.active), known_at(own), or_(*alike))
        .order_by(col(Person.id))
        .limit(_MOST)
    )
    return tuple(map(known, await session.exec(statement)))


def _read(typed: Mapping[str, str], country: str) -> _Patient:
    errors: dict[str, str] = {}
    read: dict[str, str] = {}
    readers: dict[str, Callable[[str], str]] = {
        "given_name": read_name,
        "family_name": read_name,
        "phone": lambda text: read_phone(text, country),
        "email": lambda text: read_email(text) if text.strip() else "",
    }
    for field, reader in readers.items():
        try:
            read[field] = reader(typed.get(field, ""))
        except Unreadable as unreadable:
            errors[field] = str(unreadable)
    born = typed.get("birth_date", "").strip()
    day = day_of(born) if born else None
    if born and (day is None or not date(1890, 1, 1) <= day <= clock.now().date()):
        errors["birth_date"] = t("Please enter a date in the past.")
    if errors:
        raise Invalid(errors)
    return _Patient(
        read["given_name"], read["family_name"], day, read["phone"], read["email"] or None
    )
