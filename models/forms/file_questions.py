"""Questions that are answered with files: photos, voice notes, documents.

The raw answer is the files' tokens with spaces between. In a dialogue, where files come one by one, it ends
with `MORE` until the person says that these are all.
"""

from collections import Counter
from collections.abc import Sequence
from functools import reduce

from models import attachments
from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.cleaned import PROBLEM_WORDS, Problem
from models.errors import InvalidAnswer
from models.forms.questions import Context, Kind, LongText, Question, Said
from models.plain_text import plain
from translations import Text, Words, _, n_

MORE = "+"
_COUNTED = {
    AttachmentKind.PHOTO: n_("{n} photo", "{n} photos"),
    AttachmentKind.VOICE: n_("{n} voice note", "{n} voice notes"),
    AttachmentKind.DOCUMENT: n_("{n} document", "{n} documents"),
}
SORT_WORDS = {
    AttachmentKind.PHOTO: _("Photo"),
    AttachmentKind.VOICE: _("Voice note"),
    AttachmentKind.DOCUMENT: _("Document"),
}
_NOT_TAKEN = n_("{n} file that could not be taken", "{n} files that could not be taken")
_BAD = (AttachmentState.REFUSED, AttachmentState.LOST, AttachmentState.GONE)


def tokens_in(raw: str) -> list[str]:
    """Return the tokens of a raw answer, each once."""
    return [token for token in dict.fromkeys(plain(raw).split()) if token != MORE]


def with_one(raw: str | None, token: str) -> str:
    """Return an answer with one more file. Without an answer so far, more are waited for."""
    is_open = raw is None or MORE in raw.split()
    return " ".join([*tokens_in(raw or ""), token, *([MORE] if is_open else [])])


def without(raw: str, token: str) -> str:
    """Return an answer without one of its files; "" where it was the only one."""
    left = [one for one in tokens_in(raw) if one != token]
    return " ".join([*left, *([MORE] if left and MORE in raw.split() else [])])


def reopened(tokens: Sequence[str]) -> str:
    """Return an answer of these files to which more can be added; "" without any."""
    return " ".join([*tokens, MORE]) if tokens else ""


def closed(raw: str) -> str:
    """Return an answer to which nothing is added any more."""
    return " ".join(tokens_in(raw))


def in_words(files: Sequence[Attachment]) -> Words:
    """Return how many files of which kind there are."""
    counts = Counter(one.kind for one in files if one.state not in _BAD)
    said = [words(n=counts[kind]) for kind, words in _COUNTED.items() if counts[kind]]
    bad = sum(one.state in _BAD for one in files)
    said += [_NOT_TAKEN(n=bad)] if bad else []
    return reduce(_and, said) if said else Said("")


def _and(first: Text, second: Text) -> Text:
    return _("{first}, {second}")(first=first, second=second)


class Files(Question[tuple[Attachment, ...]]):
    """Files that have been taken in before, by their tokens; at most `attachments.MOST`.

    Nobody can name files of somebody else or of another entry.
    """

    kind = Kind.FILES
    missing = _("Please add a file.")

    def nothing(self) -> tuple[Attachment, ...]:
        """Return no files."""
        return ()

    def is_given(self, raw: str) -> bool:
        """Return whether there is any file."""
        return bool(tokens_in(raw))

    def is_open(self, raw: str) -> bool:
        """Return whether the dialogue waits for more files."""
        return MORE in raw.split()

    def reopened(self, raw: str) -> str:
        """Return the same files, with more to come."""
        return reopened(tokens_in(raw))

    def found(self, raw: str, context: Context) -> list[Attachment]:
        """Return those files of a raw answer that this person may name."""
        every = attachments.by_tokens(context.session, tokens_in(raw))
        return [one for one in every if _may_be_named(one, context)]

    def read(self, raw: str, context: Context) -> tuple[Attachment, ...]:
        """Return the files; InvalidAnswer where there are too many, or one is gone or could not be taken."""
        tokens = tokens_in(raw)
        if len(tokens) > attachments.MOST:
            raise InvalidAnswer(_("Please send at most {n} files at once.")(n=attachments.MOST))
        files = self.found(raw, context)
        if context.entry_id is None or context.channel != "staff":
            if len(files) < len(tokens):
                raise InvalidAnswer(_("A file is no longer there. Please add it once more."))
            for reason in refusals(files).values():
                raise InvalidAnswer(reason)
        return tuple(files)

    def sort_of(self, one: Attachment) -> Text:
        """Return what sort of file it is, in words."""
        return SORT_WORDS[one.kind]

    def say(self, answer: tuple[Attachment, ...]) -> Words:
        """Return how many files of which kind there are."""
        return in_words(answer)


def _may_be_named(one: Attachment, context: Context) -> bool:
    if one.submission_id is not None:
        return one.submission_id == context.entry_id
    return one.person_id is None or (context.person is not None and one.person_id == context.person.id)


def refusals(files: Sequence[Attachment]) -> dict[str, Text]:
    """Return why files that have not been sent yet cannot be: by token, those that turned out bad."""
    return {
        one.token: could_not_be_taken(one.name, PROBLEM_WORDS.get(one.problem, PROBLEM_WORDS[Problem.BROKEN]))
        for one in files
        if one.state in _BAD and one.submission_id is None
    }


def could_not_be_taken(name: str, reason: Text) -> Text:
    """Return why a file was refused, with its name where it has one."""
    if not name:
        return reason
    return _("“{name}” could not be taken. {reason}")(name=name, reason=reason)


class TextOrFiles(LongText):
    """Some sentences, which may be left out where files speak instead."""

    missing = _("Please write a few words, or add a photo or a voice note.")

    def __init__(self, label: Text, *, files: str, hint: Text | None = None) -> None:
        super().__init__(label, hint=hint)
        self.unless = files
