"""Sticky dots in a chat: cards, dots with + and −, and the result. One vote, whichever channel is used."""

import secrets

from bot import conversation, menus
from bot.aftermath import ShowButtons
from bot.asking import LONGEST_LABEL, shortened
from bot.turn import Turn, letter
from models import ballot_board, ballot_result, ballots, voting
from models.ballots import PHASE_WORDS, Ballot, Phase
from models.errors import Conflict, NotFound
from models.forms.suggest_goal import NOT_REGISTERED, SuggestGoal
from models.letters import Button
from models.voting import LEFT, SECRET, Who
from translations import Localised, Text, _

BALLOT = "v_"  # begins the start code of a vote
MOST = 40  # topics with buttons; the page has all of them


def open_by_code(turn: Turn, code: str) -> None:
    """Show the vote of a code."""
    _show(turn, ballots.by_code(turn.session, code))


def open_by_button(turn: Turn) -> None:
    """Show the vote of a button."""
    _show(turn, ballots.get(turn.session, turn.press.number))


def _page(ballot: Ballot) -> Button:
    return Button(_("Open the page"), page=f"/{{lang}}/dots/{ballot.code}")


def _again(ballot: Ballot) -> Button:
    return Button(_("Look again"), f"dots:{ballot.id}:0")


def _show(turn: Turn, ballot: Ballot) -> None:
    who = voting.of_person(turn.session, ballot, turn.person.id)
    heading = Localised({turn.language: ballot.title.to(turn.language)})
    if ballot.phase is Phase.RESULT:
        turn.tell(heading, _ranking(turn, ballot), buttons=(_page(ballot), menus.MENU))
    elif ballot.phase is Phase.GROUP:
        waiting = _("The moderators sort the cards. Then you can give your dots.")
        turn.tell(heading, waiting, buttons=(_again(ballot), _page(ballot)))
    elif who is None:
        turn.tell(heading, NOT_REGISTERED, buttons=(_page(ballot), menus.MENU))
    elif ballot.phase is Phase.SUGGEST:
        _show_cards(turn, ballot, who, heading)
    else:
        _show_dots(turn, ballot, who, heading)


def _show_cards(turn: Turn, ballot: Ballot, who: Who, heading: Localised) -> None:
    left = ballot.cards_each - len(voting.own_cards(turn.session, who))
    if left <= 0:
        turn.tell(
            heading, _("You have used all your cards. You can take one back."),
            buttons=(_again(ballot), _page(ballot)),
        )  # fmt: skip
        return
    conversation.begin(turn, SuggestGoal.slug, heading, target_id=ballot.id)


def _show_dots(turn: Turn, ballot: Ballot, who: Who, heading: Localised) -> None:
    """Show all topics with their buttons. The letter goes when the vote is closed, as it tells the dots."""
    turn.say(
        letter(
            heading, _("You have {n} dots. Give all to one topic, or spread them.")(n=ballot.dots_each),
            SECRET,
            buttons=_buttons(turn, ballot, who),
        ),
        key=f"{ballot_board.letters_key(ballot.id)}{secrets.token_hex(8)}",
    )  # fmt: skip


def _buttons(turn: Turn, ballot: Ballot, who: Who) -> tuple[Button, ...]:
    given, found = voting.given(turn.session, who), ballots.topics(turn.session, ballot.id)
    buttons = []
    for topic in found[:MOST]:
        count = given.by_topic.get(topic.id, 0)
        words = shortened(topic.title.to(turn.language), LONGEST_LABEL)
        label = Localised({turn.language: f"{words} {'●' * count}" if count else f"+ {words}"})
        buttons.append(Button(label, f"dot:{topic.id}:{given.version}:1"))
        if count:
            less = Localised({turn.language: "−1"})
            buttons.append(Button(less, f"dot:{topic.id}:{given.version}:-1", beside=True))
    left = LEFT(n=max(0, ballot.dots_each - given.used))
    return (*buttons, Button(left, "noop:0:0"), _page(ballot))


def give(turn: Turn) -> None:
    """Give a dot or take one back, and show the buttons anew in the same message."""
    topic = ballots.topic(turn.session, turn.press.number)
    ballot = ballots.get(turn.session, topic.ballot_id)
    who = voting.of_person(turn.session, ballot, turn.person.id)
    if who is None:
        raise NotFound(NOT_REGISTERED)
    if ballot.phase is not Phase.VOTE:
        turn.clear_pressed()
        _show(turn, ballot)
        return
    step = -1 if turn.press.rest == "-1" else 1
    refusal: Text | None = None
    try:
        voting.add(turn.session, who, topic.id, step, seen=turn.press.version)
    except Conflict as error:  # all dots are given: nothing has changed
        refusal = error.text
    buttons = tuple(
        (one.label.to(turn.language), one.verb, one.beside) for one in _buttons(turn, ballot, who) if one.verb
    )
    if refusal is not None:
        turn.tell(refusal)
        return
    turn.after.append(ShowButtons(turn.visitor.telegram_id, turn.press.message_id, buttons))


def _ranking(turn: Turn, ballot: Ballot) -> Localised:
    lines = [
        f"{one.place.to(turn.language)}: {one.topic.title.to(turn.language)} ({one.total})"
        for one in ballot_result.results(turn.session, ballot)[:MOST]
    ]
    lines.insert(0, f"{PHASE_WORDS[Phase.RESULT].to(turn.language)}:")
    return Localised({turn.language: "\n".join(lines)})
