"""What of the content can be put into other languages: kinds of pieces, their texts, and where they appear.

A kind names its table and the columns that hold words. A test holds that each such column is in a kind, so
that nothing is left out of the translators' desk by mistake.
"""

import hashlib
import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, markup
from models.ballots import Ballot, BallotTopic, Phase
from models.db import Base, cache_of
from models.errors import InvalidAnswer, NotFound
from models.events import AgendaItem, Event, EventState, Workshop
from models.goals import Field, Goal
from models.groups import WorkingGroup
from models.progress import ProgressReport
from models.submissions import Submission
from models.updates import Update, UpdateState
from translations import SOURCE, Localised, Text, _

# What is older has been read by whoever wanted to read it, and volunteers' time is dear.
RECENT = timedelta(days=365)
TELEGRAM_TEXT = 4096  # UTF-16 units of one message
Rows: TypeAlias = sa.Select[*tuple[Any, ...]]
_JOINERS = ("\u200c", "\u200d")  # invisible, and needed in Persian, Kurdish and emoji


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a piece: its column, what people call it, and how long it may be in UTF-16 units."""

    name: str
    label: Text
    longest: int
    lines: bool = False
    hint: Text | None = None

    def typed(self, raw: str) -> str:
        """Return what was typed without characters that are no text; InvalidAnswer where it is too long."""
        if len(raw) > 2 * self.longest:
            raise self.too_long()
        plain = raw.replace("\r\n", "\n").replace("\r", "\n")
        kept = "".join(
            char for char in plain if char in ("\n", *_JOINERS) or unicodedata.category(char)[0] != "C"
        )
        kept = unicodedata.normalize("NFC", kept)
        kept = kept.strip() if self.lines else " ".join(kept.split())
        if markup.units(kept) > self.longest:
            raise self.too_long()
        return kept

    def too_long(self) -> InvalidAnswer:
        """Return the refusal of words that do not fit."""
        text = _("“{part}” is too long. Please use at most {n} characters.")
        return InvalidAnswer(text(part=self.label, n=self.longest))


@dataclass(frozen=True, slots=True)
class Piece:
    """Something with words in several languages, as it is now. `tag` is the language it was written in."""

    kind: "Kind"
    id: int
    tag: str
    number: str  # of the goal that it is about, "" for none
    title: Localised
    words: Mapping[str, Localised]
    page: str  # where everybody reads it, after the language; "" where nobody does yet

    @property
    def source(self) -> dict[str, str]:
        """Return the texts that there are to translate, by the names of their parts."""
        return {name: text for name, words in self.words.items() if (text := words.words.get(self.tag, ""))}

    @property
    def parts(self) -> list[Part]:
        """Return the parts that there are to translate."""
        source = self.source
        return [part for part in self.kind.parts if part.name in source]

    @property
    def mark(self) -> str:
        """Return a mark of the source: another one says that a translation may be outdated."""
        return mark_of(self.tag, self.source)

    def said(self, tag: str) -> dict[str, str]:
        """Return what readers of exactly this language get to read."""
        return {name: text for name in self.source if (text := self.words[name].words.get(tag, ""))}

    def is_whole(self, tag: str) -> bool:
        """Return whether each text is there in this language."""
        return len(self.said(tag)) == len(self.source)

    @property
    def tags(self) -> set[str]:
        """Return the languages, besides its own, in which at least something is there."""
        return {tag for words in self.words.values() for tag, text in words.words.items() if text} - {
            self.tag
        }


def mark_of(tag: str, source: Mapping[str, str]) -> str:
    """Return the mark of source texts in a language."""
    told = json.dumps([tag, sorted(source.items())], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class Kind:
    """A kind of pieces. The subclasses say where its rows are, and what else a translation touches."""

    slug: str
    label: Text
    table: type[Base]
    parts: tuple[Part, ...]
    title: str = "title"  # the column that a list shows
    whole: tuple[str, ...] = field(default=())  # parts that go out in one chat message together

    def about(self) -> sa.ColumnElement[str]:
        """Return the number of the goal that a row is about; "" for none."""
        return sa.literal("")

    def rows(self) -> Rows:
        """Return the statement of all its rows, each with the number of its goal."""
        return sa.select(self.table, self.about().label("about"))

    def is_listed(self) -> sa.ColumnElement[bool]:
        """Return which rows are worth a translation now."""
        return sa.true()

    def source_of(self, _record: Any) -> str:
        """Return the language in which a row was written; "" where its words tell."""
        return ""

    def page(self, _record: Any, number: str) -> str:
        """Return where everybody reads it, after the language."""
        return f"groups/{number}"

    def asked(self, _record: Any) -> Sequence[str]:
        """Return the names of the parts that are in use in this row."""
        return [part.name for part in self.parts]

    def touch(self, session: Session, _record: Any) -> None:
        """Let others see the new words, and those who have it open know that it has changed."""
        cache_of(session).drop()

    def listed(self, session: Session) -> list[Piece]:
        """Return the pieces that are worth a translation: one statement, however many there are."""
        return self._read(session, self.rows().where(self.is_listed()).order_by(self._id.desc()))

    def pieces(self, session: Session, ids: Collection[int] | None = None) -> dict[int, Piece]:
        """Return these pieces by id, or all of them."""
        statement = self.rows() if ids is None else self.rows().where(self._id.in_(ids))
        return {one.id: one for one in self._read(session, statement)}

    def listed_of(self, session: Session, ids: Collection[int], *, hold: bool = False) -> dict[int, Piece]:
        """Return those of these pieces that are worth a translation, held until the transaction ends."""
        statement = self.rows().where(self._id.in_(ids), self.is_listed())
        if hold:
            statement = statement.with_for_update(of=self.table)
        return {one.id: one for one in self._read(session, statement)}

    def held(self, session: Session, number: int) -> Piece:
        """Return one piece and hold it until the transaction ends; NotFound where it is not listed."""
        statement = self.rows().where(self._id == number, self.is_listed()).with_for_update(of=self.table)
        found = self._read(session, statement.execution_options(populate_existing=True))
        if not found:
            raise NotFound(_("There is nothing to translate here any more."))
        return found[0]

    def put(self, session: Session, number: int, tag: str, words: Mapping[str, str]) -> None:
        """Write the words of one language into the piece itself, where readers find them."""
        record = session.get_one(self.table, number)
        for name, text in words.items():
            before: Localised = getattr(record, name)
            others = {other: said for other, said in before.words.items() if other != tag}
            setattr(record, name, Localised({**others, tag: text} if text else others))
        self.touch(session, record)
        session.flush()

    @property
    def _id(self) -> sa.ColumnElement[int]:
        (key,) = sa.inspect(self.table).primary_key
        return key

    def _read(self, session: Session, statement: Rows) -> list[Piece]:
        return [self._piece(record, number) for record, number in session.execute(statement)]

    def _piece(self, record: Any, number: str) -> Piece:
        words: dict[str, Localised] = {name: getattr(record, name) for name in self.asked(record)}
        title: Localised = getattr(record, self.title)
        tag = self.source_of(record) or title.spoken(SOURCE).tag
        return Piece(self, record.id, tag, number, title, words, self.page(record, number))


class _Fields(Kind):
    def about(self) -> sa.ColumnElement[str]:
        return sa.cast(Field.number, sa.String)

    def page(self, _record: Any, number: str) -> str:
        return f"goals?field={number}"


class _Goals(Kind):
    def about(self) -> sa.ColumnElement[str]:
        return sa.type_coerce(Goal.number, sa.String)


class _Updates(Kind):
    def is_listed(self) -> sa.ColumnElement[bool]:
        is_recent = sa.or_(Update.sent_at.is_(None), Update.sent_at > clock.now() - RECENT)
        return sa.and_(Update.state != UpdateState.CANCELLED, is_recent)

    def source_of(self, record: Update) -> str:
        return record.source

    def page(self, record: Update, _number: str) -> str:
        is_out = record.state in (UpdateState.SENDING, UpdateState.SENT) and record.is_public
        return f"news/{record.id}" if is_out else ""

    def asked(self, record: Update) -> Sequence[str]:
        names = super().asked(record)
        return [name for name in names if name != "picture_words" or record.picture_id is not None]

    def touch(self, session: Session, record: Update) -> None:
        """Who has it open in the composer must not overwrite the new words."""
        record.version += 1
        record.changed_at = clock.now()


class _Ballots(Kind):
    def is_listed(self) -> sa.ColumnElement[bool]:
        return Ballot.phase != Phase.RESULT

    def page(self, record: Ballot, _number: str) -> str:
        return f"dots/{record.code}"


class _BallotTopics(Kind):
    def is_listed(self) -> sa.ColumnElement[bool]:
        running = sa.select(Ballot.id).where(Ballot.phase != Phase.RESULT)
        return BallotTopic.ballot_id.in_(running)

    def page(self, _record: BallotTopic, _number: str) -> str:
        return ""

    def touch(self, session: Session, record: BallotTopic) -> None:
        """Let the moderators' boards see that it has changed."""
        record.version += 1


