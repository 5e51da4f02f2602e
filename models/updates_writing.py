"""Writing updates: who may, and that nobody overwrites anybody.

The office writes to any audience; a lead to the group that they lead, and to no other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import attachments, clock, leads, people, renditions, staff, updates
from models.attachments import Attachment, AttachmentState
from models.audiences import Audience
from models.changes import Author
from models.cleaned import AttachmentKind
from models.errors import Conflict, NotAllowed
from models.staff import OFFICE, StaffMember
from models.translating import KINDS
from models.updates import ButtonKind, StepKind, Update, UpdateState
from translations import LANGUAGES, SOURCE, Localised, _

WRITABLE = (UpdateState.DRAFT, UpdateState.WAITING)
LONGEST_TITLE, LONGEST_BODY, LONGEST_WORDS, LONGEST_LABEL, LONGEST_TARGET = 150, 8_000, 500, 40, 300


@dataclass(frozen=True, slots=True)
class Content:
    """What an update says. Words are given by language; a language that is not named stays as it is."""

    title: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)
    picture_words: Mapping[str, str] = field(default_factory=dict)
    button_label: Mapping[str, str] = field(default_factory=dict)
    button: ButtonKind = ButtonKind.NONE
    target: str = ""
    picture: str = ""  # the token of its attachment
    source: str = SOURCE


def officer(session: Session, by: Author) -> StaffMember:
    """Return the member of the office who acts; NotAllowed for everybody else."""
    member = staff.get(session, by.staff_id) if by.staff_id is not None else None
    if member is None or member.role not in OFFICE:
        raise NotAllowed(_("Only the office can do this."))
    return member


def admit(session: Session, by: Author, group_id: int | None) -> None:
    """Refuse who may not write to this group; without a group only the office may."""
    if by.person_id is None or by.staff_id is not None:
        officer(session, by)
        return
    person = people.get(session, by.person_id)
    if group_id is None or person is None or not leads.is_lead(session, person, group_id):
        raise NotAllowed(_("Only who leads the group can write to it."))


def begin(session: Session, *, by: Author, group_id: int | None = None, source: str = SOURCE) -> Update:
    """Begin an update: with a group, a lead's to that group alone; without one, the office's."""
    admit(session, by, group_id)
    now, nothing = clock.now(), Localised({})
    audience = Audience(groups=frozenset({group_id}) if group_id is not None else frozenset())
    made = Update(
        state=UpdateState.DRAFT, source=source, title=nothing, body=nothing, picture_words=nothing,
        button=ButtonKind.NONE, button_target="", button_label=nothing, audience=audience.pack(),
        staff_id=by.staff_id, person_id=by.person_id, group_id=group_id, created_at=now, changed_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    updates.note(session, made.id, StepKind.BEGUN, staff_id=by.staff_id, person_id=by.person_id)
    return made


def seen(session: Session, number: int, *, by: Author) -> Update:
    """Return an update to who may write it."""
    found = updates.get(session, number)
    admit(session, by, found.group_id)
    return found


def hold(session: Session, number: int, version: int, states: Collection[UpdateState]) -> Update:
    """Take an update as it was seen, for changing it; Conflict where somebody else was quicker."""
    taken = session.execute(
        sa.update(Update)
        .where(Update.id == number, Update.version == version, Update.state.in_(states))
        .values(version=Update.version + 1, changed_at=clock.now())
        .returning(Update.id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        raise Conflict(_("Somebody else has just worked on this update. Please look at it again."))
    return session.get_one(Update, number, populate_existing=True)


def save(session: Session, number: int, content: Content, *, by: Author, version: int) -> Update:
    """Keep what was written, complete or not; Conflict where somebody else has saved meanwhile."""
    seen(session, number, by=by)
    held = hold(session, number, version, WRITABLE)
    put(session, held, content, by)
    updates.note_change(session, number, staff_id=by.staff_id, person_id=by.person_id)
    return held


def put(session: Session, held: Update, content: Content, by: Author) -> None:
    """Put content into an update that is held."""
    with renditions.following(session, KINDS["update"], [held.id], by=by.staff_id):
        held.source = content.source
        held.title = _merged(held.title, content.title)
        held.body = _merged(held.body, content.body)
        held.picture_words = _merged(held.picture_words, content.picture_words)
        held.button_label = _merged(held.button_label, content.button_label)
        held.button, held.button_target = content.button, content.target
        _put_picture(session, held, content.picture, by)


def _merged(before: Localised, given: Mapping[str, str]) -> Localised:
    """Return the words with those of some languages replaced, in the order of the languages."""
    together = {**before.words, **given}
    return Localised({entry.tag: together[entry.tag] for entry in LANGUAGES if together.get(entry.tag)})


def _put_picture(session: Session, held: Update, token: str, by: Author) -> None:
    """Give an update its picture; the one before goes. Nobody can name files of somebody else."""
    before, wanted = held.picture_id, picture(session, token, held, by) if token else None
    if wanted is not None and wanted.id == before:
        return
    held.picture_id = wanted.id if wanted else None
    session.flush()
    if before is not None:
        attachments.forget(session, Attachment.id == before, Attachment.submission_id.is_(None))


def picture(session: Session, token: str, held: Update, by: Author) -> Attachment:
    """Return the picture that an update has, or one that its writer took in before for no other update."""
    found = attachments.by_token(session, token)
    if found is not None and found.id == held.picture_id:
        return found
    if (
        found is None
        or found.person_id != (None if by.staff_id is not None else by.person_id)
        or session.scalar(sa.select(Update.id).where(Update.picture_id == found.id).limit(1)) is not None
        or found.kind is not AttachmentKind.PHOTO
        or found.state is not AttachmentState.READY
        or found.submission_id is not None
    ):
        raise NotAllowed(_("This picture is no longer there. Please choose it once more."))
    return found


def choose(
    session: Session, number: int, audience: Audience, *, by: Author, version: int, is_public: bool = True
) -> Update:
    """Choose who gets an update; a lead's goes to their group, whatever else is chosen."""
    found = seen(session, number, by=by)
    held = hold(session, number, version, WRITABLE)
    if found.group_id is not None:
        audience = replace(
            audience, groups=frozenset({found.group_id}), fields=frozenset(), kinds=frozenset()
        )
    held.audience, held.is_public = audience.pack(), is_public
    session.flush()
    updates.note_change(session, number, staff_id=by.staff_id, person_id=by.person_id)
    return held


def discard(session: Session, number: int, *, by: Author, version: int) -> None:
    """Throw a draft away, with its picture."""
    seen(session, number, by=by)
    held = hold(session, number, version, (UpdateState.DRAFT,))
    picture_id = held.picture_id
    renditions.forget(session, KINDS["update"], number)
    session.delete(held)
    session.flush()
    if picture_id is not None:
        attachments.forget(session, Attachment.id == picture_id, Attachment.submission_id.is_(None))
