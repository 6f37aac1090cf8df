"""A file on the page: looked at as soon as it is named, brought in once, and then forgotten."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from appointment_app.bulk.files import begin, keep_file
from appointment_app.database import Database
from appointment_app.models import BulkKind, Role
from appointment_app.states.import_view import ImportView
from tests.accounts.people import add_user
from tests.bulk.files import CLINIC, as_csv
from tests.factories import administrator_actor
from tests.policy.tabs import Tab, running_sockets
from tests.states.doctors_tab import log_in

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
_LOAD = "reflex___state____state.hydrate_and_load"


async def open_file(
    database: Database, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> tuple[list[str], list[str]]:
    """What the page says of a file, and once its sender has said to bring it in."""
    user_id = await add_user(database, "root@clinic.example", Role.ADMINISTRATOR)
    async with database.session() as session:
        actor = await administrator_actor(session)
    actor = actor.__class__(user_id=user_id, grants=actor.grants)
    async with database.session() as session:
        key = await keep_file(session, actor, BulkKind.CLINICS, "clinics.csv", content)
    async with running_sockets(monkeypatch) as sockets:
        tab = await sockets.open(f"/admin/import?file={key}", await log_in(database, user_id))
        await tab.send("ImportView.load")
        before = await _shown(tab)
        await tab.send("ImportView.bring_in")
        return before, await _shown(tab)


async def _shown(tab: Tab) -> list[str]:
    async with tab.states() as root:
        view = await root.get_state(ImportView)
        assert not view.is_busy
        return [view.headline, view.summary, *(each.column for each in view.problems)]


async def test_a_file_is_looked_at_and_brought_in(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = await open_file(installed_database, monkeypatch, as_csv(CLINIC))
    assert before == ["Nothing is wrong", "1 new, 0 changed, 0 the same."]
    assert after == ["Brought in", "1 new, 0 changed, 0 the same."]


async def test_a_file_with_a_wrong_line_is_not_brought_in(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = as_csv(CLINIC, CLINIC | {"external_number": "C2", "zone": "Mars"})
    before, after = await open_file(installed_database, monkeypatch, wrong)
    assert before == after
    assert before[0] == "1 of 2 lines has to be mended"
    assert before[2:] == ["zone"]


async def test_another_tab_shows_what_waits_and_what_came_of_it(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = installed_database
    user_id = await add_user(database, "root@clinic.example", Role.ADMINISTRATOR)
    async with database.session() as session:
        actor = replace(await administrator_actor(session), user_id=user_id)
    async with database.session() as session:
        key = await keep_file(session, actor, BulkKind.CLINICS, "clinics.csv", as_csv(CLINIC))
    async with running_sockets(monkeypatch) as sockets:
        tab = await sockets.open("/admin/import", await log_in(database, user_id))
        await tab.send("ImportView.load")
        async with tab.states() as root:
            view = await root.get_state(ImportView)
            assert (view.headline, view.waiting) == ("", "clinics.csv")
            assert view.waiting_href == f"/admin/import?file={key}"
        async with database.session() as session:
            await begin(session, actor, key)
        await installed_database.settled()
        await tab.send("ImportView.load")
        assert await _shown(tab) == ["Brought in", "1 new, 0 changed, 0 the same."]


async def test_why_a_file_was_refused_is_said(
    installed_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = await add_user(installed_database, "root@clinic.example", Role.ADMINISTRATOR)
    cookie = await log_in(installed_database, user_id)
    async with running_sockets(monkeypatch) as sockets:
        tab = await sockets.open("/admin/import?refused=size", cookie)
        assert "too large" in await tab.send("ImportView.load")
        tab = await sockets.open(f"/admin/import?file={uuid4()}", cookie)
        assert "not kept any more" in await tab.send("ImportView.load")
