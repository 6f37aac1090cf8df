"""What a row of the tables of handlers is, and who gets what, in columns that recur."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.policy.who_sees_what import Who


class Gets(StrEnum):
    """What somebody gets from a handler."""

    DONE = "what was asked for"
    NOTHING = "nothing: no answer, no change"
    LOGIN = "the login page"
    FORBIDDEN = "that they have no right"
    MISSING = "that there is no such thing"
    # The calendar is its doctor's, but the service lets the clinic's administrator do this.
    UNSEEN = "the deed, but not the sight of it"


DONE, NOTHING, LOGIN = Gets.DONE, Gets.NOTHING, Gets.LOGIN
FORBIDDEN, MISSING, UNSEEN = Gets.FORBIDDEN, Gets.MISSING, Gets.UNSEEN

Step = str | tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One handler in one situation.

    ``gets`` stands in the order of ``Who``. ``owner`` has done ``before`` in a tab of their own;
    everybody else's tab then holds all that this tab holds, which must not help them. Without an
    ``owner`` each does ``before`` in their own tab. ``changes`` are the tables in which ``DONE``
    changes something, ``shows`` is what whoever gets ``DONE`` sees.
    """

    handler: str
    gets: tuple[Gets, ...]
    address: str
    arguments: dict[str, Any] = field(default_factory=dict)
    before: tuple[Step, ...] = ()
    owner: Who | None = None
    changes: frozenset[str] = frozenset()
    shows: str = ""
    situation: str = ""

    def expected(self, who: Who) -> Gets:
        """What ``who`` gets."""
        return self.gets[list(Who).index(who)]

    @property
    def name(self) -> str:
        """The handler, and the situation where there are several."""
        return f"{self.handler} {self.situation}".strip()


# Columns:         nobody  patient  another    doctor   another    administrator  another clinic's
#                                   patient             doctor     of all         administrator
# and last the reception of the doctor's clinic
ALL = (DONE, DONE, DONE, DONE, DONE, DONE, DONE, DONE)
SOMEBODY = (LOGIN, DONE, DONE, DONE, DONE, DONE, DONE, DONE)
# A doctor who registers can be a patient too.
PEOPLE = (LOGIN, DONE, DONE, DONE, DONE, FORBIDDEN, FORBIDDEN, FORBIDDEN)
THE_DOCTOR = (LOGIN, FORBIDDEN, FORBIDDEN, DONE, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)
DOCTORS = (LOGIN, FORBIDDEN, FORBIDDEN, DONE, DONE, FORBIDDEN, FORBIDDEN, FORBIDDEN)
# Nothing is read for somebody to whom nothing was shown.
DOCTORS_ONLY = (NOTHING, NOTHING, NOTHING, DONE, DONE, NOTHING, NOTHING, NOTHING)
ADMINISTRATORS = (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, DONE, FORBIDDEN)
THE_ADMINISTRATOR = (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, FORBIDDEN, FORBIDDEN)
CONCERNED = (LOGIN, DONE, MISSING, DONE, MISSING, DONE, MISSING, DONE)
IN_ITS_CALENDAR = (LOGIN, FORBIDDEN, MISSING, DONE, MISSING, FORBIDDEN, MISSING, FORBIDDEN)
CLINIC_IN_ITS_CALENDAR = (LOGIN, FORBIDDEN, MISSING, DONE, MISSING, UNSEEN, MISSING, UNSEEN)
CLINIC_OF_A_DOCTOR = (LOGIN, FORBIDDEN, FORBIDDEN, DONE, FORBIDDEN, DONE, FORBIDDEN, DONE)
PATIENT_AND_CLINIC_IN_ITS_CALENDAR = (
    LOGIN,
    UNSEEN,
    MISSING,
    DONE,
    MISSING,
    UNSEEN,
    MISSING,
    UNSEEN,
)
MOVERS = (LOGIN, FORBIDDEN, MISSING, DONE, MISSING, DONE, MISSING, DONE)
THE_DESK = (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, MISSING, DONE)
# A doctor may do it, and sees it in their own calendar.
AT_THE_DESK = (LOGIN, FORBIDDEN, FORBIDDEN, UNSEEN, FORBIDDEN, DONE, MISSING, DONE)
# What a page shows of itself, without asking for anything.
SCREEN = ALL

# The tables in which what is done with an appointment changes something.
MOVED = frozenset({"appointment", "audit_event", "doctor"})
TOLD = frozenset({"outbox_message"})
RESCHEDULED = MOVED | TOLD | {"appointment_move", "busy_block"}
