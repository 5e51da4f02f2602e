"""Updates at the desk: written, looked at, sent, watched, stopped, corrected; all without JavaScript."""

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from werkzeug.test import TestResponse

from models import (
    audit,
    clock,
    filling,
    group_chats,
    groups,
    outgoing,
    people,
    updates,
    updates_running,
)
from models.attachments import Attachment
from models.audiences import Audience, Part
from models.audit import Kind
from models.db import Database
from models.letters import Letter
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind
from models.settings import Release, Settings
from models.updates import ButtonKind, Update, UpdateState
from tests.webforms.conftest import Page
from tests.webforms.desk import people as desk_people
from tests.webforms.desk.people import Officer, said
from webforms import create_app

BASE = "/desk/updates"
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
WORDS = {
    "title-de": "Fest im März", "body-de": "Wir **feiern**.\r\n\r\n<script>alert(1)</script> Kommt alle!",
    "title-ar": "عيد في مارس", "body-ar": "سوف **نحتفل** 🎉", "button": "none",
}  # fmt: skip


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a folder of their own for files."""
    return settings.model_copy(update={"files": str(tmp_path / "files")})


def html(page: Page) -> str:
    """Return a page's source."""
    return page.response.get_data(as_text=True)


def begin(officer: Officer, **words: str) -> int:
    """Begin an update at the desk and write it; return its number."""
    answer = officer.post(f"{BASE}/new", source="de")
    assert answer.status_code == 303
    number = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert save(officer, number, **{**WORDS, **words}).status_code == 303
    return number


def save(officer: Officer, number: int, **typed: object) -> TestResponse:
    """Send the first page's form as the browser would."""
    fields = officer.open(f"{BASE}/{number}").fields
    return officer.post(
        f"{BASE}/{number}/save", version=fields["version"], picture=fields["picture"], **typed
    )


def version(officer: Officer, number: int) -> str:
    """Return the version that the page of sending shows."""
    return officer.open(f"{BASE}/{number}/send").fields["version"]


def act(officer: Officer, number: int, name: str, **typed: object) -> TestResponse:
    """Press one of the buttons of the page of sending."""
    data = {"version": version(officer, number), "sure": "yes", **typed}
    return officer.post(f"{BASE}/{number}/send/{name}", **data)


def stored(db: Database, number: int) -> Update:
    """Return an update as stored."""
    with db.reading() as session:
        return updates.get(session, number)


def jpeg() -> io.BytesIO:
    """A picture."""
    found = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(found, "JPEG")
    found.seek(0)
    return found


def test_an_update_is_written_translated_and_sent_to_whom_it_is_for(
    olga: Officer, paderborn: Database, settings: Settings
) -> None:
    with clock.frozen(NOON):
        olga.log_in()
        number = begin(olga)
        assert stored(paderborn, number).body.to("de").startswith("Wir **feiern**.\n\n<script>")
        chosen = olga.post(
            f"{BASE}/{number}/recipients", version=2, group=["7.49", "no such"], part=["leads"], chats="yes"
        )
        assert chosen.status_code == 303
        one = stored(paderborn, number)
        with paderborn.reading() as session:
            card = groups.directory(session).get("7.49")
        assert Audience.unpack(one.audience) == Audience(frozenset({card.id}), parts=frozenset({Part.LEADS}))
        assert not one.is_public
        counted = olga.open(f"{BASE}/{number}/recipients")
        assert "1 person" in counted.text
        page = olga.open(f"{BASE}/{number}/send")
        assert said("It is night. People's phones would ring now.") not in page.text
        answer = act(olga, number, "now")
        assert answer.headers["Location"] == f"{BASE}/{number}/send?done=sent"
        running = olga.open(answer.headers["Location"])
        assert 'http-equiv="refresh"' in html(running)
        assert 'http-equiv="refresh"' not in html(olga.open(f"{BASE}/{number}/send?still=1"))
        filling.fill(paderborn, settings)
        watched = olga.open(f"{BASE}/{number}/send")
        assert said("{done} of {all} settled", done="0", all="1") in watched.text
        assert stored(paderborn, number).state is UpdateState.SENT
        assert said("Is being sent") in watched.text, "it says sent only once the last letter has left"
        assert "Fest im März" in olga.open(BASE).text


