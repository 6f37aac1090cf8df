"""An administrator brings in ten thousand appointments, of which seventeen lines were wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from playwright.sync_api import Page, expect

from appointment_app.models import Role
from tests.e2e.conftest import Server, wait_until_live
from tests.e2e.practice import Practice, log_in, open_account, open_practice

LINES, PATIENTS, A_DAY = 10_000, 50, 20
LAST_DAY = date(2026, 11, 24)  # tomorrow
# The line (the first below the names is 2), the column and what stands there wrongly.
BAD = {
    12: ("start", "yesterday"),
    401: ("start", "2026-13-01 10:00"),
    777: ("start", "24.11.2026 10:00"),
    1_000: ("status", "done"),
    1_001: ("status", "ok"),
    2_345: ("patient", "P-nobody"),
    2_346: ("patient", "P-0"),
    3_000: ("doctor", "D-9"),
    4_000: ("clinic", "C-9"),
    5_000: ("visit_type", "Surgery"),
    5_050: ("visit_type", "First visits"),
    6_000: ("duration", "-5"),
    6_001: ("duration", "half an hour"),
    7_000: ("external_number", "A-9"),
    8_000: ("start", ""),
    9_000: ("external_number", "9" * 65),
    10_001: ("start", "2026-03-29 02:30"),
}


def test_ten_thousand_appointments(new_page: Callable[..., Page], server: Server) -> None:
    practice = open_practice(server, "Importer")
    admin = open_account(server, "Ines", role=Role.ADMINISTRATOR, clinic=practice.clinic)
    page = new_page()
    log_in(page, server, admin)
    send(page, "Patients", patients(practice))
    bring_in(page, f"{PATIENTS} new")

    rows = appointments(practice)
    bad = [dict(row) for row in rows]
    for line, (column, value) in BAD.items():
        bad[line - 2][column] = value
    send(page, "Appointments", bad)
    expect(page.get_by_role("heading", name="17 of 10,000 lines")).to_be_visible(timeout=30_000)
    found = page.locator(".problems-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
    )
    assert {int(line.replace(",", "")): column for line, column, _ in found} == {
        line: column for line, (column, _) in BAD.items()
    }
    assert len(found) == len(BAD)
    assert all(sentence for _, _, sentence in found)

    send(page, "Appointments", rows)
    bring_in(page, "10,000 new")

    doctor = new_page()
    log_in(doctor, server, practice.login)
    doctor.goto(f"/calendar?view=day&date={LAST_DAY}")
    wait_until_live(doctor)
    expect(doctor.locator(".calendar-event").filter(has_text="Importee")).to_have_count(A_DAY)


def patients(practice: Practice) -> list[dict[str, str]]:
    return [
        {
            "external_number": f"P-{number}",
            "clinic": str(practice.clinic.public_id),
            "given_name": "Ada",
            "family_name": "Importee",
        }
        for number in range(1, PATIENTS + 1)
    ]


def appointments(practice: Practice) -> list[dict[str, str]]:
    """Twenty a day, half an hour each, back from tomorrow on; those of today are to come."""
    return [
        {
            "external_number": f"A-{number}",
            "clinic": str(practice.clinic.public_id),
            "doctor": str(practice.doctor.public_id),
            "patient": f"P-{number % PATIENTS + 1}",
            "start": start_of(number).isoformat(" ", "minutes"),
            "visit_type": "First visit",
            "duration": "",
            "status": "confirmed" if number < 2 * A_DAY else "completed",
        }
        for number in range(LINES)
    ]


def start_of(number: int) -> datetime:
    days, nth = divmod(number, A_DAY)
    return datetime.combine(LAST_DAY - timedelta(days), time(8)) + nth * timedelta(minutes=30)


def send(page: Page, kind: str, rows: list[dict[str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    page.goto("/admin/import")
    wait_until_live(page)
    page.get_by_label(kind, exact=True).check()
    content = text.getvalue().encode("utf-8-sig")
    page.get_by_label("CSV file").set_input_files(
        {"name": "file.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Check the file").click()


def bring_in(page: Page, counts: str) -> None:
    button = page.get_by_role("button", name="Bring in", exact=True)
    expect(button).to_be_visible(timeout=30_000)
    expect(page.get_by_text(counts)).to_be_visible()
    button.click()
    expect(page.get_by_role("heading", name="Brought in", exact=True)).to_be_visible(timeout=60_000)
    expect(page.get_by_text(counts)).to_be_visible()
