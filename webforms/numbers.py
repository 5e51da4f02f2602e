"""Whole numbers as they come in addresses and fields."""

LARGEST = 2**31 - 1  # what an id may be in the database


def number(raw: str) -> int | None:
    """Return an id from an address or a field, None for anything else."""
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 11 and int(raw) <= LARGEST else None
