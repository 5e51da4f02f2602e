"""The groups: searching them, and a group's page, which is its goal sheet."""

from collections.abc import Collection, Sequence

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from models import (
    clock,
    feedback_summary,
    groups,
    news,
    progress,
    publication,
    readings,
    workshop_pictures,
)
from models.goals import CARRIER_WORDS
from models.progress import ProgressReport
from models.sheets import MILESTONE_WORDS, MeetingState
from translations import LANGUAGES, Localised
from webforms import charts, editing, pages
from webforms.site import site, tag

blueprint = pages.blueprint("groups")
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}


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
        today = clock.today(site().settings.zone)
        standing = progress.standings(session, today, group_id=card.id)[card.id]
        course = readings.course(session, card.goal_id)
        reports = progress.published(session, card.id)
        held = [one for one in group.sheet.meetings if one.state is MeetingState.HELD] if group.sheet else []
        files = publication.files(session, [*reports, *held])
        return pages.show(
            "group.html", card=card, group=group, sheet=group.sheet, standing_now=standing, today=today,
            is_silent=standing.is_silent(clock.now()), states=MILESTONE_WORDS, carriers=CARRIER_WORDS,
            reports=_telling(reports, files), files=files, own_names=OWN_NAMES, course=course,
            chart=charts.chart(course, tag()), editing=editing.address(session, card),
            headlines=news.headlines(session, card.id),
            has_feedback=feedback_summary.is_released(session, card.id),
            charts=workshop_pictures.public_of_group(session, card.id),
        )  # fmt: skip


def _telling(reports: Sequence[ProgressReport], files: Collection[int]) -> list[ProgressReport]:
    """Return the reports that say something: words, a milestone's state, or photos."""
    return [
        one for one in reports if one.public or (one.milestone and one.state) or one.submission_id in files
    ]
