"""Plain German ("Einfache Sprache"): what makes a text hard to read for those who are learning the language.

The rules, with examples, are in docs/for-developers/plain-german.md. They are checked on what participants
read; the desk is read by staff, and only its sentences are held short.
"""

import re
from collections.abc import Iterable, Iterator

LONGEST_SENTENCE = 12  # words
LONGEST_WORD = 14  # letters in a row; a hyphen makes two words of one
MOST_COMMAS = 1  # in a sentence; a list has its own line each, or an "und"
# Proper names of laws and bodies are as long as they are; they have to be found again as they stand.
_NAMES = re.compile(r"\bInformationstechnik\b|\bBarrierefreiheit\b|\bMITWIRKEN_\w+|\S+@\S+|https?://\S+")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_SENTENCE = re.compile(r"[.?!:;]+(?:\s|$)|\n")
_WORD = re.compile(r"[^\W\d_]+")
_AUXILIARY = re.compile(r"\b(?:wird|wirst|werden|werdet|wurden?|worden)\b", re.IGNORECASE)
# Participles: ge…t, ge…en, with a prefix in front (angenommen), and those that take no "ge" (veröffentlicht).
_PARTICIPLE = re.compile(
    r"\b(?:(?:ab|an|auf|aus|bei|dar|ein|fest|her|hin|los|mit|nach|vor|weg|weiter|zu|zurück|zusammen)?ge\w{2,}(?:t|en)"
    r"|(?:ab|an|auf|aus|ein|vor|zu)?(?:be|emp|ent|er|miss|ver|zer|über)\w{2,}t"
    r"|\w+iert|(?:\w*(?:nommen|schrieben|halten|lassen|geben|sehen|laden|funden|sprochen|standen)))\b"
)
_NO_PARTICIPLES = frozenset(
    {"gern", "gerade", "geben", "gehen", "gelten", "genau", "gesamt", "bereit", "bereits"}
)
_GENITIVE = re.compile(
    r"\b(?:des|eines|Ihres|unseres|seines|dieses|jedes)\s+\w+s\b"  # des Büros
    r"|\b[A-ZÄÖÜ]\w{3,}\s+(?:der|des)\s+\w+\s+(?:der|des)\s+\w+"  # die Seite der Gruppe der …
)
_ABBREVIATION = re.compile(r"\b(?:z\. ?B|d\. ?h|u\. ?a|bzw|usw|ggf|evtl|ca|inkl|o\. ?ä|etc)\.")
_HARD = re.compile(
    r"\b(?:gegebenenfalls|beziehungsweise|diesbezüglich|hinsichtlich|bezüglich|entsprechend\w*|mittels|sowie"
    r"|sofern|falls|jedoch|ebenfalls|lediglich|erforderlich|ermöglich\w+|erfolg(?:t|en|te)|zwecks|seitens"
    r"|würden?|dürften?|sollten?)\b",
    re.IGNORECASE,
)


def long_sentences(words: str) -> Iterator[str]:
    """Yield the sentences that hold more than one breath."""
    for sentence in _sentences(words):
        count = len([word for word in sentence.split() if any(map(str.isalnum, word))])
        if count > LONGEST_SENTENCE:
            yield f"{count} words: {sentence!r}"


def hard_to_read(words: str) -> Iterator[str]:
    """Yield what else a learner stumbles over, each with the rule that it breaks."""
    plain = _NAMES.sub(" ", _PLACEHOLDER.sub(" ", words))
    for word in _WORD.findall(plain):
        if len(word) > LONGEST_WORD:
            yield f"long word: {word}"
    yield from _told("abbreviation", _ABBREVIATION.findall(plain))
    yield from _told("hard word", _HARD.findall(plain))
    if ";" in plain:
        yield "two thoughts: a semicolon"
    for sentence in _sentences(plain):
        if sentence.count(",") > MOST_COMMAS:
            yield f"many thoughts: {sentence!r}"
        if is_passive(sentence):
            yield f"passive: {sentence!r}"
        yield from _told("genitive", (found[0] for found in _GENITIVE.finditer(sentence)))


def is_passive(sentence: str) -> bool:
    """Tell whether a sentence hides who acts: "wird" or "werden" with a participle."""
    participles = {found[0] for found in _PARTICIPLE.finditer(sentence)} - _NO_PARTICIPLES
    return bool(_AUXILIARY.search(sentence) and participles)


def _sentences(words: str) -> Iterator[str]:
    return (sentence.strip() for sentence in _SENTENCE.split(words) if sentence and sentence.strip())


def _told(rule: str, found: Iterable[str]) -> Iterator[str]:
    return (f"{rule}: {one}" for one in found)
