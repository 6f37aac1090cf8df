from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from appointment_app import clock
from appointment_app.database import Database
from appointment_app.models import MessageKind
from appointment_app.notifications.mailbox import list_mails, read_mail
from appointment_app.notifications.mailers import MailboxMailer, SmtpMailer, create_mailer
from appointment_app.notifications.sender import deliver_due
from appointment_app.settings import AppEnv, Settings
from tests.notifications.records import NOW, PATIENT_EMAIL, book, post

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


async def test_mails_are_kept_and_read_newest_first(database: Database, tmp_path: Path) -> None:
    mailbox = tmp_path / "mailbox"
    assert list_mails(mailbox) == []
    with clock.frozen(NOW):
        booked = await book(database)
        await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
        await deliver_due(database, MailboxMailer(mailbox))
    with clock.frozen(NOW + timedelta(seconds=1)):
        about = {"appointment_id": booked.appointment.id}
        await post(database, MessageKind.APPOINTMENT_BOOKED, about)
        await deliver_due(database, MailboxMailer(mailbox))
    newest, oldest = list_mails(mailbox)
    assert oldest.subject == "Your password was changed"
    assert (newest.recipient, newest.sent_at) == (PATIENT_EMAIL, NOW + timedelta(seconds=1))
    mail = read_mail(mailbox, newest.key)
    assert mail is not None
    assert f"http://testserver/appointment?id={booked.appointment.public_id}" in mail.text
    (file,) = mail.files
    assert (file.name, file.media_type) == ("appointment.ics", "text/calendar")
    assert Calendar.from_ical(file.content).walk("VEVENT")
    assert list(mailbox.glob("*.draft")) == []
    assert list_mails(mailbox, limit=1) == [newest]


@pytest.mark.parametrize("key", ["", "..", "../secret", "/etc/passwd", "nothing"])
async def test_only_mails_of_the_mailbox_are_read(
    database: Database, tmp_path: Path, key: str
) -> None:
    mailbox = tmp_path / "mailbox"
    (tmp_path / "secret.eml").write_text("To: x\n\nsecret")
    await post(database, MessageKind.PASSWORD_CHANGED, {"user_id": 1})
    await deliver_due(database, MailboxMailer(mailbox))
    assert read_mail(mailbox, key) is None


def test_with_an_smtp_server_there_is_no_mailbox(backend: str) -> None:
    with_server = Settings(smtp_host="mail.clinic.example")
    assert with_server.mailbox_directory is None
    assert isinstance(create_mailer(with_server), SmtpMailer)
    production = Settings(
        app_env=AppEnv.PRODUCTION,
        secret_key="x" * 32,
        public_url="https://clinic.example",
        database_url="postgresql://db/clinic",
        smtp_host="mail.clinic.example",
    )
    assert production.mailbox_directory is None
    assert isinstance(create_mailer(Settings()), MailboxMailer)
