"""`mitwirken round`: open, remind, close and show status rounds by hand."""

import re
from datetime import date

import click
from sqlalchemy.orm import Session

from commands import noting
from commands.failures import Refusal
from commands.opening import ready_database
from commands.reading import read_settings
from models import clock, programmes, quiet, rounds, rounds_asking, rounds_coverage
from models.audit import Kind, Verb
from models.programmes import Programme
from models.rounds import REQUEST_WORDS, RoundRequest, StatusRound

_MONTH = click.option("--month", default="", metavar="YYYY-MM", help="Default: see the command.")
_PROGRAMME = click.option("--programme", default="", help="Its title; only where there are several.")


@click.group(name="round")
def status_rounds() -> None:
    """Status rounds: ask all leads how things stand. They also run by themselves."""


def _read_month(raw: str) -> date | None:
    if not raw:
        return None
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", raw):
        raise click.BadParameter("write it as in 2027-05.", param_hint="--month")
    return date.fromisoformat(f"{raw}-01")


def _programme(session: Session, title: str) -> Programme:
    found = [one for one in programmes.listed(session) if not title or one.title == title]
    if not found:
        raise Refusal(f"There is no programme “{title}”." if title else "There is no programme yet.")
    if len(found) > 1:
        titles = ", ".join(one.title for one in found)
        raise Refusal(f"There are several programmes; name one with --programme: {titles}.")
    return found[0]


def _one(session: Session, title: str, month: date | None) -> StatusRound:
    """Return the round of a month, else the newest one; a Refusal when there is none."""
    programme = _programme(session, title)
    found = [
        one
        for one in rounds.listed(session)
        if one.programme_id == programme.id and month in (None, one.month)
    ]
    if not found:
        raise Refusal(f"There is no status round of {month:%Y-%m}." if month else "There is no round yet.")
    return found[0]


def _said(session: Session, one: StatusRound) -> str:
    whole = rounds_coverage.coverage(session, one)
    ended = "closed" if one.closed_at else "open"
    return (
        f"Round {one.month:%Y-%m}, {ended}: {whole.answered} of {len(whole.lines)} answered, "
        f"{len(whole.silent)} cannot be reached."
    )


def _is_ahead(request: RoundRequest) -> bool:
    return request.asked_at is not None and request.asked_at > clock.now()


def _late(what: str, zone: str) -> str:
    """Say that nothing is sent at night, where it is night."""
    return f"{what} at 8 in the morning. " if quiet.is_quiet(clock.now(), zone) else ""


@status_rounds.command(name="open")
@_MONTH
@_PROGRAMME
def open_round(month: str, programme: str) -> None:
    """Open the round of a month (default: this one) and ask all leads. Repeating it asks nobody twice."""
    settings = read_settings()
    wanted = _read_month(month) or clock.today(settings.zone)
    with ready_database(settings) as db, db.transaction() as session:
        one = rounds_asking.open(session, _programme(session, programme), wanted, zone=settings.zone)
        waiting = any(_is_ahead(line.request) for line in rounds_coverage.coverage(session, one).lines)
        late = _late("The questions go out", settings.zone) if waiting else ""
        click.echo(f"{late}{_said(session, one)}")
        noting.note(session, Verb.ADD, Kind.ROUND, one.id)


@status_rounds.command()
@_MONTH
@_PROGRAMME
@click.option("--now", is_flag=True, help="Do not wait until 7 and 14 days are over.")
def remind(month: str, programme: str, now: bool) -> None:
    """Remind who has not answered in the newest round: twice at most, never on the day of asking."""
    settings = read_settings()
    with ready_database(settings) as db, db.transaction() as session:
        one = _one(session, programme, _read_month(month))
        if one.closed_at is not None:
            raise Refusal(f"The round {one.month:%Y-%m} is closed; nobody is reminded.")
        count = rounds_asking.remind(session, one, zone=settings.zone, early=now)
        late = _late("They go out", settings.zone) if count else ""
        click.echo(f"Reminders for {count} groups. {late}{_said(session, one)}")
        noting.note(session, Verb.SEND, Kind.ROUND, one.id)


@status_rounds.command()
@_MONTH
@_PROGRAMME
def close(month: str, programme: str) -> None:
    """End the newest round: nobody is asked or reminded any more, late answers still count."""
    with ready_database(read_settings()) as db, db.transaction() as session:
        one = _one(session, programme, _read_month(month))
        rounds_asking.close(session, one)
        click.echo(_said(session, one))
        noting.note(session, Verb.CLOSE, Kind.ROUND, one.id)


@status_rounds.command()
@_MONTH
@_PROGRAMME
def show(month: str, programme: str) -> None:
    """Tell who has answered in the newest round, the silent ones first."""
    with ready_database(read_settings()) as db, db.reading() as session:
        one = _one(session, programme, _read_month(month))
        for line in rounds_coverage.coverage(session, one).lines:
            name = line.lead.name if line.lead else ""
            state = REQUEST_WORDS[line.request.state].to("en")
            click.echo(f"{line.card.number:>6}  {state}, reminders: {line.request.reminders}  {name or '-'}")
        click.echo(_said(session, one))
