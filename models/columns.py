"""Column types: aware moments, words in several languages, choices."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from translations import Localised


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC; naive ones are refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive time")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return it aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class LocalisedWords(sa.types.TypeDecorator[Localised]):
    """Words in several languages, as a JSON object of tag to text."""

    impl = sa.JSON
    cache_ok = True

    def process_bind_param(self, value: Localised | None, dialect: Dialect) -> Mapping[str, str]:
        """Store the words; nothing is an empty object."""
        return dict(value.words) if value is not None else {}

    def process_result_value(self, value: Any, dialect: Dialect) -> Localised:
        """Return the words."""
        return Localised(value or {})


def choice_of(kind: type[StrEnum]) -> sa.Enum:
    """Return a column type that stores the values of `kind` as plain words."""
    return sa.Enum(
        kind,
        native_enum=False,
        length=24,
        create_constraint=False,
        values_callable=lambda members: [member.value for member in members],
    )
