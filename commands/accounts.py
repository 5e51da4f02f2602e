"""`mitwirken staff`: accounts at the desk."""

import click
from sqlalchemy.orm import Session

from commands import noting
from commands.failures import Refusal
from commands.opening import ready_database
from commands.passwords import ask_password, new_password
from commands.reading import read_settings
from models import factors, passkeys, sessions, staff, staff_letters
from models.audit import Kind, Verb
from models.forms import clean
from models.staff import StaffMember, StaffRole
from translations import LANGUAGES


@click.group(name="staff")
def accounts() -> None:
    """Accounts of the office, at the desk."""


@accounts.command()
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in StaffRole]), required=True)
@click.option(
    "--language",
    "languages",
    type=click.Choice([entry.tag for entry in LANGUAGES]),
    multiple=True,
    help="A language that a translator translates into; may be given several times.",
)
@click.option("--field", "fields", type=int, multiple=True, help="A field that a reviewer looks after.")
@click.option("--name", default="", help="Shown in the history of entries. Default: the part before the @.")
@click.option("--generate", is_flag=True, help="Make a password up and show it once.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(
    email: str,
    role: str,
    languages: tuple[str, ...],
    fields: tuple[int, ...],
    name: str,
    generate: bool,
    password_stdin: bool,
) -> None:
    """Open an account for EMAIL. The password is asked for twice unless an option says otherwise."""
    if generate and password_stdin:
        raise click.UsageError("--generate and --password-stdin exclude each other.")
    if bool(languages) != (role == StaffRole.TRANSLATOR):
        raise click.UsageError("--language goes with --role translator, and a translator needs one.")
    if bool(fields) != (role == StaffRole.REVIEWER):
        raise click.UsageError("--field goes with --role reviewer, and a reviewer needs one.")
    if email.count("@") != 1 or email.strip().startswith("@") or email.strip().endswith("@"):
        raise click.BadParameter(f"“{email}” is not an e-mail address.", param_hint="EMAIL")
    with ready_database(read_settings()) as db:
        password = new_password() if generate else ask_password(from_stdin=password_stdin)
        hashed = staff.hash_password(password)
        shown = clean.text(name, longest=200) or email.partition("@")[0]
        with db.transaction() as session:
            member = staff.add(
                session,
                email,
                name=shown,
                role=StaffRole(role),
                password_hash=hashed,
                languages=languages,
                fields=fields,
            )
            known_as = member.email
            noting.note(session, Verb.ADD, Kind.ACCOUNT, member.id)
    click.echo(f"{known_as} can log in at the desk as {role}.")
    if generate:
        click.echo(f"Password, shown only now: {password}")


@accounts.command(name="list")
def list_() -> None:
    """List all accounts, closed ones too."""
    with ready_database(read_settings()) as db, db.reading() as session:
        members = staff.everyone(session)
    if not members:
        click.echo("There are no accounts yet. `mitwirken staff add EMAIL --role admin` opens one.")
    for member in members:
        click.echo(_line(member))


def _line(member: StaffMember) -> str:
    closed = f"closed {member.disabled_at:%Y-%m-%d}" if member.disabled_at else "open"
    languages = f"  ({', '.join(member.languages)})" if member.languages else ""
    return f"{member.email:<36} {member.role.value:<10} {closed:<18} {member.name}{languages}".rstrip()


@accounts.command()
@click.argument("email")
def disable(email: str) -> None:
    """Close the account of EMAIL at once; sessions end with it, the history keeps the name."""
    with ready_database(read_settings()) as db, db.transaction() as session:
        member = staff.by_email(session, email)
        if member is not None and member.disabled_at is not None:
            raise Refusal(f"The account of {member.email} is closed already.")
        closed = staff.disable(session, email)
        known_as = closed.email
        noting.note(session, Verb.CLOSE, Kind.ACCOUNT, closed.id)
    click.echo(f"The account of {known_as} is closed.")


@accounts.command(name="reset-factor")
@click.argument("email", required=False)
@click.option("--lost", is_flag=True, help="Of all whose second step cannot be read any more.")
def reset_factor(email: str | None, lost: bool) -> None:
    """Forget the second step and the passkeys of EMAIL, whose devices and codes are lost; sessions end."""
    if bool(email) == lost:
        raise click.UsageError("Name one EMAIL, or give --lost.")
    with ready_database(read_settings()) as db, db.transaction() as session:
        found = factors.lost(session) if lost else [_resettable(session, email or "")]
        for member in found:
            factors.reset(session, member.id)
            sessions.end_others(session, member.id)
            staff_letters.tell_of_reset(session, member)
            noting.note(session, Verb.RESET, Kind.FACTOR, member.id)
        known_as = ", ".join(member.email for member in found)
    click.echo(f"The second step of {known_as} is reset." if found else "All second steps can be read.")


def _resettable(session: Session, email: str) -> StaffMember:
    """Return whose second step is to be forgotten; a Refusal where there is none."""
    member = staff.by_email(session, email)
    if member is None:
        raise Refusal("There is no account with this e-mail address.")
    if member.totp_secret is None and member.id not in passkeys.owners(session):
        raise Refusal(f"{member.email} has no second step.")
    return member
