"""What staff read before and after a deed: the patient hears of it by mail, or has no address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from appointment_app.accounts.actor import Actor
from appointment_app.accounts.contact_details import show_phone
from appointment_app.database import get_database
from appointment_app.errors import DomainError
from appointment_app.i18n import t
from appointment_app.scheduling import brief
from appointment_app.scheduling.brief import Reach
from appointment_app.states.toasts import toast, toast_with_action


@dataclass(frozen=True)
class Told:
    """What a form says beforehand: how the patient hears of it, and who reads the reason."""

    words: str = ""
    reason: str = ""


def told_before(reach: Reach) -> Told:
    """Return what a form says of a patient who is reached so."""
    if reach.is_mailed:
        return Told(t("The patient is told by mail."), t("The patient is told this reason."))
    return Told(
        told_words(is_mailed=False, phone=reach.phone),
        t("It is kept with the appointment; nobody is mailed it."),
    )


async def load_told(actor: Actor, appointment_id: UUID) -> Told:
    """Return what a form about an appointment says. Raises as ``load_reach`` does."""
    async with get_database().session() as session:
        return told_before(await brief.load_reach(session, actor, appointment_id))


async def told_toast(
    actor: Actor, appointment_id: UUID, said: str, undo: tuple[str, str] | None = None
) -> Any:
    """Return the event that says what was done, and whether the patient is told of it.

    ``undo`` is a label and the id of the button that it presses. Where nobody is mailed the toast
    stays until somebody closes it: it names the telephone number.
    """
    sentence, is_told = await telling(actor, appointment_id)
    text = f"{said} {sentence}".strip()
    if undo is not None:
        return toast_with_action(text, *undo)
    return toast(text, "good" if is_told else "note")


async def telling(actor: Actor, appointment_id: UUID) -> tuple[str, bool]:
    """Return the sentence, and whether the patient is told."""
    try:
        async with get_database().session() as session:
            reach = await brief.load_reach(session, actor, appointment_id)
    except DomainError:  # done, but not theirs to see any more
        return "", True
    return told_words(is_mailed=reach.is_mailed, phone=reach.phone), reach.is_mailed


def told_words(*, is_mailed: bool, phone: str) -> str:
    """Return whether the patient is told; ``phone`` is E.164 or empty."""
    if is_mailed:
        return t("The patient is told.")
    if phone:
        return t(
            "There is no mail address: tell the patient yourself, {phone}.",
            phone=show_phone(phone),
        )
    return t("There is no mail address: tell the patient yourself.")
