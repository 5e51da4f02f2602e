"""Guessing at the codes of a ballot: it costs more and more, and nobody is shut out by somebody else.

A whole hall comes from one network address, so no address is counted. Wrong codes count for the form in
which they were typed, strictly, and for the ballot, loosely. Over either no code is refused, but each has
to be worked for, as forms are while masses come: once for each code, and four times as hard. Whoever
guesses pays for each guess, whoever has a code pays once. Browsers without script wait instead; these
share one count, which somebody who tries hard can use up: then a browser with script, the chat or the
office are left.

What is safe: six signs of 31 are 8.9e8 codes, of which N are good, so G guesses hit N * G / 8.9e8 times.
For one hit in a hundred ballots G may be 8.9e6 / N: 44,000 guesses with 200 registered, 8,900 with 1,000,
1,800 with 5,000. In four hours, without work: 16 quarters * 300 = 4,800, and as many by waiting, together
one hit in a hundred ballots with 1,000. With work: 2 ** 20 hashes each, some five seconds of a phone. A
fast core does about ten million a second, in four hours 140,000 guesses: 0.15 hits with 1,000 registered.
Many cores hit something; a vote that has to stand that is held with slips, whose nine signs are 30,000
times as many codes.
"""

from flask import request
from sqlalchemy.orm import Session

from models import tries
from models.db import Database
from webforms import crowding, tokens
from webforms.site import site

BITS = 20  # zeros with which the hash of a proof begins


def _key_of(token: str) -> str:
    return token.split(".", 1)[0]


def _spent(token: str) -> str:
    return tries.key(tries.FORM, f"{_key_of(token)} spent")


def needs_work(session: Session, ballot_code: str) -> bool:
    """Return whether so many codes of a ballot were wrong lately that each has to be worked for."""
    return tries.are_many(session, tries.key(tries.BALLOT, ballot_code))


def lets_in(db: Database, ballot_code: str, token: str) -> bool:
    """Return whether a code that came with this checked form may be looked at; what it costs is counted."""
    key = _key_of(token)
    with db.reading() as session:
        if not (tries.are_many(session, tries.key(tries.FORM, key)) or needs_work(session, ballot_code)):
            return True
    has_worked = crowding.fits(key, request.form.get(crowding.FIELD, ""), BITS)
    if not has_worked and tokens.age(token) < crowding.WAIT:
        return False
    waited = tries.key(tries.WAITED, ballot_code)
    with db.transaction() as session:  # counted before it is looked at: of two at once only one is the first
        tries.note(session, _spent(token), *([] if has_worked else [waited]))
        is_first = tries.count(session, _spent(token)) == 1
        return is_first and (has_worked or tries.count(session, waited) <= tries.MOST[tries.WAITED])


def note_wrong(db: Database, ballot_code: str, token: str) -> None:
    """Count a wrong code for its form and its ballot."""
    with db.transaction() as session:
        tries.note(session, tries.key(tries.FORM, _key_of(token)), tries.key(tries.BALLOT, ballot_code))


def next_token(token: str, bound_to: str) -> str:
    """Return the token for showing a form again: the same, so that it counts on, until it was worked with."""
    with site().db.reading() as session:
        is_spent = tries.count(session, _spent(token)) > 0
    return tokens.issue(site().secret, bound_to=bound_to) if is_spent else token
