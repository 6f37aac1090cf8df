from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
import structlog
from aiosmtpd.smtp import AuthResult, LoginPassword
from icalendar import Calendar

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import MessageKind
from appointment_app.notifications.mailers import SmtpMailer
from appointment_app.notifications.sender import DELAYS, Sender, deliver_due
from appointment_app.outbox import enqueue
from appointment_app.settings import Settings
from tests.notifications.records import (
    NOW,
    PATIENT_EMAIL,
    MailServer,
    book,
    cancel,
    mail_server,
    outbox,
    post,
)
from tests.statements import counted_statements


@pytest.fixture(autouse=True)
def frozen_clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def _smtp(server: MailServer, **options: str) -> SmtpMailer:
    return SmtpMailer(
        Settings(smtp_host="127.0.0.1", smtp_port=server.port, smtp_starttls=False, **options)
    )


class _Refusing:
    """A mailer whose every error quotes the address, as those of real servers do."""

    async def send(self, mail: EmailMessage) -> None:
        raise ConnectionError(f"cannot reach the server of {mail['To']}")


async def test_booking_and_cancelling_arrive_by_smtp(database: Database) -> None:
    booked = await book(database)
    about = {"appointment_id": booked.appointment.id}
    await post(database, MessageKind.APPOINTMENT_BOOKED, about)
    async with mail_server() as server:
        assert await deliver_due(database, _smtp(server)) == 1
        await cancel(database, booked, booked.doctor.user_id, "I am ill")
        await post(database, MessageKind.APPOINTMENT_CANCELLED, about)
        assert await deliver_due(database, _smtp(server)) == 1
        assert await deliver_due(database, _smtp(server)) == 0
    booking, cancelling = server.received
    assert booking["To"] == PATIENT_EMAIL
    assert booking["From"].addresses[0].addr_spec == "appointments@clinic.example"
    assert booking["Subject"] == "Appointment booked: Monday 23 November 2026, 15:30"
    assert booking["Date"].datetime == NOW
    assert booking["Message-ID"].endswith("@testserver>")
    assert booking["Message-ID"] != cancelling["Message-ID"]
    assert [part.get_content_type() for part in booking.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert _status(booking) == "CONFIRMED"
    assert _status(cancelling) == "CANCELLED"
    body = cancelling.get_body(("plain",))
    assert body is not None
    assert "Reason: I am ill" in body.get_content()


def _status(mail: EmailMessage) -> str:
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "appointment.ics"
    content = attached.get_payload(decode=True)
    assert isinstance(content, bytes)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return str(event["STATUS"])


async def test_a_sent_mail_leaves_no_secret_behind(database: Database) -> None:
    await post(database, MessageKind.RESET_PASSWORD, {"user_id": 1, "secret": "s3cret"})
    async with mail_server() as server:
        await deliver_due(database, _smtp(server))
    (message,) = await outbox(database)
    assert (message.payload, message.sent_at, message.attempts) == ({}, NOW, 1)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_server_that_wants_a_login_gets_it(database: Database) -> None:
    def check(*arguments: object) -> AuthResult:
        login = arguments[-1]
        assert isinstance(login, LoginPassword)
        right = (login.login, login.password) == (b"clinic", b"open sesame")
        return AuthResult(success=right, handled=False)

    await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
    async with mail_server(
        authenticator=check, auth_required=True, auth_require_tls=False
    ) as server:
        wrong = _smtp(server, smtp_username="clinic", smtp_password="wrong")
        assert await deliver_due(database, wrong) == 0
        assert (await outbox(database))[0].last_error == "SMTPAuthenticationError 535"
        right = _smtp(server, smtp_username="clinic", smtp_password="open sesame")
        with clock.frozen(NOW + DELAYS[0]):
            assert await deliver_due(database, right) == 1


async def test_starttls_is_never_left_out_silently(database: Database) -> None:
    await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
    async with mail_server() as server:
        strict = Settings(smtp_host="127.0.0.1", smtp_port=server.port, smtp_starttls=True)
        assert await deliver_due(database, SmtpMailer(strict)) == 0
    assert server.received == []


async def test_a_failing_server_is_tried_again_later_and_later(database: Database) -> None:
    await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
    async with mail_server() as server:
        server.answer = f"451 try later, {PATIENT_EMAIL}"
        moment = NOW
        for attempt, delay in enumerate(DELAYS[:3], start=1):
            with clock.frozen(moment):
                assert await deliver_due(database, _smtp(server)) == 0
                assert await deliver_due(database, _smtp(server)) == 0
            (message,) = await outbox(database)
            assert (message.attempts, message.sent_at) == (attempt, None)
            assert message.send_after == moment + delay
            assert message.last_error == "SMTPDataError 451"
            moment += delay
        server.answer = "250 OK"
        with clock.frozen(moment - timedelta(seconds=1)):
            assert await deliver_due(database, _smtp(server)) == 0
        with clock.frozen(moment):
            assert await deliver_due(database, _smtp(server)) == 1
    assert len(server.received) == 1
    (message,) = await outbox(database)
    assert message.last_error == ""


async def test_at_some_point_we_give_up(database: Database) -> None:
    await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
    moment = NOW
    for delay in (*DELAYS, timedelta(days=365)):
        with clock.frozen(moment):
            await deliver_due(database, _Refusing())
        moment += delay
    async with mail_server() as server:
        with clock.frozen(moment):
            assert await deliver_due(database, _smtp(server)) == 0
    (message,) = await outbox(database)
    assert (message.attempts, message.sent_at) == (len(DELAYS) + 1, None)


async def test_one_bad_mail_stops_no_other(database: Database) -> None:
    await post(database, MessageKind.APPOINTMENT_BOOKED, {"appointment_id": 404}, key="bad")
    await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1}, key="good")
    async with mail_server() as server:
        assert await deliver_due(database, _smtp(server)) == 1
    bad, good = await outbox(database)
    assert (bad.sent_at, bad.last_error) == (None, "RecordMissing")
    assert good.sent_at == NOW


