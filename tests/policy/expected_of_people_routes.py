"""What the routes of families, staff and the record answer to whom; see expected_of_routes.py."""

from __future__ import annotations

from tests.policy.route_rows import Row

PERSONS = (401, 200, 200, 200, 200, 403, 403, 403)
ADMINISTRATORS = (401, 403, 403, 403, 403, 200, 200, 403)
_FIRST = {"if-match": '"1"'}
_ADDED = frozenset({"audit_event", "guardianship", "person"})
_INVITED = frozenset(
    {"account_token", "audit_event", "outbox_message", "role_assignment", "user_account"}
)


def admin_of_all(status: int) -> tuple[int, ...]:
    """What only an administrator of all clinics gets."""
    return (401, 403, 403, 403, 403, status, 403, 403)


# The doctor, and who administers a clinic of theirs.
KEEPERS = (401, 403, 403, 200, 403, 200, 403, 403)

PEOPLE_ROWS = (
    Row(
        "POST /doctors",
        admin_of_all(201),
        body={
            "email": "noor@mail.example",
            "given_name": "Noor",
            "family_name": "New",
            "licence_number": "LIC-NOOR",
            "specialties": ["dermatology"],
            "clinic_id": "{harbour}",
        },
        changes=_INVITED
        | {"doctor", "doctor_at_clinic", "doctor_specialty", "person", "person_key"},
    ),
    # Dora has accepted hers.
    Row("POST /doctors/{doctor_id}/invite", admin_of_all(204), address="/doctors/{dora}/invite"),
    Row(
        "GET /doctors/{doctor_id}/profile",
        KEEPERS,
        address="/doctors/{dora}/profile",
        shows="LIC-DORA",
    ),
    Row(
        "PATCH /doctors/{doctor_id}",
        KEEPERS,
        address="/doctors/{dora}",
        headers=_FIRST,
        body={"bio": "Likes hard cases."},
        changes=frozenset({"audit_event", "doctor"}),
        shows="Likes hard cases.",
    ),
    Row(
        "GET /doctors/{doctor_id}/workplaces",
        KEEPERS,
        address="/doctors/{dora}/workplaces",
        shows="Harbour Clinic",
    ),
    Row(
        "POST /doctors/{doctor_id}/workplaces",
        (401, 403, 403, 403, 403, 204, 403, 403),
        address="/doctors/{dora}/workplaces",
        body={"clinic_id": "{park}"},
        changes=frozenset({"audit_event", "doctor", "doctor_at_clinic"}),
    ),
    # Somebody is still expected there.
    Row(
        "DELETE /workplaces/{workplace_id}",
        admin_of_all(409),
        address="/workplaces/{place}",
        headers=_FIRST,
    ),
    Row(
        "POST /workplaces/{workplace_id}/return",
        admin_of_all(204),
        address="/workplaces/{place}/return",
        headers=_FIRST,
        changes=frozenset({"audit_event", "doctor", "doctor_at_clinic"}),
    ),
    Row(
        "PUT /workplaces/{workplace_id}/departments",
        admin_of_all(204),
        address="/workplaces/{place}/departments",
        body={"departments": []},
        changes=frozenset({"audit_event", "doctor"}),
    ),
    Row("GET /family", PERSONS, shows='"dependents":['),
    Row(
        "POST /family",
        tuple(201 if status == 200 else status for status in PERSONS),
        body={
            "given_name": "Ben",
            "family_name": "New",
            "birth_date": "2019-05-23",
            "kinship": "child",
        },
        changes=_ADDED,
    ),
    # Nobody there is of the family.
    Row(
        "PUT /family/{person_id}/kinship",
        tuple(404 if status == 200 else status for status in PERSONS),
        address="/family/{pending}/kinship",
        body={"kinship": "child"},
    ),
    Row(
        "DELETE /family/{person_id}",
        tuple(404 if status == 200 else status for status in PERSONS),
        address="/family/{pending}",
    ),
    Row(
        "POST /patients",
        (401, 403, 403, 403, 403, 201, 403, 201),
        body={"clinic_id": "{harbour}", "given_name": "Nora", "family_name": "New"},
        changes=frozenset({"audit_event", "patient_of_clinic", "person"}),
    ),
    Row("GET /staff", ADMINISTRATORS, shows='"members":['),
    Row(
        "POST /staff",
        admin_of_all(204),
        body={"clinic_id": "{harbour}", "role": "reception", "email": "nora@mail.example"},
        changes=_INVITED,
    ),
    Row(
        "DELETE /staff/{user_id}",
        admin_of_all(404),
        address="/staff/{pending}?role=reception&clinic={harbour}",
    ),
    Row(
        "POST /staff/{user_id}/invite",
        admin_of_all(404),
        address="/staff/{pending}/invite",
        body={"clinic_id": "{harbour}"},
    ),
    Row(
        "GET /clinics/{clinic_id}/departments",
        admin_of_all(200),
        address="/clinics/{harbour}/departments",
    ),
    Row(
        "POST /clinics/{clinic_id}/departments",
        admin_of_all(201),
        address="/clinics/{harbour}/departments",
        body={"name": "Radiology"},
        changes=frozenset({"audit_event", "department"}),
    ),
    Row(
        "PUT /departments/{department_id}/name",
        admin_of_all(404),
        address="/departments/{pending}/name",
        headers=_FIRST,
        body={"name": "Radiology"},
    ),
    Row(
        "PUT /departments/{department_id}/active",
        admin_of_all(404),
        address="/departments/{pending}/active",
        headers=_FIRST,
        body={"active": False},
    ),
    Row("GET /audit-events", ADMINISTRATORS, shows='"items":['),
    Row(
        "GET /audit-events/{number}/values",
        tuple(404 if status == 200 else status for status in ADMINISTRATORS),
        address="/audit-events/4711/values",
    ),
)
