"""What the doctor looks at outside: Telegram, the mail server, the time, the pages."""

import smtplib
import ssl
import time
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from commands.answering import Asked, ask, page_answers
from commands.findings import Finding
from models import clock as clocks
from models import sign_on as sign_ons
from models.settings import Settings
from webforms.provider import Provider

MOST_OFF = 30.0  # seconds; links expire and messages are timed by the clock
_TIMEOUT = 10.0


def _call(settings: Settings, method: str) -> Asked:
    token = settings.bot_token.get_secret_value()
    return ask(f"{settings.bot_api.rstrip('/')}/bot{token}/{method}", timeout=_TIMEOUT)


def telegram(settings: Settings) -> Finding:
    """Tell whether the bot's token is good and belongs to the name that stands on the posters."""
    if not settings.has_telegram:
        words = "off: chat is not offered, everything else works"
        return Finding("telegram", not settings.bot_token.get_secret_value(), words, _switched_off(settings))
    answer = _call(settings, "getMe")
    if answer.body is None:
        return Finding(
            "telegram", False, f"no answer: {answer.failure}", "check the way to api.telegram.org."
        )
    if not answer.body.get("ok"):
        words = f"refused: {answer.body.get('description')}"
        return Finding("telegram", False, words, "copy MITWIRKEN_BOT_TOKEN anew from @BotFather.")
    name = answer.body["result"].get("username", "")
    if name.lower() != settings.bot_username.lower():
        words = f"the token belongs to @{name}, MITWIRKEN_BOT_USERNAME is {settings.bot_username}"
        return Finding("telegram", False, words, f"set MITWIRKEN_BOT_USERNAME={name}.")
    return Finding("telegram", True, f"@{name} answers")


def _switched_off(settings: Settings) -> str:
    if not settings.bot_token.get_secret_value():
        return ""
    return "a token is set: set MITWIRKEN_BOT_USERNAME and MITWIRKEN_TELEGRAM=on to offer chat."


def mail(settings: Settings) -> Finding:
    """Tell whether the mail server takes us in."""
    if not settings.has_mail:
        remedy = "set MITWIRKEN_SMTP_HOST: without mail nobody who signs up on a page gets an answer."
        return Finding("mail", False, "no mail server is set", remedy)
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        _greet(settings)
    except (OSError, smtplib.SMTPException) as error:
        words = f"{place}: {_said(error)}"
        return Finding("mail", False, words, "check the MITWIRKEN_SMTP_… settings with the mail provider.")
    if settings.mail_from.endswith("@localhost"):
        words = f"{place} answers, but the sender is {settings.mail_from}"
        return Finding("mail", False, words, "set MITWIRKEN_MAIL_FROM to an address of your domain.")
    return Finding("mail", True, f"{place} answers, sender {settings.mail_from}")


def _greet(settings: Settings) -> None:
    kind = smtplib.SMTP_SSL if settings.smtp_tls == "tls" else smtplib.SMTP
    with kind(settings.smtp_host, settings.smtp_port, timeout=_TIMEOUT) as server:
        if settings.smtp_tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.noop()


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "login refused"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def sign_on(settings: Settings) -> Finding:
    """Tell whether the single sign-on answers, where there is one."""
    if not settings.has_sign_on:
        return Finding("sign-on", True, "off: staff log in with passwords and passkeys")
    if wrong := sign_ons.fault(settings):
        return Finding("sign-on", False, "cannot be offered", wrong)
    lack = Provider(settings, "").lacks()
    if lack:
        words = f"{settings.oidc_issuer} does not answer as it should ({lack}); passwords still work"
        return Finding("sign-on", False, words, "check MITWIRKEN_OIDC_ISSUER, and the way there.")
    return Finding("sign-on", True, f"{settings.oidc_issuer} answers")


def clock(settings: Settings) -> Finding:
    """Tell whether the clock is right, measured against who answers us, and the zone known."""
    try:
        here = clocks.now().astimezone(ZoneInfo(settings.zone))
    except (ZoneInfoNotFoundError, ValueError):
        words = f"the zone {settings.zone} is not known"
        return Finding("clock", False, words, "set MITWIRKEN_ZONE, e.g. Europe/Berlin.")
    words = f"{here:%Y-%m-%d %H:%M} {settings.zone}"
    stamp = _call(settings, "getMe").date if settings.has_telegram else ""
    if not stamp:
        return Finding("clock", True, f"{words} (nobody to compare with)")
    off = abs(time.time() - parsedate_to_datetime(stamp).timestamp())
    if off > MOST_OFF:
        return Finding("clock", False, f"{words}, {off:.0f} s off", "switch time synchronisation on (NTP).")
    return Finding("clock", True, words)


def pages(settings: Settings) -> Finding:
    """Tell whether the pages answer at their public address; before the first start they cannot."""
    health = settings.address("/healthz")
    if page_answers(health):
        return Finding("pages", True, f"{settings.base_url} answers")
    remedy = "start `mitwirken serve`; if it runs, look at the proxy before it, and at MITWIRKEN_PORT."
    return Finding("pages", False, f"{health} does not answer", remedy)
