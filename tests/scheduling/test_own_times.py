from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from appointment_app.scheduling.availability import VisitShape
from appointment_app.scheduling.intervals import Interval, overlaps
from appointment_app.scheduling.own_times import without_own
from tests.scheduling.doctors_day import MONDAY_EIGHT

MOMENTS = st.integers(0, 300).map(lambda minutes: MONDAY_EIGHT + timedelta(minutes=5 * minutes))
LENGTHS = st.integers(1, 30).map(lambda number: timedelta(minutes=5 * number))
OWN = st.builds(lambda start, length: Interval(start, start + length), MOMENTS, LENGTHS)


@given(st.lists(MOMENTS, max_size=30).map(sorted), st.integers(1, 90), st.lists(OWN, max_size=20))
def test_what_overlaps_nothing_is_left(
    starts: list[datetime], duration: int, own: list[Interval]
) -> None:
    shape = VisitShape(duration)
    expected = [
        each for each in starts if not any(overlaps(shape.visit(each), mine) for mine in own)
    ]
    assert without_own(starts, shape, own) == expected
