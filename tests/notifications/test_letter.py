from __future__ import annotations

import re
from email import policy
from email.message import EmailMessage

import pytest

from appointment_app import clock
from appointment_app.models import MessageKind, OutboxMessage
from appointment_app.notifications import letter
from appointment_app.notifications.letter import Attachment, Letter, write_out
from appointment_app.settings import get_settings
from tests.notifications.records import NOW

FILE = Attachment("appointment.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n" * 9)


def _written(subject: str, recipient: str, text: str = "Hello") -> EmailMessage:
    outgoing = OutboxMessage(
        idempotency_key="key",
        kind=MessageKind.APPOINTMENT_BOOKED,
        recipient=recipient,
        locale="en",
        payload={},
    )
    wanted = Letter(subject, (text,), facts=(("When", "10:00"),), attachments=(FILE,))
    with clock.frozen(NOW):
        return write_out(wanted, outgoing, get_settings())


def _as_sent(mail: EmailMessage) -> bytes:
    sent = mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
    return re.sub(rb"=======*\d+==", b"boundary", sent)


@pytest.mark.parametrize("subject", ["Booked", "Gebucht für März", "long " * 40, "für " * 40])
@pytest.mark.parametrize("recipient", ["anna@mail.example", f"{'a' * 60}@{'b' * 60}.example"])
@pytest.mark.parametrize("text", ["Hello", "Grüße", "long " * 400])
def test_a_mail_is_what_the_library_makes_of_it(
    subject: str, recipient: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = _written(subject, recipient, text)
    monkeypatch.setattr(letter, "_POLICY", policy.default)
    assert _as_sent(ours) == _as_sent(_written(subject, recipient, text))


def test_headers_can_be_read() -> None:
    mail = _written("Booked", "anna@mail.example")
    assert [each.addr_spec for each in mail["To"].addresses] == ["anna@mail.example"]
    assert [each.addr_spec for each in mail["From"].addresses] == [get_settings().mail_from]
    assert mail["Date"].datetime == NOW


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\x00\n"])
def test_no_header_begins_another(ending: str) -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        _written(f"Booked{ending}Bcc: eve@mail.example", "anna@mail.example")
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        _written("Booked", f"anna@mail.example{ending}Bcc: eve@mail.example")
