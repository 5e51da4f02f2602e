"""How letters read as e-mails, parsed back strictly."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from bot.courier.email_words import mail
from models.letters import Button, Letter
from models.links import Purpose
from models.rendering.email import in_header, is_address
from tests.bot.courier.house import OFFICE, TO_ME, parcel
from translations import LANGUAGES, Localised, Text, _

SENDER = "mitwirken@region.example.org"
LETTER = Letter(
    _("Welcome to the group {number}")(number="7.49"),
    (
        _("Welcome! You are now part of the group “{group}”.")(
            group=Localised({"de": "Grüße & Füße <7.49>", "ar": "مجموعة"})
        ),
        Localised({"de": "Nur auf Deutsch: Übergänge"}),
    ),
    (TO_ME, Button(Text("nur im Chat"), verb="x:1:1")),
    quote="Erste Zeile\nзweite <script>alert(1)</script>",
)


class Elements(HTMLParser):
    """Every start tag with its attributes, and all text."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(words)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def through_the_post(message: EmailMessage) -> EmailMessage:
    raw = message.as_bytes()
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    return message_from_bytes(raw, policy=policy.strict)


def parts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain
    assert html
    return plain.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("tag", [one.tag for one in LANGUAGES])
def test_every_language_comes_through_strict_parsing_unharmed(tag: str) -> None:
    address = f"https://region.example.org/{tag}/me/tok-en_1"
    given = parcel(LETTER, tag, addresses=(address, ""))
    read = through_the_post(mail(given, SENDER))
    assert read["Subject"] == in_header(LETTER.subject.to(tag))
    assert read["To"] == "amina@example.org"
    assert read["From"].addresses[0].display_name == "Bildungsbüro Bärental"
    assert read["Content-Language"] == tag
    plain, html = parts(read)
    assert LETTER.paragraphs[0].to(tag) in plain
    assert "Nur auf Deutsch: Übergänge" in plain
    assert "> Erste Zeile\n> зweite <script>alert(1)</script>" in plain
    assert f"{TO_ME.label.to(tag)}:\n{address}\n" in plain
    assert "nur im Chat" not in plain + html
    assert LETTER.paragraphs[0].to(tag) in Elements(html).text


def test_arabic_reads_from_right_to_left_and_german_within_it_is_marked() -> None:
    html = parts(through_the_post(mail(parcel(LETTER, "ar"), SENDER)))[1]
    page = Elements(html)
    assert page.all("html") == [{"lang": "ar", "dir": "rtl"}]
    assert [(p["lang"], p["dir"]) for p in page.all("p") if "lang" in p] == [("de", "ltr")]
    assert "border-right" in str(page.all("blockquote")[0]["style"])


def test_the_html_has_nothing_from_afar_and_nothing_that_runs() -> None:
    html = parts(mail(parcel(LETTER), SENDER))[1]
    page = Elements(html)
    assert {tag for tag, _attributes in page.tags} <= {
        "html", "head", "meta", "title", "body", "div", "h1", "p", "a", "br", "blockquote", "span",
    }  # fmt: skip
    assert "<script>alert(1)</script>" in page.text
    assert not re.search(r"src=|url\(|@import", html)
    assert {one["href"] for one in page.all("a")} == {"https://x.example.org/{lang}/me/{link}"}


def test_headers_say_what_a_machine_needs() -> None:
    message = mail(parcel(LETTER), SENDER)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"].addresses[0].addr_spec == "buero@example.org"
    assert re.fullmatch(r"<7\.\d+@region\.example\.org>", message["Message-ID"])
    assert message["Date"].datetime.tzinfo is not None


def test_a_repetition_carries_the_same_message_id() -> None:
    first = parcel(LETTER)
    again = parcel(LETTER, attempts=2, created_at=first.created_at)
    assert mail(first, SENDER)["Message-ID"] == mail(again, SENDER)["Message-ID"]


@pytest.mark.parametrize("brk", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_no_line_break_smuggles_in_a_header(brk: str) -> None:
    evil = f"Hallo{brk}Bcc: alle@example.org{brk}{brk}<b>"
    letter = Letter(_("About “{title}”")(title=evil), (Text("x"),))
    office = OFFICE.__class__(**dict.fromkeys(OFFICE.__slots__, evil))
    read = through_the_post(mail(parcel(letter, office=office), SENDER))
    assert read["Bcc"] is None
    assert read["Reply-To"] is None
    assert "alle@example.org" in read["Subject"]
    assert set(read.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version",
        "Content-Type",
    }  # fmt: skip


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: x@y.example", "kein at", "", "a@b c", "<a@b.example>"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert not is_address(address)
    with pytest.raises(Exception):  # noqa: B017 - the parser raises whatever it stumbles over
        mail(parcel(LETTER, email=address), SENDER)


def test_an_address_with_an_umlaut_domain_goes_out_in_ascii() -> None:
    assert mail(parcel(LETTER, email="boris@bücher.example"), SENDER)["To"] == "boris@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("accent", "ink"), [("#0b5d66", "#ffffff"), ("#ffd400", "#000000"), ("red;x", "#ffffff")]
)
def test_lettering_stands_out_from_the_accent(accent: str, ink: str) -> None:
    office = OFFICE.__class__("R", "B", "", "", "", accent)
    html = parts(mail(parcel(LETTER, office=office), SENDER))[1]
    assert f"color:{ink};padding" in html
    assert "red;x" not in html


@pytest.mark.parametrize(("base", "posts"), [("https://m.example", True), ("http://m.example", False)])
def test_a_letter_that_can_be_ended_says_so_to_the_mail_program(base: str, posts: bool) -> None:
    stop = Button(Text("End"), page="/{lang}/stop/{link}", purpose=Purpose.STOP, target_id=1)
    address = f"{base}/de/stop/{'x' * 22}"
    one = replace(parcel(letter=replace(LETTER, buttons=(TO_ME, stop))), addresses=(f"{base}/me", address))
    message = through_the_post(mail(one, SENDER))
    assert message["List-Unsubscribe"] == f"<{address}>"
    assert message["List-Unsubscribe-Post"] == ("List-Unsubscribe=One-Click" if posts else None)
    plain = through_the_post(mail(parcel(letter=LETTER), SENDER))
    assert plain["List-Unsubscribe"] is None
