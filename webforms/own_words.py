"""What is stored of somebody, in words: sections of cards, each line a label and what is said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models import (
    changes,
    consents,
    drafts,
    groups,
    memberships,
    preferences,
    registrations,
    rounds,
    submissions,
    updates,
    voting,
    wish_table,
)
from models.consents import Consent
from models.exporting.submissions import ORIGIN_WORDS
from models.forms import FORMS
from models.forms.answered import answered
from models.forms.subjects import said_to
from models.memberships import MEMBERSHIP_WORDS, ROLE_NAMES
from models.people import ORGANISATION_WORDS, Person
from models.submissions import STATE_WORDS, STEP_WORDS, Submission
from translations import LANGUAGES, Text, _, dates

_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}


@dataclass(frozen=True, slots=True)
class Line:
    """A label with what is said beside it."""

    label: Text
    said: str


Card = Sequence[Line]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its cards."""

    heading: Text
    cards: Sequence[Card]


def sections(session: Session, person: Person, tag: str) -> list[Section]:
    """Return everything in words; parts of which there is nothing are left out."""
    sent = submissions.of_person(session, person.id)
    found = (
        (_("My data"), [_about(person)]),
        (_("My groups"), list(_groups(session, person, tag))),
        (_("Messages"), [_wishes(session, person, tag)]),
        (_("My registrations"), list(_events(session, person, tag))),
        (_("Sticky dots"), [_vote(one, tag) for one in voting.told(session, person.id)]),
        (_("What I have sent"), [_sent(session, one, person, tag) for one in sent]),
        (_("Begun and not sent"), list(_begun(session, person, tag))),
        (_("What I changed on goal sheets"), list(_changed(session, person, tag))),
        (_("What I wrote to groups"), list(_written(session, person, tag))),
        (_("Status rounds"), list(_asked(session, person, tag))),
        (_("What I have agreed to"), list(_agreed(session, person, sent, tag))),
    )
    made = [Section(heading, [card for card in cards if card]) for heading, cards in found]
    return [section for section in made if section.cards]


def _lines(*pairs: tuple[Text, str | None]) -> Card:
    return [Line(label, said) for label, said in pairs if said]


def _about(person: Person) -> Card:
    kind = ORGANISATION_WORDS[person.organisation_kind] if person.organisation_kind else None
    return [
        *_lines(
            (_("Name"), person.name), (_("Organisation"), person.organisation), (_("E-mail"), person.email),
            (_("Telephone"), person.phone), (_("Name in the chat"), person.telegram_name),
            (_("Number of the chat"), str(person.telegram_id or "")),
            (_("Language"), _NAMES.get(person.language, person.language)),
        ),
        *([Line(_("Kind of organisation"), kind.to(person.language))] if kind else []),
    ]  # fmt: skip


def _groups(session: Session, person: Person, tag: str) -> Iterator[Card]:
    directory = groups.directory(session)
    for one in memberships.of_person(session, person.id):
        card = directory.by_id(one.group_id)
        yield _lines(
            (_("Group"), card.to(tag) if card else ""), (_("Role"), ROLE_NAMES[one.role].to(tag)),
            (_("State"), MEMBERSHIP_WORDS[one.state].to(tag)), (_("When"), dates.moment(one.asked_at, tag)),
        )  # fmt: skip


def _wishes(session: Session, person: Person, tag: str) -> Card:
    quiet = preferences.quiet_of(person)
    wished = wish_table.summary(wish_table.of_person(session, person.id))
    hours = f"{quiet[0]:02}:00 – {quiet[1]:02}:00" if quiet else ""
    return [
        *(Line(_("Message"), one.to(tag)) for one in wished),
        *_lines((_("Quiet hours"), hours)),
    ]


def _events(session: Session, person: Person, tag: str) -> Iterator[Card]:
    for one in registrations.of_person(session, person.id):
        day = dates.day(one.event.held_on, tag) if one.event.held_on else ""
        arrived = dates.moment(one.arrived_at, tag) if one.arrived_at else ""
        yield _lines(
            (_("Event"), one.event.title), (_("When"), day), (_("Places"), str(one.seats)),
            (_("Organisation"), one.organisation), (_("Needs"), one.needs), (_("Code"), one.code),
            (_("Languages"), ", ".join(one.languages)), (_("Arrived"), arrived),
        )  # fmt: skip


