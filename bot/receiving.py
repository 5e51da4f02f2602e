"""Photos, voice messages and documents that come in the chat: with a form, before one, or edited later.

An album comes as one update per photo and is answered once. Which photo is answered, and that the others
are not, stands in the database with each of them: a process that is killed in between changes nothing.
"""

from datetime import timedelta

from bot import conversation, languages, menus
from bot.asking import Tag
from bot.dialogue import CHECK, OFFERED, Event, Outcome, Stage, files_of, step, text_beside_files
from bot.media import Media
from bot.turn import Turn
from models import albums, attachments, drafts, unsent
from models.drafts import Draft
from models.forms import FORMS
from models.forms.file_questions import tokens_in
from models.forms.form import Form
from models.forms.report_progress import ReportProgress
from models.letters import Button, Letter
from translations import Text, _

ALBUM_SPAN = timedelta(seconds=1.5)  # in which the rest of an album usually follows
_TOO_MANY = _("Please send at most {n} files at once.")
_WELCOME = _("Thank you! Would you like to report progress with this?")


def media(turn: Turn) -> None:
    """Take what was sent into the form that is open, or offer a report with it."""
    sent = turn.media or Media()
    draft = conversation.current(turn)
    if sent.refusal is not None:
        _refuse(turn, draft, sent, sent.refusal)
    elif draft is None:
        _without_form(turn, sent)
    elif files_of(FORMS[draft.form]) is None:
        conversation.media(turn, draft)
    else:
        _into_form(turn, draft, sent)


def _refuse(turn: Turn, draft: Draft | None, sent: Media, why: Text) -> None:
    """Say once per album why something is not taken; the form goes on where it was."""
    key = albums.key_of(turn.person.id, sent.album and f"{sent.album}:refused")
    if albums.is_answered(turn.session, key):
        return
    if draft is None:
        turn.tell(why, buttons=menus.MAIN, key=key)
    else:
        conversation.go_on(turn, draft, why, key=key)


def _event(turn: Turn, sent: Media) -> Event:
    """Note the file, so that it is fetched, and return what that means for a form."""
    taken = attachments.take_in(
        turn.session, sent.kind, person_id=turn.person.id, name=sent.name, caption=sent.caption,
        telegram_file=sent.file_id, telegram_unique=sent.unique_id,
    )  # fmt: skip
    return Event("file", f"{taken.token}\n{sent.caption}")


def _put(
    turn: Turn, form_class: type[Form], stage: Stage, sent: Media, draft: Draft | None
) -> Outcome | None:
    """Return where the form stands with the file; None when it was too much, which is said once."""
    if not unsent.has_room(turn.session, turn.person.id):
        _refuse(turn, draft, sent, _TOO_MANY(n=attachments.MOST))
        return None
    event = _event(turn, sent)
    outcome = step(form_class, stage, event, conversation.context_of(turn, draft))
    files = files_of(form_class)
    token = event.words.partition("\n")[0]
    if files is not None and token in tokens_in(outcome.stage.answers.get(files.name, "")):
        return outcome
    attachments.drop(turn.session, token)
    _refuse(turn, draft, sent, outcome.note or _WELCOME)
    return None


def _into_form(turn: Turn, draft: Draft, sent: Media) -> None:
    form_class, key = FORMS[draft.form], albums.key_of(turn.person.id, sent.album)
    is_more = albums.is_answered(turn.session, key)
    notes = conversation.leave_out_bad_files(turn, draft)
    # The rest of an album changes what was sent, and not where the form stands: that was answered.
    asked = CHECK if is_more else draft.asked
    outcome = _put(turn, form_class, Stage(draft.answers, asked), sent, draft)
    if outcome is None:
        return
    if not is_more:
        conversation.say_next(turn, draft, outcome, *notes, key=key, wait=_patience(sent))
        return
    drafts.complete(turn.session, draft, dict(outcome.stage.answers))
    stage = Stage(draft.answers, draft.asked)
    albums.reword(turn.session, key, conversation.next_letter(turn, draft, Outcome(stage, outcome.note)))


def _patience(sent: Media) -> timedelta | None:
    return ALBUM_SPAN if sent.album else None


def offered(turn: Turn) -> Draft | None:
    """Return what was sent without a form and waits for a report to be made of it."""
    draft = drafts.of_person(turn.session, turn.person.id)
    is_offer = draft is not None and draft.asked == OFFERED and draft.form == ReportProgress.slug
    return draft if is_offer else None


def _without_form(turn: Turn, sent: Media) -> None:
    draft = offered(turn)
    stage = Stage(draft.answers if draft else {}, CHECK)
    outcome = _put(turn, ReportProgress, stage, sent, None)
    if outcome is None:
        return
    answers = dict(outcome.stage.answers)
    key = albums.key_of(turn.person.id, sent.album)
    if draft is None:
        draft = conversation.begin(turn, ReportProgress.slug, answers=answers, asked=OFFERED)
    else:
        drafts.complete(turn.session, draft, answers)
    if albums.is_answered(turn.session, key):
        albums.reword(turn.session, key, _offer(turn, draft))
    elif languages.must_be_asked(turn):
        languages.ask(turn, key=key)
    else:
        turn.say(_offer(turn, draft), key=key, wait=_patience(sent))


def _offer(turn: Turn, draft: Draft) -> Letter:
    files = files_of(ReportProgress)
    form = ReportProgress(draft.answers, turn.context, complete=True)
    said = files.say(form.answers.get(files.name, ())) if files else None
    buttons = (
        Button(_("Report progress with this"), Tag(draft.id, draft.version).verb("offer")),
        menus.MENU,
    )
    so_far = [_("Here so far: {files}")(files=said)] if isinstance(said, Text) else []
    return Letter(_WELCOME, (_WELCOME, *so_far), buttons)


def offer_again(turn: Turn, draft: Draft, *notes: Text) -> None:
    """Offer once more to make a report of what was sent."""
    letter = _offer(turn, draft)
    turn.say(Letter(letter.subject, (*notes, *letter.paragraphs), letter.buttons))


def edited(turn: Turn) -> None:
    """Take over the changed caption of a file whose form is still open; other changes are not seen."""
    sent, draft = turn.media, conversation.current(turn) or offered(turn)
    found = attachments.of_chat(turn.session, turn.person.id, sent.unique_id) if sent else None
    if draft is None:
        return
    if sent is None or found is None or found.caption == sent.caption:
        if draft.asked != OFFERED and sent is None:
            turn.tell(_NOT_SEEN)
        return
    was, found.caption = found.caption, sent.caption
    text = text_beside_files(FORMS[draft.form])
    if text is not None and draft.answers.get(text.name, "") == was:
        drafts.complete(turn.session, draft, {**draft.answers, text.name: sent.caption})
    note = _("I have changed the words of your file.")
    if draft.asked == OFFERED:
        offer_again(turn, draft, note)
    else:
        conversation.go_on(turn, draft, note)


_NOT_SEEN = _("I do not see changes of messages that were sent. You can change each answer before sending.")
