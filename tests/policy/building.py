"""Building the world of these tests: who is in it, who comes to whom, who has logged in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app import clock
from appointment_app.accounts import audit, login_sessions, mailed_links, passwords, person_keys
from appointment_app.accounts.actor import NOBODY
from appointment_app.accounts.actors import identity_of
from appointment_app.database import Database
from appointment_app.models import (
    AppointmentStatus,
    Approval,
    BlockKind,
    DateOverride,
    Department,
    DoctorAtClinic,
    DoctorSpecialty,
    PatientProfile,
    Person,
    ResourceUse,
    Role,
    RoleAssignment,
    Specialty,
    TimeOff,
    TokenPurpose,
    User,
    VisitMode,
    row_id,
)
from tests.accounts.people import NOON, PASSWORD
from tests.factories import (
    make_appointment,
    make_block,
    make_clinic,
    make_doctor,
    make_patient,
    make_resource,
    make_user,
    make_visit_type,
)
from tests.policy.who_sees_what import Who
from tests.policy.world import OVERRIDE, SESSION, TIME_OFF, World
from tests.scheduling.doctors_day import place_of

# By the name before the @ of their address.
_ROLES = {
    "pia": (Role.PATIENT, None),
    "paul": (Role.PATIENT, None),
    "dora": (Role.DOCTOR, None),
    "otto": (Role.DOCTOR, None),
    "wilma": (Role.DOCTOR, None),
    "root": (Role.ADMINISTRATOR, None),
    "park": (Role.ADMINISTRATOR, "park"),
    "rita": (Role.RECEPTION, "harbour"),
    # Registered without confirming the address, and invited since
    "newcomer": (Role.ADMINISTRATOR, "harbour"),
}
_LOGGED_IN = {
    Who.PATIENT: "pia",
    Who.OTHER_PATIENT: "paul",
    Who.DOCTOR: "dora",
    Who.OTHER_DOCTOR: "otto",
    Who.ADMINISTRATOR: "root",
    Who.OTHER_ADMINISTRATOR: "park",
    Who.RECEPTION: "rita",
}


async def build(path: Path) -> World:
    """Fill the migrated database at ``path``; it is Monday noon in UTC, 13:00 in Berlin."""
    database = Database(f"sqlite:///{path}")
    try:
        with clock.frozen(NOON):
            async with database.session() as session:
                session.sync_session.expire_on_commit = False
                return await _Builder(session).world(path)
    finally:
        await database.dispose()


class _Builder:
    """Makes the rows of the world in the order in which they need each other.

    ``made`` are the records that have a public id, by the name that the tables of the tests call
    them; ``ids`` is whatever else they call by a name.
    """

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.users: dict[str, User] = {}
        self.made: dict[str, Any] = {}
        self.ids = {"override": OVERRIDE, "password": PASSWORD}

    async def world(self, path: Path) -> World:
        """Build all of it, and log everybody in."""
        await self._open_clinics()
        await self._register_patients()
        await self._register_doctors()
        await self._book_visits()
        await self._set_up_rooms()
        await self._add_specialty()
        await self._change_hours()
        await self._give_rights()
        await self._keep_record()
        await self._send_links()
        await self.session.commit()
        tokens = {who: await self._log_in(self.users[name]) for who, name in _LOGGED_IN.items()}
        ids = {name: str(record.public_id) for name, record in self.made.items()} | self.ids
        return World(path, tokens, ids)

    async def _open_clinics(self) -> None:
        self.made["harbour"] = await make_clinic(self.session)
        self.made["park"] = await make_clinic(self.session, name="Parkside Clinic", city="Hamburg")
        for name in ("pia", "paul", "dora", "otto", "wilma", "root", "park", "rita"):
            self.users[name] = await make_user(
                self.session, email=f"{name}@secret.example", email_verified_at=clock.now()
            )
        self.made["rita"] = self.users["rita"]

    async def _register_patients(self) -> None:
        pia = self.made["pia"] = await make_patient(
            self.session,
            user_id=row_id(self.users["pia"]),
            given_name="Pia",
            family_name="Quillfeather",
            phone="+493090182011",
            birth_date=date(1961, 4, 5),
        )
        self.session.add(
            PatientProfile(
                person_id=row_id(pia),
                allergies="Hives from penicillin",
                emergency_name="Quentin",
                emergency_phone="+493090182033",
                insurance_number="INS-PIA-1961",
            )
        )
        self.made["zoe"] = await make_patient(
            self.session, guardian=pia, given_name="Zoe", family_name="Zwetschge"
        )
        self.paul = await make_patient(
            self.session,
            user_id=row_id(self.users["paul"]),
            given_name="Paul",
            family_name="Umbertino",
            phone="+493090182022",
            birth_date=date(1972, 5, 6),
        )

    async def _register_doctors(self) -> None:
        harbour, park = self.made["harbour"], self.made["park"]
        self.made["dora"] = await make_doctor(
            self.session,
            harbour,
            user_id=row_id(self.users["dora"]),
            licence_number="LIC-DORA",
        )
        self.made["otto"] = await make_doctor(
            self.session,
            park,
            user_id=row_id(self.users["otto"]),
            given_name="Otto",
            licence_number="LIC-OTTO",
        )
        for name in ("dora", "otto"):
            await make_patient(
                self.session,
                user_id=row_id(self.users[name]),
                given_name=name.title(),
                family_name="Doctor",
            )
        self.made["wilma"] = await make_doctor(
            self.session,
            harbour,
            user_id=row_id(self.users["wilma"]),
            given_name="Wilma",
            family_name="Wartenberg",
            licence_number="LIC-WILMA",
            approval=Approval.PENDING,
        )
        self.ids["place"] = str(await place_of(self.session, self.made["dora"], harbour))
        self.ids["ottos_place"] = str(await place_of(self.session, self.made["otto"], park))

    async def _book_visits(self) -> None:
        dora, harbour, pia = self.made["dora"], self.made["harbour"], self.made["pia"]
        visit = self.made["visit"] = await make_visit_type(self.session, dora)
        video = self.made["video"] = await make_visit_type(
            self.session,
            dora,
            name="Video call",
            mode=VisitMode.VIDEO,
            join_link="https://meet.example/dora-always",
            position=1,
        )
        ottos_visit = await make_visit_type(self.session, self.made["otto"])
        self.made["ottos_visit"] = ottos_visit
        self.made["pending"] = await make_appointment(
            self.session,
            video,
            harbour,
            pia,
            _on(1, 9),
            status=AppointmentStatus.PENDING,
            reason="Fainting in the morning",
            notes="Suspected arrhythmia",
            join_link="https://meet.example/pia-and-dora",
        )
        self.made["begun"] = await make_appointment(
            self.session, visit, harbour, pia, NOON - timedelta(minutes=20)
        )
        self.made["pauls"] = await make_appointment(
            self.session,
            ottos_visit,
            self.made["park"],
            self.paul,
            _on(2, 9),
            reason="A wart on the thumb",
            notes="Wart removed with ice",
        )

    async def _set_up_rooms(self) -> None:
        harbour, park, visit = self.made["harbour"], self.made["park"], self.made["pauls"]
        self.made["room"] = await make_resource(self.session, harbour, name="Echo chamber")
        used = self.made["used"] = await make_resource(self.session, park, name="Plaster room")
        self.made["ward"] = Department(clinic_id=row_id(harbour), name="Quiet ward")
        self.session.add(self.made["ward"])
        self.session.add(
            ResourceUse(
                resource_id=row_id(used),
                block_id=visit.block_id,
                busy_from=visit.starts_at,
                busy_until=visit.ends_at,
            )
        )

    async def _add_specialty(self) -> None:
        dermatology = Specialty(code="dermatology", name="Dermatology")
        self.session.add(dermatology)
        await self.session.flush()
        for name in ("dora", "otto", "wilma"):
            doctor_id = row_id(self.made[name])
            self.session.add(DoctorSpecialty(doctor_id=doctor_id, specialty_id=row_id(dermatology)))

    async def _change_hours(self) -> None:
        dora, harbour = self.made["dora"], self.made["harbour"]
        at_harbour = select(DoctorAtClinic.id).where(
            DoctorAtClinic.doctor_id == dora.id, DoctorAtClinic.clinic_id == harbour.id
        )
        place_id = (await self.session.exec(at_harbour)).one()
        self.session.add(
            DateOverride(
                doctor_at_clinic_id=place_id,
                day=date.fromisoformat(OVERRIDE.partition("/")[0]),
                note="Away for a christening",
            )
        )
        self.session.add(
            TimeOff(
                public_id=UUID(TIME_OFF),
                doctor_id=row_id(dora),
                first_day=date(2027, 1, 4),
                last_day=date(2027, 1, 8),
                note="Sailing in Norway",
            )
        )
        opened = datetime.fromisoformat(SESSION)
        await make_block(
            self.session,
            dora,
            opened,
            20,
            kind=BlockKind.SESSION,
            clinic_id=row_id(harbour),
            visit_type_id=row_id(self.made["visit"]),
            starts_at=opened,
            ends_at=opened + timedelta(minutes=20),
            capacity=6,
            published=True,
        )

    async def _give_rights(self) -> None:
        password_hash = await passwords.hashed(PASSWORD)
        for user in self.users.values():
            user.password_hash = password_hash
        newcomer = User(email="new@secret.example", password_hash="!")
        self.users["newcomer"] = self.made["newcomer"] = newcomer
        self.session.add(newcomer)
        await self.session.flush()
        for name, (role, clinic) in _ROLES.items():
            clinic_id = row_id(self.made[clinic]) if clinic else None
            user_id = row_id(self.users[name])
            self.session.add(RoleAssignment(user_id=user_id, role=role, clinic_id=clinic_id))

    async def _keep_record(self) -> None:
        """Begin the record with what the doctor wrote, which is not for administrators."""
        everybody = list(await self.session.exec(select(Person.id)))
        await self.session.run_sync(person_keys.keys_of, everybody)
        audit.record(
            self.session,
            NOBODY,
            "appointment.noted",
            record_type="appointment",
            record_id=row_id(self.made["pending"]),
            person_id=row_id(self.made["pia"]),
            clinic_id=row_id(self.made["harbour"]),
            after={"notes": "Suspected arrhythmia"},
        )

    async def _send_links(self) -> None:
        links: dict[str, tuple[str, TokenPurpose, dict[str, Any]]] = {
            "verify": ("newcomer", TokenPurpose.VERIFY_EMAIL, {}),
            "reset": ("wilma", TokenPurpose.RESET_PASSWORD, {}),
            "own_account": (
                "pia",
                TokenPurpose.OWN_ACCOUNT,
                {"email": "zoe@mail.example", "person_id": row_id(self.made["zoe"])},
            ),
            "new_address": (
                "paul",
                TokenPurpose.CHANGE_EMAIL,
                {"email": "fresh.paul@mail.example"},
            ),
        }
        for link, (name, purpose, about) in links.items():
            user_id = row_id(self.users[name])
            self.ids[link] = await mailed_links.issue(self.session, user_id, purpose, **about)

    async def _log_in(self, user: User) -> str:
        async with self.session.begin():
            identity = await identity_of(self.session, row_id(user))
            opened = await login_sessions.open_login(self.session, row_id(user), identity)
        return opened.token


def _on(days: int, hour: int) -> datetime:
    return (NOON + timedelta(days=days)).replace(hour=hour)
