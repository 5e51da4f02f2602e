"""What personal data is processed, for what, and for how long: read by the privacy page and by the register.

Every column that can hold something of a person belongs to a purpose, or is named as nobody's; a test fails
on a new one that is neither.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from models.columns import LocalisedWords
from models.periods import CHAT_ONLY
from models.settings import Settings
from translations import LANGUAGES, Localised, Text, _


class Basis(StrEnum):
    """By which right something is processed."""

    TASK = "task"
    CONSENT = "consent"
    DUTY = "duty"


def _law(places: str, german: str) -> Localised:
    """Return a place in the law as it is written in each language."""
    others = {one.tag: f"Art. {places} GDPR" for one in LANGUAGES if one.tag != "de-simple"}
    cyrillic = dict.fromkeys(("uk", "ru"), f"ст. {places} GDPR")
    return Localised({**others, **cyrillic, "fr": f"art. {places} RGPD", "de": f"{german} DSGVO"})


BASIS_WORDS: Mapping[Basis, Text] = {
    Basis.TASK: _("A task of the public office ({law})")(law=_law("6 (1) (e)", "Art. 6 Abs. 1 Buchst. e")),
    Basis.CONSENT: _("Consent, which can be taken back at any time ({law})")(
        law=_law("6 (1) (a)", "Art. 6 Abs. 1 Buchst. a")
    ),
    Basis.DUTY: _("A legal duty: proof and security ({law})")(
        law=_law("6 (1) (c), 7 (1), 32", "Art. 6 Abs. 1 Buchst. c, Art. 7 Abs. 1, Art. 32")
    ),
}
TAKING_PART = _("People who take part")
STAFF = _("Staff of the office")


@dataclass(frozen=True, slots=True)
class Purpose:
    """Something that is done with personal data."""

    key: str
    what: Text
    data: Text
    basis: tuple[Basis, ...]
    periods: tuple[str, ...]
    columns: frozenset[str]
    people: Text = TAKING_PART
    stays: Text | None = None  # what is kept without an end, and why
    needs_chat: bool = False


def _columns(*tables: str) -> frozenset[str]:
    """Return "table.column" for each column named as in "table: column column"."""
    parts = (table.partition(":") for table in tables)
    return frozenset(f"{name}.{column}" for name, _sep, columns in parts for column in columns.split())


PURPOSES: Sequence[Purpose] = (
    Purpose(
        "answering", _("Dealing with what people send, and answering them"),
        _("Name, organisation, language, ways of contact, and what is written in forms and about them."),
        (Basis.TASK,),
        ("unconfirmed", "inactive", "drafts", "entries-accepted", "entries-declined", "entries-withdrawn",
         "entries-unanswered"),
        _columns(
            "people: name language organisation email email_failed phone",
            "submissions: form key person_id channel language title answers typed_by_id",
            "history: staff_id words language channel",
            "drafts: person_id form key answers asked language",
        ),
    ),
    Purpose(
        "groups", _("Bringing people and working groups together, and keeping goal sheets"),
        _("Groups, roles, contact persons, reports on milestones and meetings."),
        (Basis.TASK, Basis.CONSENT), ("inactive",),
        _columns(
            "memberships: person_id", "leads: person_id", "working_groups: contact_id", "participants: name",
            "goal_sheets: lead_organisation notes", "round_requests: person_id staff_id",
            "progress_reports: happened needed public new_due_wording",
            "milestones: measure dropped_reason", "readings: source staff_id",
            "meetings: place agenda minutes decisions",
            "sheet_changes: about before after reason staff_id person_id",
        ),
        stays=_("What stands on a goal sheet is public and stays, without saying from whom it came."),
    ),
    Purpose(
        "messages", _("Sending messages that people want to get"),
        _("Chosen messages and quiet hours, the words of messages, and whether they arrived."),
        (Basis.CONSENT, Basis.TASK), ("letters",),
        _columns(
            "messages: key kind words", "deliveries: person_id staff_id error external_id edits",
            "preferences: person_id",
            "subscriptions: person_id", "digest_items: person_id",
            "updates: title body picture_words button_target button_label staff_id person_id released_by",
            "update_steps: staff_id person_id words",
        ),
        stays=_("News for everybody stays on the page, in the name of the office or of the group."),
    ),
    Purpose(
        "consents", _("Proving what people have agreed to"),
        _("Wording, language, time and way of each consent, and when it was taken back."),
        (Basis.DUTY,), ("inactive",),
        _columns("consents: person_id purpose wording language channel"),
    ),
    Purpose(
        "events", _("Preparing and holding events"),
        _("Registrations, languages on the badge, needs, arrivals, and notes and photos of workshops."),
        (Basis.TASK, Basis.CONSENT), ("guests", "needs", "workshops"),
        _columns(
            "registrations: person_id organisation languages needs code seat_key", "arrivals: staff_id",
            "workshops: moderator moderator_id", "workshop_fields: words writer staff_id",
            "workshop_earlier: words staff_id", "workshop_sheets: put_notes put_by",
            "workshop_pictures: staff_id", "workshop_steps: measure",
        ),
    ),
    Purpose(
        "views", _("Hearing what people think: feedback and votes"),
        _("Feedback and cards without a name; who gave which dot, only until the vote is closed."),
        (Basis.TASK,), ("feedback", "votes-open", "votes"),
        _columns(
            "feedback_points: words german", "feedback_entries: key channel language",
            "ballot_cards: words german language key", "ballot_voters: slip",
        ),
    ),
    Purpose(
        "files", _("Keeping files that people send"),
        _("Photos, voice messages and documents, freed from hidden details such as the place."),
        (Basis.TASK,), ("loose-files", "entries-accepted"),
        _columns("attachments: token problem name caption media_type stored person_id"),
        stays=_("A file that the office has published stays with its report, without a name."),
    ),
    Purpose(
        "chat", _("Talking with people in Telegram"),
        _("Number and name of the chat, and what is written there."),
        (Basis.CONSENT,), ("inbox", "inbox-failed", "inactive"),
        _columns(
            "people: telegram_id telegram_name", "inbox: update_id chat_id body error",
            "group_chats: chat_id linked_by",
            "attachments: telegram_file telegram_unique",
        ),
        needs_chat=True,
    ),
    Purpose(
        "safety", _("Keeping pages and data safe"),
        _("One-time links, log-ins, browsers of the office, and who was erased, as a number."),
        (Basis.DUTY,), ("links", "log-ins", "browsers", "failed-log-ins", "counted-letters", "erasures",
         "nights"),
        _columns(
            "links: token_hash person_id", "logins: token_hash staff_id person_id device mailed_code",
            "staff_devices: token_hash staff_id", "login_tries: key",
            "staff_ceremonies: token_hash staff_id challenge nonce verifier onwards", "erasures: mark",
            "former_people: mark person_id", "nights: removed",
        ),
    ),
    Purpose(
        "staff", _("Running the accounts of the office"),
        _("Name, e-mail address, role and languages, and who did what to which record."),
        (Basis.TASK, Basis.DUTY), (),
        _columns(
            "staff: name email language password_hash totp_secret recovery_codes languages fields",
            "staff: factor_step", "staff_passkeys: staff_id credential uses name",
            "staff_identities: staff_id issuer subject",
            "audit: record seal staff_id command", "renditions: made_by approved_by note",
        ),
        people=STAFF,
        stays=_("Accounts and the list of what was done stay, so that decisions can be followed."),
    ),
)  # fmt: skip
# The programme's and the office's own words, codes, keys, kinds and places: nobody is behind them.
IMPERSONAL = _columns(
    "agenda_items: starts ends what words", "ballot_topics: title", "ballots: code title", "bodies: name",
    "broadcasts: audience", "events: title code hall_code starts ends place heading about access languages",
    "events: interpreters", "feedback_topics: title", "fields: name", "goal_sheets: interim_target",
    "goal_sheets: interim_due_wording", "goals: number title summary deadline_wording unit",
    "goals: position", "arrivals: tick",
    "group_chats: title language", "leases: name holder", "marks: deed amount",
    "meetings: held_wording starts ends languages", "milestones: due_wording report_due_wording",
    "ownerships: reason", "programmes: title status_months conference_name interim_due_wording",
    "regions: name office office_short phone email address accent source_language privacy_contact",
    "renditions: kind tag words source_mark", "updates: source audience", "working_groups: code",
    "workshop_earlier: name", "workshop_fields: name", "workshop_sheets: removed", "workshop_steps: due",
    "workshops: title room languages",
)  # fmt: skip


def in_use(settings: Settings) -> Sequence[Purpose]:
    """Return the purposes of this installation: none of the chat where there is no chat."""
    return [one for one in PURPOSES if settings.is_telegram_on or not one.needs_chat]


def periods_of(purpose: Purpose, settings: Settings) -> Sequence[str]:
    """Return the keys of a purpose's periods, as far as this installation has anything of the kind."""
    return [key for key in purpose.periods if settings.is_telegram_on or key not in CHAT_ONLY]


