"""A position in the address: coarse, on earth, and never more than that."""

from __future__ import annotations

import pytest

from appointment_app.states.near_address import (
    NearAddress,
    choices,
    coarse,
    distance_text,
    read_near,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("52.52,13.40", "52.52,13.40"),
        ("52.518611,13.408333", "52.52,13.41"),
        ("-90,180", "-90.00,180.00"),
        ("90.01,0", ""),
        ("52.5", ""),
        ("52.5,13.4,7", ""),
        ("nan,nan", ""),
        ("1e1,2", ""),
        ("٣,٣", ""),
        (None, ""),
        (["52,13"], ""),
        ("9" * 5000 + ",1", ""),
    ],
)
def test_a_position_is_kept_to_a_kilometre(typed: object, kept: str) -> None:
    assert coarse(typed) == kept


def test_what_makes_no_sense_is_left_out() -> None:
    assert read_near({"near": "here", "within": "10", "sort": "distance"}) == NearAddress()
    odd = read_near({"near": "52.52,13.4", "within": "7", "sort": "price"})
    assert odd == NearAddress("52.52,13.40")
    assert odd.position is not None
    assert (odd.position.latitude, odd.position.kilometres) == (52.52, 50)


def test_one_order_and_one_radius_are_chosen() -> None:
    near = read_near({"near": "52.52,13.4", "within": "10", "sort": "distance"})
    found = choices(near, lambda **query: str(sorted(filter(None, query.values()))))
    assert [(each.label, each.href) for each in found if each.chosen] == [
        ("Nearest first", "['10', '52.52,13.40', 'distance']"),
        ("within 10 km", "['10', '52.52,13.40', 'distance']"),
    ]
    assert choices(NearAddress(), str) == []


def test_a_distance_is_as_rough_as_the_position() -> None:
    assert [distance_text(km) for km in (None, 0.2, 1.6, 49.9)] == [
        "",
        "about 1 km",
        "about 2 km",
        "about 50 km",
    ]
