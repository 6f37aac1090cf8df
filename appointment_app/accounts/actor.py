"""The one who asks: every service function is given an actor and checks the rights itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appointment_app.models import Role


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at one clinic or, with ``clinic_id`` None, at all of them."""

    role: Role
    clinic_id: int | None = None


@dataclass(frozen=True, slots=True)
class Suspended:
    """That a doctor (internal id) is suspended, from ``since`` on (UTC).

    ``until`` is the first moment at which they are no longer, None for no end; ``zone`` is that of
    a clinic of theirs, to tell them.
    """

    doctor_id: int
    since: datetime
    until: datetime | None = None
    zone: str = "UTC"

    def holds(self, moment: datetime) -> bool:
        """Tell whether the doctor is suspended at a moment."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for something, as the login session or access token says; internal ids only.

    ``person_id`` is the patient record of the user, ``dependents`` those they are guardian
    of, ``doctor_id`` the doctor's record with which they act, None while there is a
    ``suspension`` of it; ``address`` is the network address. ``patient_id`` is for whom they look
    for a time, once they have said it (``family.acting_for``).
    """

    user_id: int | None = None
    person_id: int | None = None
    doctor_id: int | None = None
    dependents: frozenset[int] = frozenset()
    grants: frozenset[Grant] = frozenset()
    address: str = ""
    patient_id: int | None = None
    suspension: Suspended | None = None

    @property
    def own_doctor_id(self) -> int | None:
        """Their own doctor's record, whether or not they may act with it."""
        return self.suspension.doctor_id if self.suspension else self.doctor_id

    @property
    def looks_for(self) -> int | None:
        """For whom a time is looked for: None where it may be one of several, or nobody known."""
        if self.patient_id is not None or self.dependents:
            return self.patient_id
        return self.person_id

    @property
    def is_somebody(self) -> bool:
        """Whether anybody is logged in."""
        return self.user_id is not None

    def has_role(self, role: Role, clinic_id: int | None = None) -> bool:
        """Tell whether the actor has ``role`` everywhere or at ``clinic_id``."""
        return Grant(role) in self.grants or (
            clinic_id is not None and Grant(role, clinic_id) in self.grants
        )


NOBODY = Actor()
