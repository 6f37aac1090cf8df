"""Files are brought in over HTTP: sent, looked at, started; what came of it is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from appointment_app import clock
from appointment_app.bulk.reading import MOST_BYTES
from appointment_app.database import Database
from tests.api.practice import administrator
from tests.api.test_auth import problem
from tests.scheduling.doctors_day import MONDAY_EIGHT
from tests.states.patients_tab import Practice, open_practice

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

CSV = {"Content-Type": "text/csv"}


@pytest.fixture
async def practice(installed_database: Database) -> AsyncIterator[Practice]:
    with clock.frozen(MONDAY_EIGHT):
        yield await open_practice(installed_database)


async def exported(client: httpx.AsyncClient) -> str:
    return (await client.get("/export/clinics.csv")).text


async def test_a_file_is_looked_at_and_brought_in_once(practice: Practice) -> None:
    async with await administrator(practice) as admin:
        head, clinic = (await exported(admin)).splitlines()
        changed = clinic.replace(practice.clinic.name, "Practice by the Lake")
        file = "\r\n".join((head, changed, ""))
        sent = await admin.post(
            "/imports?kind=clinics&name=our.csv", content=file.encode(), headers=CSV
        )
        assert sent.status_code == 201
        path = sent.headers["location"].removeprefix("/api/v1")
        assert (sent.json()["name"], sent.json()["state"]) == ("our.csv", "waiting")

        found = (await admin.get(f"{path}/check")).json()
        assert found == {"lines": 1, "new": 0, "changed": 1, "same": 0, "problems": []}
        assert "Lake" not in await exported(admin)

        assert (await admin.post(f"{path}/start")).status_code == 202
        await practice.database.settled()
        done = (await admin.get(path)).json()
        assert (done["state"], done["changed"], done["refusal"]) == ("done", 1, None)
        assert "Practice by the Lake" in await exported(admin)
        # Once more it changes nothing.
        assert (await admin.post(f"{path}/start")).json()["state"] == "done"


async def test_each_bad_line_is_named_and_nothing_changes(practice: Practice) -> None:
    async with await administrator(practice) as admin:
        before = await exported(admin)
        head, clinic = before.splitlines()
        zone = practice.clinic.zone
        file = "\r\n".join((head, clinic.replace(zone, "Mars/Olympus"), ""))
        sent = await admin.post("/imports?kind=clinics", content=file.encode(), headers=CSV)
        path = f"/imports/{sent.json()['id']}"
        (bad,) = (await admin.get(f"{path}/check")).json()["problems"]
        assert bad["line"] == 2
        assert bad["sentence"]

        await admin.post(f"{path}/start")
        await practice.database.settled()
        assert (await admin.get(path)).json()["state"] == "waiting"
        assert await exported(admin) == before


async def test_what_is_sent_is_its_senders_and_has_a_limit(practice: Practice) -> None:
    async with await administrator(practice) as one, await administrator(practice) as other:
        sent = await one.post("/imports?kind=patients", content=b"number\r\n", headers=CSV)
        path = f"/imports/{sent.json()['id']}"
        for answer in (
            await other.get(path),
            await other.get(f"{path}/check"),
            await other.post(f"{path}/start"),
        ):
            problem(answer, 404, "NOT_FOUND")
        large = b"a" * (MOST_BYTES + 1)
        refused = await one.post("/imports?kind=patients", content=large, headers=CSV)
        assert "MB" in problem(refused, 422, "INVALID")["errors"]["file"]
        refused = await one.post("/imports?kind=recipes", content=b"a", headers=CSV)
        problem(refused, 400, "MALFORMED")
