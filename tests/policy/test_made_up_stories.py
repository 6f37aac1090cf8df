"""Stories made up from the links of the OpenAPI document: what one request makes the next uses.

Each is told in a fresh world, by one kind of person. Whatever happens, each answer is one that the
document names, in the shape that it names, and never an error of the server.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Response

from appointment_app.accounts import login_sessions
from appointment_app.api.rate_limits import forget_requests
from appointment_app.database import get_database
from tests.policy.made_up import (
    CHECKS,
    DOCUMENT,
    KNOWN,
    PEOPLE,
    answers,
    example_of,
    required_query,
)
from tests.policy.who_sees_what import Who
from tests.policy.world import World

STORIES, STEPS = 12, 14
# Fewer that succeed, and the stories tell of nothing but refusals.
SUCCESSES = 8


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who.name.lower())
@pytest.mark.filterwarnings("ignore")
def test_every_story_is_answered_as_documented(
    who: Who, world: World, world_template: World
) -> None:
    done: Counter[int] = Counter()

    class Story(DOCUMENT.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            _begin_anew(world, world_template)
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

        def _make_sensible(self, case: Any) -> None:
            """Send what somebody would who has read the document, with what was told before."""
            example = example_of(case.operation)
            if isinstance(case.body, dict) and isinstance(example, dict):
                case.body = example | {
                    name: value for name, value in case.body.items() if str(value) in self.told
                }
            if isinstance(case.query, dict):
                needed = required_query(case.operation)
                case.query = {name: value for name, value in case.query.items() if name in needed}

        def call(self, case: Any, **_: Any) -> Response:
            (answer,) = asyncio.run(answers(case, [world.cookie(who)]))
            self.told |= set(_texts(answer))
            done[answer.status_code // 100] += 1
            return Response.from_any(answer)

        def validate_response(self, response: Response, case: Any, **_: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    Story.run(
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
    assert done[2] >= SUCCESSES


def _begin_anew(world: World, template: World) -> None:
    asyncio.run(get_database().dispose())
    get_database.cache_clear()
    for leftover in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            world.path.with_name(world.path.name + leftover).unlink()
    shutil.copyfile(template.path, world.path)
    login_sessions.forget_everything()
    forget_requests()


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
