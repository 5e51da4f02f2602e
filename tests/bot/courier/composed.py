"""An update as somebody composes it: three languages, a picture, buttons, and what can go wrong."""

import io
from pathlib import Path

from PIL import Image

from models import attachments
from models.cleaning.cleaner import clean
from models.db import Database
from models.files import Store
from models.letters import Button, Letter, Picture
from models.links import Purpose
from models.people import Person
from translations import Localised, Text, _

NAME = "Zoë <script>alert(1)</script> Müller"
PLAN = "https://example.org/p?a=1&b=2"
TITLE = Localised({"de": "Übung für „Grüße“ 😀", "ar": "لقاء المجموعة 7.49", "uk": "Зустріч групи"})
BODY = Localised(
    {
        "de": f"Liebe **Engagierte**, _{NAME}_ lädt ein:\n\n- Ort: [Plan]({PLAN})\n- 😀 Zeit\n\n"
        "> Alle dürfen kommen.",
        "ar": f"أعزائي **المشاركين**، يدعوكم {NAME}:\n\n- المكان: [خريطة]({PLAN})\n- 😀 الوقت\n\n"
        "> الجميع مدعوون.",
        "uk": f"Дорогі **учасники**, {NAME} запрошує:\n\n- Місце: [мапа]({PLAN})\n- 😀 Час\n\n"
        "> Запрошені всі.",
    }
)
ALT = Localised({"de": "Ein Tisch mit <Stühlen>", "ar": "طاولة وكراسي"})
JOIN = Button(_("Take part"), page="/{lang}/forms/join-group?group=abc")
STOP = Button(Text("Stop"), page="/{lang}/stop/news/{link}", purpose=Purpose.NEWS, target_id=None)


def store(folder: Path) -> Store:
    """Where a test's courier looks for files."""
    return Store(str(folder / "files"))


def picture(db: Database, folder: Path, *, size: tuple[int, int] = (900, 600)) -> Picture:
    """A picture in the store, as the composer takes it in."""
    body = io.BytesIO()
    Image.new("RGB", size, "teal").save(body, "PNG")
    with db.transaction() as session:
        taken = attachments.take_upload(session, store(folder), clean(body.getvalue()), name="tisch.png")
        return Picture(taken.token, ALT)


def update(shown: Picture | None = None, body: Localised = BODY, *, is_correction: bool = False) -> Letter:
    """The update as one letter for everybody."""
    return Letter(TITLE, (), (JOIN, STOP), body=body, picture=shown, is_correction=is_correction)


def long_body(length: int) -> Localised:
    """A body of so many UTF-16 units once its markup has been read."""
    words = "**Wort** 😀 وقت "
    one = len("Wort 😀 وقت ".encode("utf-16-le")) // 2
    text = words * (length // one)
    rest = length - one * (length // one)
    return Localised({"de": text + "x" * rest if rest else text.rstrip() + "."})


def rename(db: Database, person_id: int, name: str) -> None:
    """Give somebody another name."""
    with db.transaction() as session:
        session.get_one(Person, person_id).name = name
