"""One line to the mail server, kept open for a burst of letters. Blocks: for a thread of its own."""

import smtplib
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from models.settings import Settings

KEEP_SECONDS = 10.0
LETTERS_PER_LINE = 50  # many servers hang up on longer ones


class MailDown(Exception):
    """The mail server cannot be reached or lets nobody in; the letter has not left the house."""


class LineCut(Exception):
    """The line broke after the letter had been handed over: it may have been taken."""


class _Noting:
    """Notes when a letter's content begins to go out."""

    handed_over = False

    def data(self, msg: Any) -> Any:
        """Send the content."""
        self.handed_over = True
        return super().data(msg)  # type: ignore[misc]


class _Plain(_Noting, smtplib.SMTP):
    """A line without encryption from the start."""


class _Tls(_Noting, smtplib.SMTP_SSL):
    """An encrypted line."""


class Mailer:
    """Hands letters to the mail server. `seconds` is the patience for each step."""

    def __init__(self, settings: Settings, *, seconds: float) -> None:
        self._settings = settings
        self._seconds = seconds
        self._line: _Plain | _Tls | None = None
        self._used_at = 0.0
        self._letters = 0

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Hand over one letter.

        Raises smtplib's refusals (SMTPResponseException, SMTPRecipientsRefused), MailDown or LineCut.
        """
        if self._line is not None and self._letters >= LETTERS_PER_LINE:
            self.close()
        is_reused = self._line is not None
        try:
            self._hand_over(message, sender, recipient)
        except MailDown:
            if not is_reused:
                raise
            self._hand_over(message, sender, recipient)  # the server had only closed an old line

    def _hand_over(self, message: EmailMessage, sender: str, recipient: str) -> None:
        line = self._line or self._connect()
        line.handed_over = False
        try:
            line.send_message(message, sender, [recipient])
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if isinstance(error, smtplib.SMTPException) and not isinstance(
                error, smtplib.SMTPServerDisconnected
            ):
                raise
            handed_over = line.handed_over
            self._drop()
            raise (LineCut if handed_over else MailDown)(type(error).__name__) from None
        self._used_at = time.monotonic()
        self._letters += 1

    def _connect(self) -> "_Plain | _Tls":
        settings, kind = self._settings, self._settings.smtp_tls.lower()
        try:
            line: _Plain | _Tls
            if kind == "tls":
                line = _Tls(
                    settings.smtp_host,
                    settings.smtp_port,
                    timeout=self._seconds,
                    context=ssl.create_default_context(),
                )
            else:
                line = _Plain(settings.smtp_host, settings.smtp_port, timeout=self._seconds)
        except (OSError, smtplib.SMTPException) as error:
            raise MailDown(_reason(error)) from None
        try:
            self._introduce(line, kind)
        except (OSError, smtplib.SMTPException) as error:
            line.close()
            raise MailDown(_reason(error)) from None
        self._line, self._letters = line, 0
        return line

    def _introduce(self, line: "_Plain | _Tls", kind: str) -> None:
        line.ehlo_or_helo_if_needed()
        if kind == "starttls":
            line.starttls(context=ssl.create_default_context())
        if self._settings.smtp_user:
            line.login(self._settings.smtp_user, self._settings.smtp_password.get_secret_value())

    def rest(self) -> None:
        """Close a line that has been idle for a while."""
        if self._line is not None and time.monotonic() - self._used_at > KEEP_SECONDS:
            self.close()

    @property
    def is_open(self) -> bool:
        """Whether a line is open."""
        return self._line is not None

    def close(self) -> None:
        """Take leave of the server."""
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._line.quit()
            self._drop()

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _reason(error: Exception) -> str:
    """Return why there is no line, without what the server says: it may repeat the login."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()
