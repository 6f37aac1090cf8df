"""Files of a hospital group, as lines of cells by column."""

from __future__ import annotations

import csv
import io
from typing import Any

CLINIC = {
    "external_number": "C1",
    "name": "Lakeside Clinic",
    "city": "Berlin",
    "country": "DE",
    "zone": "Europe/Berlin",
    "phone": "+49 30 901820",
    "closed_on_holidays": "yes",
}
DOCTOR = {
    "external_number": "D1",
    "email": "lena@clinic.example",
    "title": "Dr",
    "given_name": "Lena",
    "family_name": "Lake",
    "licence_number": "L-1",
    "specialties": "dermatology|cardiology",
    "languages": "de|en",
    "clinics": "C1",
    "visit_types": "First visit 30|Follow-up 15",
}
PATIENT = {
    "external_number": "P1",
    "clinic": "C1",
    "given_name": "Ada",
    "family_name": "Ahlers",
    "birth_date": "1961-04-05",
    "phone": "+49 30 901821",
    "language": "de",
}
APPOINTMENT = {
    "external_number": "A1",
    "clinic": "C1",
    "doctor": "D1",
    "patient": "P1",
    "start": "2030-03-05 10:00",
    "visit_type": "First visit",
    "status": "confirmed",
}


def as_csv(*lines: dict[str, Any], delimiter: str = ",") -> bytes:
    """The lines as a file; the first says which columns there are."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(lines[0]), delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()