def test_what_is_done_with_an_update_is_noted(olga: Officer, paderborn: Database) -> None:
    with clock.frozen(NOON):
        olga.log_in()
        number = begin(olga)
        assert olga.post(f"{BASE}/{number}/look", lang="de").status_code == 303  # to herself: is not noted
        olga.post(f"{BASE}/{number}/recipients", version=2, part=["everybody"])
        assert act(olga, number, "now", sure="").status_code == 422  # refused: is not noted
        assert act(olga, number, "now").status_code == 303
        assert act(olga, number, "stop").status_code == 303
    with paderborn.reading() as session:
        noted = reversed(audit.page(session, kind=Kind.UPDATE, record=str(number)))
        assert [one.verb for one in noted] == ["add", "change", "change", "send", "close"]


def test_of_two_officers_the_second_is_told_and_keeps_what_she_typed(
    olga: Officer, ada: Officer, paderborn: Database
) -> None:
    number = begin(olga)
    before = olga.open(f"{BASE}/{number}").fields["version"]
    assert save(ada, number, **{**WORDS, "title-de": "Adas Titel"}).status_code == 303
    late = olga.post(f"{BASE}/{number}/save", version=before, **{**WORDS, "title-de": "Olgas Titel"})
    assert late.status_code == 409
    page = Page(late)
    assert page.fields["title-de"] == "Olgas Titel"
    assert "Adas Titel" in page.text, "what has been saved meanwhile stands beside it"
    assert stored(paderborn, number).title.to("de") == "Adas Titel"
    again = olga.post(
        f"{BASE}/{number}/save", **{**WORDS, **page.fields, "csrf": olga.csrf, "button": "none"}
    )
    assert again.status_code == 303
    assert stored(paderborn, number).title.to("de") == "Olgas Titel"


def test_a_button_that_is_none_of_ours_does_not_spoil_the_page_that_comes_back(olga: Officer) -> None:
    number = begin(olga)
    late = olga.post(f"{BASE}/{number}/save", version="0", **{**WORDS, "button": "<b>x</b>"})
    assert late.status_code == 409
    assert Page(late).fields["title-de"] == WORDS["title-de"]


def test_choosing_another_language_saves_on_the_way(olga: Officer, paderborn: Database) -> None:
    number = begin(olga)
    answer = save(olga, number, **{**WORDS, "title-de": "Neu", "beside": "uk", "shown": "ar"})
    assert answer.headers["Location"] == f"{BASE}/{number}?beside=uk#words"
    assert stored(paderborn, number).title.to("de") == "Neu"
    page = olga.open(answer.headers["Location"])
    assert "title-uk" in page.fields
    assert "title-ar" not in page.fields
    instead = r'lang="uk">Українська</bdi>\s*<small><span class="arrow"></span> <bdi[^>]*>Deutsch'
    assert re.search(instead, html(page))


def test_a_picture_is_cleaned_kept_and_needs_words(olga: Officer, paderborn: Database) -> None:
    number = begin(olga)
    answer = save(olga, number, **WORDS, file=(jpeg(), "IMG_4711.heic.jpg"))
    assert answer.status_code == 303
    page = olga.open(f"{BASE}/{number}")
    token = page.fields["picture"]
    shown = re.search(r'src="(/uploads/[^"]+)"', html(page))
    assert shown is not None
    assert olga.client.get(shown[1]).status_code == 200
    lacks = olga.open(f"{BASE}/{number}/send")
    assert said("Please say what the picture shows, for who cannot see it.") in lacks.text
    assert act(olga, number, "now").status_code == 422
    assert save(olga, number, **WORDS, **{"alt-de": "Ein Fest"}).status_code == 303
    assert olga.open(f"{BASE}/{number}").fields["picture"] == token
    mail = olga.client.get(f"{BASE}/{number}/mail?lang=ar")
    assert "data:image/jpeg;base64," in mail.get_data(as_text=True)
    assert save(olga, number, **WORDS, **{"no-picture": "yes"}).status_code == 303
    assert stored(paderborn, number).picture_id is None


