"""Forms in the chat: the draft in the database, and the dialogue that walks it through."""

import secrets
from dataclasses import replace
from datetime import timedelta

from bot import following, menus
from bot.asking import Tag, ask
from bot.dialogue import CHECK, OFFERED, End, Event, Outcome, Stage, files_of, proceed, step
from bot.turn import Turn
from models import clock, drafts, groups, memberships, submissions
from models.drafts import Draft
from models.errors import DomainError, NotFound
from models.forms import FORMS
from models.forms.add_to_report import AddToReport
from models.forms.afterwards import REPORTS, OfficeHasBegun
from models.forms.answer_office import AnswerOffice
from models.forms.ask_office import AskOffice
from models.forms.correct_data import CorrectData
from models.forms.feedback import Feedback
from models.forms.file_questions import refusals, without
from models.forms.form import Sender
from models.forms.join_group import JoinGroup
from models.forms.questions import Context
from models.forms.receive import SentBefore
from models.forms.register_event import RegisterEvent
from models.forms.status_round import StatusRound
from models.forms.suggest_goal import SuggestGoal
from models.groups import GroupCard
from models.letters import Button, Letter
from models.memberships import MEMBERSHIP_WORDS, Membership, MembershipState
from models.submissions import State, Step
from translations import Localised, Text, _

VERBS = ("a", "skip", "take", "back", "page", "send", "change", "cancel", "done", "remove", "chosen")
# What begins a form again that is about one thing; else it corrects a report.
AGAIN = {AnswerOffice.slug: "answer", AddToReport.slug: "add", StatusRound.slug: "round"}
DOUBLE_TAP = timedelta(seconds=3)
RECENT = timedelta(minutes=30)
STANDING = (MembershipState.ASKED, MembershipState.ACTIVE)


def current(turn: Turn) -> Draft | None:
    """Return the form that the person is filling in."""
    draft = drafts.of_person(turn.session, turn.person.id)
    return draft if draft and draft.asked != OFFERED and draft.form in FORMS else None


def context_of(turn: Turn, draft: Draft | None) -> Context:
    """Return how a form is read here, with the entry that it is about."""
    return replace(turn.context, entry_id=draft.target_id if draft and draft.form in REPORTS else None)


def begin(
    turn: Turn,
    slug: str,
    *notes: Text | Localised,
    answers: dict[str, str] | None = None,
    target_id: int | None = None,
    asked: str | None = None,
) -> Draft:
    """Begin a form and ask its first question; with `asked` nothing is asked yet."""
    draft = drafts.begin(
        turn.session, slug, person_id=turn.person.id, language=turn.language, answers=answers,
        target_id=target_id,
    )  # fmt: skip
    new_version(draft)
    if asked is not None:
        drafts.keep(turn.session, draft, dict(answers or {}), asked=asked)
    else:
        go_on(turn, draft, *notes)
    return draft


def new_version(draft: Draft) -> None:
    """Let buttons of earlier drafts, whose number may be given out again, never fit this one."""
    draft.version = secrets.randbelow(10**9)


def begin_form(turn: Turn, slug: str) -> None:
    """Begin a form of the menu."""
    form = FORMS.get(slug)
    if form is None or not form.listed:
        raise NotFound(_("This form does not exist."))
    begin(turn, slug, *([form.intro] if form.intro else []))


def begin_feedback(turn: Turn, group: GroupCard | None, event: str = "") -> None:
    """Begin the feedback on a goal, at the event that a poster or a button names."""
    heading = Localised({turn.language: group.to(turn.language)}) if group else Feedback.title
    intro = [Feedback.intro] if Feedback.intro else []
    named = {"group": group.code} if group else {}
    begin(turn, Feedback.slug, heading, *intro, answers=named | ({"event": event} if event else {}))


def membership_in(turn: Turn, group: GroupCard) -> Membership | None:
    """Return the person's standing membership of a group."""
    mine = memberships.of_person(turn.session, turn.person.id)
    return next((m for m in mine if m.group_id == group.id and m.state in STANDING), None)


def already_in(turn: Turn, group: GroupCard, membership: Membership) -> None:
    """Say kindly that there is nothing to sign up for."""
    turn.tell(
        _("You have signed up for the group “{group}” already. {state}.")(
            group=group.to(turn.language), state=MEMBERSHIP_WORDS[membership.state]
        ),
        buttons=(menus.see(group), following.follow_button(group), menus.MY_GROUPS),
    )


def begin_joining(turn: Turn, group: GroupCard) -> None:
    """Begin the sign-up for a group, unless the person has signed up already."""
    membership = membership_in(turn, group)
    if membership is not None:
        already_in(turn, group, membership)
        return
    heading = Localised({turn.language: group.to(turn.language)})
    intro = [JoinGroup.intro] if JoinGroup.intro else []
    begin(turn, JoinGroup.slug, heading, *intro, answers={"group": group.code})


