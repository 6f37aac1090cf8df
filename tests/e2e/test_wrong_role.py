"""Who may not see something gets a sentence or the way to log in, and no byte of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, WebSocket, expect

from appointment_app.models import Appointment, Role
from tests.e2e.conftest import Server, wait_until_live
from tests.e2e.practice import (
    TUESDAY_TEN,
    Login,
    Practice,
    add_appointment,
    add_child,
    log_in,
    open_account,
    open_practice,
)

NAME = "Quillfeather"  # stands nowhere but in what belongs to this patient
REASON = "Xylophonitis"
NO_RIGHT = {
    "/calendar": "You do not have the right to do this.",
    "/availability": "You do not have the right to do this.",
    "/visit-types": "You do not have the right to do this.",
    "/admin/doctors": "Your account has no right to decide on doctors.",
}


@pytest.fixture(scope="module")
def practice(server: Server) -> Practice:
    """The practice at which the patient has an appointment."""
    return open_practice(server, "Wrongrole")


@pytest.fixture(scope="module")
def patient(server: Server) -> Login:
    """The patient with the unmistakable name."""
    return open_account(server, "Quin", NAME)


@pytest.fixture(scope="module")
def appointment(server: Server, practice: Practice, patient: Login) -> Appointment:
    """The appointment that is nobody else's business."""
    return add_appointment(server, practice, patient.person, reason=REASON)


@pytest.fixture(scope="module")
def people(server: Server, practice: Practice) -> dict[str, Login | None]:
    """Who comes to the door."""
    elsewhere = open_practice(server, "Elsewhere")
    return {
        "nobody": None,
        "another patient": open_account(server, "Otto"),
        "another doctor": elsewhere.login,
        "administrator of another clinic": open_account(
            server, "Ada", role=Role.ADMINISTRATOR, clinic=elsewhere.clinic
        ),
        "the doctor": practice.login,
        "administrator of all": open_account(server, "Alma", role=Role.ADMINISTRATOR),
    }


STRANGERS = ("nobody", "another patient", "another doctor", "administrator of another clinic")


class Visit:
    """A page of one of the ``people`` that remembers everything it was told."""

    def __init__(self, page: Page, server: Server, login: Login | None) -> None:
        self.page = page
        self._told: list[str] = []
        page.on("websocket", self._listen)
        if login is not None:
            log_in(page, server, login)

    def open(self, path: str) -> None:
        """Open the page and wait until it has its state."""
        self.page.goto(path)
        wait_until_live(self.page)

    def assert_told_nothing(self, *words: str) -> None:
        """Fail when one of ``words`` came over the websocket or stands in the page."""
        assert self._told, "no frame was heard, so this would prove nothing"
        for told in (*self._told, self.page.content()):
            for word in words:
                assert word not in told

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self._told.append(str(frame)))


@pytest.fixture
def visit(
    new_page: Callable[..., Page], server: Server, people: dict[str, Login | None]
) -> Callable[[str], Visit]:
    """Return a function that lets one of the ``people`` in."""
    return lambda who: Visit(new_page(), server, people[who])


def test_the_ears_are_open(
    new_page: Callable[..., Page], server: Server, patient: Login, appointment: Appointment
) -> None:
    own = Visit(new_page(), server, patient)
    own.open(f"/appointment?id={appointment.public_id}")
    expect(own.page.get_by_role("heading", name="Your appointment is confirmed")).to_be_visible()
    with pytest.raises(AssertionError):
        own.assert_told_nothing(NAME)
    with pytest.raises(AssertionError):
        own.assert_told_nothing(REASON)


@pytest.mark.parametrize("who", STRANGERS)
def test_somebody_elses_appointment(
    visit: Callable[[str], Visit], appointment: Appointment, who: str
) -> None:
    stranger = visit(who)
    stranger.open(f"/appointment?id={appointment.public_id}&new=1")
    if who == "nobody":
        stranger.page.wait_for_url("**/login?next=*")
        expect(stranger.page.get_by_role("heading", name="Log in")).to_be_visible()
    else:
        missing = stranger.page.get_by_role("heading", name="We could not find this appointment")
        expect(missing).to_be_visible()
    stranger.open("/appointments")
    if who == "nobody":
        stranger.page.wait_for_url("**/login?next=%2Fappointments")
    else:
        nothing = stranger.page.get_by_role("heading", name="No upcoming appointments")
        expect(nothing).to_be_visible()
    stranger.assert_told_nothing(NAME, REASON)


