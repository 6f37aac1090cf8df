"""What each kind of mail says. No subject names a doctor, a specialty or a reason."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.models import MessageKind, OutboxMessage
from appointment_app.notifications.account_letters import ACCOUNT_LETTERS
from appointment_app.notifications.appointment_letters import appointment_letter
from appointment_app.notifications.family_letters import FAMILY_KINDS, family_letter
from appointment_app.notifications.letter import Letter
from appointment_app.notifications.read_ahead import NOTHING_KNOWN, Known
from appointment_app.notifications.series_letter import series_letter


async def compose(
    session: AsyncSession, outgoing: OutboxMessage, known: Known = NOTHING_KNOWN
) -> Letter:
    """Return what the mail says, in the current language, from the records as they are now.

    What is ``known`` of them was read a moment ago, for several mails at once. Raises
    ``RecordMissing`` when the payload names a record that does not exist.
    """
    if outgoing.kind in ACCOUNT_LETTERS:
        return ACCOUNT_LETTERS[outgoing.kind](outgoing.payload)
    if outgoing.kind in FAMILY_KINDS:
        return await family_letter(session, outgoing)
    if outgoing.kind in {MessageKind.SERIES_BOOKED, MessageKind.SERIES_CANCELLED}:
        return await series_letter(session, outgoing)
    return await appointment_letter(session, outgoing, known)
