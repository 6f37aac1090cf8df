"""A practice with one doctor for each test that books, and how to look into what the server did.

Tests of one server do not meet: each has its own doctor, with a name of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from playwright.sync_api import Locator, Page, expect
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.accounts import passwords
from appointment_app.database import Database
from appointment_app.models import (
    Appointment,
    BlockKind,
    BusyBlock,
    Clinic,
    Doctor,
    DoctorAtClinic,
    Hold,
    Person,
    Role,
    RoleAssignment,
    VisitType,
    row_id,
)
from appointment_app.notifications.mailbox import Mail, list_mails, read_mail
from appointment_app.scheduling.slots import Offer
from appointment_app.states.booking_address import booking_link
from tests.e2e.conftest import Server, wait_until_live
from tests.factories import (
    make_appointment,
    make_clinic,
    make_doctor,
    make_patient,
    make_user,
    make_visit_type,
    offer_of,
)

T = TypeVar("T")

PASSWORD = "seven green kettles"
TUESDAY_TEN = datetime(2026, 11, 24, 9, tzinfo=UTC)  # 10:00 in Berlin, on the second day
TEN_IN_WORDS = "Tuesday 24 November 2026, 10:00"


@dataclass(frozen=True)
class Login:
    """Somebody with an account."""

    email: str
    name: str
    person: Person


@dataclass(frozen=True)
class Practice:
    """A doctor in Berlin, 10:00 to 18:00 every day, visits of 30 minutes."""

    doctor: Doctor
    clinic: Clinic
    visit_type: VisitType
    login: Login

    @property
    def offer(self) -> Offer:
        """What visitors of the doctor look at."""
        return offer_of(self.doctor, self.clinic, self.visit_type)

    def link(self, start: datetime = TUESDAY_TEN) -> str:
        """The address of the booking form."""
        return booking_link(self.offer, start)


def in_database(server: Server, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Do ``work`` in the server's database; Playwright keeps this thread's event loop."""

    async def do() -> T:
        database = Database(server.environment["DATABASE_URL"])
        try:
            async with database.session() as session:
                done = await work(session)
                await forget_bounds(session)
                return done
        finally:
            await database.dispose()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, do()).result()


async def forget_bounds(session: AsyncSession) -> None:
    """Let the running server look anew when doctors are free: rows came in behind its back."""
    # What was read before may be old by now, and whoever has read it may not write then.
    await session.commit()
    await session.exec(update(Doctor).values(revision=Doctor.revision + 1))
    await session.exec(update(DoctorAtClinic).values(next_free_at=None))
    await session.commit()


def open_practice(server: Server, family_name: str, **visit_type: Any) -> Practice:
    """A new doctor with an account."""

    async def work(session: AsyncSession) -> Practice:
        clinic = await make_clinic(session, name=f"{family_name} Practice", phone="+49 30 5550101")
        login = await _account(session, "Dora", family_name, Role.DOCTOR, clinic)
        doctor = await make_doctor(
            session,
            clinic,
            ranges=((10 * 60, 18 * 60),),
            family_name=family_name,
            user_id=login.person.user_id,
        )
        values = {"name": "First visit"} | visit_type
        return Practice(doctor, clinic, await make_visit_type(session, doctor, **values), login)

    return in_database(server, work)


def open_account(
    server: Server,
    given_name: str,
    family_name: str = "Story",
    *,
    role: Role = Role.PATIENT,
    clinic: Clinic | None = None,
) -> Login:
    """Somebody with an account and a verified address; ``role`` at ``clinic``, or everywhere."""
    return in_database(
        server, lambda session: _account(session, given_name, family_name, role, clinic)
    )


def add_child(server: Server, guardian: Login, given_name: str, family_name: str) -> Person:
    """A child without an account."""

    async def work(session: AsyncSession) -> Person:
        return await make_patient(
            session, guardian=guardian.person, given_name=given_name, family_name=family_name
        )

    return in_database(server, work)


