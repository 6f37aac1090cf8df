"""Requests made up from the OpenAPI document, right ones and wrong ones, by four kinds of people.

Whatever is sent, the answer is one that the document names, in the shape that it names, and never
an error of the server.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.policy.made_up import CHECKS, DOCUMENT, KNOWN, PEOPLE, answers
from tests.policy.world import World

EXAMPLES = 2
OPERATIONS = [each.ok() for each in DOCUMENT.get_all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label.replace(" ", "_"))
@pytest.mark.filterwarnings("ignore")
def test_every_answer_is_one_that_is_documented(operation: Any, world: World) -> None:
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        # Where nothing is sent, nothing can be wrong.
        with suppress(Unsatisfiable):
            _try_out(operation, mode, world)


def _try_out(operation: Any, mode: GenerationMode, world: World) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), knows=st.booleans())
    def send(case: Any, knows: bool) -> None:
        if knows or mode is GenerationMode.NEGATIVE:
            _name_what_there_is(case, world)
        cookies = [world.cookie(who) for who in PEOPLE]
        for answer in asyncio.run(answers(case, cookies)):
            case.validate_response(answer, checks=CHECKS)

    send()


def _name_what_there_is(case: Any, world: World) -> None:
    for values in (case.path_parameters, case.query, case.body):
        if isinstance(values, dict):
            for name in set(values) & set(KNOWN):
                values[name] = world.ids[KNOWN[name]]