@pytest.mark.parametrize("who", STRANGERS)
def test_somebody_elses_calendar_file(
    visit: Callable[[str], Visit], server: Server, appointment: Appointment, who: str
) -> None:
    path = f"{server.url}/api/v1/appointments/{appointment.public_id}.ics"
    answer = visit(who).page.request.get(path)
    assert answer.status == (401 if who == "nobody" else 404)
    problem = answer.json()
    assert problem["code"] == ("LOGIN_REQUIRED" if who == "nobody" else "NOT_FOUND")
    assert problem["detail"].endswith(".")
    assert "Practice" not in answer.text()


def test_the_doctor_reads_the_appointment_and_its_reason(
    visit: Callable[[str], Visit], appointment: Appointment
) -> None:
    doctor = visit("the doctor").page
    doctor.goto(f"/appointment?id={appointment.public_id}")
    expect(doctor.get_by_role("heading", name="The appointment is confirmed")).to_be_visible()
    expect(doctor.get_by_role("main")).to_contain_text(NAME)
    expect(doctor.get_by_role("main")).to_contain_text(REASON)
    # Cancelling as a doctor is in the calendar, with a reason.
    expect(doctor.get_by_role("button", name="Cancel appointment")).to_have_count(0)


def test_an_administrator_reads_the_appointment_without_its_reason(
    visit: Callable[[str], Visit], appointment: Appointment
) -> None:
    administrator = visit("administrator of all")
    administrator.open(f"/appointment?id={appointment.public_id}")
    expect(administrator.page.get_by_role("main")).to_contain_text(NAME)
    administrator.assert_told_nothing(REASON)


@pytest.mark.parametrize("path", NO_RIGHT)
@pytest.mark.parametrize("who", ["nobody", "another patient"])
def test_a_page_for_others(visit: Callable[[str], Visit], who: str, path: str) -> None:
    visitor = visit(who)
    visitor.open(path)
    if who == "nobody":
        visitor.page.wait_for_url(f"**/login?next=%2F{path[1:].replace('/', '%2F')}")
    else:
        expect(visitor.page.get_by_text(NO_RIGHT[path]).first).to_be_visible()
    visitor.assert_told_nothing(NAME, REASON, "Wrongrole")


def test_doctors_and_administrators_stay_on_their_own_side(visit: Callable[[str], Visit]) -> None:
    doctor = visit("another doctor")
    doctor.open("/admin/doctors")
    expect(doctor.page.get_by_text(NO_RIGHT["/admin/doctors"]).first).to_be_visible()
    doctor.open("/calendar")
    expect(doctor.page.get_by_role("main")).to_be_visible()
    doctor.assert_told_nothing(NAME, REASON)
    administrator = visit("administrator of another clinic")
    for path in ("/calendar", "/availability", "/visit-types"):
        administrator.open(path)
        expect(administrator.page.get_by_text(NO_RIGHT[path]).first).to_be_visible()
    administrator.assert_told_nothing(NAME, REASON)


def test_a_login_that_ends_takes_the_page_with_it(
    new_page: Callable[..., Page], server: Server, patient: Login, appointment: Appointment
) -> None:
    page = new_page()
    log_in(page, server, patient)
    page.goto("/appointments")
    row = page.get_by_role("listitem").filter(has_text="Wrongrole")
    expect(row).to_be_visible()
    page.request.post(f"{server.url}/api/v1/auth/logout", headers={"Origin": server.url})
    row.get_by_role("button", name="Cancel").click()
    page.wait_for_url("**/login?next=%2Fappointments")
    expect(page.get_by_text(NAME)).to_have_count(0)


def test_a_guardian_sees_and_cancels_for_the_child(
    new_page: Callable[..., Page], server: Server, practice: Practice
) -> None:
    guardian = open_account(server, "Greta")
    child = add_child(server, guardian, "Lina", "Keller")
    add_appointment(server, practice, child, TUESDAY_TEN + timedelta(hours=2))
    page = new_page()
    log_in(page, server, guardian)
    page.goto("/appointments")
    row = page.get_by_role("listitem").filter(has_text="for Lina Keller")
    row.get_by_role("link", name="Details").click()
    expect(page.get_by_role("heading", name="The appointment is confirmed")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Lina Keller")
    page.get_by_role("button", name="Cancel appointment").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("for Lina Keller")
    question.get_by_role("button", name="Cancel appointment").click()
    expect(page.get_by_text("Cancelled by you")).to_be_visible()
