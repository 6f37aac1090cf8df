"""What an administrator types of a clinic, field by field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appointment_app.clinics.clinic_draft import ClinicDraft, columns_of, draft_of, zones
from appointment_app.errors import Invalid
from appointment_app.models import Clinic

SOUND = ClinicDraft("Elm Clinic", "Lyon", "FR", "Europe/Paris")


def wrong(**typed: object) -> dict[str, str]:
    with pytest.raises(Invalid) as invalid:
        columns_of(replace(SOUND, **typed))  # type: ignore[arg-type]
    return invalid.value.errors


def test_each_wrong_field_has_a_sentence() -> None:
    assert wrong(phone="call us", email="nobody", zone="Paris").keys() == {"phone", "email", "zone"}
    assert wrong(street="x" * 121, postcode="9" * 17).keys() == {"street", "postcode"}
    assert wrong(hours=("", "", "noon", "", "", "", "9-8")).keys() == {"hours_2", "hours_6"}


@pytest.mark.parametrize(
    ("latitude", "longitude", "fields"),
    [
        ("48", "", {"longitude"}),
        ("", "2.3", {"latitude"}),
        ("90.1", "-180.5", {"latitude", "longitude"}),
        ("nan", "inf", {"latitude", "longitude"}),
        ("north", "2", {"latitude"}),
    ],
)
def test_a_position_is_on_earth_and_whole(latitude: str, longitude: str, fields: set[str]) -> None:
    assert wrong(latitude=latitude, longitude=longitude).keys() == fields


def test_what_is_stored_is_typed_again_as_it_was() -> None:
    # The telephone number was stored before there was a check, and may stay.
    clinic = Clinic(
        name="Elm Clinic",
        city="Lyon",
        country="FR",
        zone="Europe/Paris",
        phone="04 72 00",
        latitude=45.75,
        longitude=-4.0,
        opening_hours=[[0, 480, 720]],
    )
    draft = draft_of(clinic)
    assert (draft.latitude, draft.longitude, draft.hours[0]) == ("45.75", "-4", "08:00–12:00")
    columns = columns_of(draft, clinic)
    assert {name: getattr(clinic, name) for name in columns} == columns
    with pytest.raises(Invalid):
        columns_of(draft)


def test_zones_are_those_of_places() -> None:
    assert {"UTC", "Europe/Berlin", "America/New_York"} <= set(zones())
    assert "Etc/GMT+5" not in zones()