def periods_in_use(settings: Settings) -> Sequence[str]:
    """Return the keys of all periods of this installation, in the order of its purposes, each once."""
    return list(dict.fromkeys(key for one in in_use(settings) for key in periods_of(one, settings)))


RECIPIENTS: Sequence[tuple[str, Text]] = (
    ("office", _("The office.")),
    ("contact", _("The contact person of a group, only if the person has agreed.")),
    ("public", _("Everybody, as far as the office publishes a report, without the person's name.")),
    ("mail", _("The provider of the office's mail, for e-mails.")),
    ("telegram", _("Telegram, for messages in the chat.")),
)
ABROAD = _(
    "Telegram is a company outside the European Union and sees what is written in the chat. "
    "You need not use it: everything works here and by e-mail as well."
)
NOT_ABROAD = _("No data is passed on to countries outside the European Union.")
MEASURES: Sequence[Text] = (
    _("Connections are encrypted, and pages load nothing from others."),
    _("No password is kept in plain words, and admins need a second step."),
    _("Each account sees and does only what its role needs; what is done is noted and sealed."),
    _("What is over goes by itself each night; what is erased leaves nothing on the disk."),
    _("Backups are checked, and who was erased does not come back with them."),
    _("Logs hold no names, no addresses and no words of people."),
)


def recipients(settings: Settings) -> Sequence[Text]:
    """Return who gets to see data in this installation."""
    lacks = {"mail": not settings.has_mail, "telegram": not settings.is_telegram_on}
    return [words for key, words in RECIPIENTS if not lacks.get(key)]


def abroad(settings: Settings) -> Text:
    """Return what leaves the European Union."""
    return ABROAD if settings.is_telegram_on else NOT_ABROAD


def unregistered(metadata: sa.MetaData) -> list[str]:
    """Return the columns that can hold something of a person and that no purpose names."""
    known = IMPERSONAL.union(*(one.columns for one in PURPOSES))
    return [name for name in candidates(metadata) if name not in known]


def candidates(metadata: sa.MetaData) -> Iterator[str]:
    """Return each column that holds words or large numbers, or points to a person or an account."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            kinds = (sa.String, sa.JSON, LocalisedWords, sa.BigInteger)
            is_told = isinstance(column.type, kinds) and not isinstance(column.type, sa.Enum)
            points = {key.target_fullname.partition(".")[0] for key in column.foreign_keys}
            if is_told or points & {"people", "staff"} or column.name in ("person_id", "staff_id"):
                yield f"{table.name}.{column.name}"
