"""The demo's doctors: who they are, when they work and what can be booked with them."""

from __future__ import annotations

from dataclasses import dataclass

from appointment_app.demo.logins import DOCTOR, OTHER_DOCTOR
from appointment_app.models import BookableBy, VisitMode
from appointment_app.scheduling.availability import WeeklyRange

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class DemoVisit:
    """A visit type; durations, pauses and steps in minutes, ``share`` is how often it is booked.

    ``resources`` are the rooms and devices of the clinic that suit it.
    """

    name: str
    duration: int
    share: int
    mode: VisitMode = VisitMode.IN_PERSON
    pause_before: int = 0
    pause_after: int = 0
    needs_confirmation: bool = False
    step: int = 15
    capacity: int = 1
    price: str = ""
    bookable_by: BookableBy = BookableBy.EVERYBODY
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DemoDoctor:
    """A doctor; ``hours`` maps a clinic's code to weekly hours as ``weekly`` reads them.

    No two have the same family name. ``full_days`` is for how many days from today on they
    are booked out; ``demand`` multiplies how full the other days are.
    """

    given_name: str
    family_name: str
    specialties: tuple[str, ...]
    languages: tuple[str, ...]
    years: int
    hours: dict[str, str]
    visits: tuple[DemoVisit, ...]
    bio: str
    email: str = ""
    max_patients_a_day: int | None = None
    minimum_notice: int = 120
    approved: bool = True
    full_days: int = 0
    demand: float = 1.0


def weekly(hours: str) -> tuple[WeeklyRange, ...]:
    """Read hours written like ``Mon Thu 8:00-12:00 13:00-17:00, Fri 9:00-13:00``."""
    ranges = []
    for line in hours.split(","):
        words = line.split()
        days = [_WEEKDAYS.index(word) for word in words if word in _WEEKDAYS]
        spans = [word.split("-") for word in words if word not in _WEEKDAYS]
        ranges += [
            WeeklyRange(day, minute_of_day(opens), minute_of_day(closes))
            for day in days
            for opens, closes in spans
        ]
    return tuple(ranges)


