"""For whom the booking form books: somebody of the family, as the address says."""

from __future__ import annotations

from dataclasses import dataclass

from appointment_app.accounts import family
from appointment_app.accounts.actor import Actor
from appointment_app.database import get_database
from appointment_app.i18n import t
from appointment_app.states.booking_address import Wish, booking_link


@dataclass(frozen=True, slots=True)
class ForWhom:
    """The actor as they look for a time; whom else they can choose: label, address, chosen.

    ``name`` is who is booked for, where that is not the actor.
    """

    actor: Actor
    choices: tuple[tuple[str, str, bool], ...] = ()
    name: str = ""


async def for_whom(actor: Actor, wish: Wish) -> Actor:
    """Return the actor as they look for a time for whom ``wish`` names; raises ``NotFound``."""
    if not actor.dependents and wish.person_id is None:
        return actor
    async with get_database().session() as session:
        return await family.acting_for(session, actor, wish.person_id)


async def look_for_whom(actor: Actor, wish: Wish) -> ForWhom:
    """Return ``for_whom`` with all that can be chosen, where there is more than one to choose."""
    acting = await for_whom(actor, wish)
    if not actor.dependents:
        return ForWhom(acting)
    async with get_database().session() as session:
        people = await family.people_to_book_for(session, actor)
    chosen = next((each for each in people if each.id == wish.person_id), None)
    is_other = chosen is not None and not chosen.is_self
    choices = tuple(
        (
            t("Me") if each.is_self else each.name,
            booking_link(wish.offer, wish.starts_at, None if each.is_self else each.id),
            each is chosen if is_other else each.is_self,
        )
        for each in people
    )
    return ForWhom(acting, choices, chosen.name if chosen and is_other else "")


def already_busy(name: str) -> str:
    """Return that the one who is booked for has an appointment then; no ``name``: who looks."""
    if name:
        return t("{name} already has an appointment at this time.", name=name)
    return t("You already have an appointment at this time.")
