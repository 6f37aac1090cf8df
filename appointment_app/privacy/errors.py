"""Why somebody cannot be erased yet."""

from __future__ import annotations

from appointment_app.errors import DomainError
from appointment_app.i18n import t


class AppointmentsAhead(DomainError):
    """The person still has appointments, and nobody said that they shall be cancelled."""

    code = "APPOINTMENTS_AHEAD"

    def __init__(self, count: int) -> None:
        super().__init__(
            t("There is an appointment to come. Cancel it, or tick that it shall be cancelled.")
            if count == 1
            else t(
                "There are {count} appointments to come. Cancel them, or tick that they shall be"
                " cancelled.",
                count=count,
            ),
            field="cancel_appointments",
        )


class WorksHere(DomainError):
    """The account belongs to somebody who works at a clinic."""

    code = "WORKS_HERE"

    def __init__(self) -> None:
        super().__init__(
            t("This account is used for work at a clinic too. Please ask its administrators.")
        )


class FamilyRemains(DomainError):
    """Somebody without an account has no other guardian: nobody could act for them any more."""

    code = "FAMILY_REMAINS"

    def __init__(self, name: str, *, is_asking_themselves: bool = True) -> None:
        super().__init__(
            t(
                "Nobody else can act for {name}, who has no account. Find another guardian, or"
                " erase {name} first.",
                name=name,
            )
            if not is_asking_themselves
            else t(
                "Only you can act for {name}. Give {name} an account of their own, or erase their"
                " data first.",
                name=name,
            )
        )
