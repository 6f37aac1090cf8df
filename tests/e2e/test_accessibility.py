"""Every page in every state, light and dark, on a phone and on a desktop: axe finds nothing.

That means nothing serious or critical. A page is judged in all four looks the first time, and in
its other states in two that have nothing in common, the one pair after the other. Beside what axe
looks at, each page has a title of its own, a description, one main heading, one main part and a
language, fits a width of 360 pixels, and its scripts report no error.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    ViewportSize,
    expect,
)

from appointment_app.appointment_app import app
from appointment_app.demo import logins
from tests.e2e.conftest import WATCH_FOR_STATE, Server, running_server, wait_until_live
from tests.e2e.page_visitors import (
    ADMINISTRATOR,
    DOCTOR,
    NEW_DOCTOR,
    NOBODY,
    PATIENT,
    demo_addresses,
    logins_of,
)
from tests.e2e.page_visits import VISITS, Visit

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}
# In this order a page changes its colours or its size from one look to the next.
Looks = tuple[tuple[Literal["light", "dark"], ViewportSize], ...]
LOOKS: Looks = (("light", PHONE), ("dark", PHONE), ("dark", DESKTOP), ("light", DESKTOP))

# Colours and places move on their way to a new look, parents before their children: what is judged
# is where they arrive. What turns for ever (a skeleton) is not waited for.
_ARRIVE = """async () => {
  const moving = () => document.getAnimations().some(({ playState, effect }) =>
    playState === "running" && effect.getComputedTiming().iterations !== Infinity);
  for (let quiet = 0, frames = 0; quiet < 3 && frames < 120; frames++) {
    await new Promise(requestAnimationFrame);
    quiet = moving() ? 0 : quiet + 1;
  }
}"""
_RUN_AXE = """async (shown) => {
  const { violations } = await axe.run({ resultTypes: ["violations"], preload: false });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => [
      `${id} (${nodes.length}): ${help}`,
      ...nodes.slice(0, shown).map(({ target, any }) => `${target}: ${any[0]?.message ?? ""}`),
    ].join("\\n    "));
}"""
_SHOWN_PER_RULE = 3
_PAGE_FACTS = """() => ({
  title: document.title,
  description: document.querySelector("meta[name=description]")?.content ?? "",
  headings: document.querySelectorAll("h1").length,
  mains: document.querySelectorAll("main").length,
  language: document.documentElement.lang,
})"""
# A calendar that has just been narrowed takes a moment to follow.
_OVERFLOW = """async () => {
  const { documentElement: page } = document;
  const overflow = () => page.scrollWidth - page.getBoundingClientRect().width;
  for (let frames = 0; overflow() > 0 && frames < 60; frames++) {
    await new Promise(requestAnimationFrame);
  }
  return overflow();
}"""
_STILL_LOADING = ".skeleton:visible, main [aria-busy=true]:visible"

Come = Callable[[str], BrowserContext]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own with the demo clinic."""
    with running_server(tmp_path_factory.mktemp("demo"), lambda new: new.manage("demo")) as server:
        yield server


@pytest.fixture(scope="module")
def people(clinic: Server) -> dict[str, tuple[str, str]]:
    """Who comes, with address and password."""
    return logins_of(clinic)


