"""The containers: what they name is there, under the same name on both sides."""

from __future__ import annotations

import re
from typing import Any

import yaml

from appointment_app.bulk import reading
from appointment_app.clinics import doctor_photos
from appointment_app.settings import PROJECT_ROOT, Settings

# What is for the other containers: the application gets it inside an address.
_OF_COMPOSE = {"HTTP_PORT", "POSTGRES_PASSWORD"}
_VARIABLE = re.compile(r"\$\{([A-Z_]+)")


def text_of(name: str) -> str:
    return (PROJECT_ROOT / name).read_text()


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(text_of("compose.yaml"))["services"]
    return found


def test_the_application_knows_each_setting_that_it_is_given() -> None:
    given = set(services()["app"]["environment"])
    assert given <= {name.upper() for name in Settings.model_fields}
    assert services()["migrate"]["environment"] == services()["app"]["environment"]


def test_each_variable_is_documented() -> None:
    documented = set(re.findall(r"^#? ?([A-Z_]+)=", text_of(".env.example"), re.MULTILINE))
    named = set(_VARIABLE.findall(text_of("compose.yaml")))
    assert named - _OF_COMPOSE <= documented


def test_services_reach_each_other_under_their_names() -> None:
    found = services()
    for service in found.values():
        assert set(service.get("depends_on", ())) <= set(found)
    addresses = [found["app"]["environment"][name] for name in ("DATABASE_URL", "REDIS_URL")]
    assert {re.search(r"//(?:.*@)?(\w+):", each)[1] for each in addresses} <= set(found)  # type: ignore[index]
    database = found["postgres"]["environment"]
    assert addresses[0].endswith(f"/{database['POSTGRES_DB']}")
    assert f"//{database['POSTGRES_USER']}:" in addresses[0]


def test_the_proxy_finds_the_port_of_the_application() -> None:
    proxy, image = text_of("deploy/nginx.conf"), text_of("Dockerfile")
    upstream = re.search(r"server (\w+):(\d+) resolve", proxy)
    assert upstream is not None
    assert upstream[1] in services()
    assert f"PORT={upstream[2]} " in image
    assert f"EXPOSE {upstream[2]}" in image
    listens = re.search(r"listen (\d+);", proxy)
    assert listens is not None
    assert services()["proxy"]["ports"][0].endswith(f":{listens[1]}")


def test_the_proxy_lets_through_what_the_application_takes() -> None:
    most = re.search(r"client_max_body_size (\d+)m;", text_of("deploy/nginx.conf"))
    assert most is not None
    assert int(most[1]) * 1_000_000 > max(doctor_photos.MOST_BYTES, reading.MOST_BYTES)


def test_the_commands_of_the_containers_exist() -> None:
    command = services()["migrate"]["command"]
    assert command[:3] == ["python", "-m", "appointment_app.manage"]
    assert f'"{command[3]}"' in text_of("appointment_app/manage.py")
    # What tests need stands last in the requirements, below the line that the image cuts at.
    server, _, for_tests = text_of("requirements.txt").partition("\n# Tests and checks")
    assert "reflex==" in server
    assert "pytest==" in for_tests
