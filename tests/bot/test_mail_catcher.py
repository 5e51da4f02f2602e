"""The practice mailbox: real SMTP in, pages and files out."""

import json
import re
import smtplib
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from bot.courier.email_words import mail
from bot.mail_catcher import listening
from bot.mail_catcher.server import Addresses
from bot.mail_catcher.store import Store
from models.letters import Letter, Picture
from tests.bot.courier.house import TO_ME, parcel, served
from translations import Localised, Text

HOST = "127.0.0.1"


def letter(address: str = "amina@example.org", words: str = "Grüße – تحية", tag: str = "ar") -> EmailMessage:
    whole = Letter(Text("Willkommen – أهلا"), (Text(words),), (TO_ME,))
    return mail(
        parcel(whole, tag, email=address, addresses=("https://region.example.org/ar/me/tok-en?a=1&b=2",)),
        "mitwirken@region.example.org",
    )


def send(at: Addresses, message: EmailMessage, *recipients: str) -> None:
    with smtplib.SMTP(HOST, at.smtp_port, timeout=60) as line:
        line.send_message(message, to_addrs=list(recipients) or None)


def get(url: str, language: str = "de") -> tuple[int, str, dict[str, str]]:
    try:
        with urlopen(Request(url, headers={"Accept-Language": language}), timeout=60) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


def messages(at: Addresses, query: str = "") -> list[dict[str, Any]]:
    return list(json.loads(get(f"{at.url}/messages.json{query}")[1]))


def test_a_mail_can_be_read_as_page_as_json_and_as_the_very_file(tmp_path: Path) -> None:
    sent = letter()
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        send(at, sent)
        (row,) = messages(at)
        _status, page, _headers = get(at.url)
        _status, single, _headers = get(f"{at.url}/mail/1")
        _status, inner, headers = get(f"{at.url}/mail/1/html")
        _status, raw, raw_headers = get(f"{at.url}/mail/1.eml")
    assert row["to"] == "amina@example.org"
    assert row["from"] == "mitwirken@region.example.org"
    assert row["subject"] == "Willkommen – أهلا"
    assert "Grüße – تحية" in row["text"]
    assert row["links"] == ["https://region.example.org/ar/me/tok-en?a=1&b=2"]
    assert '<html lang="ar" dir="rtl">' in row["html"]
    assert '<a href="https://region.example.org/ar/me/tok-en?a=1&amp;b=2" dir="ltr">' in page
    assert 'lang="ar" dir="rtl">Willkommen' in page
    assert re.search(r'<iframe sandbox="[a-z -]+" src="/mail/1/html" title="[^"]+">', single)
    assert "allow-scripts" not in single + headers["Content-Security-Policy"]
    assert '<head><base target="_blank">' in inner
    assert "; sandbox allow-popups " in headers["Content-Security-Policy"]
    assert raw_headers["Content-Type"] == "message/rfc822"
    read = message_from_bytes(raw.encode(), policy=policy.strict)
    assert read["Subject"] == sent["Subject"]
    assert read["Delivered-To"] == "amina@example.org"


def test_newest_come_first_and_can_be_narrowed_to_one_address(tmp_path: Path) -> None:
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        for number in range(60):
            send(at, letter(f"p{number % 2}@example.org", f"Brief {number}", "de"))
        assert [row["number"] for row in messages(at)] == list(range(60, 0, -1))
        assert [row["number"] for row in messages(at, "?to=P1@Example.org")] == list(range(60, 0, -2))
        assert messages(at, "?to=niemand@example.org") == []
        first, second = get(at.url)[1], get(f"{at.url}/?page=2")[1]
        one = get(f"{at.url}/?to=p0@example.org")[1]
    assert first.count("<article") == 50
    assert 'href="/?page=2"' in first
    assert second.count("<article") == 10
    assert one.count("<article") == 30
    assert "Brief 1<" not in one


def test_a_hidden_recipient_is_found_by_the_address_that_it_was_handed_over_for(tmp_path: Path) -> None:
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        send(at, letter(), "amina@example.org", "boris@example.org")
        assert len(messages(at, "?to=boris@example.org")) == 1


