"""All public pages: each GET address of the URL map has an example here, or is named as a file.

A place is opened, and its form sent where it has answers. Places of one language are visited in this order,
in a house of their own, so a later one shows what an earlier one has done.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask

AMINA, BORIS = "amina", "boris"  # in whose browser; "" is somebody unknown
LATER = {"workshop-1": "later"}  # no workshop yet
EMAIL = {"reach": "email", "email": "clara@example.org"}


@dataclass(frozen=True, slots=True)
class Place:
    """A page: where it is, in whose browser, and what is sent with its form; `to` another address of a form.

    `pictured` says whether it is kept as a picture: no need where only a sentence differs from another.
    """

    name: str
    path: str
    who: str = ""
    sent: Mapping[str, str] | None = None
    to: str = ""
    status: int = 200
    pictured: bool = True


def _more(name: str, path: str, **sent: str) -> Place:
    return Place(name, path, sent={**EMAIL, "name": "Clara Muster", **sent}, pictured=False)


OPEN = (
    Place("front", "/{tag}/"),
    Place("groups", "/{tag}/groups"),
    Place("groups-none", "/{tag}/groups?q=zzzz"),
    Place("group", "/{tag}/groups/7.49"),
    Place("group-that-changed-hands", "/{tag}/groups/3.27"),
    Place("group-that-measures", "/{tag}/groups/10.64"),
    Place("group-that-is-closed", "/{tag}/groups/12.71", pictured=False),
    Place("code", "/j/{code_7_49}?lang={tag}"),
    Place("code-of-a-closed-group", "/j/{code_12_71}?lang={tag}", pictured=False),
    Place("code-unknown", "/j/NOSUCH00?lang={tag}", status=404),
    Place("goals", "/{tag}/goals"),
    Place("goals-that-are-stuck", "/{tag}/goals?show=stuck", pictured=False),
    Place("goals-none", "/{tag}/goals?show=stuck&field=12", pictured=False),
    Place("changes", "/{tag}/goals/timeline"),
    Place("changes-of-a-group", "/{tag}/groups/7.49/timeline"),
    Place("news", "/{tag}/news"),
    Place("news-of-a-group", "/{tag}/groups/7.49/news", pictured=False),
    Place("news-of-no-group", "/{tag}/groups/4.30/news", pictured=False),
    Place("one-news", "/{tag}/news/{news}"),
    Place("one-news-in-german", "/{tag}/news/{german_news}"),
    Place("events", "/{tag}/events"),
    Place("event", "/{tag}/events/AHEAD222"),
    Place("event-of-today", "/{tag}/events/TQDAY222", pictured=False),
    Place("event-that-is-full", "/{tag}/events/FULL2222", pictured=False),
    Place("event-that-is-off", "/{tag}/events/QFF22222"),
    Place("event-that-is-over", "/{tag}/events/QVER2222", pictured=False),
    Place("event-code", "/e/AHEAD222?lang={tag}"),
    Place("event-code-of-the-hall", "/e/HALL2222?lang={tag}"),
    Place("event-code-that-is-over", "/e/QVER2222?lang={tag}", pictured=False),
    Place("event-code-unknown", "/e/NOSUCH00?lang={tag}", status=404, pictured=False),
    Place("public-feedback", "/{tag}/groups/7.49/feedback"),
    Place("public-feedback-none", "/{tag}/groups/10.64/feedback", status=404, pictured=False),
    Place("feedback-code-unknown", "/f/NOSUCH00?lang={tag}", status=404, pictured=False),
    Place("wall", "/wall/TQDAY222?lang={tag}"),
    Place("wall-that-votes", "/wall/FULL2222?lang={tag}", pictured=False),
    Place("wall-of-an-event-ahead", "/wall/AHEAD222?lang={tag}", pictured=False),
    Place("open-data", "/data/?lang={tag}"),
    Place("privacy", "/{tag}/privacy"),
    Place("imprint", "/{tag}/imprint"),
    Place("accessibility", "/{tag}/accessibility"),
)
FORMS = (
    Place("join", "/{tag}/forms/join-group?group={code_7_49}"),
    Place("join-without-a-group", "/{tag}/forms/join-group"),
    Place(
        "join-mistakes",
        "/{tag}/forms/join-group?group={code_7_49}",
        sent={"reach": "email", "email": "x"},
        status=422,
    ),
    Place("join-a-closed-group", "/{tag}/forms/join-group?group={code_12_71}", pictured=False),
    Place("join-in-telegram", "/{tag}/forms/join-group?group={code_7_49}", sent={"to-telegram": "1"}),
    Place("join-too-late", "/{tag}/forms/join-group", sent={"csrf": "x"}, status=400, pictured=False),
    Place(
        "join-thanks",
        "/{tag}/forms/join-group?group={code_7_49}",
        sent={**EMAIL, "name": "Clara Muster", "role": "member"},
    ),
    Place("follow", "/{tag}/forms/follow-group?group={code_7_49}"),
    Place("ask", "/{tag}/forms/ask-office"),
    Place("report", "/{tag}/forms/report-progress?group={code_7_49}"),
    Place("report-without-a-group", "/{tag}/forms/report-progress", pictured=False),
    Place(
        "report-mistakes",
        "/{tag}/forms/report-progress?group={code_7_49}",
        sent={"new_due": "31.02.2027"},
        status=422,
        pictured=False,
    ),
    Place("report-corrected", "/{tag}/forms/report-progress?entry={entry}", AMINA),
    Place("report-added-to", "/{tag}/forms/add-to-report?entry={accepted}", AMINA),
    Place("report-corrected-thanks", "/{tag}/forms/report-progress/done"),
    Place("report-added-to-thanks", "/{tag}/forms/add-to-report/done", pictured=False),
    Place("notice", "/{tag}/forms/meeting-notice?group={code_7_49}"),
    Place(
        "notice-mistakes",
        "/{tag}/forms/meeting-notice?group={code_7_49}",
        sent={"day": "Montag, 12.01.2027"},
        status=422,
        pictured=False,
    ),
    Place("minutes", "/{tag}/forms/meeting-minutes?group={code_7_49}"),
    Place("feedback", "/{tag}/forms/translation-feedback?page=/{tag}/groups"),
    _more("follow-thanks", "/{tag}/forms/follow-group?group={code_7_49}", updates="yes"),
    _more("ask-thanks", "/{tag}/forms/ask-office", question="Wann?"),
    _more("ask-thanks-by-telegram", "/{tag}/forms/ask-office", question="Wann?", reach="telegram"),
    _more(
        "report-thanks",
        "/{tag}/forms/report-progress?group={code_7_49}",
        state="done",
        happened="Alles.",
        milestone="other",
    ),
    _more(
        "notice-thanks", "/{tag}/forms/meeting-notice?group={code_7_49}", day="19.01.2027", place="Rathaus"
    ),
    _more(
        "feedback-thanks", "/{tag}/forms/translation-feedback?page=/{tag}/groups", wrong="Wort", better="Wort"
    ),
)
HALLS = (
    Place("register", "/{tag}/forms/register-event?event=AHEAD222"),
    Place(
        "register-mistakes",
        "/{tag}/forms/register-event?event=AHEAD222",
        sent={"company": "others", "seats": "0", "reach": "email", "email": "x"},
        status=422,
    ),
    Place("register-in-the-hall", "/{tag}/forms/register-event?event=HALL2222", pictured=False),
    Place("register-without-an-event", "/{tag}/forms/register-event", pictured=False),
    _more("register-thanks", "/{tag}/forms/register-event?event=AHEAD222", company="alone", **LATER),
    _more(
        "register-thanks-in-the-hall", "/{tag}/forms/register-event?event=HALL2222", company="alone", **LATER
    ),
    _more("register-thanks-waiting", "/{tag}/forms/register-event?event=FULL2222", company="alone"),
    Place("say", "/{tag}/forms/feedback?group={code_7_49}&event=TQDAY222"),
    Place("say-without-a-group", "/{tag}/forms/feedback", pictured=False),
    Place("say-mistakes", "/{tag}/forms/feedback?group={code_7_49}", sent={"remarks": "some"}, status=422),
    Place("say-thanks", "/{tag}/forms/feedback?group={code_10_64}", sent={"remarks": "none"}, pictured=False),
    Place("dots-suggest", "/{tag}/dots/{vote_suggest}"),
    Place(
        "dots-wrong-code",
        "/{tag}/dots/{vote_suggest}",
        sent={"code": "XXXXXX"},
        to="/{tag}/dots/{vote_suggest}/enter",
        status=422,
    ),
    Place("dots-suggest-mine", "/{tag}/dots/{vote_suggest}", AMINA),
    Place(
        "dots-suggest-mistake",
        "/{tag}/dots/{vote_suggest}",
        AMINA,
        to="/{tag}/dots/{vote_suggest}/suggest",
        sent={"words": ""},
        status=422,
        pictured=False,
    ),
    Place(
        "dots-suggested",
        "/{tag}/dots/{vote_suggest}",
        AMINA,
        to="/{tag}/dots/{vote_suggest}/suggest",
        sent={"words": "Отже, більше спорту"},
    ),
    Place("dots-group", "/{tag}/dots/{vote_group}"),
    Place("dots-vote", "/{tag}/dots/{vote_vote}", pictured=False),
    Place("dots-vote-mine", "/{tag}/dots/{vote_vote}", AMINA),
    Place(
        "dots-too-many",
        "/{tag}/dots/{vote_vote}",
        AMINA,
        to="/{tag}/dots/{vote_vote}/vote",
        sent={"topic-{topic_1}": "3", "topic-{topic_2}": "1"},
        status=422,
        pictured=False,
    ),
    Place(
        "dots-voted",
        "/{tag}/dots/{vote_vote}",
        AMINA,
        to="/{tag}/dots/{vote_vote}/vote",
        sent={"topic-{topic_1}": "2", "topic-{topic_2}": "1"},
        pictured=False,
    ),
    Place("dots-result", "/{tag}/dots/{vote_result}"),
    Place("dots-unknown", "/{tag}/dots/NOSUCH00", status=404, pictured=False),
    Place("ticket", "/{tag}/registration/{ticket}"),
    Place("ticket-waiting", "/{tag}/registration/{ticket_waiting}"),
    Place("ticket-given-up", "/{tag}/registration/{ticket}", sent={}, pictured=False),
    Place("ticket-unknown", "/{tag}/registration/nope", status=404, pictured=False),
)
BY_LINK = (
    Place("confirm", "/{tag}/confirm/{confirm}"),
    Place("confirmed", "/{tag}/confirm/{confirm}", sent={}),
    Place("answer", "/{tag}/answer/{answer_waiting}"),
    Place("answer-mistakes", "/{tag}/answer/{answer_waiting}", sent={}, status=422, pictured=False),
    Place("answer-over", "/{tag}/answer/{answer_over}"),
    Place("answered", "/{tag}/answer/{answer_waiting}", sent={"answer": "Den am Abend."}),
    Place("round", "/{tag}/status-round/{round}"),
    Place("round-mistakes", "/{tag}/status-round/{round}", sent={"csrf": "x"}, status=400, pictured=False),
    Place("round-in-telegram", "/{tag}/status-round/{boris_round}", sent={"to-telegram": "1"}),
    Place("round-thanks", "/{tag}/status-round/{round}", sent={}, pictured=False),
    Place("round-over", "/{tag}/status-round/{round}"),
    Place("lead", "/{tag}/lead/{lead}"),
    Place("lead-mistakes", "/{tag}/lead/{lead}", sent={}, status=422, pictured=False),
    Place("lead-done", "/{tag}/lead/{lead}", sent={"name": "Nora Neu", "reach": "telegram"}),
    Place("wish", "/{tag}/messages/updates/{wish}"),
    Place("wish-for-meetings", "/{tag}/messages/meetings/{wish}", pictured=False),
    Place("wish-for-reminders", "/{tag}/messages/reminders/{wish}", pictured=False),
    Place("wish-for-changes", "/{tag}/messages/changes/{wish}", pictured=False),
    Place("wish-for-all", "/{tag}/messages/updates/{wish_all}", pictured=False),
    Place("wish-weekly", "/{tag}/messages/weekly/{wish}"),
    Place("wish-weekly-ended", "/{tag}/messages/weekly/{wish}", sent={}),
    Place("wished-weekly", "/{tag}/messages/updates/{wish}", sent={"rhythm": "weekly"}, pictured=False),
    Place("wished-never", "/{tag}/messages/updates/{wish}", sent={"rhythm": "never"}),
    Place("wished-at-once", "/{tag}/messages/updates/{wish}", sent={"rhythm": "instant"}, pictured=False),
    Place("stop", "/{tag}/stop/{stop}"),
    Place("stopped", "/{tag}/stop/{stop}", sent={}),
    Place("stop-meetings", "/{tag}/stop/meetings/{stop}"),
    Place("stopped-meetings", "/{tag}/stop/meetings/{stop}", sent={}),
    Place("calendar", "/{tag}/calendar/{calendar}"),
)
OWN = (
    Place("me-closed", "/{tag}/me"),
    Place("me-link-mistake", "/{tag}/me", sent={"email": "x"}, to="/{tag}/me/link", status=422),
    Place("me-link-sent", "/{tag}/me", sent={"email": "amina@example.org"}, to="/{tag}/me/link"),
    Place("me-open", "/{tag}/me/{me}"),
    Place("me", "/{tag}/me", AMINA),
    Place("me-of-somebody-new", "/{tag}/me", BORIS, pictured=False),
    Place("me-data", "/{tag}/me/data", AMINA, pictured=False),
    Place("messages", "/{tag}/me/messages", AMINA),
    Place("messages-saved", "/{tag}/me/messages", AMINA, sent={"act": "stop-all"}, pictured=False),
    Place("erased", "/{tag}/erased"),
)
LEADS = (
    Place("sheet-closed", "/{tag}/groups/7.49/edit", status=403),
    Place("sheet-of-others", "/{tag}/groups/7.49/edit", BORIS, status=403, pictured=False),
    Place("sheet", "/{tag}/groups/7.49/edit", AMINA),
    Place(
        "sheet-mistakes",
        "/{tag}/groups/7.49/edit",
        AMINA,
        to="/{tag}/groups/7.49/edit/milestone-add",
        sent={"measure": ""},
        status=422,
        pictured=False,
    ),
    Place("chats", "/{tag}/groups/7.49/chats", AMINA),
    Place(
        "chats-link",
        "/{tag}/groups/7.49/chats",
        AMINA,
        sent={},
        to="/{tag}/groups/7.49/chats/link",
        pictured=False,
    ),
    Place("chats-of-others", "/{tag}/groups/7.49/chats", status=403, pictured=False),
    Place("write-list", "/{tag}/groups/7.49/write", AMINA),
    Place("write", "/{tag}/groups/7.49/write/{draft}", AMINA),
    Place("write-recipients", "/{tag}/groups/7.49/write/{draft}/recipients", AMINA),
    Place("write-look", "/{tag}/groups/7.49/write/{draft}/look?lang={tag}", AMINA),
    Place("write-mail", "/{tag}/groups/7.49/write/{draft}/mail?lang={tag}", AMINA),
    Place("write-send", "/{tag}/groups/7.49/write/{draft}/send", AMINA),
)
ERRORS = (
    Place("error-404", "/{tag}/nope", status=404),
    Place("error-link", "/{tag}/me/nope", status=404, pictured=False),
    Place("error-413", "/{tag}/forms/ask-office", sent={"name": "x" * 400_000}, status=413, pictured=False),
    Place("error-405", "/{tag}/groups", sent={}, status=405, pictured=False),
    Place("error-500", "/{tag}/broken", status=500),
    Place("error-503", "/{tag}/busy", status=503, pictured=False),
)
PLACES = (*OPEN, *FORMS, *OWN[:5], *LEADS, *HALLS, *BY_LINK, *OWN[5:], *ERRORS)

# What is answered by GET and is no page: files, feeds, pieces, what only programs read, ways to another page.
NO_PAGES = frozenset({
    "attachments.show", "calendar.feed", "data.download", "events.file", "health.health", "landing.to_front",
    "landing.vote", "meetings.file", "metrics.show", "news.feed_of_all",
    "news.feed_of_group", "news.feed_of_programme", "own_data.download", "own_data.take_along",
    "own_files.download", "papers.goal_sheet",
    "rounds.go_on", "static", "style", "timeline.feed_of_all", "timeline.feed_of_group",
    "uploads.show", "walls.as_it_is", "well_known.security",
})  # fmt: skip


def pages_of(app: Flask) -> set[str]:
    """Return all views that show a public page by GET."""
    every = {
        rule.endpoint for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith("desk.")
    }  # fmt: skip
    return every - NO_PAGES
