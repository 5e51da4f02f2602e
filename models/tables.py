"""Every table, so that `Base.metadata` is whole once this module is imported."""

from models import (
    attachments,
    broadcasts,
    changes,
    consents,
    drafts,
    events,
    goals,
    group_chats,
    groups,
    inbox,
    leads,
    leases,
    links,
    marks,
    memberships,
    outbox,
    people,
    preferences,
    programmes,
    progress,
    readings,
    regions,
    renditions,
    rounds,
    sessions,
    sheets,
    staff,
    submissions,
    subscriptions,
    updates,
)
from models.db import Base

MODULES = (
    attachments, broadcasts, changes, consents, drafts, events, goals, group_chats, groups, inbox, leads,
    leases, links, marks, memberships, outbox, people, preferences, programmes, progress, readings, regions,
    renditions, rounds, sessions, sheets, staff, submissions, subscriptions, updates,
)  # fmt: skip
metadata = Base.metadata
