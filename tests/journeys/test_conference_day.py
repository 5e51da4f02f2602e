"""The whole conference day in German, Arabic, Ukrainian and Turkish, by pages and by chat, from one script.

Published → registered → moved up → checked in → joined → the workshop's sheet → feedback → dots → thanks →
documentation: each step goes by what the step before has shown, as somebody in the hall would go.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document

from bot.emulator.threaded import Running, running
from models import clock, event_letters, filling, groups
from models.ballots import Ballot, BallotDot, BallotVoter, Phase
from models.db import Database
from models.event_letters import HERE
from models.events import EventState, WalkIns
from models.feedback import FeedbackEntry, FeedbackPoint, Side
from models.memberships import Membership
from models.outbox import Delivery, Message
from models.registrations import RegistrationState
from models.settings import Settings
from models.sheets import Milestone
from models.staff import StaffRole
from models.submissions import Submission
from tests.bot.chat import started
from tests.bot.conftest import bot_settings
from tests.journeys.conference import Day, done, heard, plain, talk, words
from tests.models.exporting.reading_pdf import needs_fonts, read_pdf
from tests.models.hall import DAY, NOON
from tests.webforms.desk import people
from tests.webforms.desk.people import Officer
from translations import n_
from webforms import create_app

pytestmark = [pytest.mark.journey, needs_fonts]
TITLES = {
    "de": "Musterkonferenz", "ar": "مؤتمر نموذجي", "uk": "Зразкова конференція", "tr": "Örnek konferans",
}  # fmt: skip
N_HERE, N_POINTS = n_("{n} person is here", "{n} people are here"), n_("{n} point", "{n} points")
N_VOTED = n_("{n} person has voted here.", "{n} people have voted here.")
N_DOTS = n_("{n} dot", "{n} dots")
GROUP, TOPICS = "1.2", ("Sprachkurse", "Sport")


@pytest.fixture(scope="module")
def telegram() -> Iterator[Running]:
    """An emulated Telegram without limits."""
    with running(limits=False) as emulator:
        yield emulator


@pytest.fixture
def day(settings: Settings, paderborn: Database, telegram: Running, tmp_path: Path) -> Iterator[Day]:
    """The office and a moderator, logged in on the day of the conference, at two."""
    with clock.frozen(NOON), started(paderborn, bot_settings(paderborn, telegram)) as bot:
        app = create_app(settings.model_copy(update={"files": str(tmp_path / "files")}), paderborn)
        app.testing = False  # refusals are pages here as in life
        people.employ(paderborn, "olga@example.org", language="de")
        people.employ(paderborn, "nora@example.org", StaffRole.MODERATOR, language="de")
        staff = [Officer(app.test_client(), f"{name}@example.org") for name in ("olga", "nora")]
        assert [one.log_in().status_code for one in staff] == [303, 303]
        yield Day(paderborn, app, bot, *staff)


def test_a_conference_day(day: Day, settings: Settings) -> None:
    publish(day)
    register(day)
    move_up(day)
    let_in(day)
    join(day)
    write_the_sheet(day)
    give_feedback(day)
    vote(day)
    thank(day, settings)
    hand_over(day)
    document(day)


def publish(day: Day) -> None:
    """The office makes the event, a workshop for each goal, publishes it and invites all groups."""
    day.number = int(
        done(day.olga, "/desk/events", title="Musterkonferenz", held_on=str(DAY)).rsplit("/", 1)[1]
    )
    facts = {f"heading-{tag}": title for tag, title in TITLES.items()} | {
        "title": "Musterkonferenz", "held_on": str(DAY), "starts": "13:00", "ends": "18:00",
        "place": "Musterhalle", "capacity": "7",
    }  # fmt: skip
    done(day.olga, day.desk("/save"), version=day.event().version, **facts)
    done(day.olga, day.desk("/workshops"), version=day.event().version, act="each")
    day.changed()
    with day.db.reading() as session:
        rows = [(str(day.workshop(n)), one.number) for n, one in enumerate(groups.directory(session).open)]
        moderator = session.scalar(sa.text("SELECT id FROM staff WHERE email = 'nora@example.org'"))
    many = len(rows)
    done(
        day.olga, day.desk("/workshops"), version=day.event().version,
        **{"ws-id": [row[0] for row in rows], "ws-group": [row[1] for row in rows], "ws-title": [""] * many,
           "ws-phase": ["1"] * many, "ws-room": ["Raum"] * many, "ws-moderator": [""] * many,
           "ws-account": [str(moderator), *[""] * (many - 1)], "ws-places": ["12"] * many},
    )  # fmt: skip
    done(day.olga, day.desk("/publish"), version=day.event().version)
    assert day.event().state is EventState.OPEN
    invited = day.olga.open(done(day.olga, day.desk("/invite")))
    assert "Musterkonferenz" in invited.text
    day.changed()
    ways = day.olga.open(day.desk()).links
    for part in ("guests", "hall", "door", "after"):
        assert day.desk(f"/{part}") in ways
    for way in ("/desk/prints", "/desk/workshops", "/desk/feedback", "/desk/dots", "/desk/paper", "/wall/"):
        assert any(link.startswith(way) for link in ways), way


def register(day: Day) -> None:
    """Two register by page, two by chat; with a group of three and one more, all places are taken."""
    code, workshop = day.event().code, day.workshop()
    amina = day.guest("amina", "de").register(code, workshop, "Amina Beispiel", languages="de")
    assert words("You have a place.", "de") in amina.text
    assert day.registration("amina").code in amina.text
    day.guest("layla", "ar").register(
        code, workshop, "ليلى مثال", company="others", seats="3", organisation="Elternverein Muster",
        languages="ar",
    )  # fmt: skip
    for name, tag, own in (("oksana", "uk", "Оксана Приклад"), ("deniz", "tr", "Deniz Örnek")):
        visitor = day.visitor(name, tag)
        visitor.write(f"/start {code}")
        assert TITLES[tag] in heard(visitor, tag)
        talk(visitor, "register", "alone", str(workshop), own, "skip", "skip", "telegram", "send")
        assert words("Your code for the entrance: {code}", tag, code=day.registration(name).code) in heard(
            visitor, tag
        )
    day.guest("clara", "de").register(code, day.workshop(1), "Clara Muster")
    full = day.guest("sami", "ar").register(code, day.workshop(1), "سامي مثال")
    assert words("All places are taken at the moment. You are on the waiting list.", "ar") in full.text
    assert words("Add to my calendar", "ar") not in full.text
    assert (day.event().taken, day.event().waiting) == (7, 1)


def move_up(day: Day) -> None:
    """Somebody cancels by one tap; who waited has the place, and hears of it once."""
    for name in ("amina", "layla", "sami"):
        people.confirm(day.db, f"{name}@example.org")
    link = day.own_link("clara")
    page = day.guests["clara"].browser.send(day.guests["clara"].open(link), link)
    assert words("Your registration is cancelled.", "de") in plain(page.text)
    assert day.registration("clara").state is RegistrationState.CANCELLED
    assert day.registration("sami").state is RegistrationState.REGISTERED
    assert day.letters("sami", event_letters.KIND, "moved-up") == 1
    page = day.guests["sami"].open(day.own_link("sami"))
    assert day.registration("sami").code in page.text
    guests = day.olga.open(day.desk("/guests"))
    for name in ("Amina Beispiel", "ليلى مثال", "Оксана Приклад", "Deniz Örnek", "سامي مثال"):
        assert name in guests.text


def let_in(day: Day) -> None:
    """Badges are printed; people come in by code, as a group, by name, and by the hall's code."""
    badges = day.olga.post(day.desk("/hall/badges"), which="new")
    assert badges.mimetype == "application/pdf"
    assert day.registration("sami").badge_at == NOON
    done(day.olga, day.desk("/hall"), **{"walk-ins": WalkIns.ALWAYS.value})
    day.changed()
    for name in ("oksana", "deniz"):
        done(day.olga, day.desk("/door"), code=day.registration(name).code.lower())
    asked = done(day.olga, day.desk("/door"), code=day.registration("layla").code)
    assert day.registration("layla").arrived_seats == 0, "how many of them is asked first"
    assert "Elternverein Muster" in day.olga.open(asked).text
    done(day.olga, day.desk("/door"), code=day.registration("layla").code, seats="3")
    found = day.olga.open(day.desk("/door?q=amina")).text
    assert day.registration("amina").code in found
    assert day.registration("sami").code not in found
    done(day.olga, day.desk("/door"), code=day.registration("amina").code)
    emine = day.visitor("emine", "tr")
    emine.write(f"/start {day.event().hall_code}")
    assert words("There is room for everybody.", "tr") in heard(emine, "tr")
    talk(emine, "register", "alone", "later", "Emine Örnek", "skip", "skip", "telegram", "send")
    assert plain(HERE.to("tr")) in heard(emine, "tr")
    assert not any(one.verb.startswith("unregister") for one in emine.last.buttons), "who is here has come"
    assert (day.event().arrived, day.event().taken) == (7, 8)
    wall = day.guests["amina"].open(f"/wall/{day.event().code}?lang=tr")
    assert plain(N_HERE(n=7).to("tr")) in wall.text


