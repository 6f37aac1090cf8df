"""The rows of the tables of routes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.policy.who_sees_what import Who


@dataclass(frozen=True)
class Row:
    """One route in one situation.

    ``answers`` are the HTTP statuses in the order of ``Who``; ``changes`` are the tables in
    which a successful request changes something, ``changes_for_nobody`` and
    ``changes_for_patient`` where those differ.
    """

    route: str
    answers: tuple[int, ...]
    address: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    changes: frozenset[str] = frozenset()
    changes_for_nobody: frozenset[str] | None = None
    changes_for_patient: frozenset[str] | None = None
    shows: str = ""

    def expected(self, who: Who) -> int:
        """The status that ``who`` gets."""
        return self.answers[list(Who).index(who)]

    def changed_for(self, who: Who) -> frozenset[str]:
        """The tables in which something changes when ``who`` succeeds."""
        if who is Who.NOBODY and self.changes_for_nobody is not None:
            return self.changes_for_nobody
        if who is Who.PATIENT and self.changes_for_patient is not None:
            return self.changes_for_patient
        return self.changes

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.route.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path to ask for, with the names of ids in braces."""
        return self.address or self.route.partition(" ")[2]


# Columns:  nobody  patient  another    doctor   another    administrator  another clinic's
#                            patient             doctor     of all         administrator
# and last the reception of the doctor's clinic
ALL = (200,) * 8
ACCEPTED = (202,) * 8
SOMEBODY = (401, 200, 200, 200, 200, 200, 200, 200)
DONE = (204,) * 8
CONCERNED = (401, 200, 404, 200, 404, 200, 404, 200)
