"""`mitwirken update`: watch, stop and repeat updates on their way."""

import time

import click
from sqlalchemy.orm import Session

from commands.failures import Refusal
from commands.opening import ready_database
from commands.reading import read_settings
from models import arrivals, broadcasts
from models.arrivals import Progress
from models.broadcasts import Broadcast
from models.updates import Update
from translations import SOURCE

_LOOK = 1.0  # seconds between two looks


@click.group(name="update")
def updates() -> None:
    """Updates on their way: how far they are, stopping them, sending once more what has failed."""


def _one(session: Session, number: int | None) -> Broadcast:
    found = arrivals.newest(session, number)
    if found is None:
        raise Refusal("No update has been sent yet." if number is None else f"Update {number} was not sent.")
    return found


def _said(one: Broadcast, far: Progress) -> str:
    """Say in one line how far it is."""
    states = ", ".join(f"{many} {state.value}" for state, many in sorted(far.states.items()) if many)
    left = f", about {far.seconds / 60:.0f} min left" if far.seconds and far.is_moving else ""
    edition = f", correction {one.edition - 1}" if one.edition > 1 else ""
    return (
        f"Update {one.update_id}{edition}, {one.state.value}: {far.settled} of {far.total}{left} ({states})"
    )


@updates.command("list")
def show_all() -> None:
    """List the updates that were sent last."""
    settings = read_settings()
    with ready_database(settings) as db, db.reading() as session:
        for one in arrivals.listed(session):
            update = session.get_one(Update, one.update_id)
            far = arrivals.progress(session, one, settings.courier_rate)
            click.echo(f"{_said(one, far)} {update.title.to(SOURCE)}")


@updates.command("progress")
@click.argument("number", type=int, required=False)
@click.option("--wait/--once", default=True, help="Stay until it has gone out; otherwise only look.")
def progress(number: int | None, wait: bool) -> None:
    """Show how far an update is, the newest one where no number is given."""
    settings = read_settings()
    with ready_database(settings) as db:
        with db.reading() as session:
            one = _one(session, number)
            far = arrivals.progress(session, one, settings.courier_rate)
        if wait and far.is_moving:
            with click.progressbar(length=far.total, label=f"Update {one.update_id}") as bar:
                while far.is_moving:
                    time.sleep(_LOOK)
                    with db.reading() as session:
                        one = _one(session, one.update_id)
                        far = arrivals.progress(session, one, settings.courier_rate)
                    bar.length = max(1, far.total)
                    bar.update(far.settled - bar.pos)
        click.echo(_said(one, far))


@updates.command("cancel")
@click.argument("number", type=int)
def cancel(number: int) -> None:
    """Stop an update that is being sent; who has got it keeps it."""
    settings = read_settings()
    with ready_database(settings) as db, db.transaction() as session:
        one = _one(session, number)
        if not arrivals.progress(session, one, settings.courier_rate).is_moving:
            raise Refusal(f"Update {number} is not being sent.")
        dropped = broadcasts.cancel(session, number)
        click.echo(f"Update {number} is stopped; {dropped} that waited are not sent.")


@updates.command("retry")
@click.argument("number", type=int)
def retry(number: int) -> None:
    """Send once more to those whom an update did not reach."""
    with ready_database(read_settings()) as db, db.transaction() as session:
        many = arrivals.retry_failed(session, _one(session, number))
        click.echo(f"{many} are sent once more.")