def test_mails_outlive_a_restart_and_numbers_go_on(tmp_path: Path) -> None:
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        send(at, letter(words="Eins"))
    (tmp_path / "000002.part").write_bytes(b"half")
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        send(at, letter(words="Zwei"))
        assert [row["text"].split("\n")[2] for row in messages(at)] == ["Zwei", "Eins"]
    assert sorted(path.name for path in tmp_path.glob("*.eml")) == ["000001.eml", "000002.eml"]


def test_what_was_confirmed_lies_whole_on_the_disk_under_its_final_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        send(at, letter())
        assert [path.name for path in tmp_path.iterdir()] == ["000001.eml"]

        def full(self: Store, path: Path, content: bytes) -> None:
            raise OSError("no space left")

        monkeypatch.setattr(Store, "_write", full)
        with pytest.raises(smtplib.SMTPDataError, match="452"):
            send(at, letter())
        assert len(messages(at)) == 1


@pytest.mark.parametrize("tag", ["de", "ar"])
def test_the_page_says_what_it_is_even_when_it_is_empty(tmp_path: Path, tag: str) -> None:
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        status, page, headers = get(at.url, tag)
    assert status == 200
    assert f'<html lang="{tag}" dir="{"rtl" if tag == "ar" else "ltr"}">' in page
    assert "<header><p>" in page
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_markup_in_a_mail_does_nothing_on_our_page(tmp_path: Path) -> None:
    evil = EmailMessage()
    evil["Subject"] = '"><script>alert(1)</script>'
    evil["From"] = "x@example.org"
    evil["To"] = "amina@example.org"
    evil["Date"] = '<script>alert("2")</script>'
    evil["Content-Language"] = '"><script>'
    evil.set_content('javascript:alert(3) <script>alert(4)</script> https://x.example/"onclick="alert(5)')
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        send(at, evil)
        pages = [get(f"{at.url}{path}")[1] for path in ("/", "/mail/1", "/mail/1/html", "/?to=<script>")]
    for page in pages:
        assert "<script" not in page
        assert 'href="javascript' not in page
        assert not re.search(r'href="[^"]*"onclick', page)


@pytest.mark.parametrize("path", ["/mail/7", "/mail/7.eml", "/mail/7/html", "/mail/0"])
def test_a_mail_that_is_not_there_is_a_kind_404(tmp_path: Path, path: str) -> None:
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        status, page, _headers = get(f"{at.url}{path}")
    assert status == 404
    assert 'href="/"' in page


def test_odd_mails_are_shown_as_far_as_they_can_be_read(tmp_path: Path) -> None:
    odd = [
        b"",
        b"Subject: =?x-unknown?q?abc?=\r\n\r\nnur Text",
        b"Content-Type: text/plain; charset=x-nothing\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=zz\r\n\r\nno parts",
        b"To: kaputt <<>>\r\nDate: gestern\r\n\r\nHallo",
    ]
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        for content in odd:
            with smtplib.SMTP(HOST, at.smtp_port, timeout=60) as line:
                line.sendmail("x@example.org", ["amina@example.org"], content)
        assert len(messages(at)) == len(odd)
        assert get(at.url)[1].count("<article") == len(odd)
        assert [get(f"{at.url}/mail/{number + 1}/html")[0] for number in range(len(odd))] == [200] * len(odd)


def test_a_mail_shows_the_picture_that_it_carries(tmp_path: Path) -> None:
    picture = Picture("token", Localised({"de": "Ein Tisch"}))
    whole = Letter(Text("Bild"), (), body=Localised({"de": "Mit Bild."}), picture=picture)
    sent = mail(parcel(whole), "mitwirken@region.example.org", b"\xff\xd8 a picture")
    with served(listening(HOST, 0, 0, tmp_path)) as at:
        send(at, sent)
        _status, inner, _headers = get(f"{at.url}/mail/1/html")
        (row,) = messages(at)
    assert '<img src="data:image/jpeg;base64,/9gg' in inner
    assert 'src="cid:picture.7@region.example.org"' in row["html"]
