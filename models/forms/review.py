"""What the office does with an entry: ask back, accept, decline, hand the contact over."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from models import (
    audit,
    clock,
    consents,
    groups,
    memberships,
    outbox,
    people,
    progress,
    publication,
    reach,
    stopping,
    submissions,
)
from models.audit import Kind, Verb
from models.changes import Author
from models.errors import Conflict, InvalidAnswer, NotAllowed, NotFound
from models.forms import age, clean, meeting_entries, notices
from models.forms.subjects import subject
from models.groups import GroupCard, WorkingGroup
from models.letters import Letter
from models.memberships import Membership, MembershipState
from models.people import ChannelKind, Person
from models.staff import StaffMember
from models.submissions import OPEN_STATES, State, Step, Submission
from translations import Localised, _

LONGEST = 2000


def not_yours() -> NotFound:
    """Return the refusal for somebody else's entry, in the words for one that does not exist."""
    return NotFound(_("This entry does not exist."))


def _words(raw: str, *, needed: bool) -> str:
    words = clean.text(raw, longest=LONGEST, lines=True)
    if needed and not words:
        raise InvalidAnswer(_("Please write a few words."))
    return words


def _look(session: Session, staff: StaffMember, submission_id: int) -> tuple[Submission, Person]:
    if staff.disabled_at is not None:
        raise NotAllowed(_("Your account is closed."))
    submission = submissions.get(session, submission_id)
    reach.must_cover(session, staff, submission)
    person = people.get(session, submission.person_id) if submission.person_id else None
    if person is None:
        raise Conflict(_("The person has been erased; this entry can no longer be answered."))
    return submission, person


def _still_open(session: Session, staff: StaffMember, submission_id: int) -> tuple[Submission, Person]:
    submission, person = _look(session, staff, submission_id)
    if submission.state not in OPEN_STATES:
        raise Conflict(_("This entry has been settled already."))
    return submission, person


def _must_not_have_left(membership: Membership | None) -> None:
    if membership is not None and membership.state is MembershipState.LEFT:
        raise Conflict(_("The person has left this group in the meantime."))


def wording(given: Localised) -> Localised:
    """Return the office's wording of a report, cleaned; languages without words are left out."""
    cleaned = {tag: _words(words, needed=False) for tag, words in given.words.items()}
    return Localised({tag: words for tag, words in cleaned.items() if words})


def reached_by(submission: Submission, person: Person) -> ChannelKind:
    """Return how the sender hears of an entry: where they wrote it, if that still works, else as they wish.

    Who wishes to be called is called.
    """
    in_chat = person.telegram_id is not None and not person.telegram_blocked
    if submission.channel == "chat" and in_chat and person.channel is not ChannelKind.PHONE:
        return ChannelKind.TELEGRAM
    return person.channel


def _reply(
    session: Session, submission: Submission, person: Person, letter: Letter, *, kind: str, key: str
) -> None:
    if person.is_anonymous:
        return  # nothing would ever arrive
    if reached_by(submission, person) is ChannelKind.TELEGRAM:
        outbox.post(session, person.id, ChannelKind.TELEGRAM, letter, kind=kind, key=key)
    else:
        outbox.tell(session, person, letter, kind=kind, key=key)


def ask_back(
    session: Session, staff: StaffMember, submission_id: int, *, version: int, question: str
) -> None:
    """Ask the sender something; the question goes where they wrote from, in their language's frame."""
    submission, person = _still_open(session, staff, submission_id)
    words = _words(question, needed=True)
    if person.is_anonymous:
        raise Conflict(_("Nobody can be asked: this came without a name and a way of contact."))
    submissions.advance(
        session,
        submission,
        version=version,
        state=State.RETURNED,
        step=Step.ASKED_BACK,
        staff=staff,
        words=words,
    )
    letter = notices.asked_back(submission, subject(session, submission), words)
    key = f"asked:{submission.id}:{submission.version}"
    _reply(session, submission, person, letter, kind="asked-back", key=key)
    audit.note(session, staff.id, Verb.ASK, Kind.ENTRY, submission.id)


def answer(
    session: Session, person: Person, submission_id: int, words: str, *, channel: str, language: str
) -> bool:
    """Put a person's answer on their entry; False when exactly this answer is there already."""
    submission = submissions.hold(session, submission_id)
    if submission.person_id != person.id:
        raise not_yours()
    if submission.state is not State.RETURNED:
        last = submissions.last_words(session, submission.id, Step.ANSWERED)
        if last == words:
            return False
        raise Conflict(_("This question has been answered already. Thank you."))
    submissions.advance(
        session, submission, version=submission.version, state=State.ANSWERED, step=Step.ANSWERED,
        words=words, language=language, channel=channel,
    )  # fmt: skip
    return True


def _group(session: Session, submission: Submission) -> GroupCard | None:
    return groups.directory(session).by_id(submission.group_id) if submission.group_id else None


