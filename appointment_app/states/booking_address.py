"""The address of the booking form, which names the slot that it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlencode
from uuid import UUID

from appointment_app.scheduling.slots import Offer
from appointment_app.states.address import moment, moment_text, public_id


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for; ``person_id`` (public) is for whom, by default who looks."""

    offer: Offer
    starts_at: datetime
    person_id: UUID | None = None

    @property
    def href(self) -> str:
        """The address that asks for just this."""
        return booking_link(self.offer, self.starts_at, self.person_id)


def booking_link(offer: Offer, starts_at: datetime, person_id: UUID | None = None) -> str:
    """Return the address of the booking form for a slot (UTC), for somebody of the family."""
    whom = f"&for={person_id}" if person_id else ""
    return f"{booking_links(offer)}{moment_text(starts_at)}{whom}"


@lru_cache
def booking_links(offer: Offer) -> str:
    """Return how all addresses of booking forms for an offer begin; a start (UTC) ends them."""
    query = {"doctor": offer.doctor_id, "clinic": offer.clinic_id, "type": offer.visit_type_id}
    return f"/book?{urlencode(query)}&start="


def wish_in(query: Mapping[str, str]) -> Wish | None:
    """Return what the address asks for, or None when that is nothing we understand."""
    ids = [public_id(query.get(name)) for name in ("doctor", "clinic", "type")]
    doctor_id, clinic_id, visit_type_id = ids
    if doctor_id is None or clinic_id is None or visit_type_id is None:
        return None
    starts_at = moment(query.get("start"))
    if starts_at is None:
        return None
    person_id = public_id(query.get("for"))
    return Wish(Offer(doctor_id, clinic_id, visit_type_id), starts_at, person_id)
