"""The little Markdown: what it becomes on pages, in e-mails, in the chat, and how long it is there."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.emulator.html_mode import parse_html
from models import markup

SAMPLE = """# Unser *Treffen*

Hallo **liebe *alle*** und [Seite](https://example.org/a?b=1&c=2)
neue Zeile

- eins
- zwei
  1. drei
  2. **vier**

> Zitat
>
> - Punkt

مرحبا **بكم** 😀"""


def test_a_page_gets_one_level_of_headings_and_every_block_finds_its_direction() -> None:
    html = markup.page(SAMPLE)
    assert '<h2 dir="auto">Unser <em>Treffen</em></h2>' in html
    assert "<strong>liebe </strong><strong><em>alle</em></strong>" in html
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener">Seite</a><br>' in html
    assert re.search(r'<ul dir="auto"><li>eins</li>\n<li>zwei<ol><li>drei</li>', html)
    assert '<p dir="auto">مرحبا <strong>بكم</strong> 😀</p>' in html
    assert markup.page("#### tief").startswith("<h2 ")


def test_the_chat_gets_bold_italic_links_quotations_and_lists_as_words() -> None:
    text, entities = parse_html(markup.telegram(SAMPLE))
    assert text.startswith(
        "Unser Treffen\n\nHallo liebe alle und Seite\nneue Zeile\n\n• eins\n• zwei\n   1. drei"
    )
    assert "Zitat\n\n• Punkt" in text
    assert {one["type"] for one in entities} == {"bold", "italic", "text_link", "blockquote"}
    cut = text.encode("utf-16-le")
    said = [cut[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le") for e in entities]
    assert {"Treffen", "liebe ", "Seite", "vier", "بكم", "Zitat\n\n• Punkt"} <= set(said)
    assert markup.length(SAMPLE) == markup.units(text)


def test_plain_text_keeps_the_addresses() -> None:
    plain = markup.plain(SAMPLE)
    assert "Seite (https://example.org/a?b=1&c=2)\nneue Zeile" in plain
    assert "> Zitat\n>\n> • Punkt" in plain
    assert markup.plain("[a@example.org](mailto:a@example.org)") == "a@example.org"


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))", "[x](data:text/html,a)", "![x](javascript:1)", "[x](/desk/)",
        "[x](//evil)", "[x](&#106;avascript:alert(1))", '[x](https://a.example/"onmouseover=alert(1))',
        "<!-- x", "&lt;b&gt;",
    ],
)  # fmt: skip
def test_nothing_that_runs_gets_through(words: str) -> None:
    for html in (markup.page(words), markup.mail(words, {"p": "margin:0"})):
        assert not re.search(r"<(script|img|!)", html)
        assert all(href.startswith("https://a.example/") for href in re.findall(r'href="([^"]*)', html))
        assert not re.search(r"<[^>]*\son\w+=", html)
    shown = parse_html(markup.telegram(words))[0]
    if words.startswith(("<", "&")):
        assert shown == words  # literally


def test_an_address_that_was_just_typed_leads_there() -> None:
    html = markup.page("(Mehr auf https://example.org/x_y_(z).) Und https://example.org/a, bald.")
    assert '<a href="https://example.org/x_y_(z)" ' in html
    assert '<a href="https://example.org/a" ' in html
    assert markup.plain("Siehe https://example.org/x.") == "Siehe https://example.org/x."


def test_a_browser_finds_the_direction_of_lists_and_quotations() -> None:
    """It does not look into what has a direction of its own, so nothing stands twice."""
    html = markup.page("> مرحبا\n\n- نعم\n\n- لا")
    assert '<blockquote><p dir="auto">' in html
    assert re.search(r'<ul dir="auto"><li><p>', html)


def test_a_beginning_is_of_the_paragraphs_and_ends_between_words() -> None:
    source = "# Titel\n\nErster **Absatz**\nweiter\n\n- Punkt\n\n> Zitat"
    assert markup.beginning(source) == "Erster Absatz weiter Zitat"
    assert markup.beginning(source, 20) == "Erster Absatz…"
    assert markup.beginning("- eins\n- zwei") == "eins zwei"


def test_length_is_counted_as_telegram_counts_after_reading_the_markup() -> None:
    assert markup.length("**😀** [x](https://example.org/very/long)") == 4
    assert markup.length("a\n\nb") == 4


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab *_#>-[]()<&!1.\\`\n😀ع:/htps", max_size=80))
def test_whatever_is_written_every_form_can_be_read(words: str) -> None:
    """Telegram's parser takes it, the sanitiser finds nothing to take away, and no letter is lost."""
    text, _entities = parse_html(markup.telegram(words))
    assert markup.units(text) == markup.length(words)
    letters = [sign for sign in text if sign in "😀ع"]
    assert letters == [sign for sign in markup.page(words) if sign in "😀ع"]
