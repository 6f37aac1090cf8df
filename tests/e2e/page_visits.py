"""Every page in every state that a person can meet: who comes, to which address, what they open.

The list is written by hand; a page of the app that is missing here fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from playwright.sync_api import Page, expect
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

Open = Callable[[Page], None]


@dataclass(frozen=True)
class Visit:
    """``who`` opens ``address`` (names in braces: see ``demo_addresses``) and sees ``shows``.

    ``shows`` is a text that proves that the page came in the state that is meant; then ``opens``
    opens a dialog, a menu or an error, and leaves it open. ``after_mail``: somebody was sent one.
    """

    who: str
    address: str
    shows: str
    opens: Open | None = None
    after_mail: bool = False


def press(name: str, *, then: str) -> Open:
    """Press the first button of that name and wait for a text."""

    def run(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        _wait_for(page, then)

    return run


def submit(fields: dict[str, str], button: str, *, then: str) -> Open:
    """Fill the fields of these labels, press the button and wait for a text."""

    def run(page: Page) -> None:
        for label, value in fields.items():
            page.get_by_label(label).first.fill(value)
        page.locator("form").get_by_role("button", name=button, exact=True).last.click()
        _wait_for(page, then)

    return run


def both(first: Open, second: Open) -> Open:
    """Do one after the other."""

    def run(page: Page) -> None:
        first(page)
        second(page)

    return run


def _wait_for(page: Page, text: str) -> None:
    expect(page.get_by_text(text).locator("visible=true").first).to_be_visible()


def _menu(page: Page) -> None:
    page.locator("button[popovertarget=menu]:visible").click()
    expect(page.locator("#menu")).to_be_visible()


def _appointment_panel(page: Page) -> None:
    page.locator(".calendar-event").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    _wait_for(page, "Earlier visits with you")


def _move_question(page: Page) -> None:
    """Ask for another time of an appointment of next week."""
    page.get_by_role("button", name="Later").click()
    page.wait_for_url("**date=*")
    page.locator(".calendar-event-confirmed").first.click()
    page.get_by_role("button", name="Move…").click()
    _wait_for(page, "The patient is told by mail.")


def _new_appointment(page: Page) -> None:
    """Look for a patient, and book without saying whom and when."""
    page.get_by_role("button", name="New appointment").click()
    dialog = page.get_by_role("dialog", name="New appointment")
    dialog.get_by_role("searchbox", name="Patient").press_sequentially("a")
    expect(dialog.get_by_role("list", name="Patients found")).to_be_visible()
    dialog.get_by_role("button", name="Book", exact=True).click()
    _wait_for(page, "Please choose a patient.")


def _missed_question(page: Page) -> None:
    page.get_by_role("button", name="No-show…").first.click()
    _wait_for(page, "That cannot be taken back.")


def _being_booked(page: Page) -> None:
    """Let somebody else open the form of the first free time that is shown."""
    times = page.locator("main a.slot:visible")
    times.first.wait_for()
    href = times.first.get_attribute("href") or ""
    browser = page.context.browser
    assert browser is not None
    other = browser.new_context(base_url=page.url.partition("/doctor")[0])
    form = other.new_page()
    form.goto(href)
    form.get_by_role("timer").wait_for()
    page.locator(".slot-held:visible").first.wait_for()


def _group_session(page: Page) -> None:
    page.locator(".calendar-event, .calendar-list-event").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Places taken")


def _rare_things(page: Page) -> None:
    page.get_by_role("button", name="Edit Follow-up").click()
    expect(page.get_by_role("dialog").get_by_label("Places at one time")).to_be_visible()


def _hours_with_an_error(page: Page) -> None:
    starts = page.locator(".time-range input:visible")
    starts.nth(0).fill("18:00")
    starts.nth(1).fill("18:00")
    starts.nth(1).blur()
    expect(page.locator(".field-error:not(:empty)").first).to_be_visible()


def _other_hours(page: Page) -> None:
    page.get_by_role("button", name="Add", exact=True).click()
    _wait_for(page, "Until (optional)")
    page.get_by_role("dialog").get_by_role("button", name="Other hours").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.locator("dialog .field-error:not(:empty)").first).to_be_visible()


def _weeks_of_a_range(page: Page) -> None:
    page.get_by_role("button", name="In which weeks").first.click()
    page.get_by_role("dialog").get_by_label("How often").select_option("2")
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()
    expect(page.locator("dialog .field-error:not(:empty)").first).to_be_visible()


def _time_off(page: Page) -> None:
    page.get_by_role("button", name="Time off", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.locator("dialog .field-error:not(:empty)").first).to_be_visible()


def _extra_session(page: Page) -> None:
    page.get_by_role("button", name="Extra session", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Open").click()
    expect(page.locator("dialog .field-error:not(:empty)").first).to_be_visible()


def _removal(page: Page) -> None:
    page.get_by_text("Remove", exact=True).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _a_day_off(page: Page) -> None:
    page.get_by_role("switch", name="Monday").click()
    _wait_for(page, "Discard")


def _out_of_use(page: Page) -> None:
    page.get_by_role("switch", name="In use: Dermatoscope").click()
    _wait_for(page, "New bookings do not get it any more.")


def _letter(page: Page) -> None:
    page.get_by_role("main").get_by_role("link").first.click()
    _wait_for(page, "All mails")


def _kept_no_more(page: Page) -> None:
    page.evaluate("Date.now = (now => () => now() + 301_000)(Date.now.bind(Date))")
    _wait_for(page, "Keep it")


_NOT_YOURS = "This page is for doctors"
_ANYBODY = (NOBODY, PATIENT, DOCTOR, ADMINISTRATOR)
_NO_DOCTORS = (PATIENT, ADMINISTRATOR)


def _by(people: tuple[str, ...], address: str, shows: str) -> list[Visit]:
    return [Visit(who, address, shows) for who in people]


# By route, as the app lists them.
VISITS: dict[str, list[Visit]] = {
    # The mailbox comes first: nothing has been sent yet.
    "dev/mailbox": [
        Visit(NOBODY, "/dev/mailbox", "No mail yet"),
        *(
            Visit(who, "/dev/mailbox", f"To {logins.PATIENT.email}", after_mail=True)
            for who in _ANYBODY
        ),
        Visit(NOBODY, "/dev/mailbox", f"To {logins.PATIENT.email}", _letter, after_mail=True),
    ],
    "index": [
        *_by(_ANYBODY, "/", "earliest first"),
        Visit(NOBODY, "/", "earliest first", _menu),
        Visit(DOCTOR, "/", "earliest first", _menu),
        Visit(NOBODY, "/?words=xyzzy", "No doctor"),
    ],
    "doctor": [
        *_by(_ANYBODY, "{doctor}", "Dr Amara Meier"),
        Visit(NOBODY, "{doctor}", "Dr Amara Meier", _being_booked),
        Visit(PATIENT, "{doctor to move to}", "Moving your appointment of"),
        Visit(NOBODY, "{doctor without hours}", "takes no bookings online"),
        Visit(NOBODY, "/doctor", "Find a doctor"),
    ],
    "book": [
        Visit(NOBODY, "{booking of nobody}", "Kept for you", _kept_no_more),
        *(
            Visit(who, f"{{booking of {who}}}", "Confirm booking")
            for who in (PATIENT, DOCTOR, ADMINISTRATOR)
        ),
        *_by((NOBODY, NEW_PATIENT), "{taken booking}", "These times nearby are free"),
        Visit(NOBODY, "/book", "This visit cannot be booked"),
    ],
    "move": [
        Visit(PATIENT, "{move}", "Keep it as it is"),
        Visit(PATIENT, "{taken move}", "These times nearby are free"),
        *_by((PATIENT, DOCTOR), "/move", "This appointment cannot be moved"),
    ],
    "appointment": [
        Visit(PATIENT, "{appointment}&new=1", "You get a mail with all of this"),
        Visit(
            PATIENT,
            "{appointment}",
            "Add to calendar",
            press("Cancel appointment", then="Why? (optional)"),
        ),
        Visit(PATIENT, "{pending appointment}", "To confirm"),
        Visit(PATIENT, "{cancelled appointment}", "Book another time"),
        *_by((PATIENT, DOCTOR, ADMINISTRATOR), "/appointment", "could not find this appointment"),
    ],
    "appointments": [
        Visit(PATIENT, "/appointments", "Details"),
        Visit(
            PATIENT,
            "/appointments",
            "Details",
            press("Cancel the appointment", then="Why? (optional)"),
        ),
        Visit(PATIENT, "/appointments?show=past", "Book again"),
        *_by((NEW_PATIENT, DOCTOR, ADMINISTRATOR), "/appointments", "No upcoming appointments"),
        Visit(NEW_PATIENT, "/appointments?show=past", "Nothing in the past"),
    ],
    "login": [
        *_by(_ANYBODY, "/login", "Forgot your password?"),
        Visit(
            NOBODY,
            "/login",
            "Forgot your password?",
            submit(
                {"E-mail address": "nobody@demo.example", "Password": "wrong password"},
                "Log in",
                then="is wrong",
            ),
        ),
    ],
    "register": [
        *_by(_ANYBODY, "/register", "Have an account already?"),
        Visit(
            NOBODY,
            "/register",
            "Have an account already?",
            submit(
                {
                    "First name": "Ann",
                    "Last name": "New",
                    "E-mail address": "ann@demo.example",
                    "Password": "password",
                },
                "Create account",
                then="password",
            ),
        ),
        Visit(
            NOBODY,
            "/register",
            "Have an account already?",
            submit(
                {
                    "First name": "Ann",
                    "Last name": "New",
                    "E-mail address": "ann@demo.example",
                    "Password": PASSWORD,
                },
                "Create account",
                then="Please confirm your address",
            ),
        ),
    ],
    "register/doctor": [
        *_by(_ANYBODY, "/register/doctor", "Dermatology"),
        Visit(
            NOBODY,
            "/register/doctor",
            "Dermatology",
            submit(
                {
                    "First name": "Ann",
                    "Last name": "New",
                    "E-mail address": "ann.new@demo.example",
                    "Licence number": "A 1",
                    "Password": "password",
                },
                "Register",
                then="Choose",
            ),
        ),
    ],
    "forgot-password": [
        *_by(_ANYBODY, "/forgot-password", "Forgot your password?"),
        Visit(
            NOBODY,
            "/forgot-password",
            "Forgot your password?",
            submit({"E-mail address": "ann@demo.example"}, "Send the link", then="is on its way"),
        ),
    ],
    "reset-password": [
        *_by(_ANYBODY, "/reset-password?token=old", "Choose a new password"),
        Visit(
            NOBODY,
            "/reset-password?token=old",
            "Choose a new password",
            submit({"New password": PASSWORD}, "Save and log in", then="Ask for a new link"),
        ),
    ],
    "verify": [
        *_by(_ANYBODY, "/verify?token=old", "One click and your account is ready"),
        Visit(
            NOBODY,
            "/verify?token=old",
            "One click and your account is ready",
            submit({}, "Confirm and go on", then="we send you a new link"),
        ),
    ],
    "admin/doctors": [
        Visit(ADMINISTRATOR, "/admin/doctors", "Decided"),
        Visit(
            ADMINISTRATOR,
            "/admin/doctors",
            "Decided",
            press("Refuse", then="The doctor reads it in a mail."),
        ),
        Visit(NEW_ADMINISTRATOR, "/admin/doctors", "Nobody is waiting"),
        *_by((PATIENT, DOCTOR), "/admin/doctors", "This page is for administrators"),
    ],
    "admin/clinics": [
        Visit(ADMINISTRATOR, "/admin/clinics", "public holidays"),
        Visit(
            ADMINISTRATOR,
            "/admin/clinics",
            "public holidays",
            press("Edit", then="A doctor may decide otherwise"),
        ),
        *_by((PATIENT, DOCTOR), "/admin/clinics", "This page is for administrators"),
    ],
    "admin/rooms": [
        Visit(ADMINISTRATOR, "/admin/rooms", "Dermatoscope"),
        Visit(
            ADMINISTRATOR,
            "/admin/rooms",
            "Dermatoscope",
            press("Rename Dermatoscope", then="Patients read the name of their room."),
        ),
        Visit(
            ADMINISTRATOR,
            "/admin/rooms",
            "Dermatoscope",
            _out_of_use,
        ),
        Visit(NEW_ADMINISTRATOR, "/admin/rooms", "No rooms or devices yet"),
        *_by((PATIENT, DOCTOR), "/admin/rooms", "This page is for administrators"),
    ],
    "front-desk": [
        Visit(RECEPTION, "/front-desk", "Print day sheet"),
        Visit(RECEPTION, "/front-desk", "Print day sheet", _missed_question),
        Visit(ADMINISTRATOR, "/front-desk", "Print day sheet"),
        Visit(RECEPTION, "/front-desk?clinic=none", "could not find this clinic"),
        Visit(NEW_ADMINISTRATOR, "/front-desk", "No doctor works at this clinic yet"),
        *_by((PATIENT, DOCTOR), "/front-desk", "This page is for the front desk"),
    ],
    "calendar": [
        Visit(DOCTOR, "/calendar", "Week filled"),
        *(Visit(DOCTOR, f"/calendar?view={view}", "Week filled") for view in ("week", "month")),
        Visit(DOCTOR, "/calendar?view=list", "Week filled"),
        Visit(DOCTOR, "/calendar?view=week", "Week filled", _appointment_panel),
        Visit(
            DOCTOR,
            "/calendar?view=week",
            "Week filled",
            both(
                _appointment_panel,
                press("Cancel appointment…", then="The patient is told this reason."),
            ),
        ),
        Visit(DOCTOR, "/calendar?view=week", "Week filled", _move_question),
        Visit(DOCTOR, "/calendar?view=week", "Week filled", _new_appointment),
        Visit(DOCTOR, "/calendar?view=day", "Week filled", _menu),
        Visit(NEW_DOCTOR, "/calendar?view=week", "Week filled"),
        Visit(NEW_DOCTOR, "/calendar?view=list", "Week filled"),
        Visit(WAITING_DOCTOR, "/calendar", "Week filled"),
        Visit(WAITING_DOCTOR, "/calendar?view=list&date=2027-02-06", "Week filled", _group_session),
        *_by(_NO_DOCTORS, "/calendar", _NOT_YOURS),
    ],
    "availability": [
        Visit(DOCTOR, "/availability", "Weekly hours"),
        Visit(DOCTOR, "/availability", "Weekly hours", _hours_with_an_error),
        Visit(DOCTOR, "/availability", "Weekly hours", _a_day_off),
        Visit(
            DOCTOR,
            "/availability",
            "Weekly hours",
            both(_a_day_off, press("Show", then="Booked outside the new hours")),
        ),
        Visit(DOCTOR, "/availability", "Weekly hours", press("Copy to…", then="Hours of")),
        Visit(DOCTOR, "/availability", "Weekly hours", _other_hours),
        Visit(DOCTOR, "/availability", "Weekly hours", _removal),
        Visit(DOCTOR, "/availability", "Weekly hours", _weeks_of_a_range),
        Visit(DOCTOR, "/availability", "Weekly hours", _time_off),
        Visit(DOCTOR, "/availability", "Weekly hours", _extra_session),
        Visit(NEW_DOCTOR, "/availability", "No day differs"),
        *_by(_NO_DOCTORS, "/availability", _NOT_YOURS),
    ],
    "visit-types": [
        Visit(DOCTOR, "/visit-types", "Offered"),
        Visit(DOCTOR, "/visit-types", "Offered", press("Edit", then="Duration in minutes")),
        Visit(DOCTOR, "/visit-types", "Offered", _rare_things),
        Visit(
            DOCTOR,
            "/visit-types",
            "Offered",
            both(
                press("Add visit type", then="Duration in minutes"),
                submit({"Name": ""}, "Save", then="name"),
            ),
        ),
        Visit(NEW_DOCTOR, "/visit-types", "No visit types yet"),
        *_by(_NO_DOCTORS, "/visit-types", _NOT_YOURS),
    ],
}


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
