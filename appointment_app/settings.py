"""Every knob of the application, read from the environment or ``.env`` and checked at the start."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import EmailStr, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).parent.parent
DATA_DIRECTORY = PROJECT_ROOT / ".data"


class AppEnv(StrEnum):
    """Where the application runs."""

    DEVELOPMENT = "development"
    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """The settings; ``.env.example`` documents each."""

    model_config = SettingsConfigDict(env_file=PROJECT_ROOT / ".env", extra="ignore")

    app_env: AppEnv = AppEnv.DEVELOPMENT
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    workers: int = Field(default=1, ge=1)
    public_url: str = ""
    secret_key: SecretStr = SecretStr("")
    secret_key_previous: SecretStr = SecretStr("")
    data_directory: Path = DATA_DIRECTORY
    database_url: str = ""
    database_pool_size: int = Field(default=10, ge=1)
    database_pool_timeout: float = Field(default=5, gt=0)
    database_lock_timeout: float = Field(default=10, gt=0)
    database_statement_timeout: float = Field(default=30, gt=0)
    redis_url: str = ""
    trusted_proxy_hops: int = Field(default=0, ge=0)
    holds_per_address: int = Field(default=3, ge=0)
    requests_per_address: int = Field(default=600, ge=0)
    requests_per_account: int = Field(default=600, ge=0)
    event_streams_per_address: int = Field(default=10, ge=0)
    api_origins: str = ""

    organisation: str = Field(default="", max_length=120)

    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = True
    mail_from: EmailStr = "appointments@clinic.example"
    reminder_hours: int = Field(default=24, ge=0, le=168)

    clock_start: datetime | None = None

    @property
    def is_production(self) -> bool:
        """Whether real patients use this installation."""
        return self.app_env is AppEnv.PRODUCTION

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secret that signs and seals, and after it those from before, which open only."""
        previous = self.secret_key_previous.get_secret_value().split()
        return self.secret_key.get_secret_value(), *previous

    @property
    def mailbox_directory(self) -> Path | None:
        """Where mails are kept as ``.eml`` files, or None when they go to an SMTP server."""
        if self.smtp_host or self.is_production:
            return None
        return self.data_directory / "mailbox"

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The origins whose pages may act with a visitor's cookies.

        That is ``PUBLIC_URL`` and, outside production, the server's own port on this machine.
        """
        parts = urlsplit(self.public_url)
        origins = [f"{parts.scheme}://{parts.netloc}"]
        if not self.is_production:
            origins += [f"http://{host}:{self.port}" for host in ("localhost", "127.0.0.1")]
        return tuple(dict.fromkeys(origins))

    @property
    def open_origins(self) -> frozenset[str]:
        """The origins of other sites whose pages may call the API, as programs do."""
        return frozenset(filter(None, map(str.strip, self.api_origins.split(","))))

    @property
    def session_cookie(self) -> str:
        """The name of the login cookie; the prefix makes browsers insist on https and one host."""
        return "__Host-session" if self.is_production else "session"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.is_production:
            self._require_production_values()
        if self.clock_start is not None and self.app_env is not AppEnv.TEST:
            raise ValueError("CLOCK_START is for APP_ENV=test only.")
        if self.workers > 1 and not self.redis_url:
            raise ValueError("WORKERS above 1 needs REDIS_URL: the processes share state there.")
        if not self.public_url:
            self.public_url = f"http://localhost:{self.port}"
        self.public_url = self.public_url.rstrip("/")
        if not self.database_url:
            self.database_url = f"sqlite:///{self.data_directory / 'appointment_app.db'}"
        if not self.secret_key.get_secret_value():
            self.secret_key = SecretStr(_local_secret(self.data_directory / "secret_key"))
        return self

    def _require_production_values(self) -> None:
        if len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("SECRET_KEY must be set in production, to 32 characters or more.")
        if not self.public_url.startswith("https://"):
            raise ValueError("PUBLIC_URL must be set in production, to the https:// address.")
        if not self.database_url:
            raise ValueError("DATABASE_URL must be set in production.")
        if not self.smtp_host:
            raise ValueError("SMTP_HOST must be set in production.")


@lru_cache
def get_settings() -> Settings:
    """Return the settings of this process, read once.

    Raises ``pydantic.ValidationError`` that names each wrong setting.
    """
    return Settings()


def _local_secret(path: Path) -> str:
    """Return the secret of this machine, made at the first start; never used in production."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8")
