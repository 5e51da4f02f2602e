"""E-mail addresses in the spelling in which they are kept."""

import re
from functools import lru_cache

from email_validator import validate_email

_ATOMS = re.compile(r"[A-Za-z0-9]{1,20}(?:[._+-][A-Za-z0-9]{1,20}){0,2}")


def normalized(address: str) -> str:
    """Return an address as it is kept; EmailNotValidError for what is none. Nothing is looked up.

    In a hall most have one of a few domains: each is checked once.
    """
    name, _at, domain = address.partition("@")
    if _ATOMS.fullmatch(name) and len(domain) < 100:  # nothing in it that would be changed or refused
        return f"{name}@{_domain(domain)}"
    return validate_email(address, check_deliverability=False).normalized


@lru_cache(maxsize=1000)
def _domain(domain: str) -> str:
    return validate_email(f"a@{domain}", check_deliverability=False).normalized.removeprefix("a@")
