"""The address of the booking form, which names the slot that it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlencode

from appointment_app.scheduling.slots import Offer
from appointment_app.states.address import moment, public_id


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for."""

    offer: Offer
    starts_at: datetime

    @property
    def href(self) -> str:
        """The address that asks for just this."""
        return booking_link(self.offer, self.starts_at)


@lru_cache(maxsize=50_000)
def booking_link(offer: Offer, starts_at: datetime) -> str:
    """Return the address of the booking form for a slot (UTC)."""
    query = {
        "doctor": offer.doctor_id,
        "clinic": offer.clinic_id,
        "type": offer.visit_type_id,
        "start": starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return f"/book?{urlencode(query)}"


def wish_in(query: Mapping[str, str]) -> Wish | None:
    """Return what the address asks for, or None when that is nothing we understand."""
    ids = [public_id(query.get(name)) for name in ("doctor", "clinic", "type")]
    doctor_id, clinic_id, visit_type_id = ids
    if doctor_id is None or clinic_id is None or visit_type_id is None:
        return None
    starts_at = moment(query.get("start"))
    if starts_at is None:
        return None
    return Wish(Offer(doctor_id, clinic_id, visit_type_id), starts_at)