def join(day: Day) -> None:
    """Guests join a group from the event: on its page, and in the chat."""
    layla, code = day.guests["layla"], day.event().code
    assert "/ar/groups" in layla.open(f"/e/{code}?lang=ar").links
    group = layla.follow(layla.open(f"/ar/events/{code}"), f"/groups/{GROUP}")
    form = layla.follow(group, "/forms/join-group")
    layla.send(
        form, "join-group", name="ليلى مثال", role="member", reach="email", email=layla.email, pass_on="yes"
    )
    oksana = day.chats["oksana"]
    oksana.write(f"/start {code}")
    assert words("Cancel my registration", "uk") not in [one.label.to("uk") for one in oksana.last.buttons]
    talk(oksana, "form:join-group")
    while not oksana.last.buttons or not any(one.verb.startswith("send:") for one in oksana.last.buttons):
        verbs = [one.verb for one in oksana.last.buttons]
        wanted = ("member", "telegram", "yes", "skip", day_code(day))
        chosen = next((verb for want in wanted for verb in verbs if want in verb), "")
        oksana.press_data(chosen) if chosen else oksana.write("Оксана Приклад")
    talk(oksana, "send")
    with day.db.reading() as session:
        rows = session.scalars(sa.select(Membership)).all()
    assert {one.person_id for one in rows} == {
        day.registration(name).person_id for name in ("layla", "oksana")
    }


