"""Addresses of our own files that change with their content, so that browsers never mix old and new."""

import hashlib
from functools import cache
from pathlib import Path

_STATIC = Path(__file__).parent / "static"


@cache
def address(name: str) -> str:
    """Return the address of a file in `static/`."""
    mark = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={mark}"
