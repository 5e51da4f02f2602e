"""What was done with an update, and by whom."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Move the schema forward."""
    op.create_table(
        "update_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_update_steps_person_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_update_steps_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["update_id"], ["updates.id"], name=op.f("fk_update_steps_update_id_updates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_steps")),
    )
    with op.batch_alter_table("update_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_update_steps_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_update_steps_update_id"), ["update_id"], unique=False)


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("update_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_update_steps_update_id"))
        batch_op.drop_index(batch_op.f("ix_update_steps_person_id"))

    op.drop_table("update_steps")
