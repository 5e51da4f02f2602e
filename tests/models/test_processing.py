"""The register and the privacy page tell the truth: each personal column, purpose and period is in them."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document

from models import periods, processing, regions
from models.db import Database
from models.exporting import register
from models.settings import Settings
from models.tables import metadata
from translations import LANGUAGES
from webforms import create_app

TODAY = date(2030, 5, 6)


def copied() -> sa.MetaData:
    """All tables once more, to be changed."""
    other = sa.MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(other)
    return other


def test_every_column_that_may_hold_something_of_a_person_has_a_purpose() -> None:
    assert processing.unregistered(metadata) == []


@pytest.mark.parametrize(
    "column",
    [
        sa.Column("nickname", sa.String(40)),
        sa.Column("answers_more", sa.JSON),
        sa.Column("matrix_id", sa.BigInteger),
        sa.Column("friend_id", sa.ForeignKey("people.id")),
        sa.Column("person_id", sa.Integer),
    ],
    ids=lambda column: column.name,
)
def test_a_new_one_without_is_found(column: sa.Column[object]) -> None:
    other = copied()
    sa.Table("group_chats", other, column, extend_existing=True)
    assert processing.unregistered(other) == [f"group_chats.{column.name}"]


def test_nothing_is_named_that_is_not_there() -> None:
    there = set(processing.candidates(metadata))
    named = processing.IMPERSONAL.union(*(one.columns for one in processing.PURPOSES))
    assert named <= there


def test_no_column_belongs_to_a_purpose_and_to_nobody() -> None:
    personal = frozenset[str]().union(*(one.columns for one in processing.PURPOSES))
    assert not personal & processing.IMPERSONAL


def test_every_purpose_has_a_period_or_says_what_stays_and_every_period_a_purpose(settings: Settings) -> None:
    assert not [one.key for one in processing.PURPOSES if not one.periods and not one.stays]
    assert set(processing.periods_in_use(settings)) == set(periods.KINDS)


def on_page(settings: Settings, db: Database, tag: str) -> str:
    """The privacy page."""
    answer = create_app(settings, db).test_client().get(f"/{tag}/privacy")
    assert answer.status_code == 200
    return answer.get_data(as_text=True).replace("&#39;", "'").replace("&#34;", '"')


@pytest.mark.parametrize("tag", [entry.tag for entry in LANGUAGES])
def test_the_page_and_the_register_tell_every_purpose_and_period(
    settings: Settings, paderborn: Database, tag: str
) -> None:
    chosen = settings.model_copy(update={"retention": "drafts=9d"})
    page = on_page(chosen, paderborn, tag)
    with paderborn.reading() as session:
        paper = register.as_markdown(register.read(session, chosen, tag, today=TODAY), chosen).decode()
    for text in (page, paper):
        for one in processing.PURPOSES:
            assert one.what.to(tag) in text
            assert one.data.to(tag) in text
        for key, kind in periods.KINDS.items():
            assert kind.name.to(tag) in text
            assert chosen.periods.said(key).to(tag) in text
        assert periods.Span(timedelta(days=9)).to(tag) in text
        assert all(one.to(tag) in text for one in processing.MEASURES)
    assert 'href="/de/privacy"' in page


@pytest.mark.parametrize("tag", [entry.tag for entry in LANGUAGES])
def test_without_telegram_there_is_no_trace_of_it(settings: Settings, paderborn: Database, tag: str) -> None:
    off = settings.model_copy(update={"telegram": "off"})
    with paderborn.reading() as session:
        found = register.read(session, off, tag, today=TODAY)
        paper = register.as_markdown(found, off).decode()
    word = {"ar": "Telegram", "fa": "Telegram"}.get(tag, "elegram")
    for text in (on_page(off, paderborn, tag), paper):
        assert word not in text
        assert periods.KINDS["inbox"].name.to(tag) not in text
    on = settings.model_copy(update={"telegram": "on"})
    assert word in on_page(on, paderborn, tag)


def test_without_a_mail_server_its_provider_gets_nothing(settings: Settings) -> None:
    without = settings.model_copy(update={"smtp_host": ""})
    mail = dict(processing.RECIPIENTS)["mail"]
    assert mail in processing.recipients(settings)
    assert mail not in processing.recipients(without)


@pytest.mark.parametrize("tag", ["de", "ar"])
def test_the_register_is_a_word_document_and_a_pdf(settings: Settings, paderborn: Database, tag: str) -> None:
    with paderborn.transaction() as session:
        found = session.get_one(regions.Region, 1)
        found.privacy_contact = "Dora Datenschutz\nRathausplatz 1"
    paderborn.cache.drop()
    with paderborn.reading() as session:
        whole = register.read(session, settings, tag, today=TODAY)
    document = Document(io.BytesIO(register.as_docx(whole, settings)))
    said = "".join(document.element.body.itertext())
    assert register.TITLE.to(tag) in said
    for words in ("Dora Datenschutz", "Rathausplatz 1", "biz@example.org"):
        assert words in said
    assert all(one.what.to(tag) in said for one in processing.PURPOSES)
    assert register.as_pdf(whole, settings).startswith(b"%PDF")


def test_the_registry_names_no_period_that_the_page_writes_by_hand() -> None:
    page = (Path(__file__).parents[2] / "webforms" / "templates" / "privacy.html").read_text("utf-8")
    for words in ("seven days", "two years", "two weeks"):
        assert words not in page
