"""Events that people register for: places, workshops, and who comes."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def _give_codes() -> None:
    """Give the events that are there their codes."""
    events = sa.table(
        "events", sa.column("id", sa.Integer), sa.column("code", sa.String), sa.column("hall_code", sa.String)
    )
    for number in op.get_bind().scalars(sa.select(events.c.id)).all():
        code, hall = ("".join(secrets.choice(ALPHABET) for _position in range(8)) for _code in range(2))
        op.execute(sa.update(events).where(events.c.id == number).values(code=code, hall_code=hall))


def upgrade() -> None:
    """Move the schema forward."""
    op.create_table(
        "workshops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("room", sa.String(length=120), nullable=False),
        sa.Column("moderator", sa.String(length=120), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_workshops_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["working_groups.id"], name=op.f("fk_workshops_group_id_working_groups")
        ),
        sa.ForeignKeyConstraint(["moderator_id"], ["staff.id"], name=op.f("fk_workshops_moderator_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops")),
        sa.UniqueConstraint("event_id", "position", name=op.f("uq_workshops_event_id_position")),
    )
    with op.batch_alter_table("workshops", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshops_group_id"), ["group_id"], unique=False)

    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_seats", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("walked_in", sa.Boolean(), nullable=False),
        sa.Column("badge_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_registrations_event_id_events"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_registrations_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_registrations_submission_id_submissions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_registrations_event_id_code")),
        sa.UniqueConstraint("event_id", "person_id", name=op.f("uq_registrations_event_id_person_id")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index("ix_registrations_line", ["event_id", "state", "queued_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registrations_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registrations_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "arrivals",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("tick", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_arrivals_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_arrivals_staff_id_staff")),
        sa.PrimaryKeyConstraint("registration_id", "tick", name=op.f("pk_arrivals")),
    )
    op.create_table(
        "workshop_places",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_workshop_places_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshops.id"],
            name=op.f("fk_workshop_places_workshop_id_workshops"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "workshop_id", name=op.f("pk_workshop_places")),
    )
    with op.batch_alter_table("workshop_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_places_workshop_id"), ["workshop_id"], unique=False)

    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("phase", sa.Integer(), nullable=True))

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("hall_code", sa.String(length=16), nullable=True))
        batch_op.add_column(
            sa.Column("walk_ins", sa.String(length=24), nullable=False, server_default="room")
        )
        batch_op.add_column(sa.Column("state", sa.String(length=24), nullable=False, server_default="draft"))
        batch_op.add_column(sa.Column("starts", sa.String(length=5), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ends", sa.String(length=5), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("place", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("heading", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("about", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("access", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("interpreters", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("capacity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("taken", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("waiting", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("arrived", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("register_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(
            sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
        )

    _give_codes()
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.alter_column("code", existing_type=sa.String(length=16), nullable=False)
        batch_op.alter_column("hall_code", existing_type=sa.String(length=16), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_events_code"), ["code"])
        batch_op.create_unique_constraint(batch_op.f("uq_events_hall_code"), ["hall_code"])


def downgrade() -> None:
    """Move the schema back."""
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_events_hall_code"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_events_code"), type_="unique")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("version")
        batch_op.drop_column("register_until")
        batch_op.drop_column("arrived")
        batch_op.drop_column("waiting")
        batch_op.drop_column("taken")
        batch_op.drop_column("capacity")
        batch_op.drop_column("interpreters")
        batch_op.drop_column("languages")
        batch_op.drop_column("access")
        batch_op.drop_column("about")
        batch_op.drop_column("heading")
        batch_op.drop_column("place")
        batch_op.drop_column("ends")
        batch_op.drop_column("starts")
        batch_op.drop_column("state")
        batch_op.drop_column("walk_ins")
        batch_op.drop_column("hall_code")
        batch_op.drop_column("code")

    with op.batch_alter_table("agenda_items", schema=None) as batch_op:
        batch_op.drop_column("phase")
        batch_op.drop_column("words")

    op.drop_table("arrivals")
    with op.batch_alter_table("workshop_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_places_workshop_id"))

    op.drop_table("workshop_places")
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registrations_submission_id"))
        batch_op.drop_index(batch_op.f("ix_registrations_person_id"))
        batch_op.drop_index("ix_registrations_line")

    op.drop_table("registrations")
    with op.batch_alter_table("workshops", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_group_id"))

    op.drop_table("workshops")
