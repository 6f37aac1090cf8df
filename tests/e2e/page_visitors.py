"""Who visits the pages, with which logins, and which addresses they ask for."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.demo import logins
from appointment_app.models import (
    Appointment,
    AppointmentStatus,
    Approval,
    Clinic,
    Doctor,
    Person,
    Role,
    RoleAssignment,
    User,
    VisitType,
    row_id,
)
from appointment_app.scheduling.slots import Offer
from appointment_app.states.address import address
from appointment_app.states.booking_address import booking_link
from appointment_app.states.moving import move_link
from tests.e2e.conftest import Server
from tests.e2e.practice import PASSWORD, Login, in_database, open_account
from tests.factories import make_clinic, make_doctor, make_session, make_visit_type

NOBODY = "nobody"
PATIENT = "patient"
DOCTOR = "doctor"
ADMINISTRATOR = "administrator"
RECEPTION = "reception"
NEW_PATIENT = "new patient"
NEW_DOCTOR = "new doctor"
WAITING_DOCTOR = "waiting doctor"
NEW_ADMINISTRATOR = "new administrator"


def demo_addresses(server: Server, new_doctor: str) -> dict[str, str]:
    """Return what the names in braces stand for; ``new_doctor`` is the address of their account."""

    async def look_up(session: AsyncSession) -> dict[str, str]:
        async def doctor_page(email: str) -> str:
            whose = (
                select(Doctor).join(User, col(Doctor.user_id) == User.id).where(User.email == email)
            )
            return f"/doctor?id={(await session.exec(whose)).one().public_id}"

        async def appointment(status: AppointmentStatus) -> Appointment:
            own = (
                select(Appointment)
                .join(Person)
                .join(User, col(Person.user_id) == User.id)
                .where(User.email == logins.PATIENT.email, Appointment.status == status)
                .order_by(col(Appointment.starts_at).desc())
            )
            found = (await session.exec(own)).first()
            assert found is not None
            return found

        confirmed = await appointment(AppointmentStatus.CONFIRMED)
        pending = await appointment(AppointmentStatus.PENDING)
        cancelled = await appointment(AppointmentStatus.CANCELLED)
        return {
            "doctor": await doctor_page(logins.DOCTOR.email),
            "doctor without hours": await doctor_page(new_doctor),
            "taken booking": await _booking_of(session, confirmed),
            "appointment": f"/appointment?id={confirmed.public_id}",
            "pending appointment": f"/appointment?id={pending.public_id}",
            "cancelled appointment": f"/appointment?id={cancelled.public_id}",
            "doctor to move to": await _times_to_move_to(session, confirmed),
            "taken move": await _move_into_the_night(session, confirmed),
        }

    return in_database(server, look_up)


async def _times_to_move_to(session: AsyncSession, row: Appointment) -> str:
    doctor = await session.get_one(Doctor, row.doctor_id)
    return address("/doctor", id=doctor.public_id, move=row.public_id)


async def _move_into_the_night(session: AsyncSession, row: Appointment) -> str:
    """Return the address that wants to move ``row`` to a time at which nobody is seen."""
    clinic = await session.get_one(Clinic, row.clinic_id)
    return move_link(row.public_id, clinic.public_id, row.starts_at.replace(hour=2, minute=0))


async def _booking_of(session: AsyncSession, taken: Appointment) -> str:
    """Return the address of the booking form for the time that ``taken`` has."""
    doctor = await session.get_one(Doctor, taken.doctor_id)
    clinic = await session.get_one(Clinic, taken.clinic_id)
    visit_type = await session.get_one(VisitType, taken.visit_type_id)
    return booking_link(
        Offer(doctor.public_id, clinic.public_id, visit_type.public_id), taken.starts_at
    )


def logins_of(server: Server) -> dict[str, tuple[str, str]]:
    """Address and password by who they are; newcomers with empty pages are made."""
    new_patient = open_account(server, "Newcomer")
    new_doctor = open_account(server, "Newdoctor", Role.DOCTOR)
    new_administrator = open_account(server, "Newadmin")

    async def settle(session: AsyncSession) -> str:
        clinic = await make_clinic(session, name="Empty Clinic", city="Kiel")
        await make_doctor(
            session,
            clinic,
            weekdays=(),
            user_id=new_doctor.person.user_id,
            family_name="Empty",
        )
        await _grant(session, new_doctor, Role.DOCTOR, clinic)
        quiet = await make_clinic(session, name="Quiet Clinic", city="Kiel")
        await _grant(session, new_administrator, Role.ADMINISTRATOR, quiet)
        statement = (
            select(User.email, Doctor)
            .join(Doctor, col(Doctor.user_id) == User.id)
            .where(Doctor.approval == Approval.PENDING)
        )
        email, waiting = (await session.exec(statement.order_by(col(User.id)))).all()[0]
        visit_type = await make_visit_type(session, waiting, name="Back class", position=9)
        await make_session(session, visit_type, clinic, datetime(2027, 2, 6, 9, tzinfo=UTC))
        return email

    demo = {
        PATIENT: logins.PATIENT.email,
        DOCTOR: logins.DOCTOR.email,
        ADMINISTRATOR: logins.ADMINISTRATOR.email,
        RECEPTION: logins.RECEPTION.email,
        WAITING_DOCTOR: in_database(server, settle),
    }
    new = {
        NEW_PATIENT: new_patient.email,
        NEW_DOCTOR: new_doctor.email,
        NEW_ADMINISTRATOR: new_administrator.email,
    }
    return {who: (email, logins.DEMO_PASSWORD) for who, email in demo.items()} | {
        who: (email, PASSWORD) for who, email in new.items()
    }


async def _grant(session: AsyncSession, login: Login, role: Role, clinic: Clinic) -> None:
    user_id = login.person.user_id
    assert user_id is not None
    session.add(RoleAssignment(user_id=user_id, role=role, clinic_id=row_id(clinic)))
    await session.commit()
