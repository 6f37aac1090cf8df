"""The policy itself: every action, asked by everybody, against a table written by hand."""

from __future__ import annotations

import pytest

from appointment_app.accounts.actor import NOBODY, Actor, Grant
from appointment_app.accounts.policy import RULES, Action, Record, allows, require
from appointment_app.errors import DomainError, Forbidden, LoginRequired, NotFound
from appointment_app.models import Role

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
VIEW_APPOINTMENT   login yes  yes  404  404  yes  404  404  yes  yes  404  404  no   no   404  404
CANCEL_APPOINTMENT login yes  yes  404  404  yes  404  404  yes  yes  404  404  no   no   404  404
RESCHEDULE_APPOINTMENT login yes yes 404 404 no 404 404 no no 404 404 no no 404 404
MOVE_APPOINTMENT   login no   no   404  404  yes  404  404  yes  yes  404  404  no   no   404  404
BOOK_FOR_PATIENT   login no   no   no   no   yes  no   no   yes  yes  no   no   no   no   no   no
CHECK_IN           login no   no   404  404  yes  404  404  yes  yes  404  404  yes  yes  404  404
CONFIRM_APPOINTMENT login no no 404 404 yes 404 404 yes yes 404 404 no no 404 404
CLOSE_APPOINTMENT  login no   no   404  404  yes  404  404  yes  yes  404  404  yes  yes  404  404
KEEP_NOTES         login no   no   404  404  yes  404  404  no   no   404  404  no   no   404  404
LIST_OWN_APPOINTMENTS login yes yes yes yes yes yes yes yes yes yes yes yes yes yes yes
VIEW_CALENDAR      login no   no   no   no   yes  no   no   no   no   no   no   no   no   no   no
VIEW_FRONT_DESK    login no   no   no   no   no   no   no   yes  yes  no   no   yes  yes  no   no
EDIT_AVAILABILITY  login no   no   no   no   yes  no   no   no   no   no   no   no   no   no   no
EDIT_VISIT_TYPES   login no   no   no   no   yes  no   no   no   no   no   no   no   no   no   no
DECIDE_DOCTORS     login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
EDIT_CLINIC        login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
EDIT_RESOURCES     login no   no   no   no   no   no   no   yes  yes  no   no   no   no   no   no
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
    Action.BOOK_APPOINTMENT: set(),
    Action.RESCHEDULE_APPOINTMENT: set(),
    Action.KEEP_NOTES: set(),
    Action.VIEW_CALENDAR: set(),
    Action.EDIT_AVAILABILITY: set(),
    Action.EDIT_VISIT_TYPES: set(),
    Action.CHECK_IN: {"adm", "rec"},
    Action.CLOSE_APPOINTMENT: {"adm", "rec"},
    Action.VIEW_FRONT_DESK: {"adm", "rec"},
}


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


_OF_NO_RECORD = {Action.FIND_DOCTORS, Action.HOLD_TIME, Action.LIST_OWN_APPOINTMENTS}


def test_a_record_of_nobody_is_not_that_of_somebody_without_a_record() -> None:
    """No id equals no id only by accident."""
    somebody = Actor(user_id=1)
    for action in set(Action) - _OF_NO_RECORD:
        assert not allows(somebody, action, Record())
        assert not allows(NOBODY, action, Record())
