"""Letters: what is said to a person, in no language yet and on no channel yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.links import Purpose
from translations import Localised, Text

QR_CODE = "code:"  # begins the token of a picture that the courier draws: what follows, as a QR code
TO_GROUP = "startgroup:"  # begins the page of a button that adds the bot to a Telegram group of one's own


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press below a letter.

    In chat `verb` is sent back when it is pressed (`verb:id:version`, at most 64 bytes); without one
    the button opens `page`. In e-mail only buttons with a `page` appear, as links. `{lang}` and
    `{link}` in `page` become the reader's language and a one-time link of `purpose`, given out only
    while sending, so that no link rests in the database.
    """

    label: Text | Localised
    verb: str = ""
    page: str = ""
    purpose: Purpose | None = None
    target_id: int | None = None
    beside: bool = False  # stands in the same row as the button before it

    @property
    def is_about_letters(self) -> bool:
        """Whether it is about getting such letters, and not about what this one says."""
        return self.purpose in (Purpose.STOP, Purpose.NEWS)

    @property
    def ends_letters(self) -> bool:
        """Whether it ends such letters at once, as the button of a mail program does (RFC 8058)."""
        return self.is_about_letters and (self.verb.startswith("stop:") or "/stop/" in self.page)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that goes with a letter: the token of its attachment, and what it shows in words.

    Without words it shows what the letter says anyway.
    """

    token: str
    words: Localised


def qr_code(content: str) -> Picture:
    """Return the picture of a QR code of words that stand in the letter, too."""
    return Picture(f"{QR_CODE}{content}", Localised({}))


@dataclass(frozen=True, slots=True)
class Letter:
    """Words to one person: a subject for e-mail, paragraphs, buttons. `quote` is what somebody wrote.

    `body` is longer content in several languages, in the Markdown of `models.markup`; it stands before the
    paragraphs, below the subject as its heading.
    """

    subject: Text | Localised
    paragraphs: tuple[Text | Localised, ...]
    buttons: tuple[Button, ...] = ()
    quote: str = ""
    body: Localised | None = None
    picture: Picture | None = None
    is_correction: bool = False  # of a letter that was sent before
    language: str = ""  # in which everybody gets it, whatever their own is: for trying it out

    def pack(self) -> dict[str, Any]:
        """Return a JSON form for storing; `unpack` is its inverse."""
        return {
            "subject": _pack(self.subject),
            "paragraphs": [_pack(words) for words in self.paragraphs],
            "quote": self.quote,
            "body": dict(self.body.words) if self.body else None,
            "picture": {"token": self.picture.token, "words": dict(self.picture.words.words)}
            if self.picture
            else None,
            "is_correction": self.is_correction,
            "language": self.language,
            "buttons": [
                {
                    "label": _pack(one.label), "verb": one.verb, "page": one.page, "beside": one.beside,
                    "purpose": one.purpose.value if one.purpose else None, "target_id": one.target_id,
                }
                for one in self.buttons
            ],
        }  # fmt: skip

    @staticmethod
    def unpack(data: Mapping[str, Any]) -> "Letter":
        """Return the letter that `pack` wrote."""
        return Letter(
            _unpack(data["subject"]),
            tuple(_unpack(words) for words in data["paragraphs"]),
            tuple(
                Button(
                    _unpack(one["label"]), one["verb"], one["page"],
                    Purpose(one["purpose"]) if one["purpose"] else None, one["target_id"], one["beside"],
                )
                for one in data["buttons"]
            ),
            data["quote"],
            Localised(data["body"]) if data.get("body") else None,
            Picture(data["picture"]["token"], Localised(data["picture"]["words"]))
            if data.get("picture")
            else None,
            data.get("is_correction", False),
            data.get("language", ""),
        )  # fmt: skip


def _pack(words: Text | Localised) -> dict[str, Any]:
    return {"words": dict(words.words)} if isinstance(words, Localised) else words.pack()


def _unpack(data: Mapping[str, Any]) -> Text | Localised:
    return Localised(data["words"]) if "words" in data else Text.unpack(data)
