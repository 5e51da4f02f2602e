"""Taking a group over by a one-time link: who leads it now, and how they are reached."""

from sqlalchemy.orm import Session

from models import clock, groups, leads, links, outbox, people, regions, rounds, rounds_asking, rounds_letters
from models.changes import Author
from models.db import zone_of
from models.errors import gone
from models.forms import contact, notices
from models.forms.form import Form, Receipt, Sender
from models.forms.questions import Context, Email, Name
from models.groups import GroupCard, WorkingGroup
from models.links import Link, Purpose
from models.people import ChannelKind, Person
from translations import _


class InvitedName(Name):
    """The name of who takes over; the name of before is nobody's business."""


class InvitedEmail(Email):
    """The address of who takes over; the one to which the link was sent is offered."""

    def suggestion(self, context: Context) -> str:
        """Offer the address to which the link was sent."""
        return (context.person.email or "") if context.person else ""


class LeadGroup(Form):
    """Say who leads a group now, and on which way to reach them. Not a submission: the link is the right."""

    slug = "lead-group"
    title = _("Lead the group")
    send = _("Yes, I lead the group")
    done = _("Thank you! You lead the group “{group}” now.")
    listed = False

    name = InvitedName(
        _("Your name"),
        hint=_("First name and family name, or as you like to be called."),
        autocomplete="name",
    )
    reach = contact.how_to_reach_you()
    email = InvitedEmail(
        _("Your e-mail address"), when=reach.is_(ChannelKind.EMAIL.value), autocomplete="email"
    )
    phone = contact.your_phone(reach)

    token: str = ""

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Use the link up: its holder is the contact person, who led before is told and thanked."""
        link = links.use(session, self.token, Purpose.HAND_OVER)
        card = groups.directory(session).by_id(link.target_id or 0)
        if card is None:
            raise gone()
        links.end_all_to(session, Purpose.HAND_OVER, card.id)  # or who was asked first could take it back
        person = self._person(session, link, sender)
        self._step_into(session, card, person)
        for one in rounds.running(session):
            rounds_asking.ask(session, one, zone=zone_of(session), only=[card.id])
        return Receipt(sender.key, self.done(group=notices.named(card)), (), submission_id=person.id)

    def _person(self, session: Session, link: Link, sender: Sender) -> Person:
        """Return who takes over. Only an address to which the link was sent is known to be theirs."""
        invited = people.get(session, link.person_id) if link.person_id else None
        if invited is not None and self.email in ("", invited.email):
            if not invited.name:  # known only from the invitation: now they show which language they read
                invited.language = sender.language
            people.complete(
                session, invited, name=self.name, email=None, phone=self.phone, organisation="",
                organisation_kind=None, prefers=self.reach,
            )  # fmt: skip
            outbox.confirm_address(session, invited)
            return invited
        person_id, is_confirmed = people.meet(
            session, name=self.name, language=sender.language, email=self.email or None, phone=self.phone,
            prefers=self.reach,
        )  # fmt: skip
        person = session.get_one(Person, person_id)
        if self.reach is ChannelKind.EMAIL and not is_confirmed:
            asking = notices.confirm_address(self.done(group=""), regions.the_region(session).name)
            outbox.post(
                session, person.id, ChannelKind.EMAIL, asking, kind=outbox.CONFIRM,
                priority=outbox.ANSWER_FIRST,
            )  # fmt: skip
        return person

    def _step_into(self, session: Session, card: GroupCard, person: Person) -> None:
        group, by = session.get_one(WorkingGroup, card.id), Author(person_id=person.id)
        asked = rounds.current(session, card.id)
        before = {group.contact_id, asked.person_id if asked else None} - {None, person.id}
        leads.appoint(session, card.id, person, by=by)
        for person_id in before:
            old = people.get(session, person_id or 0)
            if old is not None and leads.dismiss(session, card.id, old.id, by=by):
                letter = rounds_letters.handed_over(card, person.name)
                key = f"{rounds_asking.LEAD_CHANGED}:{card.id}:{old.id}:{person.id}"
                outbox.tell(session, old, letter, kind=rounds_asking.LEAD_CHANGED, key=key)
        group.contact_id = person.id
        session.flush()


def invite(session: Session, card: GroupCard, email: str, *, language: str) -> None:
    """Send the one-time link to an address, once a minute at most; nobody becomes a lead by that."""
    person_id, _confirmed = people.meet(session, name="", language=language, email=email)
    minute = clock.now().strftime("%Y%m%d%H%M")
    outbox.post(
        session, person_id, ChannelKind.EMAIL, rounds_letters.invitation(card), kind="hand-over",
        priority=outbox.ANSWER_FIRST, key=f"hand-over:{card.id}:{person_id}:{minute}",
    )  # fmt: skip
