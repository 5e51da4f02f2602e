"""Every table, so that `Base.metadata` is whole once this module is imported."""

from models import (
    attachments,
    changes,
    consents,
    drafts,
    events,
    goals,
    groups,
    inbox,
    leads,
    leases,
    links,
    memberships,
    outbox,
    people,
    programmes,
    progress,
    readings,
    regions,
    rounds,
    sessions,
    sheets,
    staff,
    submissions,
    subscriptions,
)
from models.db import Base

MODULES = (
    attachments, changes, consents, drafts, events, goals, groups, inbox, leads, leases, links, memberships,
    outbox, people, programmes, progress, readings, regions, rounds, sessions, sheets, staff, submissions,
    subscriptions,
)  # fmt: skip
metadata = Base.metadata
