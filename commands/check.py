"""placeholder"""

from typing import Any


def walk(*a: Any) -> bool:
    return True
