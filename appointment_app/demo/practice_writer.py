"""Stores the demo's clinics, doctors, patients, and the doctors' hours."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts.consent import NOTICE_VERSION
from appointment_app.clinics.specialties import STANDARD_SPECIALTIES
from appointment_app.demo.clinics import CLINICS, OPENING_HOURS, SPECIALTIES
from appointment_app.demo.doctors import DOCTORS
from appointment_app.demo.logins import ADMINISTRATOR, RECEPTION
from appointment_app.demo.people import DemoPatient, ascii_slug
from appointment_app.demo.planned import DemoPlan
from appointment_app.demo.practice import DemoDoctor, weekly
from appointment_app.demo.profiles import PROFILES
from appointment_app.demo.rows import insert_rows, patient_number, public_id
from appointment_app.models import (
    Approval,
    Clinic,
    Consent,
    DateOverride,
    DateOverrideRange,
    Doctor,
    DoctorAtClinic,
    DoctorLanguage,
    DoctorSpecialty,
    Guardianship,
    Kinship,
    PatientProfile,
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
    row_id,
)


class PracticeWriter:
    """Stores clinics, doctors and people; what others refer to is flushed first, for its id."""

    def __init__(self, session: AsyncSession, today: date, password_hash: str) -> None:
        """Write into ``session``, as if it were ``today``; all users have one password."""
        self.session = session
        self.today = today
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
        """Store everybody, and when and what can be booked with whom."""
        self.patients = {patient.key: patient for patient in patients}
        self._add_clinics_and_users(patients)
        await self.session.flush()
        self._add_doctors_and_people(patients)
        await self.session.flush()
        self._add_what_doctors_have()
        self._add_resources()
        self._add_guardians(patients)
        self._add_profiles()
        self._add_consents()
        await self.session.flush()
        self._add_suitable_resources()
        await self._add_hours(planned)

    def _add_clinics_and_users(self, patients: list[DemoPatient]) -> None:
        for clinic in CLINICS:
            self.clinics[clinic.code] = Clinic(
                public_id=public_id("clinic", clinic.code),
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
                latitude=clinic.latitude,
                longitude=clinic.longitude,
                opening_hours=OPENING_HOURS,
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
        emails = [ADMINISTRATOR.email, RECEPTION.email]
        emails += [_email(doctor) for doctor in DOCTORS]
        emails += [patient.email for patient in patients if patient.email]
        self.users = {email: self._user(email) for email in emails}
        self.session.add_all(self.users.values())

    def _user(self, email: str) -> User:
        return User(
            public_id=public_id("user", email),
            email=email,
            password_hash=self.password_hash,
            email_verified_at=self.opened_at,
            is_demo=True,
            created_at=self.opened_at,
        )

    def _add_doctors_and_people(self, patients: list[DemoPatient]) -> None:
        administrator = row_id(self.users[ADMINISTRATOR.email])
        self._add_role(administrator, Role.ADMINISTRATOR)
        berlin = row_id(self.clinics["berlin"])
        self._add_role(row_id(self.users[RECEPTION.email]), Role.RECEPTION, berlin)
        for number, doctor in enumerate(DOCTORS, start=1001):
            user_id = row_id(self.users[_email(doctor)])
            self.doctors[doctor] = Doctor(
                public_id=public_id("doctor", doctor.family_name),
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
                    public_id=public_id("person", _email(doctor)),
                    number=patient_number(_email(doctor)),
                    user_id=user_id,
                    given_name=doctor.given_name,
                    family_name=doctor.family_name,
                    created_at=self.opened_at,
                )
            )
        for patient in patients:
            user = self.users.get(patient.email)
            self.people[patient.key] = Person(
                public_id=public_id("person", patient.key),
                number=patient_number(patient.key),
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

    def _add_role(self, user_id: int, role: Role, clinic_id: int | None = None) -> None:
        self.session.add(
            RoleAssignment(
                user_id=user_id, role=role, clinic_id=clinic_id, created_at=self.opened_at
            )
        )

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
                    public_id=public_id("doctor-at-clinic", f"{doctor.family_name}/{clinic}"),
                    doctor_id=doctor_id,
                    clinic_id=row_id(self.clinics[clinic]),
                    minimum_notice=doctor.minimum_notice,
                )
            for position, visit in enumerate(doctor.visits):
                video = visit.mode is VisitMode.VIDEO
                slug = ascii_slug(doctor.given_name, doctor.family_name).replace(".", "-")
                self.visit_types[doctor, visit.name] = VisitType(
                    public_id=public_id("visit-type", f"{doctor.family_name}/{visit.name}"),
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
                public_id=public_id("resource", f"{clinic.code}/{name}"),
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
                        kinship=Kinship.CHILD,
                        created_at=self.opened_at,
                    )
                )

    def _add_consents(self) -> None:
        self.session.add_all(
            Consent(user_id=row_id(user), version=NOTICE_VERSION, agreed_at=self.opened_at)
            for user in self.users.values()
        )

    def _add_profiles(self) -> None:
        for key, told in PROFILES.items():
            self.session.add(PatientProfile(person_id=row_id(self.people[key]), **told))

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
        await insert_rows(self.session, weekly_hours)
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


def _email(doctor: DemoDoctor) -> str:
    return (
        doctor.email or f"{ascii_slug(doctor.given_name, doctor.family_name)}@doctors.demo.example"
    )