def test_what_is_no_picture_is_refused_and_nothing_typed_is_lost(olga: Officer, paderborn: Database) -> None:
    number = begin(olga)
    for data, name in ((b"%PDF-1.4 broken", "a.jpg"), (b"plain words", "notes.txt")):
        refused = save(olga, number, **{**WORDS, "title-de": "Getippt"}, file=(io.BytesIO(data), name))
        assert refused.status_code == 422
        assert Page(refused).fields["title-de"] == "Getippt"
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Attachment.id))) == 0
    big = save(olga, number, **WORDS, file=(io.BytesIO(b"x" * 12_000_000), "a.jpg"))
    assert big.status_code == 413


def test_the_look_is_what_is_sent_in_each_language_and_nothing_of_it_runs(olga: Officer) -> None:
    number = begin(olga)
    for tag, title in (("de", "Fest im März"), ("ar", "عيد في مارس"), ("uk", "Fest im März")):
        page = olga.open(f"{BASE}/{number}/look?lang={tag}")
        assert title in page.text
        assert "<script>alert" not in html(page)
        assert "<b>feiern</b>" in html(page) or tag == "ar"
        assert "frame-src 'self'" in page.response.headers["Content-Security-Policy"]
        mail = olga.client.get(f"{BASE}/{number}/mail?lang={tag}")
        assert "sandbox" in mail.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in mail.headers["Content-Security-Policy"]
        assert "<script>alert" not in mail.get_data(as_text=True)
        assert title in mail.get_data(as_text=True)
    assert "Deutsch" in olga.open(f"{BASE}/{number}/look?lang=uk").text, "the fallback is named"


def test_a_test_goes_to_the_officer_alone(olga: Officer, paderborn: Database) -> None:
    number = begin(olga)
    answer = olga.post(f"{BASE}/{number}/look", lang="ar")
    assert answer.headers["Location"] == f"{BASE}/{number}/look?lang=ar&tried=email"
    assert said("The test is on its way to you.") in olga.open(answer.headers["Location"]).text
    with paderborn.reading() as session:
        words, email, state = session.execute(
            sa.select(Message.words, people.Person.email, Delivery.state)
            .join(Delivery, Delivery.message_id == Message.id)
            .join(people.Person, people.Person.id == Delivery.person_id)
            .where(Message.kind == "update-test")
        ).one()
    assert (email, state) == ("olga@example.org", DeliveryState.QUEUED)
    assert Letter.unpack(words).language == "ar"
    assert stored(paderborn, number).state is UpdateState.DRAFT


@pytest.mark.parametrize(
    ("typed", "kind", "target"),
    [
        ({"button": "group", "target-group": "7.49"}, ButtonKind.GROUP, "7.49"),
        ({"button": "form", "target-form": "ask-office"}, ButtonKind.FORM, "ask-office"),
        (
            {"button": "link", "target-link": "https://example.org/fest", "target-group": "7.49"},
            ButtonKind.LINK,
            "https://example.org/fest",
        ),
        ({"button": "no-such"}, ButtonKind.NONE, ""),
    ],
)
def test_the_button_is_read_from_the_field_of_its_kind(
    olga: Officer, paderborn: Database, typed: dict[str, str], kind: ButtonKind, target: str
) -> None:
    number = begin(olga, **typed)
    assert (stored(paderborn, number).button, stored(paderborn, number).button_target) == (kind, target)
    if kind is not ButtonKind.NONE:
        assert olga.open(f"{BASE}/{number}").fields["button"] == kind.value


def test_at_night_eight_in_the_morning_is_offered(
    olga: Officer, paderborn: Database, settings: Settings
) -> None:
    night = datetime(2027, 3, 1, 22, 30, tzinfo=UTC)
    with clock.frozen(night):
        olga.log_in()
        number = begin(olga)
        page = olga.open(f"{BASE}/{number}/send")
        assert said("It is night. People's phones would ring now.") in page.text
        found = re.search(r'name="at" value="(2027-03-02T08:00)"', html(page))
        assert found is not None
        assert act(olga, number, "plan", at=found[1]).status_code == 303
        assert stored(paderborn, number).send_at == datetime(2027, 3, 2, 7, tzinfo=UTC)
        assert save(olga, number, **WORDS).status_code == 409, "what is planned does not change unseen"
    with clock.frozen(night + timedelta(hours=9)):
        assert updates_running.tick(paderborn, settings) == 1
    assert stored(paderborn, number).state is UpdateState.SENDING