def day_code(day: Day) -> str:
    """The code of the group that is joined and talked about."""
    with day.db.reading() as session:
        return groups.directory(session).get(GROUP).code


def write_the_sheet(day: Day) -> None:
    """The moderator writes the workshop's sheet, and puts it on the goal's."""
    base = f"/desk/workshops/{day.workshop()}"
    assert base in day.nora.open("/desk/workshops").links
    page = day.nora.open(base)
    assert "Raum: Raum" in page.text
    answers = {"where": "In der Kita Muster", "what-1": "Eltern einladen", "due-1": "Jan / Feb 2027"}
    for section in ("answers", "steps"):
        sent = {**day.nora.open(base).fields, **answers, "section": section}
        assert day.nora.client.post(f"{base}/save", data=sent).status_code == 303
    done(day.nora, f"{base}/put")
    day.changed()
    with day.db.reading() as session:
        made = session.scalars(
            sa.select(Milestone).where(Milestone.measure.contains("Eltern einladen"))
        ).one()
    assert made.due is not None
    assert made.due.wording == "Jan / Feb 2027"
    assert "In der Kita Muster" in day.guests["amina"].open(f"/de/groups/{GROUP}").text


def give_feedback(day: Day) -> None:
    """Everybody says something to a goal in their own way; the office reads and releases it."""
    code, group = day.event().code, day_code(day)
    layla, amina = day.guests["layla"], day.guests["amina"]
    form = layla.follow(layla.open(f"/ar/events/{code}"), "/forms/feedback")
    said = {"stays": "الهدف واضح\nالآباء مشاركون\nالهدف واضح", "adapt": "نحتاج إلى مترجمين"}
    layla.send(form, "feedback", group=group, event=code, **said)
    form = amina.open(f"/de/forms/feedback?group={group}&event={code}")
    assert "Musterkonferenz" in form.text
    amina.send(form, "feedback", remarks="none")
    oksana, deniz = day.chats["oksana"], day.chats["deniz"]
    oksana.write(f"/start {code}")
    talk(oksana, f"voice:{code}", group, "some", "Діти раді", "chosen", "skip", "send")
    deniz.write(f"/start f_{group}_{code}")
    talk(deniz, "none", "send")
    key = day.nora.open("/desk/feedback/paper").fields["csrf"]
    done(
        day.nora, "/desk/feedback/paper", csrf=key, group=GROUP, event=code, language="de", none="2",
        stays="Gut erklärt",
    )  # fmt: skip
    with day.db.reading() as session:
        points = session.scalars(sa.select(FeedbackPoint)).all()
        silent = session.scalar(
            sa.select(sa.func.sum(FeedbackEntry.times)).where(FeedbackEntry.no_remarks.is_(True))
        )
    sides = [one.side for one in points]
    assert (sides.count(Side.STAYS), sides.count(Side.ADAPT), silent) == (4, 1, 4)
    sheet = next(
        link for link in day.olga.open(f"/desk/feedback?event={day.number}").links
        if re.fullmatch(r"/desk/feedback/\d+", link)
    )  # fmt: skip
    done(day.olga, f"{sheet}/release", released="yes")
    assert "الهدف واضح" in layla.open(f"/ar/groups/{GROUP}/feedback").text


