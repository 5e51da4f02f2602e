"""The parse modes, case by case, with the errors that Telegram's own parser gives."""

import pytest

from bot.emulator.entities import formatted
from bot.emulator.errors import ApiError
from bot.emulator.links import utf16_length


def marks(text: str, mode: str) -> tuple[str, list[tuple[str, str]]]:
    """The plain text, and each entity as its kind and the words that it covers."""
    plain, entities = formatted(text, mode, None)
    units = plain.encode("utf-16-le")
    covered = [
        (e["type"], units[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le"))
        for e in entities
    ]
    return plain, covered


@pytest.mark.parametrize(
    ("source", "plain", "covered"),
    [
        ("<b>fett</b> und <i>schräg</i>", "fett und schräg", [("bold", "fett"), ("italic", "schräg")]),
        ("👋 <b>x</b>", "👋 x", [("bold", "x")]),
        ("<b>a<i>b</i></b>", "ab", [("bold", "ab"), ("italic", "b")]),
        ('<a href="https://a.example/?x=1&amp;y=2">da</a>', "da", [("text_link", "da")]),
        ('<a href="mailto:a@b.example">Post</a>', "Post", []),
        ("<a href='http://localhost/'>hier</a>", "hier", []),
        ("1 &lt; 2 &amp; 3 &#62; 2 &#x41; &nbsp; &", "1 < 2 & 3 > 2 A &nbsp; &", []),
        ("<pre><code class='language-py'>x = 1</code></pre>", "x = 1", [("pre", "x = 1")]),
        ("<code>/start</code> /help", "/start /help", [("code", "/start"), ("bot_command", "/help")]),
        ("<blockquote expandable>lang</blockquote>", "lang", [("expandable_blockquote", "lang")]),
        ('<span class="tg-spoiler">!</span>', "!", [("spoiler", "!")]),
        ("<s>weg</s><u>da</u>", "wegda", [("strikethrough", "weg"), ("underline", "da")]),
        ("  <b> x </b>  ", "x", [("bold", "x")]),
        ("<b></b>leer", "leer", []),
        ("<B>groß</B >", "groß", [("bold", "groß")]),
    ],
)  # fmt: skip
def test_html_becomes_entities(source: str, plain: str, covered: list[tuple[str, str]]) -> None:
    assert marks(source, "HTML") == (plain, covered)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("ä<br/>", 'Unsupported start tag "br/" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<a "x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_html_is_refused_with_the_place(source: str, words: str) -> None:
    with pytest.raises(ApiError) as caught:
        formatted(source, "HTML", None)
    assert caught.value.description == f"Bad Request: can't parse entities: {words}"


@pytest.mark.parametrize(
    ("source", "plain", "covered"),
    [
        ("*fett* _schräg_", "fett schräg", [("bold", "fett"), ("italic", "schräg")]),
        ("__unter__ ~weg~", "unter weg", [("underline", "unter"), ("strikethrough", "weg")]),
        ("||geheim|| `code`", "geheim code", [("spoiler", "geheim"), ("code", "code")]),
        ("*a _b_*", "a b", [("bold", "a b"), ("italic", "b")]),
        ("Ende\\. 3\\-4", "Ende. 3-4", []),
        ("[da](https://a.example/x_\\(1\\))", "da", [("text_link", "da")]),
        ("```py\nx = '*'\n```", "x = '*'", [("pre", "x = '*'")]),
        (">eins\n>zwei\nfrei", "eins\nzwei\nfrei", [("blockquote", "eins\nzwei")]),
        ("`a*b`", "a*b", [("code", "a*b")]),
    ],
)  # fmt: skip
def test_markdown_becomes_entities(source: str, plain: str, covered: list[tuple[str, str]]) -> None:
    assert marks(source, "MarkdownV2") == (plain, covered)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Ende.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a-b", "Character '-' is reserved and must be escaped with the preceding '\\'"),
        ("ä *b", "Can't find end of Bold entity at byte offset 3"),
        ("[da](https://a.example", "Can't find end of a URL at byte offset 5"),
    ],
)
def test_broken_markdown_is_refused(source: str, words: str) -> None:
    with pytest.raises(ApiError) as caught:
        formatted(source, "MarkdownV2", None)
    assert caught.value.description == f"Bad Request: can't parse entities: {words}"


def test_telegram_finds_links_and_commands_itself() -> None:
    plain = "Siehe https://a.example/x. Oder @mitwirken_bot, post@a.example, #plenum und /hilfe"
    found = ["url", "mention", "email", "hashtag", "bot_command"]
    assert [kind for kind, _ in marks(plain, "")[1]] == found
    assert marks(plain, "")[1][0] == ("url", "https://a.example/x")
    assert marks("3/4 und a/b", "")[1] == []
    assert marks("👋 /hilfe", "")[1] == [("bot_command", "/hilfe")]


def test_given_entities_are_kept_and_checked() -> None:
    bold = {"type": "bold", "offset": 0, "length": 2}
    assert formatted("👋x", "", [bold])[1] == [bold]
    with pytest.raises(ApiError, match="ends after the end of the text"):
        formatted("x", "", [bold])


def test_unknown_modes_are_refused() -> None:
    with pytest.raises(ApiError, match="parse_mode"):
        formatted("x", "bbcode", None)


def test_length_counts_utf16_units() -> None:
    assert [utf16_length(text) for text in ("abc", "äöü", "👋", "👩‍👧")] == [3, 3, 2, 5]
