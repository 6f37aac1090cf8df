"""Examples of what is sent and answered, put together from those of the fields.

A field names its own example where it is declared; what many fields share stands here by name. So
an example can never lack a field, nor keep one that is gone.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_JSON = "application/json"
_START, _END = "2026-11-24T09:00:00+00:00", "2026-11-24T09:30:00+00:00"
_BEFORE, _LATER = "2026-11-20T08:15:00+00:00", "2026-12-20T08:15:00+00:00"
# Whoever is named twice in an example is the same.
_DOCTOR = "5d6a3c1f-7e28-4f0b-8a95-c3e1b7d2f604"
_CLINIC = "1b9e4f70-2c8d-4e6a-b3f5-90a7d1c8e252"
_VISIT_TYPE = "c74f0a2e-91b3-4d58-8e6c-2f5d7b3a1e90"
_PATIENT = "e03b8d5c-6a17-49f2-b4d0-7c9e5a2f8b13"
_APPOINTMENT = "3a7f1e9b-d402-4c85-97be-58d06c3f2a71"

# Where a field says nothing itself.
_BY_NAME: dict[str, Any] = {
    "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
    "action": "appointment.booked",
    "after": "1",
    "agrees": True,
    "allergies": "Penicillin",
    "before": "",
    "bio": "Skin, and what shows on it, for twelve years.",
    "birth_date": "1984-05-23",
    "blood_group": "0+",
    "cancel_appointments": "yes",
    "cancel_reason": "",
    "city": "Berlin",
    "clinic": "Praxis am Park",
    "clinic_phone": "+4930901820",
    "country": "DE",
    "device": "",
    "doctor": "Dr Amara Meier",
    "email": "mira@mail.example",
    "email_verified": True,
    "emergency_name": "Jon Keller",
    "emergency_phone": "+49 30 901821",
    "emergency_relation": "husband",
    "family_name": "Keller",
    "field": "duration",
    "given_name": "Mara",
    "insurance_number": "A123456789",
    "insurance_provider": "Allgemeine Kasse",
    "join_link": "",
    "key": "outside_hours",
    "language": "de",
    "languages": "de, en",
    "latitude": "52.5200",
    "licence_number": "B-12345",
    "longitude": "13.4050",
    "new_password": "eight blue teapots",
    "next": "/appointments",
    "note": "",
    "notes": "Come back in two weeks.",
    "password": "seven green kettles",
    "patient": "Mara Keller",
    "person": "Mara Keller",
    "phone": "+49 30 901820",
    "place": "Praxis am Park, Parkstr. 4, 10115 Berlin",
    "postcode": "10115",
    "practising_since": "2014",
    "price": "80 EUR",
    "qualifications": "MD, Charité Berlin",
    "reason": "A rash on the arm",
    "record_type": "appointment",
    "reference": "K7MP2QXA",
    "refresh_token": "kq7fYc0Z3mB9xT5vN1wR8sLd",
    "role": "reception",
    "room": "Room 2",
    "sentence": "This is outside the doctor's hours.",
    "state": "",
    "street": "Parkstr. 4",
    "time_zone": "Europe/Berlin",
    "title": "Dr",
    "token": "Zk3vQ0sB6yH1nT8c",
    "visit": "First visit",
    "visit_type": "First visit",
    "weekday": "monday",
    "who": "Mara Keller",
    "zone": "Europe/Berlin",
}
# Whatever a field says of itself: what most have none of, and what follows from other fields.
_ALWAYS: dict[str, Any] = {
    "active": True,
    "becomes": ["checked_in"],
    "can_cancel": True,
    "can_move": True,
    "cancelled_by": None,
    "checked_in_at": None,
    "chosen": True,
    "closes": "12:00",
    "conflicts": None,
    "created_at": _BEFORE,
    "deadline": "2026-11-23T09:00:00+00:00",
    "decided_at": None,
    "earlier": [],
    "ends_at": _END,
    "expires_at": _LATER,
    "fields": ["starts_at", "status"],
    "is_current": True,
    "is_own": True,
    "is_patient": True,
    "last_seen_at": _START,
    "likely": None,
    "max_open_appointments": None,
    "may_change": True,
    "nearest": None,
    "next_free": "2026-12-01T09:00:00+00:00",
    "nothing": None,
    "overbook": [],
    "refusal": None,
    "seats_left": None,
    "seen": [],
    "step": None,
    "valid_from": None,
    "valid_until": None,
    "AlternativeOut.first_free": "2026-11-25T09:00:00+00:00",
    "ApplicationOut.clinics": ["Praxis am Park"],
    "ApplicationOut.name": "Dr Amara Meier",
    "ApplicationOut.specialties": ["Dermatology"],
    "CancelledSeriesOut.kept": [],
    "ClinicChange.hours": ["08:00-12:00", "", "", "", "", "", ""],
    "ClinicChange.name": "Praxis am Park",
    "ClinicChange.region": "BE",
    "ClinicRoomsOut.name": "Praxis am Park",
    "DependentOut.birth_date": "2019-05-23",
    "DependentOut.name": "Ben Keller",
    "DependentOut.others": [],
    "DeskClinicOut.name": "Praxis am Park",
    "DepartmentChoiceOut.name": "Dermatology",
    "DepartmentOut.name": "Dermatology",
    "DoctorChange.family_name": "Meier",
    "DoctorChange.given_name": "Amara",
    "DoctorProfileOut.family_name": "Meier",
    "DoctorProfileOut.given_name": "Amara",
    "DoctorProfileOut.max_patients_a_day": "12",
    "DoctorProfileOut.specialties": ["dermatology"],
    "DoctorRegistration.clinic": _CLINIC,
    "DoctorRegistration.specialties": ["dermatology"],
    "EntryOut.address": "192.0.2.7",
    "GuardianOut.name": "Mara Keller",
    "HoldOut.expires_at": "2026-11-23T18:05:00+00:00",
    "KnownPatientOut.name": "Mara Keller",
    "LikelyOut.name": "Mara Keller",
    "Me.doctor_id": None,
    "MemberOut.role": "reception",
    "NewSeries.starts": [_START, "2026-12-01T09:00:00+00:00"],
    "NothingFreeOut.reason": "full",
    "OwnVisitTypeOut.name": "First visit",
    "PatientOut.name": "Mara Keller",
    "RoomOut.name": "Room 2",
    "SessionOut.capacity": 8,
    "Rules.max_patients_a_day": None,
    "StaffOut.name": "Praxis am Park",
    "AppointmentOut.status": "confirmed",
    "DeskVisitOut.status": "confirmed",
    "ApplicationOut.public_id": _DOCTOR,
    "AppointmentOut.id": _APPOINTMENT,
    "ClinicOut.id": _CLINIC,
    "ClinicRoomsOut.id": _CLINIC,
    "DeskClinicOut.id": _CLINIC,
    "DeskVisitOut.id": _APPOINTMENT,
    "DoctorOut.id": _DOCTOR,
    "DoctorProfileOut.id": _DOCTOR,
    "KnownPatientOut.id": _PATIENT,
    "OwnClinicOut.id": _CLINIC,
    "OwnVisitTypeOut.id": _VISIT_TYPE,
    "PatientId.id": _PATIENT,
    "PatientOut.id": _PATIENT,
    "StaffOut.id": _CLINIC,
    "VisitTypeOut.id": _VISIT_TYPE,
}
_ID_OF = {
    "clinic_id": _CLINIC,
    "clinics": _CLINIC,
    "doctor_id": _DOCTOR,
    "patient_id": _PATIENT,
    "user_id": "f2a1c7de-5b0e-4a3f-9d2c-6e8b41c0a9d7",
    "visit_type_id": _VISIT_TYPE,
}
_ANY_ID = "8c1d5e7a-3f64-4b29-a0e8-d5b7c2914f06"
# What a refusal is about, by its status.
_REFUSALS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "400": (
        *("Bad Request", "MALFORMED", "Something in the request is missing or unreadable."),
        {"starts_at": "Please check this."},
    ),
    "401": ("Unauthorized", "LOGIN_REQUIRED", "Please log in first.", {}),
    "403": ("Forbidden", "FORBIDDEN", "You are not allowed to do this.", {}),
    "404": ("Not Found", "NOT_FOUND", "There is nothing at this address.", {}),
    "409": ("Conflict", "SLOT_TAKEN", "This time was just taken by somebody else.", {}),
    "410": ("Gone", "LINK_INVALID", "This link was used before or is too old.", {}),
    "412": ("Precondition Failed", "STALE_VERSION", "Somebody else changed this meanwhile.", {}),
    "422": (
        *("Unprocessable Content", "INVALID", "Please check what is marked."),
        {"name": "Please fill this in."},
    ),
    "428": (
        *("Precondition Required", "VERSION_REQUIRED"),
        *("Send the ETag of the version that you saw as If-Match.", {}),
    ),
    "429": ("Too Many Requests", "TRY_AGAIN_LATER", "Please try again in a minute.", {}),
    "503": ("Service Unavailable", "BUSY", "We are very busy. Please try again in a moment.", {}),
}


def add_examples(operation: dict[str, Any], schemas: dict[str, Schema]) -> None:
    """Give an operation of the document an example of each body that is sent and answered."""
    for content in _bodies(operation):
        for body in content.values():
            if "schema" in body and "example" not in body and not _is_file(body["schema"]):
                body["example"] = example_of(body["schema"], schemas)


def refusal(status: str) -> dict[str, Any]:
    """Return an example of the problem details that are answered with a status."""
    title, code, detail, errors = _REFUSALS[status]
    problem = {
        "type": "about:blank",
        "title": title,
        "status": int(status),
        "code": code,
        "detail": detail,
        "errors": errors,
    }
    return problem | ({"nearest": [_START, _END]} if code == "SLOT_TAKEN" else {})


def example_of(schema: Schema, schemas: dict[str, Schema], name: str = "") -> Any:
    """Return an example of a schema; ``schemas`` are those of the document, by their names.

    ``name`` is the field's, as ``Schema.field`` where it is one of a schema with a name.
    """
    field = name.rpartition(".")[2]
    for known in (name, field):
        if known in _ALWAYS:
            return _ALWAYS[known]
    if (examples := schema.get("examples")) is not None:
        return examples[0]
    if (reference := schema.get("$ref")) is not None:
        of = reference.rpartition("/")[2]
        return example_of(schemas[of], schemas, name if _is_choice(schemas[of]) else of)
    if (chosen := schema.get("const", next(iter(schema.get("enum", ())), None))) is not None:
        return chosen
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], schemas, name)
    return _of_type(schema, schemas, name)


def _of_type(schema: Schema, schemas: dict[str, Schema], name: str) -> Any:
    field = name.rpartition(".")[2]
    match schema.get("type"):
        case "object":
            return {
                each: example_of(inner, schemas, f"{name}.{each}")
                for each, inner in schema.get("properties", {}).items()
            }
        case "array":
            return [example_of(schema["items"], schemas, field)]
        case "string" if schema.get("format") == "uuid":
            return _ID_OF.get(field, _ANY_ID)
    if field in _BY_NAME:
        return _BY_NAME[field]
    match schema.get("type"), schema.get("format"):
        case "string", "date":
            return "2026-11-24"
        case "string", "date-time":
            return _START
        case "string", _:
            return schema.get("default", field.replace("_", " "))
        case "boolean", _:
            return schema.get("default", False)
        case "integer" | "number", _:
            return schema.get("default", max(1, schema.get("minimum", 1)))
    return None


def _bodies(operation: dict[str, Any]) -> list[dict[str, Any]]:
    answers = [
        answer["content"]
        for status, answer in operation["responses"].items()
        if status < "400" and "content" in answer
    ]
    return [*answers, operation.get("requestBody", {}).get("content", {})]


def _is_choice(schema: Schema) -> bool:
    return "enum" in schema


def _is_file(schema: Schema) -> bool:
    return "contentMediaType" in schema
