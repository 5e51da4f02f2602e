"""Every table, so that `Base.metadata` is whole once this module is imported."""

from models import (
    consents,
    drafts,
    events,
    goals,
    groups,
    inbox,
    leases,
    links,
    memberships,
    outbox,
    people,
    programmes,
    progress,
    regions,
    sessions,
    sheets,
    staff,
    submissions,
)
from models.db import Base

MODULES = (
    consents, drafts, events, goals, groups, inbox, leases, links, memberships, outbox, people, programmes,
    progress, regions, sessions, sheets, staff, submissions,
)  # fmt: skip
metadata = Base.metadata
