"""People in groups, made by hand, for what goes to many of them."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import audiences, clock, groups
from models.audiences import Audience
from models.broadcasts import KIND, Broadcast, start
from models.consents import GROUP_UPDATES, Consent
from models.groups import WorkingGroup
from models.letters import Letter
from models.memberships import Membership, MembershipState, Role
from models.outbox import Message
from models.people import ChannelKind, Person
from models.preferences import Preference, Rhythm, Topic
from models.submissions import State, Submission
from models.updates import ButtonKind, Update, UpdateState
from translations import Localised


class House:
    """A region with people in groups, made by hand."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.directory = groups.directory(session)
        session.execute(sa.update(WorkingGroup).values(contact_id=None))

    def group(self, number: str) -> int:
        return self.directory.get(number).id

    def person(self, name: str, **values: object) -> int:
        now = clock.now()
        given = {
            "language": "de", "prefers": ChannelKind.EMAIL, "email": f"{name}@example.org",
            "email_confirmed_at": now, "email_failed": "", "phone": "", "telegram_blocked": False,
        } | values  # fmt: skip
        one = Person(name=name, met_at=now, seen_at=now, **given)
        self.session.add(one)
        self.session.flush()
        return one.id

    def member(
        self, person_id: int, number: str, role: Role = Role.MEMBER, *, agreed: bool = True,
        state: MembershipState = MembershipState.ACTIVE,
    ) -> None:  # fmt: skip
        now, group_id = clock.now(), self.group(number)
        entry = Submission(
            form="join-group", key=f"{person_id}-{group_id}", person_id=person_id, group_id=group_id,
            channel="page", language="de", title="–", answers={}, state=State.ACCEPTED, version=1,
            received_at=now, changed_at=now,
        )  # fmt: skip
        self.session.add(entry)
        self.session.flush()
        self.session.add(
            Membership(
                person_id=person_id, group_id=group_id, role=role, state=state, submission_id=entry.id,
                asked_at=now, changed_at=now,
            )
        )  # fmt: skip
        if agreed:
            self.session.add(
                Consent(
                    person_id=person_id, submission_id=entry.id, purpose=GROUP_UPDATES, version=1,
                    wording="–", language="de", channel="page", given_at=now,
                )
            )  # fmt: skip
        self.session.flush()

    def wish(self, person_id: int, rhythm: Rhythm, number: str | None = None) -> None:
        group_id = self.group(number) if number else None
        self.session.add(
            Preference(
                person_id=person_id, group_id=group_id, topic=Topic.UPDATES, rhythm=rhythm, channel=None,
                changed_at=clock.now(),
            )
        )  # fmt: skip
        self.session.flush()

    def names(self, audience: Audience) -> set[str]:
        """Who is in it; the same whichever way one asks."""
        ids = set(self.session.scalars(audiences.people_of(audience)))
        listed = audiences.listed(self.session, audience, 0, 100)
        assert [one.person_id for one in listed] == sorted(ids)
        assert audiences.count(self.session, audience) == len(ids)
        through = audiences.groups_of(self.session, ids, audience)
        assert set(through) == ids
        assert all(audiences.groups_of_one(self.session, one, audience) == through[one] for one in ids)
        return {one.name for one in listed}

    def members(self, many: int, number: str = "7.49", *, chat: int = 0) -> list[int]:
        """Members who agreed, by e-mail, or in chats numbered from `chat` on."""
        found = []
        for position in range(many):
            way = {"telegram_id": chat + position, "prefers": ChannelKind.TELEGRAM} if chat else {}
            email = None if chat else f"member-{position}@example.org"
            found.append(self.person(f"member-{position}", **({"email": email} | way)))
            self.member(found[-1], number)
        return found


def begun(session: Session, audience: Audience = Audience(), words: str = "Neuigkeit") -> Broadcast:  # noqa: B008
    """An update that is being sent."""
    now = clock.now()
    update = Update(
        state=UpdateState.SENDING, source="de", title=Localised({"de": words}), body=Localised({"de": words}),
        picture_words=Localised({}), button=ButtonKind.NONE, button_label=Localised({}),
        audience=audience.pack(), created_at=now, changed_at=now, edition=1,
    )  # fmt: skip
    session.add(update)
    session.flush()
    return sent(session, update, words)


def sent(session: Session, update: Update, words: str) -> Broadcast:
    """Begin to send an edition of an update."""
    letter = Letter(Localised({"de": words, "en": words}), (), body=Localised({"de": words, "en": words}))
    message = Message(
        key=f"update:{update.id}:{update.edition}", kind=KIND, words=letter.pack(), created_at=clock.now()
    )
    session.add(message)
    session.flush()
    return start(session, update, message.id)
