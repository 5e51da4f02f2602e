"""Languages of the service, and words that are put into one of them as late as possible."""

from translations.languages import LANGUAGES, SOURCE, Language, find, language, suggest
from translations.text import Localised, Spoken, Text, Words, _, n_

__all__ = [
    "LANGUAGES",
    "SOURCE",
    "Language",
    "Localised",
    "Spoken",
    "Text",
    "Words",
    "_",
    "find",
    "language",
    "n_",
    "suggest",
]