@pytest.mark.parametrize("at", ["", "morgen", "2020-01-01T08:00", "2099-01-01T08:00", "2027-13-01T08:00"])
def test_a_time_that_cannot_be_is_refused(olga: Officer, paderborn: Database, at: str) -> None:
    with clock.frozen(NOON):
        olga.log_in()
        number = begin(olga)
        assert act(olga, number, "plan", at=at).status_code == 422
        assert stored(paderborn, number).state is UpdateState.DRAFT


def test_nothing_is_sent_stopped_or_thrown_away_without_a_yes(olga: Officer, paderborn: Database) -> None:
    number = begin(olga)
    for name in ("now", "discard"):
        assert act(olga, number, name, sure="").status_code == 422
    act(olga, number, "now")
    assert act(olga, number, "stop", sure="").status_code == 422
    assert stored(paderborn, number).state is UpdateState.SENDING
    assert act(olga, number, "stop").status_code == 303
    assert stored(paderborn, number).state is UpdateState.CANCELLED


def test_a_draft_is_thrown_away(olga: Officer) -> None:
    number = begin(olga)
    answer = act(olga, number, "discard")
    assert said("The draft has been thrown away.") in olga.open(answer.headers["Location"]).text
    assert olga.open(f"{BASE}/{number}").status == 404


def sent_to_karla(olga: Officer, db: Database, settings: Settings, state: DeliveryState) -> int:
    """Send an update to Karla, who leads 7.49, and let it end so."""
    desk_people.name_contact(db)
    number = begin(olga)
    olga.post(f"{BASE}/{number}/recipients", version=2, group="7.49", part="leads")
    act(olga, number, "now")
    filling.fill(db, settings)
    with db.transaction() as session:
        one = session.scalars(sa.select(Delivery).join(Message).where(Message.kind == "update")).one()
        error = "550 no such mailbox" if state is DeliveryState.FAILED else ""
        outgoing.settle(session, one.id, state, error=error)
    return number


def test_each_recipient_is_seen_with_the_reason_and_tried_again(
    olga: Officer, paderborn: Database, settings: Settings
) -> None:
    number = sent_to_karla(olga, paderborn, settings, DeliveryState.FAILED)
    lost = olga.open(f"{BASE}/{number}/send?show=lost")
    assert "Karla Beispiel" in lost.text
    assert "550 no such mailbox" in lost.text
    assert "Karla Beispiel" not in olga.open(f"{BASE}/{number}/send?show=sent").text
    answer = act(olga, number, "retry")
    assert answer.headers["Location"].endswith("done=retried&n=1")
    assert "Karla Beispiel" in olga.open(f"{BASE}/{number}/send?show=waiting").text
    assert said("Failed ones tried again") in olga.open(f"{BASE}/{number}/send").text


def test_a_correction_is_confirmed_and_goes_to_who_has_it(
    olga: Officer, paderborn: Database, settings: Settings
) -> None:
    number = sent_to_karla(olga, paderborn, settings, DeliveryState.SENT)
    page = olga.open(f"{BASE}/{number}")
    typed = {**WORDS, "version": page.fields["version"], "title-de": "Fest im April"}
    refused = olga.post(f"{BASE}/{number}/correct", **typed)
    assert (refused.status_code, Page(refused).fields["title-de"]) == (422, "Fest im April")
    answer = olga.post(f"{BASE}/{number}/correct", **typed, sure="yes")
    assert answer.headers["Location"] == f"{BASE}/{number}/send?done=corrected"
    filling.fill(paderborn, settings)
    with paderborn.reading() as session:
        letters = [
            (Letter.unpack(words).subject.to("de"), Letter.unpack(words).is_correction, channel)
            for words, channel in session.execute(
                sa.select(Message.words, Delivery.channel)
                .join(Delivery, Delivery.message_id == Message.id)
                .where(Message.kind == "update")
                .order_by(Message.id)
            )
        ]
    assert letters == [
        ("Fest im April", False, ChannelKind.EMAIL), ("Fest im April", True, ChannelKind.EMAIL),
    ]  # fmt: skip
    seen = olga.open(f"{BASE}/{number}/send").text
    assert said("Corrected:") in seen
    assert seen.count(f"· {said('Corrected')}") == 2, "in the list and above it, not at the first letter"


