"""A vote for each place of a registration; goals that wait to be opened; steps that can be taken out."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ON_SQLITE = "UPDATE registrations SET seat_key = lower(hex(randomblob(8))) WHERE seats > 1"
_ON_POSTGRESQL = (
    "UPDATE registrations SET seat_key = substr(md5(random()::text || id::text), 1, 16) WHERE seats > 1"
)
_BEFORE = "uq_ballot_voters_ballot_id_registration_id"
_AFTER = "uq_ballot_voters_ballot_id_registration_id_seat"


def upgrade() -> None:
    """Move the schema forward."""
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seat_key", sa.String(length=16), nullable=False, server_default=""))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(_ON_SQLITE if is_sqlite else _ON_POSTGRESQL)

    with op.batch_alter_table("ballot_voters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seat", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_constraint(batch_op.f(_BEFORE), type_="unique")
        batch_op.create_unique_constraint(batch_op.f(_AFTER), ["ballot_id", "registration_id", "seat"])

    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_draft", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("workshop_sheets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("removed", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("workshop_sheets", schema=None) as batch_op:
        batch_op.drop_column("removed")

    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.drop_column("is_draft")

    op.execute("DELETE FROM ballot_voters WHERE seat > 1")
    with op.batch_alter_table("ballot_voters", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(_AFTER), type_="unique")
        batch_op.create_unique_constraint(batch_op.f(_BEFORE), ["ballot_id", "registration_id"])
        batch_op.drop_column("seat")

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_column("seat_key")
