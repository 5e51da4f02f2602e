"""The courier's patience."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `fresh`: how long a look into the outbox holds, so that no answer waits behind news."""

    busy: float = 0.05
    idle: float = 0.25
    fresh: float = 0.25
    renew: float = 8.0  # a third of the lease, so that one failure does no harm
    beg: float = 1.0  # between two attempts to get the lease of somebody else
    answer: float = 15.0  # how long Telegram may take to answer
    again: float = 1.0  # the first of the growing waits after trouble
    mail: float = 20.0  # how long a mail server may take for one step
    fill: float = 0.25  # between two looks at a running broadcast that has enough deliveries for now
    fill_idle: float = 1.0  # between two looks while no broadcast runs