def go_on(turn: Turn, draft: Draft, *notes: Text | Localised, key: str = "") -> None:
    """Ask what waits now, again or anew; what cannot be asked so any more is worked out afresh."""
    form_class, context = FORMS[draft.form], context_of(turn, draft)
    outcome = proceed(form_class, draft.answers, context)
    if draft.asked in {q.name for q in form_class(draft.answers, context).asked} and draft.asked:
        note = outcome.note if outcome.stage.asked == draft.asked else None
        outcome = Outcome(Stage(draft.answers, draft.asked), note)
    say_next(turn, draft, outcome, *notes, key=key)


def say_next(
    turn: Turn,
    draft: Draft,
    outcome: Outcome,
    *notes: Text | Localised,
    key: str = "",
    wait: timedelta | None = None,
) -> None:
    """Keep where the form stands, and ask what comes next; once where there is a key."""
    stage = outcome.stage
    if stage.asked != draft.asked or dict(stage.answers) != draft.answers:
        drafts.keep(turn.session, draft, dict(stage.answers), asked=stage.asked)
    turn.say(next_letter(turn, draft, outcome, *notes), key=key, wait=wait)


def next_letter(turn: Turn, draft: Draft, outcome: Outcome, *notes: Text | Localised) -> Letter:
    """Return the letter that asks what comes next."""
    tag = Tag(draft.id, draft.version)
    return ask(FORMS[draft.form], outcome, context_of(turn, draft), tag, *notes)


def pressed(turn: Turn) -> None:
    """Take a dialogue's button: in time, late, twice or for a form that is gone."""
    draft, press = current(turn), turn.press
    if draft is None or draft.id != press.number or press.version > draft.version:
        turn.clear_pressed()
        _too_late(turn, draft)
    elif press.version < draft.version:
        is_double = press.version == draft.version - 1 and draft.changed_at + DOUBLE_TAP > clock.now()
        if not is_double:
            turn.clear_pressed()
            go_on(turn, draft, _("That question has been answered already. Here is the current one."))
    else:
        if press.verb != "page":
            turn.mark_pressed()
        _apply(turn, draft, Event(press.verb, press.rest))


def _too_late(turn: Turn, draft: Draft | None) -> None:
    if draft is not None:
        go_on(turn, draft, _("That form has been sent or cancelled already. Here is the current one."))
        return
    sent = submissions.of_person(turn.session, turn.person.id)
    if turn.press.verb == "send" and sent and sent[0].changed_at + RECENT > clock.now():
        turn.tell(_("We have received this already. Thank you."), buttons=(menus.MENU,))
        return
    turn.tell(_("That form has been sent or cancelled already."), buttons=(menus.MENU,))


def typed(turn: Turn, draft: Draft) -> None:
    """Take what was typed as the answer to the question that waits."""
    _apply(turn, draft, Event("typed", turn.text))


def media(turn: Turn, draft: Draft) -> None:
    """Say what a photo or voice message cannot do here."""
    _apply(turn, draft, Event("media"))


def leave_out_bad_files(turn: Turn, draft: Draft) -> tuple[Text, ...]:
    """Take files out of a form that turned out bad since they came; return why each cannot be taken."""
    files = files_of(FORMS[draft.form])
    raw = draft.answers.get(files.name, "") if files else ""
    if files is None or not raw:
        return ()
    bad = refusals(files.found(raw, context_of(turn, draft)))
    for token in bad:
        raw = without(raw, token)
    if bad:
        rest = {name: one for name, one in draft.answers.items() if name != files.name}
        drafts.complete(turn.session, draft, rest | ({files.name: raw} if raw else {}))
    return tuple(bad.values())


def _apply(turn: Turn, draft: Draft, event: Event) -> None:
    notes = leave_out_bad_files(turn, draft)
    if notes and event.verb == "send":
        go_on(turn, draft, *notes)
        return
    stage = Stage(draft.answers, draft.asked)
    outcome = step(FORMS[draft.form], stage, event, context_of(turn, draft))
    if outcome.end is End.SEND:
        send(turn, draft)
    elif outcome.end is End.CANCEL:
        cancel(turn, draft)
    elif not _knows_the_group(turn, draft, outcome):
        say_next(turn, draft, outcome, *notes)


def _knows_the_group(turn: Turn, draft: Draft, outcome: Outcome) -> bool:
    """Stop a sign-up as soon as a group is chosen in which the person is already."""
    chosen = outcome.stage.answers.get("group", "")
    if draft.form != JoinGroup.slug or not chosen or draft.answers.get("group") == chosen:
        return False
    group = groups.directory(turn.session).find(chosen)
    membership = membership_in(turn, group) if group else None
    if group is None or membership is None:
        return False
    drafts.drop(turn.session, draft)
    already_in(turn, group, membership)
    return True


