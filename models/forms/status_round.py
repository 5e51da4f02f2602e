"""Status round (forms.md §4): how things stand in a group, milestone by milestone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from models import groups, leads, outbox, people, progress, rounds, rounds_asking, rounds_letters, submissions
from models.errors import Conflict, NotAllowed
from models.forms.form import Form, Receipt, Sender
from models.forms.notices import named
from models.forms.questions import LongText, Name, OneOf, Question
from models.forms.receive import Stored, acknowledge, store
from models.forms.round_questions import (
    ASKED_OF,
    DUE,
    HAPPENED,
    NEEDED,
    STATE,
    HowFar,
    NobodyKnown,
    done_already,
    field,
    is_field,
    questions,
)
from models.people import ChannelKind, Person
from models.rounds import RoundRequest
from models.sheets import Milestone, MilestoneState
from models.when import When
from translations import SOURCE, Text, _

DESK = "desk"  # the channel of what an officer types on somebody's behalf


class StatusRound(Form):
    """Say how far each milestone of a group is; "as before" is an answer too."""

    slug = rounds.FORM
    title = _("How do things stand?")
    intro = _("Milestone by milestone. Where nothing has changed, choose “As before”.")
    done = _("Thank you! We know now how things stand in the group “{group}”.")
    listed = False
    most_answers: ClassVar[int] = 400

    group = OneOf(groups.directory, _("Which group is it about?"))
    name = Name(_("Who has told you?"), when=NobodyKnown())
    anything = LongText(_("Is there anything else?"), optional=True)

    milestones: Sequence[Milestone] = ()

    def following(self, question: Question[Any]) -> Sequence[Question[Any]]:
        """Ask for each milestone of the group, and more where something has changed."""
        if question.name == "group" and "group" in self.answers:
            return self._milestones()
        return question.followers(self.raw) if isinstance(question, HowFar) else ()

    @classmethod
    def takes(cls, name: str) -> bool:
        """Return whether a field is an answer, also to a question about a milestone."""
        return super().takes(name) or is_field(name)

    def _milestones(self) -> list[HowFar]:
        """Return a question for each milestone that is open, or was when it was answered."""
        self.milestones = rounds.milestones_of(self.context.session, self.group.id)
        asked = [one for one in self.milestones if self._is_asked(one)]
        return questions(asked, self.context.language)

    def _is_asked(self, milestone: Milestone) -> bool:
        is_open = milestone.state in ASKED_OF and self.context.channel != "staff"
        return is_open or field(STATE, milestone) in self.raw

    @property
    def finished(self) -> list[Milestone]:
        """Return the milestones that are done and not asked about."""
        asked = {question.milestone.id for question in self.questions if isinstance(question, HowFar)}
        return [one for one in self.milestones if one.state is MilestoneState.DONE and one.id not in asked]

    def done_already(self) -> Text | None:
        """Say in one sentence what is done already."""
        return done_already(self.finished)

    def thanks(self) -> Text:
        """Thank for the answers and name the group."""
        return self.done(group=named(self.group))

    def next_steps(self) -> tuple[Text, ...]:
        """Say who reads it, what comes then, and that nobody has to wait for the next round."""
        first = (
            (
                _("The office reads your answers. If something is unclear, it asks you."),
                _("Then the progress appears on the group's page, without your name."),
            )
            if self._changed()
            else (_("The office notes that everything is as before. Nothing changes on the group's page."),)
        )
        return (*first, _("Until the next round you can report progress at any time."))

    def _answer(self, kind: str, milestone: Milestone) -> Any:
        return self.answers.get(field(kind, milestone)) or None

    def _changed(self) -> list[Milestone]:
        """Return the milestones of which something was said."""
        kinds = (STATE, HAPPENED, NEEDED, DUE)
        return [one for one in self.milestones if any(self._answer(kind, one) for kind in kinds)]

    def entry_title(self, month: date) -> str:
        """Return the entry's title, as the office reads it."""
        something, nothing = rounds.titles(self.group.number, month)
        return (something if self._changed() or self.anything else nothing).to(SOURCE)

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Put the answers into the office's queue, one report for each milestone that has changed.

        Only who was asked or leads the group, or an officer who types for them.
        """
        request = waiting(session, self.group.id)
        month = rounds.get(session, request.round_id).month
        if sender.staff_id is not None and sender.person is None:
            sender = replace(sender, person=self._who_told(session, sender))
        stored = store(session, self, sender, group_id=self.group.id, title=self.entry_title(month))
        if sender.staff_id is None:
            must_be_asked(session, request, sender.person.id if sender.person else None)
        else:
            submissions.get(session, stored.submission_id).typed_by_id = sender.staff_id
        for milestone in self._changed():
            self._report(session, stored, milestone)
        rounds_asking.answered(session, request, stored.submission_id, staff_id=sender.staff_id)
        return self._thank(session, sender, stored)

    def _who_told(self, session: Session, sender: Sender) -> Person:
        """Return somebody new, known by the name that the office heard."""
        person_id, _confirmed = people.meet(
            session, name=self.name, language=sender.language, email=None, prefers=ChannelKind.PHONE
        )
        return session.get_one(Person, person_id)

    def _report(self, session: Session, stored: Stored, milestone: Milestone) -> None:
        progress.report(
            session, submission_id=stored.submission_id, group_id=self.group.id, milestone_id=milestone.id,
            state=self._answer(STATE, milestone), new_due=When.parse(self._answer(DUE, milestone) or ""),
            happened=self._answer(HAPPENED, milestone) or "", needed=self._answer(NEEDED, milestone) or "",
        )  # fmt: skip

    def _thank(self, session: Session, sender: Sender, stored: Stored) -> Receipt:
        if sender.staff_id is None:
            return acknowledge(session, self, sender, stored)
        if sender.person is not None:
            letter = rounds_letters.typed(self.group)
            outbox.tell(session, sender.person, letter, kind="received")
        return Receipt(sender.key, self.thanks(), self.next_steps(), submission_id=stored.submission_id)


def waiting(session: Session, group_id: int) -> RoundRequest:
    """Return what a group is asked in its newest round; Conflict where there was none yet."""
    request = rounds.current(session, group_id)
    if request is None:
        raise Conflict(_("There is no status round at the moment. You can report progress at any time."))
    return request


def must_be_asked(session: Session, request: RoundRequest, person_id: int | None) -> None:
    """Refuse kindly who does not lead the group (any more)."""
    if person_id is not None and request.group_id in leads.groups_of(session, person_id):
        return
    raise NotAllowed(
        _("Somebody else answers for this group now. Thank you! You can report progress at any time.")
    )
