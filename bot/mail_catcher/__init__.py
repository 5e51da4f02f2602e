"""The practice mailbox of the demo: an SMTP server that keeps every e-mail and shows it in the browser."""

from bot.mail_catcher.server import listening, run

__all__ = ["listening", "run"]
