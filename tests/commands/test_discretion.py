"""What is told of nobody: single texts, one kind after the other."""

import sqlite3

import pytest
import sqlalchemy as sa

from commands.discretion import redacted, said, story

HIDDEN = [
    ("POST https://api.telegram.org/bot7000000001:AAF-secret_secret_secret_12/getMe", "AAF-secret"),
    ("no answer of amina.beispiel+x@post.example.org.", "amina"),
    ("<أمينة@مثال.شبكة> refused", "أمينة"),
    ("postgresql+psycopg://mitwirken:geheim@db.example.org/mitwirken", "geheim"),
    ("GET /de/me/abcdefghijklmnopqrstuv 404", "abcdef"),
    ("/ar/stop/meetings/mnopqrstuvabcdefghijkl?x=1", "mnopq"),
    ("https://t.me/beispiel_bot?start=k_Ab12Cd34", "Ab12"),
    ("/start k_Ab12Cd34", "Ab12"),
    ("link KJHhj7823hkjHKJ_kjh-12 used", "KJH"),
    ("hash 5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b5aa765d61d8327deb882cf99", "5f4d"),
    ("chat 7100000001 blocked", "7100"),
    ("group -1001234567890 is gone", "100123"),
    ("call +49 5251 308-4600 or (05251) 1234567", "308"),
    ("call 05251 308 4600", "308"),
]
NAME = "Amina Beispiel"
SHOWN = [
    "Update 7100000001 failed, reference 12345678, at",
    "Courier: delivery 123456 cannot be mailed: TimeoutError",
    "File 17 did not come at try 3 (timed out)",
    "UNIQUE constraint failed: people.email",
    "[cached since 0.001234567s ago] [SQL parameters hidden due to hide_parameters=True]",
    'File "/srv/mitwirken/.venv/lib/python3.11/site-packages/sqlalchemy/engine/base.py", line 1967',
    "models.exporting.documentation_words TelegramBotApiSecretTokenHeader",
    "listening at http://127.0.0.1:8000 since 2026-11-28 10:00:00",
    "uq_preferences_person_id_group_id_topic",
]


@pytest.mark.parametrize(("text", "secret"), HIDDEN)
def test_what_tells_of_somebody_is_hidden(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redacted(text)
    assert "[" in redacted(text)


@pytest.mark.parametrize("text", SHOWN)
def test_what_finds_a_fault_stays(text: str) -> None:
    assert redacted(text) == text


def test_a_long_text_takes_no_time() -> None:
    assert len(redacted("a" * 200_000 + "@" + "0" * 50_000 + "/" * 50_000)) > 0


def raised(error: Exception) -> Exception:
    """The same error with a place where it came from."""
    try:
        raise error
    except Exception as caught:
        return caught


def test_words_of_an_error_are_told_only_where_they_are_nobodys() -> None:
    assert said(ValueError("Amina Beispiel is no number")) == "ValueError (words withheld)"
    assert said(KeyError("Amina")) == "KeyError (words withheld)"
    assert (
        said(OSError(28, "No space left on device", "/var/amina.jpg")) == "OSError: No space left on device"
    )
    assert said(TypeError("'int' object is not iterable")) == "TypeError: 'int' object is not iterable"
    told = said(sqlite3.OperationalError('near "Amina": syntax error'))
    assert told == "sqlite3.OperationalError: near …: syntax error"
    wrapped = sa.exc.IntegrityError(
        "INSERT", {"name": "Amina"}, Exception("duplicate 'Amina'\nKey (name)=(Amina)")
    )
    assert "Amina" not in said(wrapped)
    assert "duplicate …" in said(wrapped)


def test_a_story_holds_the_places_and_the_way_but_nobodys_words() -> None:
    def read(name: str) -> int:
        try:
            return int(name)
        except ValueError as error:
            raise RuntimeError(f"{name} cannot be read") from error

    with pytest.raises(RuntimeError) as caught:
        read(NAME)
    told = story(caught.value)
    assert "Amina" not in told
    assert (
        told.index("ValueError (words withheld)") < told.index("cause of") < told.index("RuntimeError (words")
    )
    assert "return int(name)" in told
    assert "test_discretion.py" in told
    group = raised(ExceptionGroup("Amina", [raised(ValueError("Boris"))]))
    assert "ValueError (words withheld)" in story(group)
    assert "Boris" not in story(group)
