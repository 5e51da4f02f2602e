"""The deploying region and its office; the database holds exactly one."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.db import Base, cache_of


class Region(Base):
    """The region that this database belongs to, with its office as people reach it."""

    __tablename__ = "regions"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    office: Mapped[str] = mapped_column(sa.String(200))
    office_short: Mapped[str] = mapped_column(sa.String(40), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    address: Mapped[str] = mapped_column(sa.Text, default="")
    accent: Mapped[str] = mapped_column(sa.String(7), default="#0b5d66")
    source_language: Mapped[str] = mapped_column(sa.String(20), default="de")
    privacy_contact: Mapped[str] = mapped_column(sa.Text, default="")  # its data protection officer
    asks_age: Mapped[bool] = mapped_column(default=False)  # sign-ups ask whether somebody is 16 or older


def the_region(session: Session) -> Region:
    """Return the region; a nameless one before the first import."""

    def load() -> Region:
        found = session.scalars(sa.select(Region).limit(1)).first()
        return found or Region(
            id=1, name="mitwirken", office="", office_short="", phone="", email="", address="",
            accent="#0b5d66", source_language="de",
            privacy_contact="", asks_age=False,
        )  # fmt: skip

    return cache_of(session).get("region", load)
