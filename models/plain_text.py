"""Text that every document and every database can hold: nothing in it but what XML takes."""

import re

# https://www.w3.org/TR/xml/#charsets with what is discouraged there; NUL is among them, which PostgreSQL
# takes in no text either. U+0085 is left: it ends a line.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """Return text without control characters, halves of characters and what Unicode says is none."""
    return _NO_TEXT.sub("", text)