def add_appointment(
    server: Server, practice: Practice, person: Person, start: datetime = TUESDAY_TEN, **values: Any
) -> Appointment:
    """An appointment that was booked before the test."""

    async def work(session: AsyncSession) -> Appointment:
        return await make_appointment(
            session, practice.visit_type, practice.clinic, person, start, **values
        )

    return in_database(server, work)


def log_in(page: Page, server: Server, login: Login) -> None:
    """Log in without the form, as ``account_forms.js`` does."""
    answer = page.request.post(
        f"{server.url}/api/v1/auth/login",
        data={"email": login.email, "password": PASSWORD},
        headers={"Origin": server.url},
    )
    assert answer.ok, answer.text()


def let_holds_expire(server: Server) -> None:
    """Let the minutes pass for which the open forms keep their times."""

    async def work(session: AsyncSession) -> None:
        past = datetime(2026, 11, 23, tzinfo=UTC)
        await session.exec(update(Hold).values(expires_at=past))
        is_hold = col(BusyBlock.kind) == BlockKind.HOLD
        await session.exec(update(BusyBlock).where(is_hold).values(expires_at=past))
        await session.commit()

    in_database(server, work)


def appointments_with(server: Server, practice: Practice) -> list[Appointment]:
    """All appointments of the practice, oldest first."""

    async def work(session: AsyncSession) -> list[Appointment]:
        statement = (
            select(Appointment)
            .join(Doctor)
            .where(Doctor.public_id == practice.offer.doctor_id)
            .order_by(col(Appointment.id))
        )
        return list(await session.exec(statement))

    return in_database(server, work)


def mails_to(server: Server, recipient: str) -> list[Mail]:
    """What is in the mailbox for ``recipient``, newest first; it comes a moment after its deed."""
    directory = Path(server.environment["DATA_DIRECTORY"]) / "mailbox"
    keys = [mail.key for mail in list_mails(directory) if mail.recipient == recipient]
    return [mail for key in keys if (mail := read_mail(directory, key)) is not None]


def expect_mail(page: Page, server: Server, recipient: str, words: str) -> None:
    """Wait until a mail to ``recipient`` says ``words``, in its subject or in its text."""
    for _ in range(100):
        mails = mails_to(server, recipient)
        if any(words in said for mail in mails for said in (mail.summary.subject, mail.text)):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"no mail to {recipient} says: {words}")


def open_form(page: Page, practice: Practice, start: datetime = TUESDAY_TEN) -> None:
    """Open the booking form and wait until it shows what it is for."""
    page.goto(practice.link(start))
    wait_until_live(page)
    expect(page.get_by_role("heading", name="Book this appointment")).to_be_visible()


def reason_field(page: Page) -> Locator:
    """The field for the reason of the visit."""
    return page.get_by_label("Reason for the visit")


def confirm_button(page: Page) -> Locator:
    """The button that books."""
    return page.get_by_role("button", name="Confirm booking")


def expect_confirmation(page: Page) -> UUID:
    """Wait for the confirmation; return the appointment's public id."""
    expect(page.get_by_role("heading", name="Your appointment is confirmed")).to_be_visible()
    return UUID(page.url.partition("id=")[2].partition("&")[0])


async def _account(
    session: AsyncSession, given_name: str, family_name: str, role: Role, clinic: Clinic | None
) -> Login:
    email = f"{given_name.lower()}.{uuid4().hex[:8]}@story.example"
    user = await make_user(
        session,
        email=email,
        password_hash=await passwords.hashed(PASSWORD),
        email_verified_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    clinic_id = row_id(clinic) if clinic else None
    session.add(RoleAssignment(user_id=row_id(user), role=role, clinic_id=clinic_id))
    person = await make_patient(
        session, user_id=row_id(user), given_name=given_name, family_name=family_name
    )
    return Login(email, person.full_name, person)
