"""The desk of a workshop: words field by field, what was written over, steps put on the goal sheet, photos."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _of_workshop(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_workshop_id_workshops")
    return sa.ForeignKeyConstraint(["workshop_id"], ["workshops.id"], name=name, ondelete="CASCADE")


def _by(table: str, column: str = "staff_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["staff.id"], name=op.f(f"fk_{table}_{column}_staff"))


def upgrade() -> None:
    """Move the schema forward."""
    op.create_table(
        "workshop_sheets",
        sa.Column("workshop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("put_notes", sa.Text(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_by", sa.Integer(), nullable=True),
        _by("workshop_sheets", "put_by"),
        _of_workshop("workshop_sheets"),
        sa.PrimaryKeyConstraint("workshop_id", name=op.f("pk_workshop_sheets")),
    )
    op.create_table(
        "workshop_fields",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("writer", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _by("workshop_fields"),
        _of_workshop("workshop_fields"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_fields")),
        sa.UniqueConstraint("workshop_id", "name", name=op.f("uq_workshop_fields_workshop_id_name")),
    )
    op.create_table(
        "workshop_earlier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _by("workshop_earlier"),
        _of_workshop("workshop_earlier"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_earlier")),
    )
    with op.batch_alter_table("workshop_earlier", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_earlier_workshop_id"), ["workshop_id"], unique=False)

    op.create_table(
        "workshop_steps",
        sa.Column("workshop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("due", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_workshop_steps_milestone_id_milestones"),
            ondelete="SET NULL",
        ),
        _of_workshop("workshop_steps"),
        sa.PrimaryKeyConstraint("workshop_id", "number", name=op.f("pk_workshop_steps")),
    )
    with op.batch_alter_table("workshop_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_steps_milestone_id"), ["milestone_id"], unique=False)

    op.create_table(
        "workshop_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_workshop_pictures_attachment_id_attachments"),
            ondelete="CASCADE",
        ),
        _by("workshop_pictures"),
        _of_workshop("workshop_pictures"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_pictures")),
        sa.UniqueConstraint("attachment_id", name=op.f("uq_workshop_pictures_attachment_id")),
    )
    with op.batch_alter_table("workshop_pictures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_pictures_workshop_id"), ["workshop_id"], unique=False)


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("workshop_pictures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_pictures_workshop_id"))

    op.drop_table("workshop_pictures")
    with op.batch_alter_table("workshop_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_steps_milestone_id"))

    op.drop_table("workshop_steps")
    with op.batch_alter_table("workshop_earlier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_earlier_workshop_id"))

    op.drop_table("workshop_earlier")
    op.drop_table("workshop_fields")
    op.drop_table("workshop_sheets")