def _vote(one: Mapping[str, Any], tag: str) -> Card:
    def said(words: Mapping[str, str]) -> str:
        return words.get(tag) or words.get("de") or ""

    dots = ", ".join(said(words) for words in one["dots"])
    return _lines(
        (_("Vote"), said(one["vote"])), (_("Cards"), "\n".join(one["cards"])), (_("Sticky dots"), dots)
    )


def _sent(session: Session, one: Submission, person: Person, tag: str) -> Card:
    form = FORMS.get(one.form)
    return [
        *_lines(
            (_("Form"), form.title.to(tag) if form else one.form), (_("Title"), said_to(session, one, tag)),
            (_("Sent"), dates.moment(one.received_at, tag)), (_("State"), STATE_WORDS[one.state].to(tag)),
        ),
        *(
            Line(label, words)
            for label, words in answered(session, one.form, one.answers, tag, person, one.id)
        ),
        *(
            Line(STEP_WORDS[step.step], f"{dates.moment(step.at, tag)} {step.words}".strip())
            for step in submissions.history_of(session, one.id)
        ),
    ]  # fmt: skip


def _begun(session: Session, person: Person, tag: str) -> Iterator[Card]:
    draft = drafts.of_person(session, person.id)
    if draft is not None and draft.form in FORMS:
        known = {name: raw for name, raw in draft.answers.items() if isinstance(raw, str)}
        answers = answered(session, draft.form, known, tag, person, draft.target_id)
        title = Line(_("Form"), FORMS[draft.form].title.to(tag))
        yield [title, *(Line(label, words) for label, words in answers)]


def _changed(session: Session, person: Person, tag: str) -> Iterator[Card]:
    directory = groups.directory(session)
    for one in changes.of_person(session, person.id):
        card = directory.by_id(one.group_id)
        yield _lines(
            (_("Group"), card.to(tag) if card else ""), (_("When"), dates.moment(one.at, tag)),
            (_("What"), changes.SUBJECT_WORDS[one.subject].to(tag)), (_("Before"), one.before),
            (_("After"), one.after), (_("Reason"), one.reason),
        )  # fmt: skip


def _written(session: Session, person: Person, tag: str) -> Iterator[Card]:
    for one in updates.of_person(session, person.id):
        yield _lines(
            (_("When"), dates.moment(one.created_at, tag)), (_("Title"), one.title.to(tag)),
            (_("Text"), one.body.to(tag)),
        )  # fmt: skip


def _asked(session: Session, person: Person, tag: str) -> Iterator[Card]:
    directory = groups.directory(session)
    for one in rounds.of_person(session, person.id):
        card = directory.by_id(one.group_id)
        answered_at = dates.moment(one.answered_at, tag) if one.answered_at else ""
        yield _lines(
            (_("Group"), card.to(tag) if card else ""),
            (_("Asked"), dates.moment(one.asked_at, tag) if one.asked_at else ""),
            (_("Answered"), answered_at),
        )  # fmt: skip


def _agreed(session: Session, person: Person, sent: Sequence[Submission], tag: str) -> Iterator[Card]:
    about = {one.id: said_to(session, one, tag) for one in sent}
    for one in consents.of_person(session, person.id):
        yield _consent(one, about.get(one.submission_id or 0, ""), tag)


def _consent(one: Consent, about: str, tag: str) -> Card:
    purpose = consents.PURPOSE_WORDS.get(one.purpose)
    ended = dates.moment(one.withdrawn_at, tag) if one.withdrawn_at else ""
    way = ORIGIN_WORDS[one.channel].to(tag) if one.channel in ORIGIN_WORDS else one.channel
    return _lines(
        (_("For what"), purpose.to(tag) if purpose else one.purpose), (_("About"), about),
        (_("Wording"), one.wording), (_("Language"), _NAMES.get(one.language, one.language)),
        (_("Version"), str(one.version)), (_("Way"), way), (_("When"), dates.moment(one.given_at, tag)),
        (_("Taken back"), ended),
    )  # fmt: skip
