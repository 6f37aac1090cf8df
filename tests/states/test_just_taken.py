"""Times on a page that stays open: what goes is struck through, and nothing moves meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from appointment_app.states.address import moment_text
from appointment_app.states.just_taken import SHOWN_FOR, JustTaken, first_links
from appointment_app.states.slot_links import SlotLink, SlotState

NOW = datetime(2030, 3, 4, 6, 30, tzinfo=UTC)
EIGHT = NOW.replace(hour=8, minute=0)


def links(hours: str, held: str = "") -> list[SlotLink]:
    """Times by the hour after eight: one digit each."""

    def link(hour: str) -> SlotLink:
        state = SlotState.HELD if hour in held else SlotState.FREE
        return SlotLink(hour, moment_text(EIGHT + timedelta(hours=int(hour))), state)

    return [link(hour) for hour in hours]


def shown(marked: list[SlotLink]) -> str:
    """The times with the first letter of what they are, if they are not free."""
    return " ".join(
        each.time + ("" if each.state is SlotState.FREE else each.state[0]) for each in marked
    )


def test_what_goes_leaves_its_place_empty() -> None:
    taken = JustTaken()
    before = first_links(taken.mark(links("1234"), links("1345678", held="3"), NOW, most=7), 4)
    assert shown(before) == "1 2t 3h 4"
    assert taken.until(NOW) == NOW + SHOWN_FOR
    later = NOW + SHOWN_FOR
    before = first_links(taken.mark(before, links("1456789"), later, most=7), 4)
    assert shown(before) == "1 2g 3t 4"
    before = first_links(taken.mark(before, links("12456"), later + SHOWN_FOR, most=7), 4)
    assert shown(before) == "1 2 3g 4"
    assert taken.until(later + SHOWN_FOR) is None


def test_places_close_up_when_nothing_is_left_between_them() -> None:
    taken = JustTaken()
    first = first_links(taken.mark(links("12"), links("34"), NOW), 2)
    assert shown(first) == "1t 2t"
    assert shown(first_links(taken.mark(first, links("34"), NOW + SHOWN_FOR), 2)) == "3 4"
    assert first_links(taken.mark(first, [], NOW + SHOWN_FOR)) == []


def test_one_that_is_free_is_among_the_first() -> None:
    assert shown(first_links(links("12345", held="1234"), 4)) == "1h 2h 3h 5"
    assert shown(first_links(links("12", held="12"), 4)) == "1h 2h"


def test_what_is_not_known_or_past_is_not_called_taken() -> None:
    taken = JustTaken()
    assert shown(taken.mark(links("19"), links("12"), NOW, most=2)) == "1 2"
    assert shown(taken.mark(links("19"), links("1"), EIGHT + timedelta(hours=9))) == "1"
