"""What guardians are told when somebody whom they look after gets an account of their own."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from appointment_app.i18n import t
from appointment_app.links import page_link
from appointment_app.models import MessageKind, OutboxMessage, Person
from appointment_app.notifications.appointment_words import NoLongerTrue, get_record
from appointment_app.notifications.letter import Letter

FAMILY_KINDS = frozenset({MessageKind.FAMILY_ACCOUNT_OFFERED, MessageKind.FAMILY_ACCOUNT_OPENED})


async def family_letter(session: AsyncSession, outgoing: OutboxMessage) -> Letter:
    """Return the letter to a guardian about the person whom the payload names by id.

    Raises ``RecordMissing``, and ``NoLongerTrue`` where the person was erased meanwhile.
    """
    person = await get_record(session, Person, outgoing.payload["person_id"])
    if not person.active:
        raise NoLongerTrue
    if outgoing.kind is MessageKind.FAMILY_ACCOUNT_OPENED:
        return _opened(person.full_name, keeps_guardians=outgoing.payload["keeps_guardians"])
    guardian = await get_record(session, Person, outgoing.payload["guardian_id"])
    return _offered(person.full_name, guardian.full_name)


def _offered(name: str, guardian: str) -> Letter:
    return Letter(
        subject=t("An account was offered in your family"),
        opening=(
            t(
                "{guardian} has offered {name}, whom you look after too, an account of their own.",
                guardian=guardian,
                name=name,
            ),
            t(
                "Once it is opened, appointments and profile are {name}'s own, who decides whether"
                " you may still book. You get a mail then.",
                name=name,
            ),
        ),
        link=(t("See your family"), page_link("/family")),
        closing=(
            t("If you did not agree on this, please speak with {guardian}.", guardian=guardian),
        ),
    )


def _opened(name: str, *, keeps_guardians: bool) -> Letter:
    return Letter(
        subject=t("An account was opened in your family"),
        opening=(
            t("{name} has an account of their own here now.", name=name),
            t("You may still book for {name}, as long as they wish.", name=name)
            if keeps_guardians
            else t("You no longer book for {name}. What is booked stays.", name=name),
        ),
        link=(t("See your family"), page_link("/family")),
        closing=(t("If you believe that this is not right, please tell the clinic."),),
    )
