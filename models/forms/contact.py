"""Questions that several forms share: who somebody is and how to reach them."""

from collections.abc import Sequence
from typing import Any

from models.forms.questions import (
    Choice,
    Context,
    Email,
    Line,
    Name,
    Option,
    OptionalChoice,
    Phone,
    Question,
)
from models.forms.rules import Filled, Rule
from models.people import ORGANISATION_WORDS, ChannelKind, OrganisationKind
from translations import Text, _

REACH_WORDS = {
    ChannelKind.EMAIL: _("By e-mail"),
    ChannelKind.TELEGRAM: _("In Telegram"),
    ChannelKind.PHONE: _("By telephone"),
}
REACH_STEPS: dict[ChannelKind, Text] = {
    ChannelKind.EMAIL: _("You will get an e-mail from us in a moment. Please open it."),
    ChannelKind.TELEGRAM: _("Our answers come in Telegram. Please open the chat once."),
    ChannelKind.PHONE: _("The office will call you."),
}


def how_reached(form: Filled) -> tuple[Text, ...]:
    """Return what happens first after a form on a page: how the person is reached, if they were asked."""
    reach = form.answers.get("reach")
    return (REACH_STEPS[reach],) if form.context.channel == "page" and reach else ()


def _on_offer(kind: ChannelKind, context: Context) -> bool:
    return kind is not ChannelKind.TELEGRAM or context.has_telegram


def your_name(when: Rule | None = None) -> Name:
    """Ask who somebody is, in one field."""
    return Name(
        _("Your name"),
        when=when,
        hint=_("First name and family name, or as you like to be called."),
        autocomplete="name",
    )


def your_organisation() -> Line:
    """Ask for whom somebody comes."""
    return Line(
        _("Organisation"),
        hint=_("If you come for one, for example an association, a school or a company."),
        optional=True,
        autocomplete="organization",
    )


def kind_of_organisation(when: Rule) -> OptionalChoice[OrganisationKind]:
    """Ask what kind of organisation it is."""
    return OptionalChoice[OrganisationKind](
        ORGANISATION_WORDS, _("What kind of organisation is it?"), when=when
    )


class Reach(Choice[ChannelKind]):
    """How the office answers; in chat, going on there is offered first."""

    def options(self, context: Context) -> Sequence[Option]:
        """Return the channels, the one that the person is using first."""
        here = ChannelKind.TELEGRAM if context.channel == "chat" else ChannelKind.EMAIL
        return sorted(super().options(context), key=lambda option: option.key != here.value)


def how_to_reach_you(when: Rule | None = None) -> Reach:
    """Ask for the way on which the office answers."""
    return Reach(
        REACH_WORDS,
        _("How can we reach you?"),
        available=_on_offer,
        default=ChannelKind.EMAIL.value,
        when=when,
    )


def your_email(reach: Question[Any]) -> Email:
    """Ask for the address of who wants e-mail."""
    return Email(_("Your e-mail address"), when=reach.is_(ChannelKind.EMAIL.value), autocomplete="email")


def your_phone(reach: Question[Any]) -> Phone:
    """Ask for the number of who wants to be called."""
    return Phone(_("Your telephone number"), when=reach.is_(ChannelKind.PHONE.value), autocomplete="tel")
