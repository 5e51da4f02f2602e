"""Milestone progress: attachments, changes, readings, subscriptions, leads, status rounds, meetings."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Move the schema forward."""
    op.create_table(
        "status_rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_status_rounds_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_rounds")),
        sa.UniqueConstraint("programme_id", "month", name=op.f("uq_status_rounds_programme_id_month")),
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["goal_id"], ["goals.id"], name=op.f("fk_readings_goal_id_goals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_readings_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint("goal_id", "measured_on", name=op.f("uq_readings_goal_id_measured_on")),
    )
    op.create_table(
        "leads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["working_groups.id"],
            name=op.f("fk_leads_group_id_working_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_leads_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sa.UniqueConstraint("group_id", "person_id", name=op.f("uq_leads_group_id_person_id")),
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leads_person_id"), ["person_id"], unique=False)

    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("told_until", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["working_groups.id"],
            name=op.f("fk_subscriptions_group_id_working_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_subscriptions_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("person_id", "group_id", name=op.f("uq_subscriptions_person_id_group_id")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriptions_group_id"), ["group_id"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("stored", sa.String(length=80), nullable=False),
        sa.Column("telegram_file", sa.String(length=200), nullable=False),
        sa.Column("telegram_unique", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_attachments_person_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_attachments_submission_id_submissions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("token", name=op.f("uq_attachments_token")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_attachments_state_not_before", ["state", "not_before"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "round_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["working_groups.id"],
            name=op.f("fk_round_requests_group_id_working_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_round_requests_person_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["status_rounds.id"],
            name=op.f("fk_round_requests_round_id_status_rounds"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_round_requests_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_round_requests_submission_id_submissions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_requests")),
        sa.UniqueConstraint("round_id", "group_id", name=op.f("uq_round_requests_round_id_group_id")),
    )
    with op.batch_alter_table("round_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_requests_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_round_requests_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "sheet_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=24), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["working_groups.id"],
            name=op.f("fk_sheet_changes_group_id_working_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_sheet_changes_milestone_id_milestones"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sheet_changes_person_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sheet_changes_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_sheet_changes_submission_id_submissions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_changes")),
    )
    with op.batch_alter_table("sheet_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_changes_at"), ["at"], unique=False)
        batch_op.create_index("ix_sheet_changes_group_id_id", ["group_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sheet_changes_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sheet_changes_submission_id"), ["submission_id"], unique=False)

    with op.batch_alter_table("goal_sheets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("state", sa.String(length=24), nullable=False, server_default="planned")
        )
        batch_op.add_column(sa.Column("agenda", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("minutes", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("decisions", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("present", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("submission_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_meetings_submission_id"), ["submission_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_meetings_submission_id_submissions"),
            "submissions",
            ["submission_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("dropped_reason", sa.Text(), nullable=False, server_default=""))

    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=24), nullable=False, server_default="organisation")
        )

    with op.batch_alter_table("progress_reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("happened", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("needed", sa.Text(), nullable=False, server_default=""))
        batch_op.drop_constraint(batch_op.f("uq_progress_reports_submission_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_progress_reports_submission_id_milestone_id"), ["submission_id", "milestone_id"]
        )

    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("typed_by_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_submissions_follows_id"), ["follows_id"], unique=False)
        batch_op.create_index("ix_submissions_form_state_id", ["form", "state", "id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_submissions_typed_by_id_staff"), "staff", ["typed_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_submissions_follows_id_submissions"),
            "submissions",
            ["follows_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_submissions_follows_id_submissions"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_submissions_typed_by_id_staff"), type_="foreignkey")
        batch_op.drop_index("ix_submissions_form_state_id")
        batch_op.drop_index(batch_op.f("ix_submissions_follows_id"))
        batch_op.drop_column("typed_by_id")
        batch_op.drop_column("follows_id")

    with op.batch_alter_table("progress_reports", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_progress_reports_submission_id_milestone_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_progress_reports_submission_id"), ["submission_id"])
        batch_op.drop_column("needed")
        batch_op.drop_column("happened")

    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.drop_column("kind")

    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.drop_column("dropped_reason")
        batch_op.drop_column("weight")

    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_meetings_submission_id_submissions"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_meetings_submission_id"))
        batch_op.drop_column("submission_id")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("reminded_at")
        batch_op.drop_column("sequence")
        batch_op.drop_column("present")
        batch_op.drop_column("decisions")
        batch_op.drop_column("minutes")
        batch_op.drop_column("languages")
        batch_op.drop_column("agenda")
        batch_op.drop_column("state")

    with op.batch_alter_table("goal_sheets", schema=None) as batch_op:
        batch_op.drop_column("version")

    with op.batch_alter_table("sheet_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheet_changes_submission_id"))
        batch_op.drop_index(batch_op.f("ix_sheet_changes_person_id"))
        batch_op.drop_index("ix_sheet_changes_group_id_id")
        batch_op.drop_index(batch_op.f("ix_sheet_changes_at"))

    op.drop_table("sheet_changes")
    with op.batch_alter_table("round_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_requests_submission_id"))
        batch_op.drop_index(batch_op.f("ix_round_requests_person_id"))

    op.drop_table("round_requests")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_submission_id"))
        batch_op.drop_index("ix_attachments_state_not_before")
        batch_op.drop_index(batch_op.f("ix_attachments_person_id"))
        batch_op.drop_index(batch_op.f("ix_attachments_created_at"))

    op.drop_table("attachments")
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscriptions_group_id"))

    op.drop_table("subscriptions")
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leads_person_id"))

    op.drop_table("leads")
    op.drop_table("readings")
    op.drop_table("status_rounds")
