"""What is written to somebody whose file could not be taken after the form had been sent."""

from models.attachments import Attachment
from models.cleaned import PROBLEM_WORDS, AttachmentKind, Problem
from models.letters import Letter
from translations import Text, _

_SUBJECTS: dict[AttachmentKind, Text] = {
    AttachmentKind.PHOTO: _("Your photo did not reach us"),
    AttachmentKind.VOICE: _("Your voice message did not reach us"),
    AttachmentKind.DOCUMENT: _("Your file did not reach us"),
}
_NAMED: dict[AttachmentKind, Text] = {
    AttachmentKind.PHOTO: _("We have your words. One photo is missing: {name}."),
    AttachmentKind.VOICE: _("We have your words. One voice message is missing: {name}."),
    AttachmentKind.DOCUMENT: _("We have your words. One file is missing: {name}."),
}
_NAMELESS: dict[AttachmentKind, Text] = {
    AttachmentKind.PHOTO: _("We have your words. One photo is missing."),
    AttachmentKind.VOICE: _("We have your words. One voice message is missing."),
    AttachmentKind.DOCUMENT: _("We have your words. One file is missing."),
}


def not_taken(one: Attachment) -> Letter:
    """Say which file is missing, why, and that a new one is welcome."""
    which = _NAMED[one.kind](name=one.name) if one.name else _NAMELESS[one.kind]
    why = PROBLEM_WORDS.get(one.problem, PROBLEM_WORDS[Problem.BROKEN])
    return Letter(_SUBJECTS[one.kind], (which, why))
