"""When a question is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Filled(Protocol):
    """A form as far as it is filled in: all that a question or a rule has to know of it."""

    @property
    def raw(self) -> Mapping[str, str]:
        """The answers as they came."""
        ...

    @property
    def answers(self) -> Mapping[str, Any]:
        """The typed answers."""
        ...

    @property
    def context(self) -> Any:
        """Where and for whom it is read."""
        ...


class Asked(Protocol):
    """A question, as far as a rule has to know it."""

    name: str
    default: str


class Rule:
    """When a question is asked. One that follows another names it, so that it can stand beside it."""

    keys: tuple[str, ...] = ()

    @property
    def follows(self) -> Asked | None:
        """Return the question beside which this one stands."""
        return None

    def holds(self, form: Filled) -> bool:
        """Decide from the answers so far and from who is asked."""
        raise NotImplementedError


class Stranger(Rule):
    """Asked only of people whom we cannot answer yet: a chat and a person's own page know who writes."""

    def holds(self, form: Filled) -> bool:
        """Tell whether nobody is known."""
        return form.context.person is None and form.context.channel != "chat"


class Condition(Rule):
    """A follow-up question: another one has one of these answers, or any at all."""

    def __init__(self, question: Asked, keys: tuple[str, ...] = ()) -> None:
        self._question = question
        self.keys = keys

    @property
    def follows(self) -> Asked | None:
        """Return the question whose answer decides."""
        return self._question

    def holds(self, form: Filled) -> bool:
        """Decide from the answers so far."""
        if self._question.name not in form.answers:
            return False
        raw = form.raw.get(self._question.name) or self._question.default
        return raw in self.keys if self.keys else bool(raw)
