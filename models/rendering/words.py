"""What every channel says of a letter's content: its heading, and in which language it stands."""

from models.letters import Letter
from translations import LANGUAGES, Spoken, Text, _

CORRECTION = _("Correction: {title}")
ONLY_IN = _("Only in this language so far: {language}")
_OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}


def heading(letter: Letter, tag: str, *, says_correction: bool | None = None) -> str:
    """Return a letter's subject, which says so when it corrects what was sent before."""
    title = letter.subject.to(tag)
    is_said = letter.is_correction if says_correction is None else says_correction
    return CORRECTION(title=title).to(tag) if is_said else title


def only_in(said: Spoken) -> Text:
    """Return the note below content that is not in the reader's language."""
    return ONLY_IN(language=_OWN_NAMES.get(said.tag, said.tag))
