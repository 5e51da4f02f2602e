"""What questions accept, and what they say when they do not."""

import time
from collections.abc import Callable

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import addresses
from models.errors import InvalidAnswer
from models.forms import clean
from models.forms.contact import how_to_reach_you
from models.forms.questions import Context, Email, LongText, Name, Phone
from models.people import ChannelKind
from models.plain_text import plain
from translations import _


@pytest.fixture
def context() -> Context:
    return Context(Session(), "de")


@pytest.mark.parametrize("raw", ["Amina@Example.org ", "  amina@example.org"])
def test_addresses_are_kept_in_one_spelling(raw: str, context: Context) -> None:
    assert Email(_("x")).read(raw, context) == "amina@example.org"


@pytest.mark.parametrize("raw", ["amina", "amina@", "@example.org", "a b@example.org", "amina@example"])
def test_what_is_no_address_is_refused_in_words(raw: str, context: Context) -> None:
    with pytest.raises(InvalidAnswer, match="e-mail"):
        Email(_("x")).read(raw, context)


@pytest.mark.parametrize("raw", ["+49 5251 308-4610", "(05251) 3084610", "0171/123 45 67"])
def test_telephone_numbers_stay_as_written(raw: str, context: Context) -> None:
    assert Phone(_("x")).read(raw, context) == raw


@pytest.mark.parametrize("raw", ["call me", "123", "+49 abc 12345"])
def test_what_is_no_telephone_number_is_refused(raw: str, context: Context) -> None:
    with pytest.raises(InvalidAnswer):
        Phone(_("x")).read(raw, context)


def test_names_of_every_script_are_kept_and_direction_tricks_are_not(context: Context) -> None:
    name = Name(_("x"))
    assert name.read("می\u200cخواهم  Ли \u202eevil", context) == "می\u200cخواهم Ли evil"


def test_telegram_is_no_answer_where_the_service_runs_without_it() -> None:
    reach = how_to_reach_you()
    without = Context(Session(), "de", has_telegram=False)
    assert ChannelKind.TELEGRAM.value not in [option.key for option in reach.options(without)]
    with pytest.raises(InvalidAnswer):
        reach.read("telegram", without)


def test_a_flood_of_combining_marks_is_refused_quickly(context: Context) -> None:
    began = time.process_time()
    with pytest.raises(InvalidAnswer):
        LongText(_("x")).read("a" + "\u0301" * 100_000, context)
    assert time.process_time() - began < 0.5


@given(st.text(max_size=400))
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    once = clean.text(raw, longest=2000, lines=True)
    assert clean.text(once, longest=2000, lines=True) == once
    assert plain(once) == once


TYPED = st.text(
    st.sampled_from("aZ9é\u0301 .,-_@'\u3164\u200d\n\tا\u202eﬁÅ\u0085") | st.characters(), max_size=12
)


@given(TYPED)
def test_what_is_kept_at_once_is_what_would_be_kept(raw: str) -> None:
    at_once = clean.text(raw, longest=50)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clean, "_is_tidy", lambda _raw: False)
        assert clean.text(raw, longest=50) == at_once


def _kept(address: str, how: Callable[[str], str]) -> str:
    try:
        return how(address)
    except EmailNotValidError:
        return "none"


@given(
    st.text("aB9._+-é", max_size=24), st.sampled_from(("@", "", "@@", " @")), st.text("aB9.-é_", max_size=12)
)
@example("a." * 30, "@", "example.org")
@example("a" * 65, "@", "example.org")
@example("Amina.Beispiel", "@", "MÜLLER.example")
@example("a", "@", "localhost")
def test_addresses_are_what_the_library_says(name: str, at: str, domain: str) -> None:
    for address in (f"{name}{at}{domain}", f"{name}{at}{domain}.org"):
        whole = _kept(address, lambda one: validate_email(one, check_deliverability=False).normalized)
        assert _kept(address, addresses.normalized) == whole
