"""Writes the demo clinic into a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import accumulate
from random import Random
from uuid import UUID, uuid5

from sqlmodel import SQLModel, col, delete, insert, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import passwords
from appointment_app.clinics.specialties import STANDARD_SPECIALTIES
from appointment_app.database import Database, transactional
from appointment_app.demo.appointments import plan
from appointment_app.demo.clinics import CLINICS, SPECIALTIES
from appointment_app.demo.doctors import DOCTORS
from appointment_app.demo.guard import require_demo
from appointment_app.demo.logins import ADMINISTRATOR, DEMO_PASSWORD
from appointment_app.demo.people import DemoPatient, ascii_slug, invent_patients
from appointment_app.demo.planned import DemoPlan, PlannedVisit
from appointment_app.demo.practice import DemoDoctor, weekly
from appointment_app.demo.resources import planned_uses
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Approval,
    BlockKind,
    BusyBlock,
    Clinic,
    DateOverride,
    DateOverrideRange,
    Doctor,
    DoctorAtClinic,
    DoctorLanguage,
    DoctorSpecialty,
    Guardianship,
    Person,
    Resource,
    Role,
    RoleAssignment,
    Specialty,
    User,
    VisitMode,
    VisitType,
    VisitTypeResource,
    WeeklyHours,
    metadata,
    row_id,
)
from appointment_app.scheduling.local_time import local_date

_NAMESPACE = UUID("6f1c3f64-6ad5-4c0e-9d6e-2f7a0a6c8f11")
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_STEPS = {
    AppointmentStatus.PENDING: 1,
    AppointmentStatus.CONFIRMED: 1,
    AppointmentStatus.COMPLETED: 2,
    AppointmentStatus.NO_SHOW: 2,
    AppointmentStatus.CANCELLED: 2,
}


async def load_demo(database: Database, *, today: date | None = None, seed: int = 7) -> None:
    """Make ``database`` hold the demo clinic and nothing else.

    Everything lies around ``today``, by default the present day of each clinic; the same day
    and the same ``seed`` give the same rows. Raises ``NotADemo``, and changes nothing, when
    the database holds anything that is not demo data.
    """
    days = {each.code: today or local_date(each.zone, clock.now()) for each in CLINICS}
    patients = invent_patients(min(days.values()), Random(seed))
    planned = plan(patients, days, seed)
    # One hash for all: making it is slow on purpose.
    password_hash = await passwords.hashed(DEMO_PASSWORD)
    async with database.session() as session:
        await _replace(session, patients, planned, min(days.values()), seed, password_hash)


@transactional
async def _replace(
    session: AsyncSession,
    patients: list[DemoPatient],
    planned: DemoPlan,
    today: date,
    seed: int,
    password_hash: str,
) -> None:
    await require_demo(session)
    for table in reversed(metadata.sorted_tables):
        await session.exec(delete(table))
    writer = _Writer(session, today, Random(f"{seed}/references"), password_hash)
    await writer.write(patients, planned)


class _Writer:
    """Stores the plan; rows that others refer to are flushed first, for their ids."""

    def __init__(
        self, session: AsyncSession, today: date, chance: Random, password_hash: str
    ) -> None:
        self.session = session
        self.today = today
        self.chance = chance
        self.password_hash = password_hash
        self.opened_at = datetime(today.year - 1, 1, 7, 8, tzinfo=UTC)
        self.users: dict[str, User] = {}
        self.clinics: dict[str, Clinic] = {}
        self.specialties: dict[str, Specialty] = {}
        self.doctors: dict[DemoDoctor, Doctor] = {}
        self.at_clinics: dict[tuple[DemoDoctor, str], DoctorAtClinic] = {}
        self.visit_types: dict[tuple[DemoDoctor, str], VisitType] = {}
        self.resources: dict[tuple[str, str], Resource] = {}
        self.people: dict[str, Person] = {}
        self.patients: dict[str, DemoPatient] = {}

    async def write(self, patients: list[DemoPatient], planned: DemoPlan) -> None:
        """Store everything."""
        self.patients = {patient.key: patient for patient in patients}
        self._add_clinics_and_users(patients)
        await self.session.flush()
        self._add_doctors_and_people(patients)
        await self.session.flush()
        self._add_what_doctors_have()
        self._add_resources()
        self._add_guardians(patients)
        await self.session.flush()
        self._add_suitable_resources()
        await self._add_hours(planned)
        await self._add_appointments(planned.visits)
        await self.session.flush()

    def _add_clinics_and_users(self, patients: list[DemoPatient]) -> None:
        for clinic in CLINICS:
            self.clinics[clinic.code] = Clinic(
                public_id=_public_id("clinic", clinic.code),
                name=clinic.name,
                street=clinic.street,
                postcode=clinic.postcode,
                city=clinic.city,
                state=clinic.state,
                country=clinic.country,
                region=clinic.region,
                closed_on_holidays=True,
                zone=clinic.zone,
                phone=clinic.phone,
                email=f"{clinic.code}@clinics.demo.example",
                is_demo=True,
                created_at=self.opened_at,
            )
        offered = {each.code for each in SPECIALTIES}
        for each in STANDARD_SPECIALTIES:
            if each.code in offered:
                self.specialties[each.code] = Specialty(
                    code=each.code, name=each.name, search_words=each.search_words
                )
        self.session.add_all([*self.clinics.values(), *self.specialties.values()])
        emails = [ADMINISTRATOR.email]
        emails += [_email(doctor) for doctor in DOCTORS]
        emails += [patient.email for patient in patients if patient.email]
        self.users = {email: self._user(email) for email in emails}
        self.session.add_all(self.users.values())

    def _user(self, email: str) -> User:
        return User(
            public_id=_public_id("user", email),
            email=email,
            password_hash=self.password_hash,
            email_verified_at=self.opened_at,
            is_demo=True,
            created_at=self.opened_at,
        )

    def _add_doctors_and_people(self, patients: list[DemoPatient]) -> None:
        administrator = row_id(self.users[ADMINISTRATOR.email])
        self._add_role(administrator, Role.ADMINISTRATOR)
        for number, doctor in enumerate(DOCTORS, start=1001):
            user_id = row_id(self.users[_email(doctor)])
            self.doctors[doctor] = Doctor(
                public_id=_public_id("doctor", doctor.family_name),
                user_id=user_id,
                given_name=doctor.given_name,
                family_name=doctor.family_name,
                licence_number=f"DEMO-{number}",
                practising_since=self.today.year - doctor.years,
                bio=doctor.bio,
                max_patients_a_day=doctor.max_patients_a_day,
                approval=Approval.APPROVED if doctor.approved else Approval.PENDING,
                approval_decided_at=self.opened_at if doctor.approved else None,
                approval_decided_by=administrator if doctor.approved else None,
                created_at=self.opened_at,
            )
            self._add_role(user_id, Role.DOCTOR)
            # Doctors fall ill too: whoever registers is a person who can have appointments.
            self.session.add(
                Person(
                    public_id=_public_id("person", _email(doctor)),
                    user_id=user_id,
                    given_name=doctor.given_name,
                    family_name=doctor.family_name,
                    created_at=self.opened_at,
                )
            )
        for patient in patients:
            user = self.users.get(patient.email)
            self.people[patient.key] = Person(
                public_id=_public_id("person", patient.key),
                user_id=row_id(user) if user else None,
                given_name=patient.given_name,
                family_name=patient.family_name,
                birth_date=patient.birth_date,
                phone=patient.phone,
                language=patient.language,
                created_at=self.opened_at,
            )
            if user:
                self._add_role(row_id(user), Role.PATIENT)
        self.session.add_all([*self.doctors.values(), *self.people.values()])

    def _add_role(self, user_id: int, role: Role) -> None:
        self.session.add(RoleAssignment(user_id=user_id, role=role, created_at=self.opened_at))

    def _add_what_doctors_have(self) -> None:
        for doctor, row in self.doctors.items():
            doctor_id = row_id(row)
            for position, code in enumerate(doctor.specialties):
                specialty_id = row_id(self.specialties[code])
                self.session.add(
                    DoctorSpecialty(
                        doctor_id=doctor_id, specialty_id=specialty_id, position=position
                    )
                )
            for language in doctor.languages:
                self.session.add(DoctorLanguage(doctor_id=doctor_id, language=language))
            for clinic in doctor.hours:
                self.at_clinics[doctor, clinic] = DoctorAtClinic(
                    public_id=_public_id("doctor-at-clinic", f"{doctor.family_name}/{clinic}"),
                    doctor_id=doctor_id,
                    clinic_id=row_id(self.clinics[clinic]),
                    minimum_notice=doctor.minimum_notice,
                )
            for position, visit in enumerate(doctor.visits):
                video = visit.mode is VisitMode.VIDEO
                slug = ascii_slug(doctor.given_name, doctor.family_name).replace(".", "-")
                self.visit_types[doctor, visit.name] = VisitType(
                    public_id=_public_id("visit-type", f"{doctor.family_name}/{visit.name}"),
                    doctor_id=doctor_id,
                    name=visit.name,
                    duration=visit.duration,
                    pause_before=visit.pause_before,
                    pause_after=visit.pause_after,
                    mode=visit.mode,
                    join_link=f"https://meet.example/{slug}" if video else "",
                    needs_confirmation=visit.needs_confirmation,
                    step=visit.step,
                    capacity=visit.capacity,
                    price=visit.price,
                    bookable_by=visit.bookable_by,
                    position=position,
                    created_at=self.opened_at,
                )
        self.session.add_all([*self.at_clinics.values(), *self.visit_types.values()])

    def _add_resources(self) -> None:
        self.resources = {
            (clinic.code, name): Resource(
                public_id=_public_id("resource", f"{clinic.code}/{name}"),
                clinic_id=row_id(self.clinics[clinic.code]),
                kind=kind,
                name=name,
                created_at=self.opened_at,
            )
            for clinic in CLINICS
            for name, kind in clinic.resources.items()
        }
        self.session.add_all(self.resources.values())

    def _add_suitable_resources(self) -> None:
        self.session.add_all(
            VisitTypeResource(
                visit_type_id=row_id(self.visit_types[doctor, visit.name]),
                resource_id=row_id(self.resources[clinic, name]),
            )
            for doctor in DOCTORS
            for visit in doctor.visits
            for clinic in doctor.hours
            for name in visit.resources
        )

    def _add_guardians(self, patients: list[DemoPatient]) -> None:
        for patient in patients:
            if patient.guardian is not None:
                self.session.add(
                    Guardianship(
                        guardian_id=row_id(self.people[patient.guardian]),
                        dependent_id=row_id(self.people[patient.key]),
                        created_at=self.opened_at,
                    )
                )

    async def _add_hours(self, planned: DemoPlan) -> None:
        weekly_hours = [
            WeeklyHours(
                doctor_at_clinic_id=row_id(at_clinic),
                weekday=each.weekday,
                opens=each.opens,
                closes=each.closes,
            )
            for (doctor, clinic), at_clinic in self.at_clinics.items()
            for each in weekly(doctor.hours[clinic])
        ]
        await self._insert(weekly_hours)
        rows = [
            (
                DateOverride(
                    doctor_at_clinic_id=row_id(self.at_clinics[place]),
                    day=override.day,
                    note=override.note,
                ),
                override.ranges,
            )
            for place, overrides in planned.overrides.items()
            for override in overrides
        ]
        self.session.add_all(row for row, _ in rows)
        await self.session.flush()
        self.session.add_all(
            DateOverrideRange(date_override_id=row_id(row), opens=each.opens, closes=each.closes)
            for row, ranges in rows
            for each in ranges
        )

    async def _add_appointments(self, visits: list[PlannedVisit]) -> None:
        await self._insert([self._block(visit) for visit in visits if visit.seat == 0])
        # The table was empty and ids count upward, so this is the order of the visits.
        ids = (await self.session.exec(select(BusyBlock.id).order_by(col(BusyBlock.id)))).all()
        # A further seat is one in the block of the visit before it.
        numbers = accumulate(int(visit.seat == 0) for visit in visits)
        blocks = [ids[number - 1] for number in numbers]
        stored = [(visit, key) for visit, key in zip(visits, blocks, strict=True) if key]
        with_block = [(visit, key) for visit, key in stored if visit.seat == 0]
        self.session.add_all(planned_uses(with_block, self.resources))
        references = self._references(len(visits))
        await self._insert(
            [
                self._appointment(visit, block_id, reference)
                for (visit, block_id), reference in zip(stored, references, strict=True)
            ]
        )

    async def _insert(self, rows: Sequence[SQLModel]) -> None:
        """Insert ``rows`` of one table in their order, without asking for their ids.

        Asking would make SQLite take them one by one.
        """
        table = metadata.tables[str(type(rows[0]).__tablename__)]
        connection = await self.session.connection()
        await connection.execute(insert(table), [row.model_dump(exclude={"id"}) for row in rows])

    def _block(self, visit: PlannedVisit) -> BusyBlock:
        block = BusyBlock(
            doctor_id=row_id(self.doctors[visit.doctor]),
            clinic_id=row_id(self.clinics[visit.clinic]),
            kind=BlockKind.VISIT,
            busy_from=visit.busy.start,
            busy_until=visit.busy.end,
            active=visit.status is not AppointmentStatus.CANCELLED,
            created_at=visit.booked_at,
        )
        if visit.visit.capacity > 1:
            block.kind, block.capacity = BlockKind.SESSION, visit.visit.capacity
            block.visit_type_id = row_id(self.visit_types[visit.doctor, visit.visit.name])
            block.starts_at, block.ends_at = visit.starts_at, visit.time.end
        return block

    def _appointment(self, visit: PlannedVisit, block_id: int, reference: str) -> Appointment:
        clinic = self.clinics[visit.clinic]
        visit_type = self.visit_types[visit.doctor, visit.visit.name]
        in_person = visit.visit.mode is VisitMode.IN_PERSON
        booker = self.patients[visit.patient.guardian or visit.patient.key]
        booked_by = row_id(self.users[booker.email])
        cancelled_by = booked_by
        if visit.cancelled_by_doctor:
            cancelled_by = self.doctors[visit.doctor].user_id
        return Appointment(
            public_id=_public_id("appointment", reference),
            reference=reference,
            block_id=block_id,
            seat=visit.seat,
            person_id=row_id(self.people[visit.patient.key]),
            doctor_id=row_id(self.doctors[visit.doctor]),
            clinic_id=row_id(clinic),
            visit_type_id=row_id(visit_type),
            starts_at=visit.starts_at,
            ends_at=visit.time.end,
            status=visit.status,
            active=visit.status is not AppointmentStatus.CANCELLED,
            visit_name=visit_type.name,
            duration=visit_type.duration,
            mode=visit_type.mode,
            price=visit_type.price,
            place=f"{clinic.name}, {clinic.address}" if in_person else "",
            zone=clinic.zone,
            join_link=visit_type.join_link,
            reason=visit.reason,
            notes=visit.notes,
            booked_by=booked_by,
            idempotency_key=f"demo-{reference}",
            cancelled_at=visit.cancelled_at,
            cancelled_by=cancelled_by if visit.cancelled_at else None,
            cancel_reason=visit.cancel_reason,
            version=_STEPS[visit.status],
            created_at=visit.booked_at,
        )

    def _references(self, count: int) -> list[str]:
        references: dict[str, None] = {}
        while len(references) < count:
            references["".join(self.chance.choices(_REFERENCE_ALPHABET, k=8))] = None
        return list(references)


def _email(doctor: DemoDoctor) -> str:
    return (
        doctor.email or f"{ascii_slug(doctor.given_name, doctor.family_name)}@doctors.demo.example"
    )


def _public_id(kind: str, key: str) -> UUID:
    """Return an id that stays the same from one reset to the next, so that links live on."""
    return uuid5(_NAMESPACE, f"{kind}/{key}")