def accept(
    session: Session,
    staff: StaffMember,
    submission_id: int,
    *,
    version: int,
    words: str = "",
    public: Mapping[int, Localised] | None = None,
    shown: Collection[str] = (),
    guardian_agreed: bool = False,
) -> None:
    """Accept an entry: a sign-up becomes a membership, each report comes onto the goal sheet in the words
    that `public` holds for its id, a question gets the office's answer. Of the files that came with
    it, everybody may see those that `shown` names. Somebody younger is accepted once a guardian has agreed.
    """
    submission, person = _still_open(session, staff, submission_id)
    membership = memberships.by_submission(session, submission.id)
    _must_not_have_left(membership)
    if age.needs_guardian(submission):
        version = _note_guardian(session, staff, submission, version, agreed=guardian_agreed)
    said = _words(words, needed=False)
    submissions.advance(
        session,
        submission,
        version=version,
        state=State.ACCEPTED,
        step=Step.ACCEPTED,
        staff=staff,
        words=said,
    )
    publication.show_files(session, submission.id, shown)
    group, reports = _group(session, submission), progress.of_submission(session, submission.id)
    if reports and group is not None:
        for report in reports:
            words_of = wording((public or {}).get(report.id, Localised({})))
            progress.publish(session, report, words_of, by=Author(staff_id=staff.id))
        letter = notices.published(group, said)
    elif membership is not None and group is not None:
        memberships.settle(session, membership, MembershipState.ACTIVE)
        if consents.holds(session, submission.id, consents.GROUP_UPDATES):
            stopping.hear_again(
                session, membership.person_id, membership.group_id, agreed_at=submission.received_at
            )
        letter = notices.joined(group, said)
    elif submission.form in meeting_entries.FORMS:
        letter = meeting_entries.carry_out(session, submission, said, by=Author(staff_id=staff.id))
    else:
        letter = notices.replied(subject(session, submission), said)
    _reply(session, submission, person, letter, kind="accepted", key=f"accepted:{submission.id}")
    audit.note(session, staff.id, Verb.ACCEPT, Kind.ENTRY, submission.id)


def _note_guardian(
    session: Session, staff: StaffMember, submission: Submission, version: int, *, agreed: bool
) -> int:
    """Note that somebody else has agreed, and return the version that the entry has now."""
    if not agreed:
        raise InvalidAnswer(age.TICK)
    submissions.advance(
        session, submission, version=version, state=submission.state, step=Step.GUARDIAN, staff=staff
    )
    return submission.version


def reject(session: Session, staff: StaffMember, submission_id: int, *, version: int, reason: str) -> None:
    """Decline an entry with a reason that the sender gets to read."""
    submission, person = _still_open(session, staff, submission_id)
    words = _words(reason, needed=True)
    submissions.advance(
        session,
        submission,
        version=version,
        state=State.REJECTED,
        step=Step.REJECTED,
        staff=staff,
        words=words,
    )
    membership = memberships.by_submission(session, submission.id)
    if membership is not None and membership.state is not MembershipState.LEFT:
        memberships.settle(session, membership, MembershipState.DECLINED)
    letter = notices.declined(subject(session, submission), words)
    _reply(session, submission, person, letter, kind="declined", key=f"declined:{submission.id}")
    audit.note(session, staff.id, Verb.DECLINE, Kind.ENTRY, submission.id)


def _contact(session: Session, group: GroupCard) -> Person:
    row = session.get(WorkingGroup, group.id)
    contact = people.get(session, row.contact_id) if row and row.contact_id else None
    if contact is None:
        raise Conflict(_("This group has no contact person yet. Please enter one on the group's page."))
    return contact


def may_hand_over(session: Session, submission: Submission) -> tuple[GroupCard, Person]:
    """Return the group and its contact person if this contact may go to them now; refuses otherwise."""
    group, membership = _group(session, submission), memberships.by_submission(session, submission.id)
    if group is None or membership is None:
        raise Conflict(_("Only a sign-up for a group can be handed over."))
    _must_not_have_left(membership)
    if submission.handed_over_at is not None:
        raise Conflict(_("This contact has been handed over already."))
    if submission.state not in (*OPEN_STATES, State.ACCEPTED):
        raise Conflict(_("This entry has been settled already."))
    if not consents.holds(session, submission.id, consents.CONTACT_RELAY):
        raise NotAllowed(_("The person has not agreed to their contact being passed on."))
    if submission.state in OPEN_STATES and age.needs_guardian(submission):
        raise Conflict(age.NEEDS_GUARDIAN)
    return group, _contact(session, group)


def hand_over(session: Session, staff: StaffMember, submission_id: int, *, version: int) -> None:
    """Give the contact to the group's contact person, and tell both; accepts the sign-up on the way.

    Only with the person's consent, and once.
    """
    submission, person = _look(session, staff, submission_id)
    group, contact = may_hand_over(session, submission)
    if submission.state in OPEN_STATES:
        accept(session, staff, submission.id, version=version)
        version += 1
    submissions.advance(
        session, submission, version=version, state=State.ACCEPTED, step=Step.HANDED_OVER, staff=staff,
        words=contact.name,
    )  # fmt: skip
    submission.handed_over_at = clock.now()
    session.flush()
    key = f"handed:{submission.id}"
    passed_on = notices.contact_passed_on(group, contact)
    _reply(session, submission, person, passed_on, kind="handed-over", key=f"{key}:member")
    new = notices.new_contact(group, person, submission.answers)
    outbox.tell(session, contact, new, kind="handed-over", key=f"{key}:contact")
    audit.note(session, staff.id, Verb.HAND_OVER, Kind.ENTRY, submission.id)
