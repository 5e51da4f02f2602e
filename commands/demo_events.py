"""The coming conference of the demo: invented people and places, a few weeks after the demo's first start."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import clock, event_editing, groups, guests
from models.event_editing import Facts, Item, WorkshopFacts
from translations import SOURCE, Localised

WEEKS_AHEAD = timedelta(weeks=5)
_SATURDAY = 5
_HEADING = {
    "de": "Musterkonferenz: Zusammen leben, zusammen lernen",
    "de-simple": "Muster-Konferenz: Zusammen leben und lernen",
    "en": "Model conference: living together, learning together",
    "uk": "Зразкова конференція: разом жити, разом учитися",
    "ar": "مؤتمر نموذجي: نعيش معًا ونتعلّم معًا",
}
_ABOUT = {
    "de": "Alle Arbeitsgruppen zeigen, was sie vorhaben. Sie wählen einen Workshop und reden mit.\n\n"
    "Der Eintritt ist frei. Es gibt Essen und Kinderbetreuung.",
    "de-simple": "Alle Gruppen zeigen ihre Pläne. Sie suchen sich einen Workshop aus und reden mit.\n\n"
    "Der Eintritt kostet nichts. Es gibt Essen. Jemand passt auf Ihre Kinder auf.",
    "en": "All working groups show what they plan. You choose a workshop and have your say.\n\n"
    "Entry is free. There is food, and somebody looks after the children.",
    "uk": "Усі робочі групи покажуть свої плани. Ви обираєте майстерню й берете участь у розмові.\n\n"
    "Вхід вільний. Буде їжа та догляд за дітьми.",
    "ar": "تعرض جميع مجموعات العمل خططها. اختاروا ورشة وشاركوا في الحديث.\n\n"
    "الدخول مجاني. يوجد طعام ورعاية للأطفال.",
}
_ACCESS = {
    "de": "Der Eingang hat keine Stufen. Es gibt einen Aufzug und eine Höranlage im Saal.",
    "de-simple": "Der Eingang hat keine Stufen. Es gibt einen Aufzug. Im Saal gibt es Hilfe zum Hören.",
    "en": "The entrance has no steps. There is a lift, and a hearing loop in the hall.",
    "uk": "Вхід без сходів. Є ліфт, у залі є система для людей зі слуховими апаратами.",
    "ar": "المدخل بلا درجات. يوجد مصعد ونظام سمعي في القاعة.",
}
_PLAN = (
    ("13:30", "14:00", "Ankommen, Anmeldung am Eingang", None),
    ("14:00", "14:30", "Begrüßung", None),
    ("14:30", "16:00", "Workshops zu den Zielen", 1),
    ("16:00", "16:45", "Kaffee und Rundgang zu den Plakaten", None),
    ("16:45", "17:30", "Alle zusammen: was wir mitnehmen", None),
)
_PLAN_SAID = {
    "de-simple": (
        "Sie kommen an und melden sich am Eingang", "Wir begrüßen Sie", "Workshops zu den Zielen",
        "Kaffee, und Sie sehen die Plakate an", "Alle zusammen: Was nehmen wir mit?",
    ),
    "en": (
        "Arriving, registration at the entrance", "Welcome", "Workshops on the goals",
        "Coffee and a walk along the posters", "All together: what we take home",
    ),
    "uk": (
        "Прибуття, реєстрація біля входу", "Привітання", "Майстерні щодо цілей",
        "Кава та огляд плакатів", "Усі разом: що ми беремо із собою",
    ),
    "ar": (
        "الوصول والتسجيل عند المدخل", "الترحيب", "ورش حول الأهداف", "قهوة وجولة بين الملصقات",
        "الجميع معًا: ما الذي نأخذه معنا",
    ),
}  # fmt: skip
_MODERATORS = ("Mara Muster", "Tariq Beispiel", "Olena Muster", "Jonas Beispiel", "Leyla Muster")
_ROOM = 12  # places in each workshop


def enter_conference(session: Session) -> None:
    """Publish an invented conference with its plan and a workshop for each goal."""
    ahead = clock.now().date() + WEEKS_AHEAD
    day = ahead + timedelta(days=(_SATURDAY - ahead.weekday()) % 7)
    facts = Facts(
        "Musterkonferenz", held_on=day, starts="14:00", ends="17:30",
        place="Haus der Muster, Beispielweg 1, 33098 Musterstadt", heading=_HEADING, about=_ABOUT,
        access=_ACCESS, languages=("de",), interpreters=("uk", "ar", "ru", "tr"), capacity=150,
    )  # fmt: skip
    event = event_editing.create(session, facts)
    items = [Item(*row) for row in _PLAN]
    event_editing.set_agenda(session, event.id, items, version=event.version)
    _say_plan(session, event.id)
    event_editing.set_workshops(session, event.id, _workshops(session), version=event.version)
    event_editing.publish(session, event.id, version=event.version)


def _say_plan(session: Session, event_id: int) -> None:
    """Put the plan into the languages in which the event speaks."""
    for number, item in enumerate(guests.event(session, event_id).agenda):
        said = {tag: lines[number] for tag, lines in _PLAN_SAID.items()}
        item.words = Localised({SOURCE: item.what, **said})
    session.flush()


def _workshops(session: Session) -> list[WorkshopFacts]:
    return [
        WorkshopFacts(
            group_id=card.id, room=str(number), moderator=_MODERATORS[number % len(_MODERATORS)],
            languages=("de",), capacity=_ROOM,
        )
        for number, card in enumerate(groups.directory(session).open, start=1)
    ]  # fmt: skip