@pytest.fixture(scope="module")
def come(clinic: Server, chromium: Browser, people: dict[str, tuple[str, str]]) -> Iterator[Come]:
    """Return a function from who comes to their browser, logged in."""
    contexts: dict[str, BrowserContext] = {}

    def enter(who: str) -> BrowserContext:
        if who not in contexts:
            contexts[who] = context = chromium.new_context(
                base_url=clinic.url,
                locale="en-GB",
                timezone_id="Europe/Berlin",
                reduced_motion="reduce",
            )
            context.add_init_script(WATCH_FOR_STATE)
            context.add_init_script(AXE_SCRIPT)
            if who != NOBODY:
                email, password = people[who]
                answer = context.request.post(
                    "/api/v1/auth/login",
                    data={"email": email, "password": password},
                    headers={"Origin": clinic.url},
                )
                assert answer.ok, answer.text()
        return contexts[who]

    yield enter
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="module")
def addresses(clinic: Server, people: dict[str, tuple[str, str]], come: Come) -> dict[str, str]:
    """What the names in the addresses of visits stand for."""
    known = demo_addresses(clinic, people[NEW_DOCTOR][0])
    page = come(NOBODY).new_page()
    page.goto("/")
    # Who opens the form keeps its time: each has another one.
    page.locator("main a[href^='/book?']").nth(3).wait_for()
    slots = page.locator("main a[href^='/book?']").evaluate_all(
        "links => [...new Set(links.map((link) => link.getAttribute('href')))]"
    )
    apart = slots[:: len(slots) // 4]  # neighbours overlap
    for who, slot in zip((NOBODY, PATIENT, DOCTOR, ADMINISTRATOR), apart, strict=False):
        known[f"booking of {who}"] = slot
    page.close()
    page = come(PATIENT).new_page()
    page.goto(known["doctor to move to"])
    to_move = page.locator("main a[href^='/move?']").first
    to_move.wait_for(state="attached")
    known["move"] = to_move.get_attribute("href") or ""
    page.close()
    return known


@pytest.fixture(scope="module")
def after_mail(clinic: Server) -> Callable[[], None]:
    """Return a function after which the mailbox holds a mail to the patient."""
    mailbox = Path(clinic.environment["DATA_DIRECTORY"]) / "mailbox"

    def send() -> None:
        if any(mailbox.glob("*.eml")):
            return
        answer = httpx.post(
            f"{clinic.url}/api/v1/auth/forgot-password",
            json={"email": logins.PATIENT.email},
            headers={"Origin": clinic.url},
        )
        assert answer.is_success, answer.text
        deadline = time.monotonic() + 10
        while not any(mailbox.glob("*.eml")) and time.monotonic() < deadline:
            time.sleep(0.1)

    return send


def test_every_page_is_visited() -> None:
    assert set(VISITS) == set(app._unevaluated_pages)


@pytest.mark.parametrize(
    ("visit", "looks"),
    [
        pytest.param(
            visit,
            LOOKS[number % 2 :: 2] if number else LOOKS,
            id=f"{route}-{number}-{visit.who}".replace(" ", "-"),
        )
        for route, visits in VISITS.items()
        for number, visit in enumerate(visits)
    ],
)
def test_a_page_is_for_everybody(
    visit: Visit,
    looks: Looks,
    come: Come,
    addresses: dict[str, str],
    after_mail: Callable[[], None],
) -> None:
    if visit.after_mail:
        after_mail()
    with _tab(come(visit.who)) as (page, scripts):
        problems = list(_problems(page, visit, visit.address.format(**addresses), looks))
        # An answer such as 401 is the server's right; Chromium reports it as an error.
        problems += [text for text in scripts if not text.startswith("Failed to load resource")]
    assert not problems, "\n".join(problems)


def test_an_unknown_address_leads_on(come: Come) -> None:
    page = come(NOBODY).new_page()
    page.goto("/no-such-page")
    wait_until_live(page)
    expect(page).to_have_title(re.compile("not found"))
    problems = page.evaluate(_RUN_AXE, _SHOWN_PER_RULE)
    page.close()
    assert not problems, "\n".join(problems)


@contextmanager
def _tab(context: BrowserContext) -> Iterator[tuple[Page, list[str]]]:
    """Somebody's tab, to the server a new one each time, and what its scripts report.

    To open a tab takes Chromium longer than to load most pages.
    """
    page = context.pages[0] if context.pages else context.new_page()
    scripts: list[str] = []

    def note_error(error: Error) -> None:
        scripts.append(str(error))

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            scripts.append(message.text)

    page.on("pageerror", note_error)
    page.on("console", note_message)
    try:
        yield page, scripts
    finally:
        page.remove_listener("pageerror", note_error)
        page.remove_listener("console", note_message)
        page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")


def _problems(page: Page, visit: Visit, address: str, looks: Looks) -> Iterator[str]:
    page.set_viewport_size(PHONE)
    page.goto(address)
    wait_until_live(page)
    expect(page.get_by_text(visit.shows).locator("visible=true").first).to_be_visible()
    expect(page.locator(_STILL_LOADING)).to_have_count(0)
    if visit.opens is not None:
        visit.opens(page)
    for scheme, size in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        page.evaluate(_ARRIVE)
        for problem in page.evaluate(_RUN_AXE, _SHOWN_PER_RULE):
            yield f"{scheme}, {size['width']} px wide: {problem}"
    yield from _missing(page.evaluate(_PAGE_FACTS))
    page.set_viewport_size(NARROW)
    page.evaluate(_ARRIVE)
    if (overflow := page.evaluate(_OVERFLOW)) > 0:
        yield f"the page is {overflow} pixels wider than {NARROW['width']}"


def _missing(facts: dict[str, Any]) -> Iterator[str]:
    own_title, _, site = facts["title"].rpartition(" · ")
    if not own_title or not site:
        yield f"the title does not say which page this is: {facts['title']!r}"
    if not facts["description"]:
        yield "there is no description"
    if facts["headings"] != 1:
        yield f"there are {facts['headings']} main headings"
    if facts["mains"] != 1:
        yield f"there are {facts['mains']} main parts"
    if not facts["language"]:
        yield "the language is not said"
