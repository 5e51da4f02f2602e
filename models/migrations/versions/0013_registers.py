"""The nights that there were, whom to ask about privacy, and whether a region asks for the age."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Move the schema forward."""
    op.create_table(
        "nights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nights")),
    )
    with op.batch_alter_table("nights", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nights_began_at"), ["began_at"], unique=False)

    with op.batch_alter_table("regions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("privacy_contact", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("asks_age", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("regions", schema=None) as batch_op:
        batch_op.drop_column("asks_age")
        batch_op.drop_column("privacy_contact")

    with op.batch_alter_table("nights", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nights_began_at"))

    op.drop_table("nights")