def vote(day: Day) -> None:
    """Goals are suggested by page and chat, sorted, voted on by both, counted with paper, and closed."""
    assert f"/desk/dots?event={day.number}" in day.olga.open(day.desk()).links
    desk = done(day.olga, "/desk/dots", title="Was zuerst?", event=str(day.number), cards="2", dots="3")
    day.changed()
    with day.db.reading() as session:
        ballot = session.scalars(sa.select(Ballot)).one()
    suggest(day, ballot)
    done(day.nora, f"{desk}/phase", phase="group")
    for topic in TOPICS:
        done(day.nora, f"{desk}/topics/add", title=topic)
    done(day.nora, f"{desk}/phase", phase="vote")
    give_dots(day, ballot)
    counted = day.olga.open(desk)
    first = next(name for name in counted.fields if name.startswith("paper-"))
    assert plain(N_VOTED(n=4).to("de")) in plain(counted.text)
    done(day.olga, f"{desk}/paper", **{first: "4"})
    done(day.olga, f"{desk}/phase", phase="result", sure="yes")
    with day.db.reading() as session:
        closed = session.get_one(Ballot, ballot.id)
        assert (closed.phase, closed.turnout) == (Phase.RESULT, 4)
        for table in (BallotVoter, BallotDot):
            assert not session.scalars(sa.select(table)).all(), "nobody can tell who gave which"
    deniz = day.chats["deniz"]
    deniz.write(f"/start v_{ballot.code}")
    assert "Sprachkurse (13)" in heard(deniz, "tr")
    assert "Sport (2)" in heard(deniz, "tr")
    result = day.guests["layla"].open(f"/ar/dots/{ballot.code}").text
    assert result.index("Sprachkurse") < result.index("Sport")


def suggest(day: Day, ballot: Ballot) -> None:
    """Everybody puts a card up: pages by the code of the badge, chats as who is registered."""
    for name, card in (("amina", "Sprachkurse am Abend"), ("layla", "مزيد من الرياضة")):
        guest = day.guests[name]
        page = guest.follow(guest.open(f"/e/{day.event().code}?lang={guest.tag}"), "/dots/")
        base = f"/{guest.tag}/dots/{ballot.code}"
        page = guest.browser.send(page, f"{base}/enter", code=day.registration(name).code)
        assert card in guest.browser.send(page, f"{base}/suggest", words=card).text
    for name, card in (("oksana", "Мовні курси"), ("deniz", "Spor kulüpleri")):
        day.chats[name].write(f"/start {day.event().code}")
        talk(day.chats[name], f"dots:{ballot.id}:", card, "send")
    board = day.nora.open(f"/desk/dots/{ballot.id}").text
    for card in ("Sprachkurse am Abend", "مزيد من الرياضة", "Мовні курси", "Spor kulüpleri"):
        assert card in board


