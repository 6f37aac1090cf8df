"""Stories made up from the links of the OpenAPI document: what one request makes the next uses.

Each is told in a fresh world, by one kind of person. Whatever happens, each answer is one that the
document names, in the shape that it names, and never an error of the server.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Response

from tests.api.clients import browser
from tests.policy.made_up import (
    CHECKS,
    DOCUMENT,
    KNOWN,
    KNOWN_LISTS,
    PEOPLE,
    answers,
    example_of,
    required_query,
)
from tests.policy.who_sees_what import Who
from tests.policy.world import World

STORIES, STORIES_OF_BOOKING, STEPS = 12, 6, 14
# Fewer that succeed, and the stories tell of nothing but refusals.
SUCCESSES = 8
# The table in which each of these adds a row, and who has to get that far.
ADDS_TO = {
    "appointments_book": "appointment",
    "appointments_book_for_patient": "appointment",
    "holds_keep": "busy_block",
    "visit_types_create": "visit_type",
}
ADDED = {
    Who.PATIENT: {"appointments_book", "holds_keep"},
    Who.DOCTOR: {"appointments_book_for_patient", "holds_keep", "visit_types_create"},
}
BOOKING = DOCUMENT.include(operation_id_regex="^(slots|holds|appointments|visit_types)_")


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who.name.lower())
@pytest.mark.filterwarnings("ignore")
def test_every_story_is_answered_as_documented(who: Who, world: World) -> None:
    done, _ = _tell(DOCUMENT, who, world, STORIES)
    assert done[2] >= SUCCESSES


@pytest.mark.parametrize("who", ADDED, ids=lambda who: who.name.lower())
@pytest.mark.filterwarnings("ignore")
def test_in_stories_of_booking_something_is_booked(who: Who, world: World) -> None:
    _, added = _tell(BOOKING, who, world, STORIES_OF_BOOKING)
    assert added >= ADDED[who]


def _tell(document: Any, who: Who, world: World, stories: int) -> tuple[Counter[int], set[str]]:
    """Tell stories; return how many answers began with which digit, and what added a row."""
    done: Counter[int] = Counter()
    added: set[str] = set()
    asyncio.run(world.restore())
    free = asyncio.run(_free_times(world))

    class Story(document.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            asyncio.run(world.restore())
            self.told: set[str] = set()
            self.number = 0

        def before_call(self, case: Any) -> None:
            self.number += 1
            if self.number % 4:
                self._make_sensible(case)
            for values in (case.path_parameters, case.query, case.body):
                for name in set(values) & set(KNOWN) if isinstance(values, dict) else ():
                    if str(values[name]) not in self.told:
                        values[name] = world.ids[KNOWN[name]]
                for name in set(values) & set(KNOWN_LISTS) if isinstance(values, dict) else ():
                    values[name] = [world.ids[KNOWN_LISTS[name]]]

        def _make_sensible(self, case: Any) -> None:
            """Send what somebody would who has read the document, with what was told before."""
            example = example_of(case.operation)
            if isinstance(case.body, dict) and isinstance(example, dict):
                case.body = example | {
                    name: value for name, value in case.body.items() if str(value) in self.told
                }
                if case.body.get("starts_at") == example.get("starts_at", ()):
                    case.body["starts_at"] = free[self.number % len(free)]
            if isinstance(case.query, dict):
                needed = required_query(case.operation)
                case.query = {name: value for name, value in case.query.items() if name in needed}

        def call(self, case: Any, **_: Any) -> Response:
            before = world.rows()
            (answer,) = asyncio.run(answers(case, [world.cookie(who)]))
            name = case.operation.definition.raw["operationId"]
            table = ADDS_TO.get(name) if answer.is_success else None
            if table is not None and len(world.rows()[table]) > len(before[table]):
                added.add(name)
            self.told |= set(_texts(answer))
            done[answer.status_code // 100] += 1
            return Response.from_any(answer)

        def validate_response(self, response: Response, case: Any, **_: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    Story.run(
        settings=settings(
            max_examples=stories,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
    return done, added


async def _free_times(world: World) -> list[str]:
    """Return the times at which the doctor of the stories is free before anything is told."""
    async with browser() as somebody:
        place = {"clinic": world.ids["harbour"], "visit_type": world.ids["visit"]}
        answer = await somebody.get(f"/doctors/{world.ids['dora']}/slots", params=place)
    return [each["starts_at"] for each in answer.json()["slots"]]


def _texts(answer: httpx.Response) -> Iterator[str]:
    """Yield every text of an answer: ids, times, tokens."""
    if not answer.content or answer.headers["content-type"] != "application/json":
        return
    waiting = [answer.json()]
    while waiting:
        match waiting.pop():
            case dict() as found:
                waiting += found.values()
            case list() as found:
                waiting += found
            case str() as found:
                yield found
