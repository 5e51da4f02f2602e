"""What the office's system writes to people: each letter in one place, in short and warm words."""

from models.groups import GroupCard
from models.letters import Button, Letter
from models.links import Purpose
from models.memberships import ROLE_NAMES, Role
from models.people import ChannelKind, Person
from models.submissions import Submission
from translations import LANGUAGES, Localised, Text, _

MY_PAGE = Button(_("My page"), page="/{lang}/me/{link}", purpose=Purpose.ME)


def received(done: Text, next_steps: tuple[Text, ...]) -> Letter:
    """Say thank you and what happens next."""
    return Letter(_("Thank you, we have received it"), (done, *next_steps), (MY_PAGE,))


def confirm_address(done: Text, region: str) -> Letter:
    """Ask once whether an e-mail address is the writer's own; no other content, as the law wants it."""
    return Letter(
        _("Please confirm your e-mail address"),
        (
            done,
            _("Please confirm that this address is yours. The link opens a page with one button."),
            _("If you did not write to us ({region}), simply ignore this e-mail.")(region=region),
        ),
        (Button(_("Yes, this is my address"), page="/{lang}/confirm/{link}", purpose=Purpose.CONFIRM),),
    )


def asked_back(submission: Submission, about: Localised | str, question: str) -> Letter:
    """Pass on a question of the office; the answer comes back to the same entry."""
    return Letter(
        _("The office has a question for you"),
        (_("The office has a question about “{title}”:")(title=about),),
        (
            Button(
                _("Answer"),
                verb=f"answer:{submission.id}:{submission.version}",
                page="/{lang}/answer/{link}",
                purpose=Purpose.ANSWER,
                target_id=submission.id,
            ),
        ),
        quote=question,
    )


def correct(submission_id: int) -> Button:
    """Return the button with which a sender corrects a report in chat; mails lead to the own page anyway."""
    return Button(_("Correct"), verb=f"correct:{submission_id}:0")


def corrected(about: Localised | str) -> Letter:
    """Confirm that a report has been changed by its sender."""
    return Letter(
        _("Your report has been changed"),
        (
            _("Thank you! “{title}” now reads as you have changed it.")(title=about),
            _("The office reads the new words."),
        ),
        (MY_PAGE,),
    )


def added(about: Localised | str) -> Letter:
    """Confirm that something was added to a report."""
    return Letter(
        _("Your addition has arrived"),
        (
            _("Thank you! What you added to “{title}” has arrived.")(title=about),
            _("The office reads it together with your report."),
        ),
        (MY_PAGE,),
    )


def goal_sheet(number: str) -> Button:
    """Return the button that opens one's own page at the goal sheet of a group that one leads."""
    label = _("Goal sheet {number}")(number=number)
    return Button(label, page=f"/{{lang}}/me/{{link}}?group={number}", purpose=Purpose.ME)


def write_to_group(number: str) -> Button:
    """Return the button that opens the page on which a lead writes to their group."""
    label = _("Write to the group {number}")(number=number)
    return Button(label, page=f"/{{lang}}/me/{{link}}?group={number}&to=write", purpose=Purpose.ME)


def appointed(group: GroupCard, name: str) -> Letter:
    """Tell somebody that the office has made them the lead of a group, with the way to its goal sheet."""
    return Letter(
        _("{name} leads the group {number} now")(name=name, number=group.number),
        (
            _("Thank you! You lead the group “{group}” now.")(group=named(group)),
            _("You can change the goal sheet of the group on its page."),
        ),
        (goal_sheet(group.number),),
    )


def own_page(group: str = "") -> Letter:
    """Send somebody the one-time link to their own page, or on to the goal sheet of a group's number."""
    return Letter(
        _("Your link to your page"),
        (
            _("Here is the link to your own page. It works once, for two hours."),
            _("If you did not ask for it, simply ignore this e-mail."),
        ),
        (goal_sheet(group),) if group else (MY_PAGE,),
    )


def joined(group: GroupCard, words: str) -> Letter:
    """Welcome somebody to a group."""
    return Letter(
        _("Welcome to the group {number}")(number=group.number),
        (_("Welcome! You are now part of the group “{group}”.")(group=named(group)),),
        (Button(_("See the group"), page=f"/{{lang}}/groups/{group.number}"), MY_PAGE),
        quote=words,
    )


def published(group: GroupCard, words: str) -> Letter:
    """Thank for a report that is on the goal sheet now."""
    return Letter(
        _("Your report is on the goal sheet"),
        (_("Thank you! Your report is now on the goal sheet of the group “{group}”.")(group=named(group)),),
        (Button(_("See the group"), page=f"/{{lang}}/groups/{group.number}"),),
        quote=words,
    )


def replied(about: Localised | str, words: str) -> Letter:
    """Pass on the office's answer to a question."""
    return Letter(
        _("The office has answered you"),
        (_("The answer of the office to “{title}”:")(title=about),)
        if words
        else (_("The office has read “{title}”. Thank you.")(title=about),),
        (MY_PAGE,),
        quote=words,
    )


def declined(about: Localised | str, reason: str) -> Letter:
    """Say no, with the reason, and where to turn."""
    return Letter(
        _("About “{title}”")(title=about),
        (_("Thank you for “{title}”. This time the office cannot accept it, for this reason:")(title=about),),
        (Button(_("Ask the office"), page="/{lang}/forms/ask-office", verb="form:ask-office:0"),),
        quote=reason,
    )


def contact_passed_on(group: GroupCard, contact: Person) -> Letter:
    """Tell a new member who will write to them, and how to write first."""
    return Letter(
        _("Your contact person for the group {number}")(number=group.number),
        (
            _("We have passed your contact on to {name}, the contact person of the group “{group}”.")(
                name=contact.name, group=named(group)
            ),
            _("{name} will get in touch with you. You can also write first: {address}")(
                name=contact.name, address=contact.email or contact.phone or "–"
            ),
        ),
        (Button(_("See the group"), page=f"/{{lang}}/groups/{group.number}"),),
    )


def new_contact(group: GroupCard, person: Person, answers: dict[str, str]) -> Letter:
    """Give a group's contact person the contact of somebody new."""
    role = Role(answers.get("role", Role.MEMBER.value))
    paragraphs = [
        _("{name} would like to be part of your group “{group}”. Please get in touch.")(
            name=answers.get("name") or person.name, group=named(group)
        ),
        _("How: {role}. Language: {language}.")(role=ROLE_NAMES[role], language=_own_name(person.language)),
        _reached_by(person),
    ]
    if person.organisation:
        paragraphs.append(_("Organisation: {organisation}")(organisation=person.organisation))
    return Letter(
        _("Somebody new for the group {number}")(number=group.number),
        tuple(paragraphs),
        (Button(_("See the group"), page=f"/{{lang}}/groups/{group.number}"),),
    )


def _reached_by(person: Person) -> Text:
    if person.channel is ChannelKind.EMAIL and person.email:
        return _("E-mail: {email}")(email=person.email)
    if person.phone:
        return _("Telephone: {phone}")(phone=person.phone)
    if person.telegram_name:
        return _("Telegram: {address}")(address=f"https://t.me/{person.telegram_name}")
    return _("Reachable in Telegram, through the office; your address has been passed on as well.")


def _own_name(tag: str) -> str:
    return next((entry.own_name for entry in LANGUAGES if entry.tag == tag), tag)


def named(group: GroupCard) -> Localised:
    """Return number and title of a group in every language that has a title."""
    return Localised({tag: f"{group.number} {title}" for tag, title in group.title.words.items()})