def give_dots(day: Day, ballot: Ballot) -> None:
    """Nine dots for language courses, two for sport."""
    for name, (first, second) in (("amina", (3, 0)), ("layla", (2, 1))):
        guest = day.guests[name]
        base = f"/{guest.tag}/dots/{ballot.code}"
        page = guest.open(base)
        one, other = (f"topic-{number}" for number in topics(day, ballot))
        page = guest.browser.send(page, f"{base}/vote", **{one: str(first), other: str(second)})
        assert words("Saved.", guest.tag) in plain(page.text)
    for name, choices in (("oksana", (0, 0, 0)), ("deniz", (0, 1))):
        for choice in choices:
            day.chats[name].write(f"/start v_{ballot.code}")
            number = topics(day, ballot)[choice]
            talk(day.chats[name], f"dot:{number}:")


def topics(day: Day, ballot: Ballot) -> list[int]:
    """The numbers of what can be voted on."""
    found = day.nora.open(f"/desk/dots/{ballot.id}").fields
    return sorted(int(name.removeprefix("paper-")) for name in found if name.startswith("paper-"))


def thank(day: Day, settings: Settings) -> None:
    """Who came is thanked, each once; who did not come is not."""
    update = done(day.olga, day.desk("/after/thanks"))
    form = day.olga.open(f"{update}/send")
    done(day.olga, f"{update}/send/now", version=form.fields["version"], sure="yes")
    assert filling.fill(day.db, settings)
    wanted = (
        sa.select(Delivery.person_id)
        .join(Message, Message.id == Delivery.message_id)
        .where(Message.kind == "update")
    )
    with day.db.reading() as session:
        reached = session.scalars(wanted).all()
    came = ("amina", "layla", "oksana", "deniz", "emine")
    assert sorted(reached) == sorted(day.registration(name).person_id for name in came)


def hand_over(day: Day) -> None:
    """The contacts of who agreed go to the group's contact person together."""
    people.name_contact(day.db, GROUP)
    page = day.olga.open("/desk/contacts")
    assert "ليلى مثال" in page.text
    assert "Оксана Приклад" in page.text
    numbers = [name.removeprefix("version-") for name in page.fields if name.startswith("version-")]
    versions = {f"version-{one}": page.fields[f"version-{one}"] for one in numbers}
    assert day.olga.post("/desk/contacts", entry=numbers, **versions).status_code == 200
    with day.db.reading() as session:
        over = session.scalars(sa.select(Submission.handed_over_at).where(Submission.id.in_(numbers))).all()
    assert len(over) == 2
    assert all(over)


def document(day: Day) -> None:
    """The documentation says in each language how many came, what they said and how they voted."""
    for tag, title in TITLES.items():
        place = day.desk(f"/after/documentation.docx?language={tag}")
        found = Document(io.BytesIO(day.olga.client.get(place).data))
        rows = [[plain(cell.text).strip() for cell in row.cells] for one in found.tables for row in one.rows]
        told = {row[0]: row[-1] for row in rows}
        assert title in plain("\n".join(one.text for one in found.paragraphs))
        assert told[words("Registered", tag)] == "8"
        assert told[words("Came", tag)] == "7"
        assert "Deutsch: 1" in told[words("Languages spoken", tag)]
        assert "العربية: 1" in told[words("Languages spoken", tag)]
        stays = told[words("This goal can stay as it is, because …", tag)]
        assert stays.startswith(plain(N_POINTS(n=4).to(tag)))
        assert all(point in stays for point in ("الهدف واضح", "Діти раді", "Gut erklärt"))
        assert "4" in told[words("No remarks", tag)]
        dots = [row[-1] for row in rows if row[-1].startswith(TOPICS)]
        assert dots == [
            f"{name} {plain(N_DOTS(n=n).to(tag))}" for name, n in zip(TOPICS, (13, 2), strict=True)
        ]
        assert any("In der Kita Muster" in row[-1] for row in rows)
    printed = read_pdf(day.olga.client.get(day.desk("/after/documentation.pdf?language=ar")).data)
    assert printed.lang == "ar"
    assert words("In numbers", "ar") in printed.outline
