"""The demo's clinics and specialties: names and streets are invented.

The telephone numbers are among those kept free for fiction: in Germany by the
Bundesnetzagentur, in the USA 555-0100 to 555-0199.
"""

from __future__ import annotations

from dataclasses import dataclass

from appointment_app.models import ResourceKind


@dataclass(frozen=True, slots=True)
class DemoClinic:
    """A clinic; ``code`` is what the other demo files call it, ``resources`` what visits need."""

    code: str
    name: str
    street: str
    postcode: str
    city: str
    state: str
    country: str
    region: str
    zone: str
    phone: str
    latitude: float
    longitude: float
    resources: dict[str, ResourceKind]


# Weekday, opens, closes: Monday to Friday from 8 to 18, Saturday from 9 to 13.
OPENING_HOURS = [*([day, 8 * 60, 18 * 60] for day in range(5)), [5, 9 * 60, 13 * 60]]

CLINICS = (
    DemoClinic(
        code="berlin",
        name="Charlottenpark Clinic",
        street="Am Ahornbogen 12",
        postcode="10585",
        city="Berlin",
        state="Berlin",
        country="DE",
        region="BE",
        zone="Europe/Berlin",
        phone="+49 30 23125 100",
        latitude=52.5186,
        longitude=13.3081,
        resources={
            "Treatment room 1": ResourceKind.ROOM,
            "Treatment room 2": ResourceKind.ROOM,
            "Dermatoscope": ResourceKind.DEVICE,
        },
    ),
    DemoClinic(
        code="hamburg",
        name="Leuchtturm Health Centre",
        street="Möwenstieg 7",
        postcode="20457",
        city="Hamburg",
        state="Hamburg",
        country="DE",
        region="HH",
        zone="Europe/Berlin",
        phone="+49 40 66969 200",
        latitude=53.5413,
        longitude=9.9841,
        resources={"Room A": ResourceKind.ROOM, "Room B": ResourceKind.ROOM},
    ),
    DemoClinic(
        code="boston",
        name="Maple Wharf Medical",
        street="48 Maple Wharf",
        postcode="02110",
        city="Boston",
        state="MA",
        country="US",
        region="MA",
        zone="America/New_York",
        phone="+1 617-555-0100",
        latitude=42.3601,
        longitude=-71.0512,
        resources={"Procedure room": ResourceKind.ROOM},
    ),
)


@dataclass(frozen=True, slots=True)
class DemoSpecialty:
    """A specialty of the standard list that the demo has, and why its patients come."""

    code: str
    reasons: tuple[str, ...]


SPECIALTIES = (
    DemoSpecialty(
        "general-practice",
        (
            "Cough for two weeks",
            "Yearly check-up",
            "Travel vaccination",
            "Tired all the time",
            "Back pain after moving house",
            "Blood test results",
        ),
    ),
    DemoSpecialty(
        "dermatology",
        (
            "A mole that has changed",
            "Itchy rash on both arms",
            "Acne, the cream does not help",
            "Skin check before summer",
            "Eczema on the hands",
            "Brittle nails",
        ),
    ),
    DemoSpecialty(
        "allergology",
        (
            "Hay fever is worse this year",
            "Swollen lips after eating nuts",
            "Allergy test",
            "Sneezing near cats",
        ),
    ),
    DemoSpecialty(
        "paediatrics",
        (
            "Regular development check",
            "Vaccination",
            "Earache since yesterday",
            "Fever and cough",
            "Does not sleep well",
        ),
    ),
    DemoSpecialty(
        "gynaecology",
        (
            "Yearly check-up",
            "Pregnancy, second scan",
            "Advice on contraception",
            "Irregular periods",
        ),
    ),
    DemoSpecialty(
        "orthopaedics",
        (
            "Knee hurts when climbing stairs",
            "Shoulder pain at night",
            "Twisted ankle",
            "Lower back pain",
            "Control after the operation",
        ),
    ),
    DemoSpecialty(
        "ophthalmology",
        (
            "New glasses",
            "Red and dry eyes",
            "Seeing less well at night",
            "Eye pressure check",
        ),
    ),
    DemoSpecialty(
        "cardiology",
        (
            "High blood pressure at home",
            "Heart races without a reason",
            "Short of breath on stairs",
            "Yearly ECG",
        ),
    ),
)
