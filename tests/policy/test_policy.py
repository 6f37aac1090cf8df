"""The policy itself: every action, asked by everybody, against a table written by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appointment_app.accounts.actor import NOBODY, Actor, Grant, Suspended
from appointment_app.accounts.errors import SuspendedNow
from appointment_app.accounts.policy import RULES, Action, Record, allows, require
from appointment_app.accounts.rights_table import rights_table
from appointment_app.errors import DomainError, Forbidden, LoginRequired, NotFound
from appointment_app.models import Role
from appointment_app.settings import PROJECT_ROOT

RECORD = Record(person_id=1, doctor_id=11, clinic_id=21)

ACTORS = {
    "none": NOBODY,
    "pat": Actor(user_id=1, person_id=1, grants=frozenset({Grant(Role.PATIENT)})),
    # The patient's guardian, who has other dependents too
    "guard": Actor(user_id=2, person_id=2, dependents=frozenset({1, 9})),
    # Another patient, and that one's guardian
    "pat2": Actor(user_id=3, person_id=3, grants=frozenset({Grant(Role.PATIENT)})),
    "grd2": Actor(user_id=4, person_id=4, dependents=frozenset({3})),
    "doc": Actor(user_id=5, doctor_id=11, grants=frozenset({Grant(Role.DOCTOR)})),
    "doc2": Actor(user_id=6, doctor_id=12, grants=frozenset({Grant(Role.DOCTOR)})),
    # The role of a doctor without a doctor's record
    "ex": Actor(user_id=7, grants=frozenset({Grant(Role.DOCTOR)})),
    # Administrators of all clinics, of the record's, of another
    "adm": Actor(user_id=8, grants=frozenset({Grant(Role.ADMINISTRATOR)})),
    "cadm": Actor(user_id=9, grants=frozenset({Grant(Role.ADMINISTRATOR, 21)})),
    "cad2": Actor(user_id=10, grants=frozenset({Grant(Role.ADMINISTRATOR, 22)})),
    # Another doctor at the record's clinic, whose key equals the clinic's
    "cdoc": Actor(user_id=11, doctor_id=21, grants=frozenset({Grant(Role.DOCTOR, 21)})),
    # The reception of all clinics, of the record's, of another
    "rec": Actor(user_id=12, grants=frozenset({Grant(Role.RECEPTION)})),
    "crec": Actor(user_id=13, grants=frozenset({Grant(Role.RECEPTION, 21)})),
    "rec2": Actor(user_id=14, grants=frozenset({Grant(Role.RECEPTION, 22)})),
    # A patient with the doctor's key, who is a doctor with the patient's
    "same": Actor(user_id=1, person_id=11, doctor_id=1),
}

TABLE = """
                   none  pat  guard pat2 grd2 doc  doc2 ex   adm  cadm cad2 cdoc rec  crec rec2 same
