"""The hours that a clinic tells the public: typed, kept and told."""

from __future__ import annotations

import pytest

from appointment_app.clinics.public_hours import lines, read_ranges, typed_ranges


@pytest.mark.parametrize(
    ("typed", "ranges"),
    [
        ("", []),
        (" , ", []),
        ("08:00-12:00", [(480, 720)]),
        ("14–18, 8:30 to 12", [(510, 720), (840, 1080)]),
        ("8am-5:30pm; 7pm until 24:00", [(480, 1050), (1140, 1440)]),
        ("12am-12pm", [(0, 720)]),
        ("8.00-12.00,12.00-13.00", [(480, 720), (720, 780)]),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, ranges: list[tuple[int, int]]) -> None:
    assert read_ranges(typed) == ranges


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("all day", "such as 08:00-12:00"),
        ("8-", "such as 08:00-12:00"),
        ("8:60-9", "such as 08:00-12:00"),
        ("24:01-25", "such as 08:00-12:00"),
        ("13pm-14", "such as 08:00-12:00"),
        ("12-8", "not after the beginning"),
        ("8-12, 11-14", "overlap"),
        ("1-2,3-4,5-6,7-8,9-10", "at most 4"),
    ],
)
def test_what_cannot_be_meant_is_said(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_ranges(typed)


def test_days_with_the_same_hours_stand_on_one_line() -> None:
    week = [[day, 480, 1080] for day in (0, 1, 2, 4)] + [[5, 540, 720], [5, 780, 1440]]
    assert lines(week) == [
        "Mon–Wed 08:00–18:00",
        "Fri 08:00–18:00",
        "Sat 09:00–12:00, 13:00–24:00",
    ]
    assert lines([]) == []


def test_what_is_stored_can_be_typed_again() -> None:
    week = [[5, 540, 720], [5, 780, 1440]]
    assert read_ranges(typed_ranges(week, 5)) == [(540, 720), (780, 1440)]
    assert typed_ranges(week, 0) == ""
