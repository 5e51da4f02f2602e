"""Feedback of the gallery walk, and ballots with sticky dots."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Move the schema forward."""
    op.create_table(
        "ballots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("phase", sa.String(length=24), nullable=False),
        sa.Column("cards_each", sa.Integer(), nullable=False),
        sa.Column("dots_each", sa.Integer(), nullable=False),
        sa.Column("turnout", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("became_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["became_id"], ["programmes.id"], name=op.f("fk_ballots_became_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_ballots_event_id_events"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_ballots_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
        sa.UniqueConstraint("code", name=op.f("uq_ballots_code")),
    )
    with op.batch_alter_table("ballots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ballots_event_id"), ["event_id"], unique=False)

    op.create_table(
        "ballot_topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("dots", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_id"], ["ballots.id"], name=op.f("fk_ballot_topics_ballot_id_ballots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_topics")),
    )
    with op.batch_alter_table("ballot_topics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ballot_topics_ballot_id"), ["ballot_id"], unique=False)

    op.create_table(
        "feedback_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_feedback_sheets_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["working_groups.id"], name=op.f("fk_feedback_sheets_group_id_working_groups")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_sheets")),
        sa.UniqueConstraint("group_id", "event_id", name=op.f("uq_feedback_sheets_group_id_event_id")),
    )
    with op.batch_alter_table("feedback_sheets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_sheets_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            "uq_feedback_sheets_group",
            ["group_id"],
            unique=True,
            sqlite_where=sa.text("event_id IS NULL"),
            postgresql_where=sa.text("event_id IS NULL"),
        )

    op.create_table(
        "feedback_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("no_remarks", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["feedback_sheets.id"],
            name=op.f("fk_feedback_entries_sheet_id_feedback_sheets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_entries")),
        sa.UniqueConstraint("key", name=op.f("uq_feedback_entries_key")),
    )
    with op.batch_alter_table("feedback_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_entries_given_on"), ["given_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_entries_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "feedback_topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["feedback_sheets.id"],
            name=op.f("fk_feedback_topics_sheet_id_feedback_sheets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_topics")),
    )
    with op.batch_alter_table("feedback_topics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_topics_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "ballot_voters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("slip", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_id"], ["ballots.id"], name=op.f("fk_ballot_voters_ballot_id_ballots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_ballot_voters_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_voters")),
        sa.UniqueConstraint(
            "ballot_id", "registration_id", name=op.f("uq_ballot_voters_ballot_id_registration_id")
        ),
        sa.UniqueConstraint("ballot_id", "slip", name=op.f("uq_ballot_voters_ballot_id_slip")),
    )
    with op.batch_alter_table("ballot_voters", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ballot_voters_registration_id"), ["registration_id"], unique=False
        )

    op.create_table(
        "feedback_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("german", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["feedback_entries.id"],
            name=op.f("fk_feedback_points_entry_id_feedback_entries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["feedback_sheets.id"],
            name=op.f("fk_feedback_points_sheet_id_feedback_sheets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["feedback_topics.id"],
            name=op.f("fk_feedback_points_topic_id_feedback_topics"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_points")),
    )
    with op.batch_alter_table("feedback_points", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_points_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_points_sheet_id"), ["sheet_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_points_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "ballot_cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("german", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_id"], ["ballots.id"], name=op.f("fk_ballot_cards_ballot_id_ballots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["ballot_topics.id"],
            name=op.f("fk_ballot_cards_topic_id_ballot_topics"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["voter_id"],
            ["ballot_voters.id"],
            name=op.f("fk_ballot_cards_voter_id_ballot_voters"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_cards")),
        sa.UniqueConstraint("key", name=op.f("uq_ballot_cards_key")),
        sa.UniqueConstraint("voter_id", "slot", name=op.f("uq_ballot_cards_voter_id_slot")),
    )
    with op.batch_alter_table("ballot_cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ballot_cards_ballot_id"), ["ballot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ballot_cards_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "ballot_dots",
        sa.Column("voter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("slot BETWEEN 1 AND 9", name=op.f("ck_ballot_dots_slot")),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["ballot_topics.id"],
            name=op.f("fk_ballot_dots_topic_id_ballot_topics"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["voter_id"],
            ["ballot_voters.id"],
            name=op.f("fk_ballot_dots_voter_id_ballot_voters"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("voter_id", "slot", name=op.f("pk_ballot_dots")),
    )
    with op.batch_alter_table("ballot_dots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ballot_dots_topic_id"), ["topic_id"], unique=False)
