"""Reception's handlers that keep a record in order, and the patient's that claims one."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from appointment_app.accounts import patients
from appointment_app.models import MessageKind, OutboxMessage
from appointment_app.states.claim import ClaimRecord
from appointment_app.states.keep_patient import KeepPatient
from appointment_app.states.patient_record import PatientRecordPage
from tests.factories import administrator_actor
from tests.states.desks_tab import DesksTab, open_desks_tab
from tests.states.doctors_tab import DoctorsTab, done

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


async def written_down(tab: DoctorsTab, given_name: str) -> str:
    """The address of the page of somebody without an account."""
    async with tab.database.session() as session:
        admin = await administrator_actor(session)
    typed = {"given_name": given_name, "family_name": "Brandt", "email": "nora@mail.example"}
    async with tab.database.session() as session:
        key = await patients.create(session, admin, tab.clinic.public_id, typed)
    return f"/patient?id={key}"


@pytest.fixture
async def desk(tab: DoctorsTab) -> DesksTab:
    """A tab that shows Nora."""
    desk = await open_desks_tab(tab)
    desk.go_to(await written_down(tab, "Nora"))
    await (await desk.root.get_state(PatientRecordPage)).load()
    return desk


async def test_two_records_are_merged_and_separated(tab: DoctorsTab, desk: DesksTab) -> None:
    await written_down(tab, "Eleonora")
    page, keeping = (
        await desk.root.get_state(PatientRecordPage),
        await desk.root.get_state(KeepPatient),
    )
    await keeping.ask_merge()
    await keeping.find("brandt")
    (other,) = keeping.found
    assert await keeping.merge() is None, "nobody is chosen yet"
    await keeping.choose(other.id)
    assert "one now" in await done(keeping.merge())
    assert not keeping.is_merging
    (merge,) = page.merges
    assert merge.name.startswith("Eleonora Brandt")
    assert "two records" in await done(keeping.separate(merge.id))
    assert page.merges == []


async def test_a_patient_goes_out_of_use_and_back(desk: DesksTab) -> None:
    page, keeping = (
        await desk.root.get_state(PatientRecordPage),
        await desk.root.get_state(KeepPatient),
    )
    await keeping.deactivate()
    assert not page.patient.is_active
    assert not page.patient.can_invite
    await keeping.activate()
    assert page.patient.is_active


async def test_a_link_is_sent_and_claims_once(tab: DoctorsTab, desk: DesksTab) -> None:
    keeping = await desk.root.get_state(KeepPatient)
    assert "nora@mail.example" in await done(keeping.send_link())
    async with tab.database.session() as session:
        statement = select(OutboxMessage).where(col(OutboxMessage.kind) == MessageKind.CLAIM_RECORD)
        secret = (await session.exec(statement)).one().payload["secret"]
    tab.go_to(f"/claim?token={secret}")
    claiming = await tab.state(ClaimRecord)
    await claiming.load()
    assert claiming.is_somebody
    assert "/appointments" in await done(claiming.claim())
    assert await claiming.claim() is None
    assert claiming.is_spent
