"""What the stories begin with: people who register, confirm their address and log in, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx

from appointment_app.database import Database
from appointment_app.models import MessageKind, Role
from tests.accounts.people import PASSWORD, add_user, mailed_secret
from tests.api.clients import program

CLINIC = {
    "name": "Praxis am Park",
    "street": "Parkstr. 4",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
    "zone": "Europe/Berlin",
}


async def registered(database: Database, name: str, **more: Any) -> httpx.AsyncClient:
    """A program of somebody who has just registered, as a patient or, with a licence, a doctor."""
    client = program()
    body = {
        "email": f"{name.lower()}@mail.example",
        "password": PASSWORD,
        "given_name": name,
        "family_name": "Story",
        "agrees": True,
    } | more
    path = "/auth/register-doctor" if "licence_number" in body else "/auth/register"
    answer = await client.post(path, json=body)
    assert answer.status_code == 202, answer.text
    secret = await mailed_secret(database, MessageKind.VERIFY_EMAIL)
    answer = await client.post("/auth/verify", json={"token": secret})
    return with_tokens(client, answer)


async def administrator(database: Database) -> httpx.AsyncClient:
    """A program of the first administrator, who comes from the command line, logged in."""
    await add_user(database, "admin@mail.example", Role.ADMINISTRATOR)
    client = program()
    body = {"email": "admin@mail.example", "password": PASSWORD}
    return with_tokens(client, await client.post("/auth/login", json=body))


async def approved_doctor(
    database: Database, admin: httpx.AsyncClient, name: str, clinic_id: str
) -> httpx.AsyncClient:
    """A program of a doctor of the clinic whom the administrator has approved."""
    doctor = await registered(
        database,
        name,
        licence_number=f"LIC-{name}",
        specialties=["dermatology"],
        clinic=clinic_id,
    )
    answer = await admin.post(f"/doctors/{(await me(doctor))['doctor_id']}/approve")
    assert answer.status_code == 204, answer.text
    return doctor


async def offer_visits(
    doctor: httpx.AsyncClient, clinic_id: str, weekday: str, opens: str, closes: str, **more: Any
) -> dict[str, str]:
    """Let a doctor set their hours and a visit type; return what is booked, as it is asked for."""
    doctor_id = (await me(doctor))["doctor_id"]
    path = f"/doctors/{doctor_id}/availability/{clinic_id}"
    seen = {"if-match": (await doctor.get(path)).headers["etag"]}
    hours = [{"weekday": weekday, "opens": opens, "closes": closes}]
    answer = await doctor.put(path, json={"weekly_hours": hours}, headers=seen)
    assert answer.status_code == 200, answer.text
    visit = {"name": "Consultation", "duration": 30} | more
    visit_type = (await doctor.post("/visit-types", json=visit)).json()["id"]
    return {"doctor_id": doctor_id, "clinic_id": clinic_id, "visit_type_id": visit_type}


async def free_times(client: httpx.AsyncClient, offer: dict[str, str], day: str) -> list[str]:
    """The free times of one day, as UTC wall-clock times."""
    answer = await client.get(
        f"/doctors/{offer['doctor_id']}/slots",
        params={
            "clinic": offer["clinic_id"],
            "visit_type": offer["visit_type_id"],
            "from": day,
            "to": day,
        },
    )
    assert answer.status_code == 200, answer.text
    return [each["starts_at"][11:16] for each in answer.json()["slots"]]


async def me(client: httpx.AsyncClient) -> dict[str, Any]:
    """Who is logged in."""
    found: dict[str, Any] = (await client.get("/auth/me")).json()
    return found


def with_tokens(client: httpx.AsyncClient, answer: httpx.Response) -> httpx.AsyncClient:
    """The client with the tokens of an answer."""
    assert answer.status_code == 200, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
    return client
