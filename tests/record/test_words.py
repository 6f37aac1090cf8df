"""Everything that the program puts on record has words, and no words are left for what is gone."""

from __future__ import annotations

import pytest

from appointment_app.record import words
from tests.record.recorded_actions import Source


@pytest.fixture(scope="module")
def source() -> Source:
    return Source()


def test_every_action_has_words(source: Source) -> None:
    recorded = source.recorded("action", 2)
    assert {"appointment.booked", "clinic.imported", "doctor.suspended"} <= recorded
    assert sorted(recorded - words.DEEDS.keys()) == []
    assert sorted(words.DEEDS.keys() - recorded) == []


def test_every_kind_of_record_has_words(source: Source) -> None:
    recorded = source.recorded("record_type")
    assert {"appointment", "import"} <= recorded
    assert {
        kind for kind in recorded if words.kind_words(kind) not in words.KINDS.values()
    } == set()


def test_two_actions_are_never_worded_alike() -> None:
    assert len(set(words.DEEDS.values())) == len(words.DEEDS)


def test_a_deed_of_long_ago_is_spelled_out() -> None:
    assert words.deed_words("clinic.moved_away") == "Clinic moved away"
