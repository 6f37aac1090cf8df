"""The availability editor's handlers: what is typed stays, and is saved only when it is sound."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from appointment_app.models import DoctorAtClinic, WeeklyHours, row_id
from appointment_app.scheduling import hours
from appointment_app.states.availability_editor import AvailabilityEditor
from appointment_app.states.weekly_hours_dialogs import WeeklyHoursDialogs
from tests.factories import doctor_actor, make_clinic, make_patient
from tests.scheduling.doctors_day import MONDAY_EIGHT, book, place_of
from tests.states.doctors_tab import DoctorsTab, done, log_in
from tests.states.tabs import open_tab

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
THURSDAY = 3


@pytest.fixture
async def editor(tab: DoctorsTab) -> AvailabilityEditor:
    tab.go_to("/availability")
    state = await tab.state(AvailabilityEditor)
    await state.load()
    return state


def typed(editor: AvailabilityEditor, weekday: int) -> list[tuple[str, str]]:
    day = editor.days[weekday]
    return [(each.opens, each.closes) for each in day.ranges] if day.on else []


async def stored_week(tab: DoctorsTab) -> list[list[tuple[int | None, int | None]]]:
    async with tab.database.session() as session:
        place_id = await place_of(session, tab.doctor, tab.clinic)
        week = (await hours.load(session, doctor_actor(tab.doctor), place_id)).week
    return [[(each.opens, each.closes) for each in day] for day in week]


async def change_elsewhere(tab: DoctorsTab) -> None:
    """Another tab of the doctor closes the whole week."""
    async with tab.database.session() as session:
        place_id = await place_of(session, tab.doctor, tab.clinic)
    async with tab.database.session() as session:
        await hours.save(session, doctor_actor(tab.doctor), place_id, ((),) * 7, version=1)


async def test_the_stored_hours_are_shown(editor: AvailabilityEditor) -> None:
    assert [day.on for day in editor.days] == [True] * 5 + [False] * 2
    assert typed(editor, 0) == [("09:00", "17:00")]
    assert (editor.zone, editor.is_dirty) == ("Europe/Berlin", False)
    assert editor.places[0][1] == "Harbour Clinic"
    assert editor.month_title == "November 2026"
    assert editor.month_weeks[4][0] == {
        "date": "2026-11-23",
        "number": "23",
        "kind": "normal",
        "label": "Monday 23 November: 09:00 – 17:00",
    }


async def test_a_range_is_added_checked_and_saved(
    tab: DoctorsTab, editor: AvailabilityEditor
) -> None:
    await editor.set_closes(THURSDAY, 0, "12:00")
    await editor.add_range(THURSDAY)
    assert typed(editor, THURSDAY) == [("09:00", "12:00"), ("13:00", "16:00")]
    await editor.set_opens(THURSDAY, 1, "11:30")
    assert editor.days[THURSDAY].ranges[1].error == "Overlaps 09:00 – 12:00"
    assert editor.has_errors
    await editor.save()
    assert (await stored_week(tab))[THURSDAY] == [(540, 1020)]
    await editor.set_opens(THURSDAY, 1, "12:30")
    assert (editor.has_errors, editor.effect) == (False, "Saving changes 1 day.")
    assert "saved" in await done(editor.save())
    assert (await stored_week(tab))[THURSDAY] == [(540, 720), (750, 960)]
    assert not editor.is_dirty
    assert await editor.save() is None


async def test_an_end_at_midnight_is_the_end_of_the_day(
    tab: DoctorsTab, editor: AvailabilityEditor
) -> None:
    await editor.set_closes(0, 0, "00:00")
    await editor.save()
    assert (await stored_week(tab))[0] == [(540, 1440)]
    assert typed(editor, 0) == [("09:00", "00:00")]


async def test_an_end_before_the_beginning_is_on_the_next_day(
    tab: DoctorsTab, editor: AvailabilityEditor
) -> None:
    await editor.set_opens(4, 0, "22:00")
    await editor.set_closes(4, 0, "02:00")
    assert editor.days[4].ranges[0].remark == "until 02:00 the next day"
    await editor.save()
    assert (await stored_week(tab))[4] == [(1320, 1560)]
    assert typed(editor, 4) == [("22:00", "02:00")]
    assert editor.month_weeks[4][4]["label"] == "Friday 27 November: 22:00 – 02:00 the next day"


async def test_in_which_weeks_a_range_holds_is_typed_in_a_dialog_and_never_lost(
    tab: DoctorsTab, editor: AvailabilityEditor
) -> None:
    dialogs = await tab.state(WeeklyHoursDialogs)
    await dialogs.open_weeks(0, 0)
    assert (dialogs.weeks_open, dialogs.weeks.title) == (True, "Monday, 09:00 – 17:00")
    await dialogs.set_weeks({"valid_from": "", "valid_until": "tomorrow", "every_weeks": "2"})
    assert dialogs.weeks_errors == {
        "valid_from": "Please give the day from which the weeks are counted.",
        "valid_until": "Please give a day.",
    }
    await dialogs.set_weeks({"valid_from": "9999-12-31", "valid_until": "", "every_weeks": "1"})
    assert dialogs.weeks_errors == {"valid_from": "Please give a day."}
    sent = {"valid_from": "2026-12-07", "valid_until": "2027-03-01", "every_weeks": "2"}
    await dialogs.set_weeks(sent)
    assert not dialogs.weeks_open
    words = "every 2 weeks, from 7 Dec 2026, until 1 Mar 2027"
    assert (editor.days[0].ranges[0].remark, editor.effect) == (words, "Saving changes 1 day.")
    # What else is typed into the range, or beside it, leaves that alone.
    await editor.set_opens(0, 0, "10:00")
    await editor.save()
    await editor.set_closes(0, 0, "16:00")
    await editor.save()
    assert (typed(editor, 0), editor.days[0].ranges[0].remark) == ([("10:00", "16:00")], words)
    async with tab.database.session() as session:
        (row,) = await session.exec(select(WeeklyHours).where(WeeklyHours.weekday == 0))
    kept = (row.opens, row.closes, row.valid_from, row.valid_until, row.every_weeks)
    assert kept == (600, 960, date(2026, 12, 7), date(2027, 3, 1), 2)
    kinds = {}
    await editor.next_month()
    for week in editor.month_weeks:
        kinds[week[0]["number"]] = week[0]["kind"]
    assert kinds == {"": "off", "7": "normal", "14": "off", "21": "normal", "28": "off"}


async def test_who_is_booked_in_a_week_without_hours_is_named(
    tab: DoctorsTab, editor: AvailabilityEditor
) -> None:
    dialogs = await tab.state(WeeklyHoursDialogs)
    starts_at = MONDAY_EIGHT + timedelta(days=7, hours=2)
    await book(tab.database, tab.doctor, tab.clinic, tab.visit_type, starts_at, given_name="Nora")
    await dialogs.open_weeks(0, 0)
    sent = {"valid_from": "2026-11-23", "valid_until": "", "every_weeks": "2"}
    await dialogs.set_weeks(sent)
    assert "Mon 30 Nov 11:00, Nora" in editor.outside_text
    await dialogs.open_weeks(0, 0)
    await dialogs.set_weeks(sent | {"valid_from": "2026-11-16"})
    assert editor.outside_text == ""


async def test_public_holidays_are_listed_and_switched(
    tab: DoctorsTab, editor: AvailabilityEditor
) -> None:
    assert [(row.day, row.name) for row in editor.holidays][:2] == [
        ("Fri 25 Dec", "Christmas Day"),
        ("Sat 26 Dec", "Second Day of Christmas"),
    ]
    assert (editor.holiday_choice, editor.holidays[0].is_open) == ("clinic", True)
    assert editor.holiday_options[0] == ["clinic", "As the clinic (open)"]
    christmas = datetime(2026, 12, 25, 9, tzinfo=UTC)
    await book(tab.database, tab.doctor, tab.clinic, tab.visit_type, christmas, given_name="Nora")
    assert "Saved" in await done(editor.choose_holidays("closed"))
    assert "Fri 25 Dec 10:00, Nora" in editor.holiday_effect
    assert (editor.holiday_choice, editor.holidays[0].is_open) == ("closed", False)
    await editor.next_month()
    cell = editor.month_weeks[3][4]
    assert (cell["kind"], cell["label"]) == ("closed", "Friday 25 December: closed, Christmas Day")
    assert await done(editor.choose_holidays("perhaps")) != "None"
    assert editor.holiday_choice == "closed"


async def test_a_day_takes_one_range_too_many_and_no_more(editor: AvailabilityEditor) -> None:
    for _ in range(20):
        await editor.add_range(0)
    assert [bool(each.error) for each in editor.days[0].ranges[-2:]] == [True, True]
    assert len(editor.days[0].ranges) == 13
    assert editor.days[0].ranges[12].error == "A day has room for 12 ranges."


async def test_a_day_switched_off_keeps_what_was_typed(editor: AvailabilityEditor) -> None:
    await editor.set_opens(0, 0, "07:15")
    await editor.toggle_day(0)
    assert typed(editor, 0) == []
    await editor.toggle_day(0)
    assert typed(editor, 0) == [("07:15", "17:00")]


async def test_a_half_typed_time_is_told_at_its_range(editor: AvailabilityEditor) -> None:
    await editor.set_closes(0, 0, "")
    assert editor.days[0].ranges[0].error == "Please give both times."
    assert typed(editor, 0) == [("09:00", "")]


async def test_a_day_is_copied_to_others(tab: DoctorsTab, editor: AvailabilityEditor) -> None:
    dialogs = await tab.state(WeeklyHoursDialogs)
    await editor.set_opens(0, 0, "08:00")
    await dialogs.open_copy()
    await dialogs.copy_day({"source": "0", "day-2": "on", "day-5": "on"})
    assert not dialogs.is_copying
    await editor.save()
    week = await stored_week(tab)
    assert [week[day] for day in (0, 1, 2, 5, 6)] == [
        [(480, 1020)],
        [(540, 1020)],
        [(480, 1020)],
        [(480, 1020)],
        [],
    ]


async def test_who_falls_outside_is_named_and_stays(
    tab: DoctorsTab, editor: AvailabilityEditor
) -> None:
    starts_at = MONDAY_EIGHT + timedelta(days=3, hours=7, minutes=30)
    await book(
        tab.database,
        tab.doctor,
        tab.clinic,
        tab.visit_type,
        starts_at,
        given_name="Nora",
        family_name="Lind",
    )
    await editor.set_closes(THURSDAY, 0, "16:00")
    assert editor.outside_text == (
        "1 booked appointment falls outside the new hours: Thu 26 Nov 16:30, Nora Lind."
    )
    assert editor.outside[0].href == "/calendar?view=day&date=2026-11-26"
    await editor.discard()
    assert (editor.outside_text, editor.is_dirty) == ("", False)
    assert typed(editor, THURSDAY) == [("09:00", "17:00")]


async def test_a_stale_save_keeps_what_was_typed_until_it_is_given_up(
    tab: DoctorsTab, editor: AvailabilityEditor
) -> None:
    await editor.set_opens(0, 0, "10:00")
    await change_elsewhere(tab)
    await editor.save()
    assert editor.is_stale
    assert "Somebody else changed this" in editor.stale_text
    assert typed(editor, 0) == [("10:00", "17:00")]
    assert await stored_week(tab) == [[]] * 7
    await editor.load_new_version()
    assert (editor.is_stale, editor.is_dirty, typed(editor, 0)) == (False, False, [])


async def test_coming_back_finds_what_was_typed(
    tab: DoctorsTab, editor: AvailabilityEditor
) -> None:
    await editor.set_opens(0, 0, "10:00")
    await editor.load()
    assert (typed(editor, 0), editor.is_dirty) == ([("10:00", "17:00")], True)
    await change_elsewhere(tab)
    await editor.load()
    assert (typed(editor, 0), editor.is_stale) == ([("10:00", "17:00")], True)


async def test_each_clinic_keeps_its_own_draft(tab: DoctorsTab, editor: AvailabilityEditor) -> None:
    async with tab.database.session() as session:
        lake = await make_clinic(session, name="Lake Clinic")
        session.add(DoctorAtClinic(doctor_id=row_id(tab.doctor), clinic_id=row_id(lake)))
        await session.commit()
        lake_id = await place_of(session, tab.doctor, lake)
    await editor.set_opens(0, 0, "10:00")
    tab.go_to(f"/availability?place={lake_id}")
    await editor.load()
    assert (editor.place, typed(editor, 0)) == (str(lake_id), [])
    await editor.toggle_day(0)
    assert editor.days[0].ranges[0].error == "Overlaps 09:00 – 17:00 at Harbour Clinic"
    tab.go_to("/availability")
    await editor.load()
    assert typed(editor, 0) == [("10:00", "17:00")]


async def test_rules_are_saved_or_told_at_their_field(editor: AvailabilityEditor) -> None:
    sent = {"minimum_notice": "240", "horizon_days": "x", "max_patients_a_day": ""}
    await editor.save_rules(sent)
    assert editor.rules_errors == {"horizon_days": "Please give a whole number."}
    await editor.save_rules(sent | {"horizon_days": "999"})
    assert editor.rules_errors == {"horizon_days": "Please give 1 to 730 days."}
    await editor.save_rules(sent | {"horizon_days": "30", "max_patients_a_day": "16"})
    assert editor.rules_errors == {}
    rules = editor.rules
    assert (rules.minimum_notice, rules.horizon_days, rules.max_patients_a_day) == (
        "240",
        "30",
        "16",
    )
    await editor.save_rules(
        sent
        | {"horizon_days": "30", "cancellation_window": "1440", "max_open_appointments": "many"}
    )
    assert editor.rules_errors == {"max_open_appointments": "Please give a whole number."}
    await editor.save_rules(
        sent | {"horizon_days": "30", "cancellation_window": "1440", "max_open_appointments": "2"}
    )
    assert (editor.rules.cancellation_window, editor.rules.max_open_appointments) == ("1440", "2")
    assert ["1440", "1 day before"] in editor.window_options
    await editor.save_rules(sent | {"horizon_days": "31"})
    assert (editor.rules.horizon_days, editor.is_stale) == ("31", False)


async def test_the_months_stop_at_this_one_and_in_two_years(editor: AvailabilityEditor) -> None:
    await editor.previous_month()
    assert editor.month_title == "November 2026"
    for _ in range(30):
        await editor.next_month()
    assert editor.month_title == "November 2028"


async def test_nobody_and_patients_change_nothing(
    tab: DoctorsTab, editor: AvailabilityEditor
) -> None:
    async with tab.database.session() as session:
        patient = await make_patient(session)
    assert patient.user_id is not None
    for cookie in ("", await log_in(tab.database, patient.user_id)):
        state = await open_tab("/availability", cookie=cookie).get_state(AvailabilityEditor)
        await state.load()
        assert state.days == []
        # A browser may send what it likes: the vars of a state are no proof of a right.
        state.place, state.days, state.is_dirty = editor.place, editor.days, True
        await state.toggle_day(0)
        await state.save()
        await state.choose_holidays("closed")
        await state.save_rules(
            {"minimum_notice": "0", "horizon_days": "1", "max_patients_a_day": ""}
        )
    assert await stored_week(tab) == [[(540, 1020)]] * 5 + [[]] * 2
    await editor.load()
    assert (editor.holiday_choice, editor.rules.horizon_days) == ("clinic", "60")
