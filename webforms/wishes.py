"""What messages somebody gets: all of it on one's own page; one topic by the link in each message."""

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from models import groups, links, preferences, stopping, wish_table
from models.errors import InvalidAnswer, gone
from models.groups import GroupCard
from models.links import Link, Purpose
from models.people import ChannelKind, Person
from models.preferences import RHYTHM_WORDS, TOPIC_WORDS, Rhythm, Topic
from models.wish_buttons import WEEKLY
from models.wish_table import CHANNEL_WORDS, Cell, Wanted
from translations import _
from webforms import numbers, one_click, pages, tokens
from webforms.forms import bound_to
from webforms.me import acting
from webforms.site import signed_in, site

blueprint = pages.blueprint("wishes")
TOPIC = f"<any({', '.join((*Topic, WEEKLY))}):topic>"


@blueprint.get(f"/messages/{TOPIC}/<token>")
def ask(topic: str, token: str) -> Response:
    """Show what one gets and what can be chosen; looking alone changes nothing (decision 0010)."""
    with site().db.reading() as session:
        link = links.look(session, token, Purpose.NEWS)
        person, card = links.owner(session, link), _group(session, link)
        if topic == WEEKLY:
            return pages.show("wish_weekly.html", undo=request.args.get("undo", ""))
        rhythm = stopping.rhythm_of(session, person.id, Topic(topic), link.target_id)
    return pages.show(
        "wish.html", card=card, topic=TOPIC_WORDS[Topic(topic)], rhythm=rhythm, rhythms=tuple(Rhythm),
        words=RHYTHM_WORDS, done="done" in request.args,
    )  # fmt: skip


def _group(session: Session, link: Link) -> GroupCard | None:
    card = groups.directory(session).by_id(link.target_id) if link.target_id else None
    if link.target_id and card is None:
        raise gone()
    return card


@blueprint.post(f"/messages/{TOPIC}/<token>")
def choose(topic: str, token: str) -> AnyResponse:
    """Do it at once, signed in or not: whoever has the link may, so there is nothing else to check."""
    if one_click.is_asked():
        return one_click.answer(token, Purpose.NEWS, _end_of(topic))
    with site().db.transaction() as session:
        link = links.look(session, token, Purpose.NEWS)
        person = links.owner(session, link)
        if topic == WEEKLY:
            undo = _choose_weekly(session, person.id)
            return redirect(url_for(".ask", topic=topic, token=token, undo=undo), 303)
        try:
            rhythm = Rhythm(request.form.get("rhythm", ""))
        except ValueError:
            abort(400)
        stopping.choose(session, person.id, Topic(topic), link.target_id, rhythm)
    return redirect(url_for(".ask", topic=topic, token=token, done=1), 303)


def _choose_weekly(session: Session, person_id: int) -> int | None:
    stopped = request.form.get("undo", "")
    if not stopped:
        return stopping.stop_weekly(session, person_id)
    number = numbers.number(stopped)
    if number is None:
        abort(400)
    stopping.weekly_again(session, person_id, number)
    return None


def _end_of(topic: str) -> one_click.End:
    def end(session: Session, link: Link, person: Person) -> None:
        if topic == WEEKLY:
            stopping.stop_weekly(session, person.id)
        else:
            stopping.stop(session, person.id, Topic(topic), link.target_id)

    return end


@blueprint.get("/me/messages")
def own() -> AnyResponse:
    """Show everything that one can choose."""
    person = signed_in()
    if person is None:
        return redirect(url_for("me.own"), 303)
    with site().db.reading() as session:
        parts = wish_table.of_person(session, person.id)
    return pages.show(
        "me_messages.html", person=person, parts=parts, topics=TOPIC_WORDS, rhythms=RHYTHM_WORDS,
        ways=_ways(person), channels=CHANNEL_WORDS, quiet=preferences.quiet_of(person) or (None, None),
        csrf=tokens.issue(site().secret, bound_to=bound_to()), saved="saved" in request.args,
    )  # fmt: skip


def _ways(person: Person) -> tuple[ChannelKind, ...]:
    """Return the channels that can be chosen; with fewer than two there is no choice."""
    ways = preferences.ways_to(person)
    if not site().settings.has_telegram:
        ways = tuple(one for one in ways if one is not ChannelKind.TELEGRAM)
    return ways if len(ways) > 1 else ()


@blueprint.post("/me/messages")
def save() -> AnyResponse:
    """Keep what was chosen, or end everything."""
    with site().db.transaction() as session:
        person = acting(session)
        if request.form.get("act") == "stop-all":
            stopping.stop_all(session, person.id)
        else:
            wish_table.save(session, person, _wanted(_ways(person)))
            preferences.set_quiet(session, person, _hour("quiet_from"), _hour("quiet_until"))
    return redirect(url_for(".own", saved=1), 303)


def _hour(name: str) -> int | None:
    raw = request.form.get(name, "")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdecimal() and len(raw) <= 2):
        raise InvalidAnswer(_("Please choose full hours between 0 and 23."))
    return int(raw)


def _wanted(ways: tuple[ChannelKind, ...]) -> dict[Cell, Wanted]:
    """Read `rhythm-<topic>-<group>` and `channel-<topic>-<group>`; group 0 means all."""
    found: dict[Cell, Wanted] = {}
    for name, raw in request.form.items():
        kind, _dash, rest = name.partition("-")
        topic, _dash, number = rest.partition("-")
        if kind != "rhythm":
            continue
        try:
            over = request.form.get(f"channel-{rest}", "")
            channel = ChannelKind(over) if over else None
            wanted = (Rhythm(raw) if raw else None, channel if channel in ways else None)
            found[Topic(topic), int(number) or None] = wanted
        except ValueError:
            abort(400)
    return found
