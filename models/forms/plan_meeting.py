"""What is asked of a meeting, by everybody who announces one; at the desk this is all that is asked."""

from typing import Any

from models import meetings
from models.changes import Author
from models.forms.form import Form
from models.forms.meeting_questions import MeetingDay, TimeOfDay
from models.forms.questions import Line, LongText, Question
from models.forms.several import Several
from models.meetings import Details
from models.sheets import Meeting
from models.when import When
from translations import LANGUAGES, Localised, _

SPOKEN = {entry.tag: Localised({entry.tag: entry.own_name}) for entry in LANGUAGES}


class Place(Line):
    """Where people meet."""

    longest = 300


def the_day() -> MeetingDay:
    """Ask for the day."""
    hint = _("For example 12.1.2027. If the day is not settled: Ende Januar 2027.")
    return MeetingDay(_("When do you meet?"), hint=hint)


def from_time() -> TimeOfDay:
    """Ask for the time at which it begins."""
    return TimeOfDay(_("From what time?"), day="day", hint=_("For example 18:00."), optional=True)


def until_time(starts: Question[Any]) -> TimeOfDay:
    """Ask for the time at which it ends, of who knows when it begins."""
    return TimeOfDay(_("Until what time?"), day="day", ends=True, optional=True, when=starts.given())


def where() -> Place:
    """Ask for the place."""
    return Place(_("Where?"), hint=_("Street, house number and town, or a link."), optional=True)


def about() -> LongText:
    """Ask for the agenda."""
    return LongText(_("What is it about?"), optional=True)


def spoken_there() -> Several:
    """Ask for the languages."""
    return Several(SPOKEN, _("Which languages are spoken there?"), optional=True)


class PlanMeeting(Form):
    """Plan a meeting at the desk, or agree on something else."""

    slug = "plan-meeting"
    title = _("Plan a meeting")
    listed = False

    day = the_day()
    starts = from_time()
    ends = until_time(starts)
    place = where()
    agenda = about()
    languages = spoken_there()

    def details(self, known: Meeting | None = None) -> Details:
        """Return what is agreed on; the days of the same words stay as somebody settled them."""
        held = When.parse(self.day)
        if known is not None and known.held.wording == held.wording:
            held = known.held
        return Details(held, self.starts, self.ends, self.place, self.agenda, self.languages)

    def plan(self, group_id: int, by: Author) -> Meeting:
        """Plan the meeting; the members are told."""
        one = self.details()
        return meetings.plan(
            self.context.session, group_id, held=one.held, starts=one.starts, ends=one.ends, place=one.place,
            by=by, agenda=one.agenda, languages=one.languages,
        )  # fmt: skip


def raw_of(meeting: Meeting) -> dict[str, str]:
    """Return a meeting as answers, to be changed."""
    return {
        "day": meeting.held.wording, "starts": meeting.starts, "ends": meeting.ends, "place": meeting.place,
        "agenda": meeting.agenda, "languages": " ".join(meeting.languages),
    }  # fmt: skip