def test_a_correction_shows_all_its_languages_at_once(
    olga: Officer, paderborn: Database, settings: Settings
) -> None:
    number = sent_to_karla(olga, paderborn, settings, DeliveryState.SENT)
    typed = {**WORDS, "title-ar": "عيد", "body-ar": "نص", "title-uk": "Свято", "body-uk": "Текст"}
    version = olga.open(f"{BASE}/{number}").fields["version"]
    assert olga.post(f"{BASE}/{number}/correct", **typed, version=version, sure="yes").status_code == 303
    fields = olga.open(f"{BASE}/{number}?beside=fr").fields
    assert {"title-de", "title-ar", "title-uk", "title-fr"} <= set(fields)
    assert fields["title-uk"] == "Свято"


def test_under_four_eyes_another_officer_releases(
    app: object, olga: Officer, ada: Officer, paderborn: Database
) -> None:
    strict = olga.client.application.extensions["mitwirken"].settings
    object.__setattr__(strict, "release", Release.SECOND)
    number = begin(olga)
    assert act(olga, number, "now").status_code == 403
    assert act(olga, number, "ask").status_code == 303
    assert act(olga, number, "release").status_code == 403
    assert act(ada, number, "give-back", words="Bitte kürzer").status_code == 303
    assert "Bitte kürzer" in olga.open(f"{BASE}/{number}/send").text
    assert act(olga, number, "ask").status_code == 303
    assert act(ada, number, "release", sure="").status_code == 422
    assert act(ada, number, "release").status_code == 303
    assert stored(paderborn, number).state is UpdateState.SENDING
    assert said("Released") in olga.open(f"{BASE}/{number}/send").text


def test_signs_that_are_no_text_and_endless_words(olga: Officer, paderborn: Database) -> None:
    number = begin(olga)
    assert save(olga, number, **{**WORDS, "title-de": "Fe\x00st\u202e"}).status_code == 303
    assert stored(paderborn, number).title.to("de") == "Fest"
    long = save(olga, number, **{**WORDS, "body-de": "x" * 20_000})
    assert long.status_code == 422
    assert save(olga, number, **{**WORDS, "title-de": "t", "body-de": "ä" * 4094}).status_code == 303
    assert said("Still missing") in olga.open(f"{BASE}/{number}/send").text, "one sign too long"
    save(olga, number, **{**WORDS, "title-de": "t", "body-de": "ä" * 4093})
    assert said("Still missing") not in olga.open(f"{BASE}/{number}/send").text, "4096 signs fit"


def test_without_telegram_the_composer_says_nothing_of_it(paderborn: Database, settings: Settings) -> None:
    with paderborn.transaction() as session:
        group_id = groups.directory(session).get("7.49").id
        group_chats.link(session, group_id, -4711, title="Nachbarn", language="de", by=None)
    desk_people.employ(paderborn, "olga@example.org")
    off = settings.model_copy(update={"telegram": "off"})
    found = {}
    for name, chosen in (("on", settings), ("off", off)):
        officer = Officer(create_app(chosen, paderborn).test_client(), "olga@example.org")
        officer.log_in()
        number = begin(officer)
        whom = {"part": ["everybody"], "chats": "yes", "version": 2}
        assert officer.post(f"{BASE}/{number}/recipients", **whom).status_code == 303
        pages = [
            html(officer.open(f"{BASE}/{number}{part}")) for part in ("", "/recipients", "/look", "/send")
        ]
        found[name] = ["Telegram" in page or said("{n} group chat", n=1) in page for page in pages]
    assert found == {"on": [True] * 4, "off": [False] * 4}
