"""The forms of the region. A form is added by writing its class and naming it here."""

from models.forms.add_to_report import AddToReport
from models.forms.answer_office import AnswerOffice
from models.forms.ask_office import AskOffice
from models.forms.correct_data import CorrectData
from models.forms.feedback import Feedback
from models.forms.follow_group import FollowGroup
from models.forms.form import Form
from models.forms.join_group import JoinGroup
from models.forms.meeting_minutes import MeetingMinutes
from models.forms.meeting_notice import MeetingNotice
from models.forms.register_event import RegisterEvent
from models.forms.report_progress import ReportProgress
from models.forms.status_round import StatusRound
from models.forms.suggest_goal import SuggestGoal
from models.forms.translation_feedback import TranslationFeedback

FORMS: dict[str, type[Form]] = {
    form.slug: form
    for form in (
        JoinGroup, FollowGroup, ReportProgress, MeetingNotice, MeetingMinutes, AskOffice, AnswerOffice,
        AddToReport, StatusRound, RegisterEvent, TranslationFeedback, Feedback, SuggestGoal,
        CorrectData,
    )
}  # fmt: skip
