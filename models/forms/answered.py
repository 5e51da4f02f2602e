"""What somebody has answered in a form, question by question, as it can be read afterwards."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from models.forms import FORMS
from models.forms.questions import Consent, Context
from models.people import Person
from translations import Text


class Answered(NamedTuple):
    """A question with the words of its answer."""

    label: Text
    words: str


def answered(
    session: Session, form: str, answers: Mapping[str, Any], tag: str, person: Person, entry_id: int | None
) -> Iterator[Answered]:
    """Yield questions and answers in the order of the form; what cannot be read any more as it was sent."""
    found = FORMS.get(form)
    if found is None:
        return
    read = found(answers, Context(session, tag, person=person, entry_id=entry_id), complete=True)
    for question, words in read.summary():
        if question.name in answers or isinstance(question, Consent):
            yield Answered(question.label, words.to(tag))
    for question in read.asked:
        raw = read.raw.get(question.name, "")
        if question.name in read.errors and raw:
            yield Answered(question.label, raw)