def minute_of_day(clock: str) -> int:
    """Return the minutes after midnight of a time written like ``8:30``."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


_FIRST = DemoVisit("First visit", 30, share=5, step=30)
_FOLLOW_UP = DemoVisit("Follow-up", 15, share=4)
_VIDEO = DemoVisit("Video visit", 20, share=2, mode=VisitMode.VIDEO, pause_after=5, step=30)
_CHECK_UP = DemoVisit("Check-up", 30, share=3, pause_after=5)
_LONG_TALK = DemoVisit(
    "Consultation", 45, share=2, pause_after=15, needs_confirmation=True, step=30
)
_OWN_FOLLOW_UP = DemoVisit("Follow-up", 15, share=4, bookable_by=BookableBy.KNOWN_PATIENTS)
_BACK_CLASS = DemoVisit("Back class", 60, share=0, capacity=8, step=30, price="€15 per person")
_SCAN = DemoVisit(
    "Ultrasound", 30, share=2, pause_before=5, pause_after=10, needs_confirmation=True
)

DOCTORS = (
    DemoDoctor(
        "Amara",
        "Meier",
        ("dermatology",),
        ("en", "de"),
        14,
        {
            "berlin": "Mon 8:00-12:00 13:00-17:00, Tue 9:00-12:00 13:00-18:00, Wed 11:00-17:00,"
            " Thu 8:00-12:00 12:30-16:00, Fri 9:00-13:00, Sat 14:00-18:00"
        },
        (
            _FIRST,
            _OWN_FOLLOW_UP,
            DemoVisit(
                "Mole check",
                30,
                share=2,
                needs_confirmation=True,
                price="€40",
                resources=("Treatment room 1", "Treatment room 2", "Dermatoscope"),
            ),
            _VIDEO,
        ),
        "Dr Meier looks after skin of every age and colour. She takes the time to explain what she"
        " sees, and sees people with a changed mole within the week.",
        email=DOCTOR.email,
        max_patients_a_day=16,
        demand=1.3,
    ),
    DemoDoctor(
        "Jun",
        "Okafor",
        ("dermatology", "allergology"),
        ("en", "ja"),
        8,
        {"berlin": "Mon 15:00-19:00, Tue Thu 9:00-12:20 14:00-17:00"},
        (
            DemoVisit("First visit", 20, share=5, step=20),
            DemoVisit(
                "Allergy test",
                40,
                share=2,
                step=20,
                price="€60, paid by most insurers",
                resources=("Treatment room 1", "Treatment room 2"),
            ),
            _FOLLOW_UP,
        ),
        "Dr Okafor works where skin and allergies meet. He grew up in Osaka and Lagos and likes"
        " puzzles that nobody else has solved.",
    ),
    DemoDoctor(
        "Lucía",
        "Soto",
        ("dermatology",),
        ("es", "de", "en"),
        21,
        {"berlin": "Mon Wed Thu 9:00-13:00"},
        (_FIRST, _FOLLOW_UP),
        "Dr Soto has treated eczema and psoriasis for over twenty years and teaches young"
        " doctors how to look closely.",
        full_days=23,
        minimum_notice=24 * 60,
    ),
    DemoDoctor(
        "Priya",
        "Raman",
        ("dermatology",),
        ("en", "ta", "hi"),
        11,
        {"boston": "Mon Tue Thu 8:00-12:00 13:00-17:00, Fri 8:00-12:00"},
        (_FIRST, _FOLLOW_UP, _VIDEO, _LONG_TALK),
        "Dr Raman sees adults and teenagers with all questions of the skin, and offers video"
        " visits for those who live far out.",
        email=OTHER_DOCTOR.email,
        max_patients_a_day=18,
    ),
    DemoDoctor(
        "Henrik",
        "Albrecht",
        ("general-practice",),
        ("de", "en"),
        26,
        {"berlin": "Mon Tue Thu Fri 7:30-12:00, Mon Thu 15:00-18:00, Wed 8:00-11:00"},
        (_CHECK_UP, _FOLLOW_UP, _VIDEO),
        "Dr Albrecht has been a family doctor in Berlin for a generation and knows when to wait"
        " and when to act.",
        minimum_notice=60,
    ),
    DemoDoctor(
        "Selin",
        "Aydın",
        ("general-practice",),
        ("de", "tr", "en"),
        9,
        {"hamburg": "Mon Wed Fri 8:00-12:30 14:00-17:00, Sat 9:00-13:00"},
        (_CHECK_UP, _FOLLOW_UP, _VIDEO),
        "Dr Aydın runs a family practice with Saturday hours for people who cannot come during"
        " the week.",
        minimum_notice=30,
        max_patients_a_day=20,
    ),
    DemoDoctor(
        "Marcus",
        "Bennett",
        ("general-practice",),
        ("en",),
        17,
        {"boston": "Mon Tue Wed Thu 8:30-12:00 13:00-16:30"},
        (_CHECK_UP, _FOLLOW_UP, _VIDEO),
        "Dr Bennett looks after whole families and is known for being on time.",
    ),
    DemoDoctor(
        "Grace",
        "Lindqvist",
        ("general-practice",),
        ("en", "sv"),
        6,
        {"boston": "Tue Thu 14:00-20:00, Sat 9:00-14:00"},
        (_CHECK_UP, _FOLLOW_UP),
        "Dr Lindqvist sees patients in the evening and on Saturdays, and keeps time for those who"
        " became ill overnight.",
        minimum_notice=30,
    ),
    DemoDoctor(
        "Yusuf",
        "Demir",
        ("paediatrics",),
        ("de", "tr", "ar"),
        13,
        {"berlin": "Mon Tue Wed Thu 8:00-12:00, Tue Thu 14:30-17:30"},
        (_CHECK_UP, _FOLLOW_UP),
        "Dr Demir has a drawer of very good stickers and answers the questions of children"
        " first, those of their parents second.",
        demand=0.5,
    ),
    DemoDoctor(
        "Hanna",
        "Petersen",
        ("paediatrics",),
        ("de", "en", "da"),
        19,
        {"hamburg": "Mon Tue Thu Fri 8:30-12:30, Mon Thu 14:00-16:30"},
        (_CHECK_UP, _FOLLOW_UP, _VIDEO),
        "Dr Petersen accompanies children from the first days until they leave school.",
        demand=0.4,
    ),
    DemoDoctor(
        "Camila",
        "Torres",
        ("paediatrics",),
        ("en", "es"),
        10,
        {"boston": "Mon Wed Fri 8:00-12:00 13:00-16:00"},
        (_CHECK_UP, _FOLLOW_UP),
        "Dr Torres speaks English and Spanish with children and grandparents alike.",
        demand=0.4,
    ),
    DemoDoctor(
        "Nadia",
        "Haddad",
        ("gynaecology",),
        ("de", "ar", "fr"),
        16,
        {"berlin": "Mon Wed 9:00-13:00 14:00-18:00, Fri 9:00-13:00"},
        (_FIRST, _FOLLOW_UP, _SCAN),
        "Dr Haddad cares for women in every phase of life and accompanies pregnancies calmly.",
        demand=0.8,
    ),
    DemoDoctor(
        "Wiebke",
        "Janssen",
        ("gynaecology",),
        ("de", "en"),
        23,
        {"hamburg": "Tue Wed Thu 8:00-13:00, Tue 14:00-18:00"},
        (_FIRST, _FOLLOW_UP, _SCAN, _VIDEO),
        "Dr Janssen has accompanied more than a thousand births and still remembers most names.",
        demand=0.8,
    ),
    DemoDoctor(
        "Olivia",
        "Chen",
        ("gynaecology",),
        ("en", "zh"),
        7,
        {"boston": "Tue Wed Thu 9:00-12:00 13:00-17:00"},
        (_FIRST, _FOLLOW_UP, _SCAN, _VIDEO),
        "Dr Chen explains findings in plain words, in English and Mandarin.",
        demand=0.8,
    ),
    DemoDoctor(
        "Tomasz",
        "Zieliński",
        ("orthopaedics",),
        ("pl", "de", "en"),
        18,
        {
            "berlin": "Mon Tue 8:00-12:00 13:00-16:00",
            "hamburg": "Thu Fri 9:00-12:30 13:30-16:30",
        },
        (_FIRST, _FOLLOW_UP, _LONG_TALK, _BACK_CLASS),
        "Dr Zieliński divides his week between Berlin and Hamburg and would rather prescribe"
        " exercises than operations.",
    ),
    DemoDoctor(
        "Kwame",
        "Mensah",
        ("orthopaedics",),
        ("en", "de", "fr"),
        12,
        {"hamburg": "Mon Tue Wed 8:00-12:00 13:00-17:00, Thu 8:00-12:00"},
        (_FIRST, _FOLLOW_UP),
        "Dr Mensah treats runners, dancers and everybody whose knee has opinions.",
        max_patients_a_day=18,
    ),
    DemoDoctor(
        "Daniel",
        "Levi",
        ("orthopaedics",),
        ("en", "he"),
        20,
        {"boston": "Mon Wed 8:00-12:00 13:00-17:00, Fri 8:00-12:00"},
        (_FIRST, _FOLLOW_UP, _VIDEO),
        "Dr Levi looks after shoulders and hands, from desk workers to violinists.",
    ),
    DemoDoctor(
        "Mei",
        "Tanaka",
        ("ophthalmology",),
        ("ja", "en", "de"),
        15,
        {"hamburg": "Mon Tue Thu 9:00-12:00 13:00-17:00"},
        (DemoVisit("Eye test", 20, share=5, step=20), _FOLLOW_UP, _LONG_TALK),
        "Dr Tanaka measures patiently and is happy when somebody leaves without needing glasses.",
    ),
    DemoDoctor(
        "Fatima",
        "Rahimi",
        ("ophthalmology",),
        ("fa", "de", "en"),
        9,
        {"berlin": "Tue Wed 8:30-12:30 13:30-17:30, Thu 8:30-12:30"},
        (DemoVisit("Eye test", 20, share=5, pause_after=5, step=30), _FOLLOW_UP),
        "Dr Rahimi specialises in dry eyes and in people who look at screens all day.",
    ),
    DemoDoctor(
        "Robert",
        "Ellison",
        ("ophthalmology",),
        ("en",),
        31,
        {"boston": "Mon Tue Wed Thu 9:00-13:00"},
        (DemoVisit("Eye test", 20, share=5, step=20), _FOLLOW_UP),
        "Dr Ellison has worked half days for some years, and uses them for cataracts and glaucoma.",
        max_patients_a_day=10,
    ),
    DemoDoctor(
        "Ingrid",
        "Vásquez",
        ("cardiology",),
        ("de", "es", "en"),
        22,
        {
            "hamburg": "Mon Tue 9:00-12:00 13:00-16:30",
            "berlin": "Wed Thu 10:00-13:00 14:00-17:00",
        },
        (_FIRST, _FOLLOW_UP, _SCAN),
        "Dr Vásquez listens to hearts in two cities, and to the people around them.",
    ),
    DemoDoctor(
        "Aleksander",
        "Brandt",
        ("cardiology",),
        ("de", "no", "en"),
        14,
        {"hamburg": "Wed Thu Fri 8:00-12:00 12:45-15:30"},
        (_FIRST, _FOLLOW_UP, _SCAN, _VIDEO),
        "Dr Brandt helps people with high blood pressure to need fewer tablets.",
    ),
    DemoDoctor(
        "Thandiwe",
        "Nkosi",
        ("cardiology",),
        ("en", "zu"),
        13,
        {"boston": "Mon Tue Fri 8:00-12:00 13:00-16:00"},
        (_FIRST, _FOLLOW_UP, _SCAN),
        "Dr Nkosi sees people after a heart attack back to the life they want.",
    ),
    DemoDoctor(
        "Elif",
        "Korkmaz",
        ("allergology", "paediatrics"),
        ("de", "tr"),
        5,
        {"hamburg": "Mon Fri 9:00-13:00, Wed 13:00-19:00"},
        (_FIRST, DemoVisit("Allergy test", 40, share=3, pause_after=10), _FOLLOW_UP),
        "Dr Korkmaz finds out what makes children and adults sneeze.",
    ),
    DemoDoctor(
        "Jonas",
        "Reuter",
        ("general-practice",),
        ("de", "en"),
        4,
        {"berlin": "Tue Thu 9:00-12:00 13:00-17:00"},
        (_CHECK_UP, _FOLLOW_UP),
        "Dr Reuter has just come to Berlin and is looking forward to new patients.",
        approved=False,
    ),
    DemoDoctor(
        "Leila",
        "Farouk",
        ("cardiology",),
        ("en", "ar"),
        8,
        {"boston": "Wed Thu 8:00-12:00 13:00-16:00"},
        (_FIRST, _FOLLOW_UP),
        "Dr Farouk moves her practice to Boston this season.",
        approved=False,
    ),
)
