"""Whether the single sign-on of the settings can be offered."""

from commands.failures import Refusal
from models import sign_on
from models.settings import Settings


def must_be_whole(settings: Settings) -> None:
    """Refuse to start where a single sign-on is set that cannot be offered."""
    if wrong := sign_on.fault(settings):
        raise Refusal(wrong)
