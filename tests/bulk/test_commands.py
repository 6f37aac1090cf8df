"""Files by command: with the rights of an administrator who is named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from appointment_app import manage
from appointment_app.database import Database
from appointment_app.models import Person, Role
from tests.accounts.people import add_user
from tests.bulk.files import CLINIC, PATIENT, as_csv

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


def run(*arguments: str) -> int:
    """Run a command; it starts an event loop of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(manage.main, arguments).result()


async def test_a_file_is_looked_at_brought_in_and_taken_out(
    installed_database: Database, tmp_path: Path, capfdbinary: Any
) -> None:
    await add_user(installed_database, "root@clinic.example", Role.ADMINISTRATOR)
    await add_user(installed_database, "pia@clinic.example")
    clinics, patients = tmp_path / "clinics.csv", tmp_path / "patients.csv"
    clinics.write_bytes(as_csv(CLINIC))
    patients.write_bytes(as_csv(PATIENT, PATIENT | {"external_number": "P2", "clinic": "C9"}))

    def said() -> tuple[str, str]:
        out, err = capfdbinary.readouterr()
        return out.decode("utf-8-sig"), err.decode()

    by_root = ("--as", "root@clinic.example")
    assert run("import", *by_root, "clinics", str(clinics), "--dry-run") == 0
    assert said() == ("1 new, 0 changed, 0 the same.\n", "")
    assert run("import", *by_root, "clinics", str(clinics)) == 0
    assert run("import", *by_root, "patients", str(patients)) == 1
    assert said()[1] == "Line 3, clinic: You administer no clinic with the number C9.\n"
    patients.write_bytes(as_csv(PATIENT))
    assert run("import", *by_root, "patients", str(patients)) == 0
    said()
    assert run("export", *by_root, "patients") == 0
    assert "P1,C1,Ada,Ahlers,1961-04-05,'+4930901821,de" in said()[0]

    for problem in (
        ("--as", "pia@clinic.example", "patients", str(patients)),
        ("--as", "nobody@clinic.example", "patients", str(patients)),
        (*by_root, "patients", str(tmp_path / "missing.csv")),
    ):
        assert run("import", *problem) == 1
        assert said()[1]
    async with installed_database.session() as session:
        assert await session.get(Person, 3) is not None
        assert await session.get(Person, 4) is None
