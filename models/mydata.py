"""What is stored of a person, whole, for themselves to see and to take along."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import (
    attachments,
    changes,
    consents,
    drafts,
    groups,
    leads,
    memberships,
    preferences,
    registrations,
    rounds,
    seats,
    submissions,
    subscriptions,
    updates,
    voting,
)
from models.attachments import Attachment, AttachmentState
from models.changes import SheetChange
from models.consents import Consent
from models.drafts import Draft
from models.memberships import Membership
from models.people import Person
from models.registrations import Registration
from models.rounds import RoundRequest
from models.submissions import Submission
from models.updates import Update


def collect(session: Session, person: Person) -> dict[str, Any]:
    """Return everything that is stored of a person, in plain names, ready for JSON."""
    titles = {card.id: card.to("de") for card in groups.directory(session).cards}
    return {
        "person": _about(person),
        "groups": [_taking_part(one, titles) for one in memberships.of_person(session, person.id)],
        "told_of_changes_in": [
            titles.get(number, "") for number in subscriptions.of_person(session, person.id)
        ],
        "messages": _wished(session, person, titles),
        "leads": [titles[one] for one in sorted(leads.groups_of(session, person.id)) if one in titles],
        "changed_on_goal_sheets": [_changed(one, titles) for one in changes.of_person(session, person.id)],
        "written_to_groups": [_written(one, titles) for one in updates.of_person(session, person.id)],
        "events": [_registered(one) for one in registrations.of_person(session, person.id)],
        "sent": [_sent(session, one) for one in submissions.of_person(session, person.id)],
        "files": [_handed_in(one) for one in attachments.of_person(session, person.id)],
        "asked_in_status_rounds": [_asked(one, titles) for one in rounds.of_person(session, person.id)],
        "begun_and_not_sent": [_begun(one) for one in [drafts.of_person(session, person.id)] if one],
        "votes": voting.told(session, person.id),
        "consents": [_agreed(one) for one in consents.of_person(session, person.id)],
    }


def _about(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "language": person.language,
        "organisation": person.organisation,
        "organisation_kind": person.organisation_kind.value if person.organisation_kind else None,
        "email": person.email,
        "email_confirmed_at": _stamp(person.email_confirmed_at),
        "phone": person.phone,
        "telegram_id": person.telegram_id,
        "telegram_name": person.telegram_name,
        "reached_by": person.channel.value,
        "known_since": _stamp(person.met_at),
    }


def _registered(one: Registration) -> dict[str, Any]:
    return {
        "event": one.event.title,
        "on": one.event.held_on.isoformat() if one.event.held_on else None,
        "state": one.state.value,
        "places": one.seats,
        "organisation": one.organisation,
        "languages": one.languages,
        "needs": one.needs,
        "code": one.code,
        "codes_of_the_others": seats.codes_of(one),
        "registered_at": _stamp(one.queued_at),
        "arrived_at": _stamp(one.arrived_at),
    }


def _wished(session: Session, person: Person, titles: dict[int, str]) -> dict[str, Any]:
    return {
        "quiet_hours": list(preferences.quiet_of(person) or ()),
        "chosen": [
            {
                "group": titles.get(one.group_id, "") if one.group_id else None,
                "about": one.topic.value,
                "how_often": one.rhythm.value,
                "over": one.channel.value if one.channel else None,
                "chosen_at": _stamp(one.changed_at),
            }
            for one in preferences.of_person(session, person.id)
        ],
        "waiting_for_the_weekly_letter": preferences.waiting_for_digest(session, person.id),
    }


def _changed(one: SheetChange, titles: dict[int, str]) -> dict[str, Any]:
    return {
        "group": titles.get(one.group_id, ""),
        "what": one.subject.value,
        "about": one.about,
        "before": one.before,
        "after": one.after,
        "reason": one.reason,
        "at": _stamp(one.at),
    }


def _written(one: Update, titles: dict[int, str]) -> dict[str, Any]:
    return {
        "group": titles.get(one.group_id or 0, ""),
        "state": one.state.value,
        "title": dict(one.title.words),
        "text": dict(one.body.words),
        "picture_shows": dict(one.picture_words.words),
        "button": dict(one.button_label.words),
        "written_at": _stamp(one.created_at),
        "sent_at": _stamp(one.sent_at),
    }


def _taking_part(one: Membership, titles: dict[int, str]) -> dict[str, Any]:
    return {
        "group": titles.get(one.group_id, ""),
        "role": one.role.value,
        "state": one.state.value,
        "asked_at": _stamp(one.asked_at),
    }


def _sent(session: Session, one: Submission) -> dict[str, Any]:
    return {
        "form": one.form,
        "title": one.title,
        "state": one.state.value,
        "received_at": _stamp(one.received_at),
        "answers": one.answers,
        "history": [
            {"step": step.step.value, "words": step.words, "at": _stamp(step.at)}
            for step in submissions.history_of(session, one.id)
        ],
    }


def _handed_in(one: Attachment) -> dict[str, Any]:
    return {
        "name": one.name,
        "caption": one.caption,
        "kind": one.kind.value,
        "state": one.state.value,
        "media_type": one.media_type,
        "bytes": one.size,
        "is_public": one.is_public,
        "sent_at": _stamp(one.created_at),
        "address": f"/files/{one.token}" if one.state is AttachmentState.READY else None,
    }


def _asked(one: RoundRequest, titles: dict[int, str]) -> dict[str, Any]:
    return {
        "group": titles.get(one.group_id, ""),
        "state": one.state.value,
        "asked_at": _stamp(one.asked_at),
        "reminders": one.reminders,
        "answered_at": _stamp(one.answered_at),
    }


def _begun(one: Draft) -> dict[str, Any]:
    return {"form": one.form, "answers": one.answers, "changed_at": _stamp(one.changed_at)}


def _agreed(one: Consent) -> dict[str, Any]:
    return {
        "purpose": one.purpose,
        "wording": one.wording,
        "version": one.version,
        "language": one.language,
        "channel": one.channel,
        "given_at": _stamp(one.given_at),
        "withdrawn_at": _stamp(one.withdrawn_at),
    }


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
