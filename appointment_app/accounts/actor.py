"""The one who asks: every service function is given an actor and checks the rights itself."""

from __future__ import annotations

from dataclasses import dataclass

from appointment_app.models import Role


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at one clinic or, with ``clinic_id`` None, at all of them."""

    role: Role
    clinic_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for something, as the login session or access token says; internal ids only.

    ``person_id`` is the patient record of the user, ``dependents`` those they are guardian
    of, ``doctor_id`` their own doctor record; ``address`` is the network address.
    """

    user_id: int | None = None
    person_id: int | None = None
    doctor_id: int | None = None
    dependents: frozenset[int] = frozenset()
    grants: frozenset[Grant] = frozenset()
    address: str = ""

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
