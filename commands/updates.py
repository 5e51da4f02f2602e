"""`mitwirken update`: watch, stop and repeat updates on their way."""

import time

import click
from sqlalchemy.orm import Session

from commands import noting
from commands.failures import Refusal
from commands.opening import ready_database
from commands.reading import read_settings
from models import clock, updates_sending, updates_watching
from models.audit import Kind, Verb
from models.db import Database
from models.updates import Update
from models.updates_watching import Progress, shown_state
from translations import SOURCE

_LOOK = 1.0  # seconds between two looks


@click.group(name="update")
def updates() -> None:
    """Updates on their way: how far they are, stopping them, sending once more what has failed."""


def _one(session: Session, number: int | None) -> Update:
    sent = [line.update for line in updates_watching.listed(session)[0] if line.update.sent_at]
    found = session.get(Update, number) if number is not None else next(iter(sent), None)
    if found is None or found.sent_at is None:
        raise Refusal("No update has been sent yet." if number is None else f"Update {number} was not sent.")
    return found


def _look(db: Database, number: int | None) -> tuple[Update, Progress]:
    with db.reading() as session:
        one = _one(session, number)
        return one, updates_watching.progress(session, one)


def _said(one: Update, far: Progress, rate: float) -> str:
    """Say in one line how far it is; `rate` is letters per second."""
    states = ", ".join(f"{many} {state.value}" for state, many in sorted(far.states.items()) if many)
    left = f", about {far.left / rate / 60:.0f} min left" if rate and far.left else ""
    edition = f", correction {one.edition - 1}" if one.edition > 1 else ""
    state = shown_state(one, is_moving=far.is_moving).value
    return f"Update {one.id}{edition}, {state}: {far.settled} of {far.total}{left} ({states})"


@updates.command("list")
def show_all() -> None:
    """List the updates that were sent last."""
    settings = read_settings()
    with ready_database(settings) as db, db.reading() as session:
        for line in updates_watching.listed(session)[0]:
            if line.update.sent_at:
                far = updates_watching.progress(session, line.update)
                said = _said(line.update, far, settings.courier_rate)
                click.echo(f"{said} {line.update.title.to(SOURCE)}")


@updates.command("progress")
@click.argument("number", type=int, required=False)
@click.option("--wait/--once", default=True, help="Stay until it has gone out; otherwise only look.")
def progress(number: int | None, wait: bool) -> None:
    """Show how far an update is, the newest one where no number is given."""
    settings = read_settings()
    with ready_database(settings) as db:
        one, far = _look(db, number)
        if wait and far.is_moving:
            with click.progressbar(length=far.total, label=f"Update {one.id}") as bar:
                while far.is_moving:
                    time.sleep(_LOOK)
                    one, far = _look(db, one.id)
                    bar.length = max(1, far.total)
                    bar.update(far.settled - bar.pos)
        click.echo(_said(one, far, settings.courier_rate))


@updates.command("cancel")
@click.argument("number", type=int)
def cancel(number: int) -> None:
    """Stop an update that is being sent; who has got it keeps it."""
    with ready_database(read_settings()) as db, db.transaction() as session:
        if not updates_watching.progress(session, _one(session, number)).is_moving:
            raise Refusal(f"Update {number} is not being sent.")
        dropped = updates_sending.stop(session, number)
        noting.note(session, Verb.CLOSE, Kind.UPDATE, number)
        click.echo(f"Update {number} is stopped; {dropped} that waited are not sent.")


@updates.command("retry")
@click.argument("number", type=int)
def retry(number: int) -> None:
    """Send once more to those whom an update did not reach."""
    many, begun = 0, clock.now()  # what fails again meanwhile is not for this time
    with ready_database(read_settings()) as db:
        while True:
            with db.transaction() as session:
                one = _one(session, number)
                done = updates_watching.send_again(session, one.id, lost_by=begun)
            many += done
            if not done:
                break
        noting.note_on(db, Verb.SEND, Kind.UPDATE, number)
    click.echo(f"{many} are sent once more.")
