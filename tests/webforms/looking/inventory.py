"""All public pages: each GET address of the URL map has an example here, or is named as a file.

A place is opened, and its form sent where it has answers. Places of one language are visited in this order,
in a house of their own, so a later one shows what an earlier one has done.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask

AMINA, BORIS = "amina", "boris"  # in whose browser; "" is somebody unknown
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
PLACES = (*OPEN, *FORMS, *OWN[:5], *LEADS, *BY_LINK, *OWN[5:], *ERRORS)

# What is answered by GET and is no page: files, feeds, what only programs read, and ways to another page.
NO_PAGES = frozenset({
    "attachments.show", "calendar.feed", "data.download", "health.health", "landing.to_front",
    "me.download", "meetings.file", "metrics.show", "news.feed_of_all", "news.feed_of_group",
    "news.feed_of_programme", "own_files.download", "papers.goal_sheet", "rounds.go_on", "static", "style",
    "timeline.feed_of_all", "timeline.feed_of_group", "uploads.show",
})  # fmt: skip


def pages_of(app: Flask) -> set[str]:
    """Return all views that show a public page by GET."""
    every = {
        rule.endpoint for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith("desk.")
    }  # fmt: skip
    return every - NO_PAGES
