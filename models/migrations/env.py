"""Alembic's entry: runs the migrations on the connection that `models.migrate` hands over."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from models.columns import LocalisedWords, UTCDateTime
from models.tables import metadata

_PLAIN = {
    UTCDateTime: "sa.DateTime(timezone=True)",
    LocalisedWords: "sa.JSON()",
    sa.Enum: "sa.String(length=24)",
}


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write plain column types, so that old migrations do not depend on today's models."""
    return _PLAIN.get(type(item), False) if kind == "type" else False


# One transaction around everything: a kill in the middle leaves the old schema whole. Batch mode because
# SQLite alters tables by copying them.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
