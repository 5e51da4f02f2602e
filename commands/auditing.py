"""`mitwirken audit`: whether what staff have done is still as it was written."""

import click

from commands.failures import Refusal
from commands.opening import ready_database
from commands.reading import read_settings
from models import audit


@click.group(name="audit")
def auditing() -> None:
    """What staff have done, in a chain that shows each change."""


@auditing.command()
@click.option(
    "--head", default="", metavar="SEAL", help="The last seal of an earlier look: is it still there?"
)
def verify(head: str) -> None:
    """Look the whole audit over; ends with 1 and the first broken entry where it is not as it was written.

    Keep the last seal elsewhere: entries cut off at the end show only with it.
    """
    settings = read_settings()
    if not settings.has_lasting_audit_key:
        raise Refusal("Without MITWIRKEN_SECRET (or MITWIRKEN_AUDIT_KEY) the seals end with each start.")
    with ready_database(settings) as db, db.reading() as session:
        found = audit.verify(session, head=head.strip())
    if found.broken is not None and found.broken > found.entries:
        raise Refusal(f"Entries are missing at the end: the noted seal is not among the {found.entries}.")
    if found.broken is not None:
        raise Refusal(f"Entry {found.broken} is not as it was written, or one before it is missing.")
    click.echo(f"{found.entries} entries, all as they were written. Last seal: {found.head}")
