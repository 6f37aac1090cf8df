"""The demo's patients: names from many places, put together by chance, nobody real."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from appointment_app.demo.logins import OTHER_PATIENT, PATIENT

_WOMEN = (
    "Ada Aisha Alma Ana Anneke Beatriz Brigitte Carmen Chiara Clara Dalia Dilara Edith Ella"
    " Emine Esther Eva Farah Frida Gloria Hatice Helga Ida Imani Ines Irina Jana Jasmin Joy"
    " Karin Khadija Lea Lena Lin Lola Maja Marta Mina Miriam Nadine Nora Olga Paula Petra"
    " Rania Rosa Ruth Sabine Sofia Svetlana Tessa Ursula Vera Wanda Yara Yuki Zehra Zoe"
)
_MEN = (
    "Ahmed Anton Arjun Bilal Björn Bruno Carlos Cem Dieter Diego Elias Emeka Enzo Erik"
    " Felix Feng Georg Giorgos Hamid Hugo Ibrahim Igor Ivan Jakob Jan Javier Jonas Kai Karim"
    " Kofi Lars Leo Luca Mateo Mehmet Mikkel Milan Nils Noah Omar Oskar Otto Pablo Paul Piotr"
    " Rafael Ravi Ruben Samir Stefan Tariq Theo Thomas Tuan Uwe Viktor Walter Yannick Zoran"
)
_FAMILIES = (
    "Abe Achterberg Adeyemi Alvarez Andersson Arslan Bach Bauer Becker Berg Bianchi Boateng"
    " Brandt Castro Cohen Costa Diallo Diaz Dogan Dubois Ebert Eriksen Fischer Frank Friedrich"
    " Garcia Ghosh Grant Haas Hansen Hartmann Holm Horvat Hussein Iqbal Ivanova Jensen Jung"
    " Kamara Kaya Kim Kowalski Krause Kruger Lange Larsen Lind Lorenz Marino Martens Mbeki"
    " Menon Moreau Müller Nakamura Navarro Nguyen Novak Nowak Oduya Olsen Osei Papadakis Park"
    " Patel Pereira Petrov Popescu Reis Renn Rossi Said Santos Schäfer Schulz Silva Singh Sommer"
    " Tran Traore Usman Vogt Wagner Walsh Weber Winter Wolf Yamada Yilmaz Zimmer"
)

_ADULTS_OF_CITY = {"berlin": 62, "hamburg": 49, "boston": 49}
_CHILDREN_OF_CITY = {"berlin": 14, "hamburg": 12, "boston": 12}


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """A patient; a child has no address of their own but a ``guardian`` (a ``key``).

    ``city`` is the code of the clinic that they live near. ``walk_in`` is False for the
    patients of the demo logins, whose appointments are chosen one by one.
    """

    key: str
    given_name: str
    family_name: str
    birth_date: date
    phone: str
    language: str
    city: str
    woman: bool
    email: str = ""
    guardian: str | None = None
    walk_in: bool = True


def invent_patients(today: date, chance: Random) -> list[DemoPatient]:
    """Return about 200 patients, guardians before their children."""
    patients = _patients_with_logins(today)
    names = {(each.given_name, each.family_name) for each in patients}
    for city, count in _ADULTS_OF_CITY.items():
        adults = [_adult(city, today, chance, names, len(patients) + n) for n in range(count)]
        patients += adults
        parents = [each for each in adults if 24 * 365 < (today - each.birth_date).days < 46 * 365]
        patients += [
            _child(chance.choice(parents), today, chance, names)
            for _ in range(_CHILDREN_OF_CITY[city])
        ]
    return patients


def ascii_slug(*words: str) -> str:
    """Return ``words`` in small ASCII letters, joined by points, as for an e-mail address."""
    plain = unicodedata.normalize("NFKD", ".".join(words).replace("ı", "i").replace("ø", "o"))
    return plain.encode("ascii", "ignore").decode("ascii").lower().replace(" ", "-")


def _patients_with_logins(today: date) -> list[DemoPatient]:
    mara = DemoPatient(
        key="mara.keller",
        given_name="Mara",
        family_name="Keller",
        birth_date=today - timedelta(days=37 * 365 + 100),
        phone="+491713920000",
        language="en",
        city="berlin",
        woman=True,
        email=PATIENT.email,
        walk_in=False,
    )
    finn = DemoPatient(
        key="finn.keller",
        given_name="Finn",
        family_name="Keller",
        birth_date=today - timedelta(days=6 * 365 + 40),
        phone="",
        language="en",
        city="berlin",
        woman=False,
        guardian=mara.key,
        walk_in=False,
    )
    sam = DemoPatient(
        key="sam.otieno",
        given_name="Sam",
        family_name="Otieno",
        birth_date=today - timedelta(days=52 * 365 + 200),
        phone="+16175550199",
        language="en",
        city="boston",
        woman=False,
        email=OTHER_PATIENT.email,
        walk_in=False,
    )
    return [mara, finn, sam]


def _adult(
    city: str, today: date, chance: Random, names: set[tuple[str, str]], number: int
) -> DemoPatient:
    woman = chance.random() < 0.53
    given, family = _new_name(woman, _FAMILIES.split(), chance, names)
    slug = ascii_slug(given, family)
    return DemoPatient(
        key=slug,
        given_name=given,
        family_name=family,
        birth_date=today - timedelta(days=chance.randrange(19 * 365, 90 * 365)),
        phone=_fictional_phone(city, number),
        language="en" if city == "boston" else chance.choice(("de", "de", "en")),
        city=city,
        woman=woman,
        email=f"{slug}@patients.demo.example",
    )


def _child(
    parent: DemoPatient, today: date, chance: Random, names: set[tuple[str, str]]
) -> DemoPatient:
    woman = chance.random() < 0.5
    given, family = _new_name(woman, [parent.family_name], chance, names)
    return DemoPatient(
        key=ascii_slug(given, family),
        given_name=given,
        family_name=family,
        birth_date=today - timedelta(days=chance.randrange(60, 15 * 365)),
        phone="",
        language=parent.language,
        city=parent.city,
        woman=woman,
        guardian=parent.key,
    )


def _new_name(
    woman: bool, families: list[str], chance: Random, names: set[tuple[str, str]]
) -> tuple[str, str]:
    given_names = (_WOMEN if woman else _MEN).split()
    while True:
        name = chance.choice(given_names), chance.choice(families)
        if name not in names:
            names.add(name)
            return name


def _fictional_phone(city: str, number: int) -> str:
    if city == "boston":
        return f"+161755501{number % 99:02d}"
    if number < 100:
        return f"+4917139200{number:02d}"
    return f"+49176040690{number % 100:02d}"
