"""Every table, so that `Base.metadata` is whole once this module is imported."""

from models import (
    attachments,
    audit,
    ballots,
    broadcasts,
    changes,
    consents,
    devices,
    drafts,
    events,
    feedback,
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
    registrations,
    renditions,
    rounds,
    sessions,
    sheets,
    staff,
    submissions,
    subscriptions,
    tries,
    updates,
)
from models.db import Base

MODULES = (
    attachments, audit, ballots, broadcasts, changes, consents, devices, drafts, events, feedback, goals,
    group_chats, groups, inbox, leads, leases, links, marks, memberships, outbox, people, preferences,
    programmes, progress, readings, regions, registrations, renditions, rounds, sessions, sheets, staff,
    submissions, subscriptions, tries, updates,
)  # fmt: skip
metadata = Base.metadata