def send(turn: Turn, draft: Draft) -> None:
    """Send the form; its thanks come from the form itself, in the same transaction."""
    form = FORMS[draft.form](draft.answers, context_of(turn, draft))
    if isinstance(form, (AnswerOffice, SuggestGoal)):
        form.target_id = draft.target_id or 0
    sender = Sender("chat", turn.language, draft.key, turn.person)
    receipt = form.submit(turn.session, sender)
    drafts.drop(turn.session, draft)
    if isinstance(form, JoinGroup) and form.pass_on and turn.visitor.username:
        turn.person.telegram_name = turn.visitor.username
        turn.session.flush()
    if form.is_anonymous:
        again = (
            (Button(SuggestGoal.title, f"dots:{draft.target_id}:0"),)
            if draft.form == SuggestGoal.slug
            else ()
        )
        turn.tell(receipt.done, *receipt.next_steps, buttons=(*again, menus.MENU))
    elif not receipt.is_new:
        turn.tell(receipt.done, buttons=(menus.MENU,))


def cancel(turn: Turn, draft: Draft) -> None:
    """Drop a form, with a way back."""
    group = groups.directory(turn.session).find(str(draft.answers.get("group", "")))
    if draft.form == AnswerOffice.slug and draft.target_id:
        again = f"answer:{draft.target_id}:0"
    elif draft.target_id and draft.form in REPORTS:
        again = f"{'add' if draft.form == AddToReport.slug else 'correct'}:{draft.target_id}:0"
    elif draft.form == JoinGroup.slug and group:
        again = f"join:{group.code}:0"
    elif draft.form == RegisterEvent.slug:
        again = f"register:{draft.answers.get('event', '')}:0"
    elif draft.form == SuggestGoal.slug:
        again = f"dots:{draft.target_id or 0}:0"
    elif draft.form == StatusRound.slug:
        again = f"round:{draft.target_id or 0}:0"
    elif draft.form == CorrectData.slug:
        again = "correctdata:0:0"
    else:
        again = f"form:{draft.form}:0"
    drafts.drop(turn.session, draft)
    turn.tell(
        _("Cancelled. Nothing has been sent."),
        buttons=(Button(_("Begin again"), again), Button(menus.MENU.label, menus.MENU.verb, beside=True)),
    )


def after_refusal(turn: Turn, error: DomainError) -> None:
    """Say what was refused and why. What had been done is undone; the draft still stands as it was."""
    draft = current(turn)
    if isinstance(error, SentBefore) and draft is not None:
        form = FORMS[draft.form](draft.answers, context_of(turn, draft))
        drafts.drop(turn.session, draft)
        turn.tell(form.thanks(), *form.next_steps(), buttons=(menus.MENU,))
    elif draft is not None and draft.asked == CHECK:
        tag = Tag(draft.id, draft.version)
        is_late = isinstance(error, OfficeHasBegun)
        other = Button(_("Add something"), f"add:{draft.target_id}:0")
        turn.tell(
            error.text,
            buttons=(
                other if is_late else Button(_("Change"), tag.verb("change")),
                Button(_("Cancel"), tag.verb("cancel"), beside=True),
            ),
        )
    else:
        turn.tell(error.text, buttons=(menus.MENU,))


def begin_answer(turn: Turn, submission_id: int, answer: str = "") -> None:
    """Begin the answer to a question of the office; typed words are shown for a check first."""
    submission = submissions.get(turn.session, submission_id)
    if submission.person_id != turn.person.id:
        raise NotFound(_("This entry does not exist."))
    if submission.state is not State.RETURNED:
        turn.tell(_("This question has been answered already. Thank you."), buttons=(menus.MENU,))
        return
    asked = submissions.last_words(turn.session, submission_id, Step.ASKED_BACK) or ""
    note = _("The office asks: {question}")(question=asked)
    answers = {"answer": answer} if answer else {}
    begin(turn, AnswerOffice.slug, note, answers=answers, target_id=submission_id)


def offer_to_office(turn: Turn) -> Button:
    """Keep words that were not understood; return the button that sends them to the office."""
    draft = begin(turn, AskOffice.slug, answers={"question": turn.text}, asked=OFFERED)
    return Button(_("Send it to the office as a question"), Tag(draft.id, draft.version).verb("offer"))


def take_offer(turn: Turn) -> None:
    """Go on with what was kept: words as a question to the office, files as a report."""
    draft = drafts.of_person(turn.session, turn.person.id)
    if draft is None or (draft.id, draft.version) != (turn.press.number, turn.press.version):
        turn.clear_pressed()
        _too_late(turn, current(turn))
        return
    turn.mark_pressed()
    say_next(turn, draft, proceed(FORMS[draft.form], draft.answers, turn.context))