FIND_DOCTORS       yes   yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes
HOLD_TIME          yes   yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes  yes
BOOK_APPOINTMENT   login yes  yes  no   no   no   no   no   no   no   no   no   no   no   no   no
VIEW_APPOINTMENT   login yes  yes  404  404  yes  404  404  yes  yes  404  404  yes  yes  404  404
CANCEL_APPOINTMENT login yes  yes  404  404  yes  404  404  yes  yes  404  404  yes  yes  404  404
RESCHEDULE_APPOINTMENT login yes yes 404 404 no 404 404 no no 404 404 no no 404 404
MOVE_APPOINTMENT   login no   no   404  404  yes  404  404  yes  yes  404  404  yes  yes  404  404
BOOK_FOR_PATIENT   login no   no   no   no   yes  no   no   yes  yes  no   no   yes  yes  no   no
CHECK_IN           login no   no   404  404  yes  404  404  yes  yes  404  404  yes  yes  404  404
CONFIRM_APPOINTMENT login no no 404 404 yes 404 404 yes yes 404 404 yes yes 404 404
CLOSE_APPOINTMENT  login no   no   404  404  yes  404  404  yes  yes  404  404  yes  yes  404  404
KEEP_NOTES         login no   no   404  404  yes  404  404  no   no   404  404  no   no   404  404
LIST_OWN_APPOINTMENTS login yes yes yes yes yes yes yes yes yes yes yes yes yes yes yes
VIEW_CALENDAR      login no   no   no   no   yes  no   no   no   no   no   no   no   no   no   no
VIEW_FRONT_DESK    login no   no   no   no   no   no   no   yes  yes  no   no   yes  yes  no   no
VIEW_AVAILABILITY  login no   no   no   no   yes  no   no   yes  yes  no   no   yes  yes  no   no
EDIT_AVAILABILITY  login no   no   no   no   yes  no   no   no   no   no   no   no   no   no   no
EDIT_VISIT_TYPES   login no   no   no   no   yes  no   no   no   no   no   no   no   no   no   no
DECIDE_DOCTORS     login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
EDIT_DOCTOR        login no   no   no   no   yes  no   no   yes  yes  no   no   no   no   no   no
PLACE_DOCTORS      login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
SUSPEND_DOCTORS      login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
HAND_ON_APPOINTMENT login no no no no no no no yes yes no no no no no no
EDIT_CLINIC        login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
OPEN_CLINICS       login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
EDIT_RESOURCES     login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
KEEP_PATIENTS      login no   no   no   no   no   no   no   yes  yes  no   no   yes  yes  no   no
MANAGE_STAFF       login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
EDIT_PROFILE       login yes  yes  404  404  no   404  404  no   no   404  404  no   no   404  404
VIEW_PROFILE       login no   no   404  404  yes  404  404  yes  yes  404  404  yes  yes  404  404
MANAGE_FAMILY      login yes yes yes yes yes yes yes yes yes yes yes yes yes yes yes
VIEW_HEALTH        login no   no   404  404  yes  404  404  no   no   404  404  no   no   404  404
VIEW_FIGURES       login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
VIEW_OWN_FIGURES   login no   no   no   no   yes  no   no   no   no   no   no   no   no   no   no
READ_RECORD        login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
ERASE_PATIENT      login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
TAKE_DATA          login yes  yes  404  404  no   404  404  no   no   404  404  no   no   404  404
IMPORT_RECORDS     login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
"""

_HEAD, *_LINES = [line.split() for line in TABLE.strip().splitlines()]
EXPECTED = {name: dict(zip(_HEAD, answers, strict=True)) for name, *answers in _LINES}
ANSWERS: dict[str, type[DomainError] | None] = {
    "yes": None,
    "login": LoginRequired,
    "no": Forbidden,
    "404": NotFound,
}

# Of no record in particular: what everybody may do somewhere, nobody may do everywhere.
WITHOUT_A_RECORD = {
    Action.FIND_DOCTORS: set(ACTORS),
    Action.HOLD_TIME: set(ACTORS),
    Action.LIST_OWN_APPOINTMENTS: set(ACTORS) - {"none"},
    Action.MANAGE_FAMILY: set(ACTORS) - {"none"},
    Action.BOOK_APPOINTMENT: set(),
    Action.RESCHEDULE_APPOINTMENT: set(),
    Action.KEEP_NOTES: set(),
    Action.VIEW_CALENDAR: set(),
    Action.VIEW_AVAILABILITY: {"adm", "rec"},
    Action.EDIT_AVAILABILITY: set(),
    Action.EDIT_VISIT_TYPES: set(),
    Action.VIEW_APPOINTMENT: {"adm", "rec"},
    Action.CANCEL_APPOINTMENT: {"adm", "rec"},
    Action.MOVE_APPOINTMENT: {"adm", "rec"},
    Action.BOOK_FOR_PATIENT: {"adm", "rec"},
    Action.CONFIRM_APPOINTMENT: {"adm", "rec"},
    Action.VIEW_OWN_FIGURES: set(),
    Action.KEEP_PATIENTS: {"adm", "rec"},
    Action.CHECK_IN: {"adm", "rec"},
    Action.CLOSE_APPOINTMENT: {"adm", "rec"},
    Action.VIEW_FRONT_DESK: {"adm", "rec"},
    Action.EDIT_PROFILE: set(),
    Action.VIEW_PROFILE: {"adm", "rec"},
    Action.VIEW_HEALTH: set(),
    Action.TAKE_DATA: set(),
}


def test_the_table_for_people_is_current() -> None:
    """Make it anew with ``python -m appointment_app.manage rights > docs/rights.md``."""
    assert (PROJECT_ROOT / "docs" / "rights.md").read_text() == rights_table()


def refusal(actor: Actor, action: Action, record: Record | None) -> type[DomainError] | None:
    try:
        require(actor, action, record)
    except DomainError as error:
        return type(error)
    return None


def test_every_action_has_a_rule_and_a_row() -> None:
    assert set(RULES) == set(Action), "Each action needs a rule in accounts/policy.py."
    assert EXPECTED.keys() == {action.name for action in Action}, "TABLE has a row for each action."
    assert list(ACTORS) == _HEAD


@pytest.mark.parametrize("who", list(ACTORS))
@pytest.mark.parametrize("action", list(Action), ids=lambda action: action.name)
def test_require(action: Action, who: str) -> None:
    expected = ANSWERS[EXPECTED[action.name][who]]
    assert refusal(ACTORS[who], action, RECORD) is expected
    assert allows(ACTORS[who], action, RECORD) is (expected is None)


@pytest.mark.parametrize("who", list(ACTORS))
@pytest.mark.parametrize("action", list(Action), ids=lambda action: action.name)
def test_without_a_record(action: Action, who: str) -> None:
    everywhere = WITHOUT_A_RECORD.get(action, {"adm"})
    for record in (None, Record()):
        assert allows(ACTORS[who], action, record) is (who in everywhere)


# What is left to the doctor of the record while they are suspended.
LEFT_WHILE_SUSPENDED = {
    Action.FIND_DOCTORS,
    Action.HOLD_TIME,
    Action.LIST_OWN_APPOINTMENTS,
    Action.MANAGE_FAMILY,
    Action.EDIT_DOCTOR,
    Action.VIEW_OWN_FIGURES,
}


@pytest.mark.parametrize("action", list(Action), ids=lambda action: action.name)
def test_a_suspended_doctor(action: Action) -> None:
    suspended = Actor(
        user_id=5,
        grants=frozenset({Grant(Role.DOCTOR)}),
        suspension=Suspended(11, datetime(2026, 11, 2, tzinfo=UTC)),
    )
    may_otherwise = EXPECTED[action.name]["doc"] == "yes"
    expected = None
    if action not in LEFT_WHILE_SUSPENDED:
        expected = SuspendedNow if may_otherwise else Forbidden
    assert refusal(suspended, action, RECORD) is expected
    assert may_otherwise or expected is Forbidden
    # Of another doctor they are told what everybody is.
    others = Record(person_id=1, doctor_id=12, clinic_id=21)
    assert refusal(suspended, action, others) is refusal(ACTORS["doc2"], action, RECORD)


_OF_NO_RECORD = {
    Action.FIND_DOCTORS,
    Action.HOLD_TIME,
    Action.LIST_OWN_APPOINTMENTS,
    Action.MANAGE_FAMILY,
}


def test_a_record_of_nobody_is_not_that_of_somebody_without_a_record() -> None:
    """No id equals no id only by accident."""
    somebody = Actor(user_id=1)
    for action in set(Action) - _OF_NO_RECORD:
        assert not allows(somebody, action, Record())
        assert not allows(NOBODY, action, Record())
