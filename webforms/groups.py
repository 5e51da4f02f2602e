"""The groups: searching them, and a group's page, which is its goal sheet."""

from collections.abc import Callable
from dataclasses import astuple

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import clock, groups, progress
from models.goals import CARRIER_WORDS, Carrier
from models.groups import GroupCard
from models.progress import Standing
from models.sheets import MILESTONE_WORDS, MilestoneState
from translations import Localised, _
from webforms import pages
from webforms.site import site, tag

blueprint = pages.blueprint("groups")
SHOWN: dict[str, Callable[[GroupCard, Standing], bool]] = {
    "stuck": lambda _card, one: one.stuck > 0,
    "overdue": lambda _card, one: one.overdue > 0,
    "done": lambda _card, one: one.total > 0 and one.done == one.total,
    "green": lambda card, _one: card.carrier is Carrier.GROUPS,
    "blue": lambda card, _one: card.carrier is Carrier.OFFICE,
}
SHOWN_WORDS = {
    "": _("All goals"),
    "stuck": _("Something is stuck"),
    "overdue": _("Something is overdue"),
    "done": _("Everything is done"),
    "green": CARRIER_WORDS[Carrier.GROUPS],
    "blue": CARRIER_WORDS[Carrier.OFFICE],
}


def _field_wanted() -> int | None:
    raw = request.args.get("field", "")
    return int(raw) if raw.isdecimal() and raw.isascii() and len(raw) < 4 else None


@blueprint.get("/groups")
def listed() -> Response:
    """Show all groups, or those with the words and in the field asked for."""
    words, field = request.args.get("q", "")[:100], _field_wanted()
    with site().db.reading() as session:
        directory = groups.directory(session)
    fields: dict[int, Localised] = {card.field_number: card.field_name for card in directory.cards}
    found = directory.search(words, tag(), field)
    return pages.show("groups.html", found=found, fields=fields, words=words, field=field)


@blueprint.get("/groups/<number>")
def sheet(number: str) -> AnyResponse:
    """Show a group's goal sheet; a code in place of the number leads to the number."""
    with site().db.reading() as session:
        card = groups.directory(session).get(number)
        if card.number != number:
            return redirect(url_for(".sheet", number=card.number), 301)
        group = groups.with_sheet(session, card.id)
        milestones = (
            [m for m in group.sheet.milestones if m.state is not MilestoneState.DROPPED]
            if group.sheet
            else []
        )
        done = sum(one.state is MilestoneState.DONE for one in milestones)
        stuck = sum(one.state is MilestoneState.STUCK for one in milestones)
        return pages.show(
            "group.html", card=card, group=group, sheet=group.sheet, done=done, stuck=stuck,
            total=len(milestones), states=MILESTONE_WORDS, carriers=CARRIER_WORDS,
            reports=progress.published(session, card.id),
        )  # fmt: skip


@blueprint.get("/goals")
def overview() -> Response:
    """Show where every goal of the programme stands."""
    raw = request.args.get("show", "")
    with site().db.reading() as session:
        cards = groups.directory(session).cards
        standings = progress.standings(session, clock.today(site().settings.zone))
    nothing = Standing()
    whole = [(card, standings.get(card.id, nothing)) for card in cards]
    shown = [(card, one) for card, one in whole if raw not in SHOWN or SHOWN[raw](card, one)]
    totals = Standing(*(sum(values) for values in zip(*(astuple(one) for _c, one in whole), strict=True)))
    return pages.show(
        "goals.html", shown=shown, totals=totals, show=raw if raw in SHOWN else "", choices=SHOWN_WORDS,
        carriers=CARRIER_WORDS,
    )  # fmt: skip
