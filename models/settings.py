"""Settings of an installation, from `MITWIRKEN_…` in the environment or from a `.env` file."""

import hmac
import re
import secrets
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.periods import Periods
from models.periods import read as read_periods


class Release(StrEnum):
    """Whose updates somebody else has to release before they are sent."""

    NONE = "none"
    OFFICE = "office"  # what leads write is released by the office
    SECOND = "second"  # what the office writes, too: by another officer than the one who wrote it


class SecondStep(StrEnum):
    """Whose second step counts after a single sign-on."""

    OWN = "own"  # ours is asked for, where somebody has one
    PROVIDER = "provider"  # the provider's is enough


_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def span(value: object) -> object:
    """Return a span as people write it, `15m`, `6h` or `30d`; ValueError for other words."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(\d{1,5})([mhd])", value.strip().lower())
    if found is None:
        raise ValueError("write it as 15m, 6h or 30d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


Span = Annotated[timedelta, BeforeValidator(span)]


class Settings(BaseSettings):
    """What an installation can decide; every name stands in the environment as MITWIRKEN_NAME."""

    model_config = SettingsConfigDict(env_prefix="MITWIRKEN_", env_file=".env", extra="ignore")

    database: str = Field("sqlite:///var/mitwirken.sqlite", description="SQLAlchemy address of the database")
    base_url: str = Field("http://127.0.0.1:8000", description="public address of the pages, as in QR codes")
    host: str = Field("127.0.0.1", description="address on which the pages are served")
    port: int = Field(8000, description="port on which the pages are served")
    secret: SecretStr = Field(
        default_factory=lambda: SecretStr(secrets.token_hex(32)),
        description="signs form tokens; keep it, or open forms expire with every restart",
    )
    audit_key: SecretStr = Field(
        SecretStr(""), description="seals the audit; empty: made from the secret. Set it before changing that"
    )
    telegram: str = Field("on", description="on or off; off leaves no trace of Telegram on any page")
    bot_token: SecretStr = Field(SecretStr(""), description="the bot's token from @BotFather")
    bot_username: str = Field("", description="the bot's name without @")
    bot_api: str = Field("https://api.telegram.org", description="server of the Bot API")
    webhook_secret: SecretStr = Field(SecretStr(""), description="set to receive updates by webhook")
    telegram_link: str = Field("https://t.me/{username}?start={code}", description="how a deep link looks")
    smtp_host: str = Field("", description="mail server; empty: no e-mail is sent")
    smtp_port: int = Field(25, description="its port")
    smtp_tls: str = Field("none", description="none, starttls or tls")
    smtp_user: str = Field("", description="login at the mail server")
    smtp_password: SecretStr = Field(SecretStr(""), description="password at the mail server")
    mail_from: str = Field("mitwirken@localhost", description="sender address of e-mails")
    courier_rate: float = Field(
        25, ge=0, description="chat messages sent per second; 0: no pacing at all, for tests only"
    )
    courier_lanes: int = Field(
        1, ge=1, le=16, description="letters on their way at once over each channel; after a crash of the"
        " courier so many may arrive twice",
    )  # fmt: skip
    zone: str = Field("Europe/Berlin", description="time zone of the region")
    files: str = Field(
        "var/files", description="folder for uploads, or an fsspec address: s3://bucket/prefix"
    )
    templates: Path | None = Field(
        None, description="folder with the office's own document templates (.docx); empty: ours"
    )
    release: Release = Field(
        Release.OFFICE, description="none, office (releases leads' updates) or second (and the office's own)"
    )
    retention: str = Field(
        "", description="other periods than those of the list, as in drafts=7d,inactive=365d"
    )
    log_format: str = Field(
        "text", pattern="^(text|json)$", description="text for people, json: one object a line, for programs"
    )
    least_seconds: float = Field(
        0, ge=0, le=60, description="seconds that a public form must have been open, 2 where machines fill"
        " forms in; who is quicker sees it once more, with everything kept. 0: off",
    )  # fmt: skip
    posts_a_minute: int = Field(
        10_000, ge=0, description="public forms a minute above which each has to be worked for by its"
        " browser, or waited for; counted in each process. A hall of 5,000 passes. 0: never",
    )  # fmt: skip
    metrics_token: SecretStr = Field(
        SecretStr(""), description="opens /metrics; empty: only on a trial installation, to this machine"
    )
    oidc_issuer: str = Field(
        "", description="single sign-on: address of the provider; empty: none is offered"
    )
    oidc_client_id: str = Field("", description="as what the provider knows this installation")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="the secret that goes with it")
    oidc_name: str = Field("", description="what the button says after “Log in with”; empty: the host's name")
    oidc_second_step: SecondStep = Field(
        SecondStep.OWN, description="own: our second step is asked for where there is one; provider: theirs"
        " is enough",
    )  # fmt: skip
    backup_dir: Path | None = Field(
        None, description="folder into which the courier writes backups by itself; empty: it makes none"
    )
    backup_every: Span = Field(
        timedelta(hours=6),
        ge=timedelta(minutes=1),
        le=timedelta(days=7),
        description="how often: 15m, 6h, 1d",
    )
    backup_keep: Span = Field(
        timedelta(days=30), ge=timedelta(days=2),
        description="how long backups are kept: all of two days, then one a day; no longer than erasures",
    )  # fmt: skip
    demo: bool = Field(False, description="show on each page what to try next")

    @field_validator("templates", "backup_dir", mode="before")
    @classmethod
    def _none_where_empty(cls, value: object) -> object:
        return value or None  # an empty word would be the folder in which the program was started

    @field_validator("retention")
    @classmethod
    def _readable(cls, value: str) -> str:
        read_periods(value)
        return value

    @model_validator(mode="after")
    def _no_backup_outlives_the_list_of_the_erased(self) -> Self:
        longest = self.periods["erasures"]
        if self.backup_keep > longest:
            raise ValueError(
                f"backup_keep is {self.backup_keep.days}d, and erasures are kept for {longest.days}d only"
            )
        return self

    @property
    def periods(self) -> Periods:
        """How long what is kept."""
        return read_periods(self.retention)

    @property
    def is_telegram_on(self) -> bool:
        """Whether the office wants Telegram at all."""
        return self.telegram.lower() not in ("off", "0", "false", "no")

    @property
    def has_telegram(self) -> bool:
        """Whether the chat is offered to people."""
        return self.is_telegram_on and bool(self.bot_username)

    @property
    def has_mail(self) -> bool:
        """Whether e-mail is sent."""
        return bool(self.smtp_host)

    @property
    def has_sign_on(self) -> bool:
        """Whether staff can log in by way of another house."""
        return bool(self.oidc_issuer)

    @property
    def has_lasting_audit_key(self) -> bool:
        """Whether the audit's seals outlast a restart."""
        return bool(self.audit_key.get_secret_value()) or "secret" in self.model_fields_set

    def key_of_audit(self) -> bytes:
        """Return the key that seals the audit; made from the secret, so that neither tells of the other."""
        given = self.audit_key.get_secret_value()
        return (
            given.encode()
            if given
            else hmac.digest(self.secret.get_secret_value().encode(), b"mitwirken audit", "sha256")
        )

    def telegram_address(self, code: str) -> str:
        """Return the link that opens the chat with this start code."""
        return self.telegram_link.format(username=self.bot_username, code=code)

    def telegram_group_address(self, code: str) -> str:
        """Return the link that lets somebody choose a group and adds the bot to it with this start code."""
        return self.telegram_address(code).replace("?start=", "?startgroup=")

    def address(self, path: str) -> str:
        """Return the public address of a page from its path."""
        return f"{self.base_url.rstrip('/')}{path}"