class _Reports(Kind):
    def about(self) -> sa.ColumnElement[str]:
        return sa.type_coerce(Goal.number, sa.String)

    def rows(self) -> Rows:
        joined = super().rows().join(WorkingGroup, WorkingGroup.id == ProgressReport.group_id)
        return joined.join(Goal, Goal.id == WorkingGroup.goal_id)

    def is_listed(self) -> sa.ColumnElement[bool]:
        return ProgressReport.published_at > clock.now() - RECENT

    def touch(self, session: Session, record: ProgressReport) -> None:
        """Neither what was reported nor its date changes, so the sheet's history notes nothing.

        The entry gets a new number: who words it anew at the desk meanwhile is told of the translation.
        """
        session.execute(
            sa.update(Submission)
            .where(Submission.id == record.submission_id)
            .values(version=Submission.version + 1)
            .execution_options(synchronize_session=False)
        )


def _is_worth_it(event_id: sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    """Return the condition that an event is still read by people, or will be."""
    current = sa.select(Event.id).where(Event.state.in_((EventState.DRAFT, EventState.OPEN)))
    return event_id.in_(current)


class _Events(Kind):
    def is_listed(self) -> sa.ColumnElement[bool]:
        return Event.state.in_((EventState.DRAFT, EventState.OPEN))

    def page(self, record: Event, _number: str) -> str:
        return f"events/{record.code}" if record.state is not EventState.DRAFT else ""

    def touch(self, session: Session, record: Event) -> None:
        """Who has it open in the editor must not overwrite the new words."""
        super().touch(session, record)
        record.version += 1


class _Plans(Kind):
    def is_listed(self) -> sa.ColumnElement[bool]:
        return _is_worth_it(AgendaItem.event_id)

    def page(self, _record: AgendaItem, _number: str) -> str:
        return "events"


class _Workshops(Kind):
    def is_listed(self) -> sa.ColumnElement[bool]:
        return _is_worth_it(Workshop.event_id)

    def page(self, _record: Workshop, _number: str) -> str:
        return "events"


_MARKS = _("Stars, dashes and brackets mark bold words, lists and links: please keep them.")
_BUTTON = _("It stands on a button: two or three words.")
_ALT = _("It is read to people who do not see the picture.")

KINDS: dict[str, Kind] = {
    one.slug: one
    for one in (
        _Updates("update", _("Updates"), Update, (
            Part("title", _("Title"), 150),
            Part("body", _("Text"), 8000, lines=True, hint=_MARKS),
            Part("picture_words", _("What the picture shows"), 500, hint=_ALT),
            Part("button_label", _("Words on the button"), 40, hint=_BUTTON),
        ), whole=("title", "body")),
        _Goals("goal", _("Goals"), Goal, (
            Part("title", _("Title"), 300),
            Part("summary", _("What it is about"), 5000, lines=True),
        )),
        _Fields("field", _("Fields"), Field, (Part("name", _("Name"), 200),), title="name"),
        _Events("event", _("Events"), Event, (
            Part("heading", _("Title"), 200),
            Part("about", _("What it is about"), 5000, lines=True),
            Part("access", _("How people get in"), 2000, lines=True),
        ), title="heading"),
        _Plans("agenda", _("Plan of the day"), AgendaItem, (
            Part("words", _("What"), 1000, lines=True),
        ), title="words"),
        _Workshops("workshop", _("Workshops"), Workshop, (Part("title", _("Title"), 300),)),
        _Ballots("ballot", _("Sticky dots"), Ballot, (Part("title", _("Title"), 200),)),
        _BallotTopics("ballot-topic", _("Topics"), BallotTopic, (Part("title", _("Title"), 200),)),
        _Reports("report", _("Reports"), ProgressReport, (
            Part("public", _("What everybody reads"), 2000, lines=True),
        ), title="public"),
    )
}  # fmt: skip


def kind_of(slug: str) -> Kind:
    """Return the kind of this name; NotFound for another one."""
    found = KINDS.get(slug)
    if found is None:
        raise NotFound(_("There is nothing to translate here any more."))
    return found


def typed(piece: Piece, raw: Mapping[str, str]) -> dict[str, str]:
    """Return the cleaned words for the parts of a piece; InvalidAnswer where they are too long."""
    read = {part.name: part.typed(raw.get(part.name, "")) for part in piece.parts}
    together = sum(markup.length(read.get(name, "")) + 2 for name in piece.kind.whole)
    if piece.kind.whole and together > TELEGRAM_TEXT + 2:
        text = _("Title and text together are too long for one chat message. At most {n} characters fit.")
        raise InvalidAnswer(text(n=TELEGRAM_TEXT - 2))
    return read