async def test_several_senders_at_once_send_each_mail_once(database: Database) -> None:
    async with database.session() as session, session.begin():
        for number in range(30):
            enqueue(
                session,
                MessageKind.PASSWORD_CHANGED,
                recipient=PATIENT_EMAIL,
                key=str(number),
                payload={"user_id": 1},
            )
    sent: list[str] = []

    class Noting:
        async def send(self, mail: EmailMessage) -> None:
            sent.append(mail["Message-ID"])

    # Each has connections of its own, as processes have.
    url = database.url.render_as_string(hide_password=False)
    databases = [Database(url) for _ in range(4)]
    counts = await asyncio.gather(*(deliver_due(each, Noting()) for each in databases))
    for each in databases:
        await each.dispose()
    assert len(set(sent)) == len(sent) == sum(counts) == 30


async def test_no_transaction_is_open_while_we_talk_to_the_server(database: Database) -> None:
    await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
    written: list[int] = []

    class Writing:
        """Writes to the database while the mail is on its way: SQLite has one writer only."""

        async def send(self, mail: EmailMessage) -> None:
            await asyncio.wait_for(
                post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 2}, key="during"), 2
            )
            written.append(len(await outbox(database)))
            raise ConnectionError

    assert await deliver_due(database, Writing()) == 0
    assert written[0] == 2


async def test_a_sender_that_died_leaves_the_mail_to_the_next(database: Database) -> None:
    await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
    entered = asyncio.Event()

    class Hanging:
        async def send(self, mail: EmailMessage) -> None:
            entered.set()
            await asyncio.Event().wait()

    dying = asyncio.create_task(deliver_due(database, Hanging()))
    await entered.wait()
    dying.cancel()
    await asyncio.wait([dying])
    async with mail_server() as server:
        assert await deliver_due(database, _smtp(server)) == 0
        with clock.frozen(NOW + DELAYS[0]):
            assert await deliver_due(database, _smtp(server)) == 1


async def test_a_repeated_delivery_can_be_recognised(database: Database) -> None:
    await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
    async with mail_server() as server:
        await deliver_due(database, _smtp(server))
        async with database.session() as session, session.begin():
            (message,) = await outbox(database)
            message.sent_at = None
            await session.merge(message)
        with clock.frozen(NOW + DELAYS[0]):
            await deliver_due(database, _smtp(server))
    first, second = server.received
    assert first["Message-ID"] == second["Message-ID"]


async def test_logs_and_errors_name_nobody(database: Database) -> None:
    await post(database, MessageKind.RESET_PASSWORD, {"user_id": 1, "secret": "s3cret"})
    with structlog.testing.capture_logs() as logs:
        await deliver_due(database, _Refusing())
    (message,) = await outbox(database)
    assert logs
    for private in (PATIENT_EMAIL, "s3cret"):
        assert private not in str(logs) + message.last_error


async def test_a_commit_wakes_the_sender_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appointment_app.notifications.sender._IDLE_SECONDS", 3600)
    async with mail_server() as server:
        sender = Sender(database, _smtp(server))
        running = asyncio.create_task(sender.run())
        await asyncio.sleep(0.2)  # it has looked once and sleeps
        await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
        await asyncio.wait_for(server.arrived.wait(), 5)
        sender.stop()
        await asyncio.wait_for(running, 5)


async def test_a_database_that_is_away_does_not_end_the_sender(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appointment_app.notifications.sender._IDLE_SECONDS", 0.05)
    await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
    healthy, calls = database.session, 0

    def away_at_first() -> object:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError("connection refused")
        return healthy()

    monkeypatch.setattr(database, "session", away_at_first)
    async with mail_server() as server:
        sender = Sender(database, _smtp(server))
        running = asyncio.create_task(sender.run())
        await asyncio.wait_for(server.arrived.wait(), 5)
        sender.stop()
        await asyncio.wait_for(running, 5)


async def test_mails_that_wait_together_cost_statements_together(database: Database) -> None:
    booked = await book(database)
    about = {"appointment_id": booked.appointment.id}
    counts = []
    async with mail_server() as server:
        for waiting in (1, 8):
            for number in range(waiting):
                await post(
                    database, MessageKind.APPOINTMENT_BOOKED, about, key=f"{waiting}.{number}"
                )
            with counted_statements(database) as statements:
                assert await deliver_due(database, _smtp(server)) == waiting
            counts.append(len(statements))
    # To look, to claim in two, to read two times, to note.
    assert counts == [6, 6], "\n".join(statements)
