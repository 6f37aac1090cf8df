"""The settings: what production refuses to do without, and that each is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from appointment_app.settings import PROJECT_ROOT, AppEnv, Settings

PRODUCTION = {
    "APP_ENV": "production",
    "SECRET_KEY": "k" * 40,
    "PUBLIC_URL": "https://clinic.example",
    "DATABASE_URL": "postgresql://app@db.example/app",
    "SMTP_HOST": "mail.example",
}


@pytest.fixture(autouse=True)
def _only_what_a_test_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


def _settings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings()


def test_production_starts_with_everything_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings(monkeypatch, **PRODUCTION)
    assert settings.is_production
    assert settings.mailbox_directory is None
    assert settings.session_cookie == "__Host-session"
    assert settings.allowed_origins == ("https://clinic.example",)


@pytest.mark.parametrize("missing", sorted(PRODUCTION.keys() - {"APP_ENV"}))
def test_production_refuses_to_start_without(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    without = {name: value for name, value in PRODUCTION.items() if name != missing}
    with pytest.raises(ValidationError, match=missing):
        _settings(monkeypatch, **without)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", "too short"), ("PUBLIC_URL", "http://clinic.example")],
)
def test_production_refuses_what_is_not_safe(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ValidationError, match=name):
        _settings(monkeypatch, **PRODUCTION | {name: value})


def test_production_never_writes_a_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _settings(monkeypatch, **PRODUCTION, DATA_DIRECTORY=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_elsewhere_a_local_secret_is_made_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = _settings(monkeypatch, APP_ENV="demo", DATA_DIRECTORY=str(tmp_path))
    second = _settings(monkeypatch)
    assert len(first.secret_key.get_secret_value()) >= 32
    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert first.secret_key.get_secret_value() not in repr(first)


def test_elsewhere_everything_has_a_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = _settings(monkeypatch, DATA_DIRECTORY=str(tmp_path), PORT="4000")
    assert settings.app_env is AppEnv.DEVELOPMENT
    assert settings.public_url == "http://localhost:4000"
    assert settings.database_url == f"sqlite:///{tmp_path}/appointment_app.db"
    assert settings.mailbox_directory == tmp_path / "mailbox"


@pytest.mark.parametrize("environment", ["development", "demo", "production"])
def test_the_clock_starts_elsewhere_in_tests_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: str
) -> None:
    values = PRODUCTION | {"APP_ENV": environment, "CLOCK_START": "2026-03-02T08:00:00+01:00"}
    with pytest.raises(ValidationError, match="CLOCK_START"):
        _settings(monkeypatch, **values, DATA_DIRECTORY=str(tmp_path))
    assert _settings(monkeypatch, APP_ENV="test").clock_start is not None


def test_the_example_names_every_setting_and_nothing_else() -> None:
    documented = re.findall(r"^#?([A-Z_]+)=", _example(), flags=re.MULTILINE)
    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_shows_the_defaults() -> None:
    shown = dict(re.findall(r"^#([A-Z_]+)=(.+)$", _example(), flags=re.MULTILINE))
    for name, text in shown.items():
        default = Settings.model_fields[name.lower()].default
        if name == "DATA_DIRECTORY":
            default = default.relative_to(PROJECT_ROOT)
        expected = str(default).lower() if isinstance(default, bool) else str(default)
        assert text == expected, name


def test_the_example_can_be_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    example = tmp_path / "example.env"
    example.write_text(_example(), encoding="utf-8")
    monkeypatch.setitem(Settings.model_config, "env_file", example)
    monkeypatch.setenv("DATA_DIRECTORY", str(tmp_path))
    assert Settings().app_env is AppEnv.DEVELOPMENT


def _example() -> str:
    return (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8")


def test_several_workers_need_what_they_share(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="REDIS_URL"):
        _settings(monkeypatch, WORKERS="2")
    shared = "redis://127.0.0.1:6379/0"
    assert _settings(monkeypatch, WORKERS="2", REDIS_URL=shared).workers == 2
