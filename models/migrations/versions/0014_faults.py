"""How much was done when it was last done; which command did what the audit tells of."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Move the schema forward. Not in a batch: the audit's table must keep the triggers that guard it."""
    op.add_column("marks", sa.Column("amount", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("audit", sa.Column("command", sa.String(length=40), server_default="", nullable=False))


def downgrade() -> None:
    """Move the schema back."""
    op.drop_column("audit", "command")
    op.drop_column("marks", "amount")
