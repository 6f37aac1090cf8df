"""What handlers and routes of figures and files do for whom, written by hand."""

from __future__ import annotations

from tests.policy.handler_rows import (
    ADMINISTRATORS,
    DOCTORS,
    DONE,
    FORBIDDEN,
    LOGIN,
    MISSING,
    SCREEN,
    Row,
)
from tests.policy.route_rows import Row as Route

_OF_HARBOUR = "/admin/figures?clinic={harbour}&days=next-30"
_OWN = "/figures?days=next-30"
_DAYS = {"clinic": "{harbour}", "first": "2026-11-01", "last": "2026-11-30"}
THE_FIGURES = (LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, DONE, MISSING, FORBIDDEN)

# Of a clinic to its administrators, of a doctor to themselves
ROWS = (
    Row("FiguresView.load_clinics", THE_FIGURES, _OF_HARBOUR, shows="Appointments by day"),
    Row("FiguresView.load_clinics", ADMINISTRATORS, "/admin/figures", situation="of all"),
    Row("FiguresView.load_own", DOCTORS, _OWN, shows="Appointments by day"),
    Row("ImportView.load", ADMINISTRATORS, "/admin/import"),
    # All do something with the file of the tab's own address: here there is none.
    Row("ImportView.check", SCREEN, "/admin/import"),
    Row("ImportView.bring_in", SCREEN, "/admin/import"),
    Row("ImportView.follow", SCREEN, "/admin/import"),
    Row("FiguresView.choose", SCREEN, _OF_HARBOUR, {"typed": _DAYS}, shows="first=2026-11-01"),
)
ROUTES = (
    Route(
        "GET /figures/clinics/{figure}.csv",
        (401, 403, 403, 403, 403, 200, 404, 403),
        address="/figures/clinics/doctors.csv?clinic={harbour}&days=next-30",
        shows="Dora Doctor",
    ),
    Route(
        "GET /figures/own/{figure}.csv",
        (401, 403, 403, 200, 200, 403, 403, 403),
        address="/figures/own/days.csv",
        shows="2026-11-22",
    ),
    Route(
        "GET /export/{kind}.csv",
        (401, 403, 403, 403, 403, 200, 200, 403),
        address="/export/clinics.csv",
        changes=frozenset({"audit_event"}),
        shows="Parkside Clinic",
    ),
    Route(
        "POST /imports",
        (401, 403, 403, 403, 403, 201, 201, 403),
        address="/imports?kind=clinics",
        body={"name": "Praxis"},
        changes=frozenset({"import_file"}),
        shows='"waiting"',
    ),
    # There is none of that id: what others sent is nobody's business.
    *(
        Route(
            f"{method} /imports/{{import_id}}{rest}",
            (401, 403, 403, 403, 403, 404, 404, 403),
            address=f"/imports/{{pending}}{rest}",
        )
        for method, rest in (("GET", ""), ("GET", "/check"), ("POST", "/start"))
    ),
    # What is sent here is no form with a file: the page says so.
    Route("POST /import", (401, 403, 403, 403, 403, 303, 303, 403)),
)
