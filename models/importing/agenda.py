"""agenda.csv: the plan of the conference with which the programme begins."""

from collections.abc import Sequence

import sqlalchemy as sa

from models.events import AgendaItem, Event, EventKind
from models.importing import reading
from models.importing.align import align
from models.importing.cells import Row
from models.importing.job import Job
from models.importing.report import Noun
from models.programmes import Programme
from translations import _

Item = tuple[str, str, str]  # starts, ends, what


def take_agenda(job: Job, programme: Programme) -> None:
    """Take the conference and its items; an item is known by its words and its time."""
    sheet = job.sheet("agenda")
    if sheet is None:
        return
    items: list[Item] = []
    places: list[int] = []
    for place, row in enumerate(sheet.rows):
        with job.one(Noun.AGENDA):
            items.append(_read(row, items))
            places.append(place)
    event = _conference(job, programme, is_wanted=bool(items))
    if event is None:
        return
    query = sa.select(AgendaItem).where(AgendaItem.event_id == event.id).order_by(AgendaItem.position)
    found = list(job.session.scalars(query))
    match = align(
        [((one.starts, one.what), one.what, one.starts) for one in found],
        [((starts, what), what, starts) for starts, _ends, what in items],
        places,
    )
    gone = [one for index, one in enumerate(found) if index not in match]
    known = [None if index is None else found[index] for index in match]
    _write(job, event, known, items, gone)
    for one in gone:
        job.keep(Noun.AGENDA, sheet, f"{one.starts} {one.what}")


def _read(row: Row, others: Sequence[Item]) -> Item:
    starts = reading.clock(row, "from", required=True)
    ends = reading.clock(row, "to")
    item = starts, ends, row.text("what", longest=1000, required=True, lines=True)
    if item in others:
        row.refuse("what", _("This is there twice; the first one has been taken."))
    if ends and ends < starts:
        row.warn("to", _("This ends before it starts."))
    return item


def _conference(job: Job, programme: Programme, *, is_wanted: bool) -> Event | None:
    """Return the conference on the first day of the programme, made if it is wanted."""
    query = sa.select(Event).where(Event.programme_id == programme.id, Event.kind == EventKind.CONFERENCE)
    conferences = list(job.session.scalars(query.order_by(Event.id)))
    year = f" {programme.starts.year}" if programme.starts else ""
    title = f"{programme.conference_name}{year}" if programme.conference_name else programme.title
    named = [event for event in conferences if event.title == title]
    same_day = [event for event in conferences if event.held_on and event.held_on == programme.starts]
    found = next(iter(named or same_day), None)
    if found is None and not is_wanted:
        return None
    event = job.put(
        Noun.EVENTS, title, found, Event, {"title": title, "held_on": programme.starts},
        programme_id=programme.id, kind=EventKind.CONFERENCE,
    )  # fmt: skip
    job.session.flush()
    return event


def _write(
    job: Job,
    event: Event,
    known: Sequence[AgendaItem | None],
    items: Sequence[Item],
    gone: Sequence[AgendaItem],
) -> None:
    """Write the items in the order of the file; each that is gone from it keeps its place by its time."""
    order: list[int | AgendaItem] = list(range(len(items)))
    for one in gone:
        later = (n for n, at in enumerate(order) if isinstance(at, int) and items[at][0] > one.starts)
        order.insert(next(later, len(order)), one)
    records = [known[at] if isinstance(at, int) else at for at in order]
    for position, record in enumerate(records, start=1):
        if record is not None and record.position != position:
            record.position = -position
    job.session.flush()  # now that all have left their places, nobody stands in another's way
    for position, at in enumerate(order, start=1):
        if isinstance(at, AgendaItem):
            at.position = position
            continue
        starts, ends, what = items[at]
        values = {"position": position, "starts": starts, "ends": ends, "what": what}
        job.put(Noun.AGENDA, f"{starts} {what}", known[at], AgendaItem, values, event_id=event.id)
    job.session.flush()
