"""What a fresh demo holds: the schema, a region's goals, and invented people at the desk."""

from pathlib import Path

import models
from commands.demo_events import enter_conference
from commands.demo_home import Account, Home
from commands.failures import Refusal
from models import factors, groups, migrate, readings, staff
from models.db import Database
from models.importing import import_region
from models.opening import open_database

_EXAMPLES = {
    "10.64": {"2019-12-31": "14,2", "2020-12-31": "15,1", "2021-12-31": "13,4", "2022-12-31": "12,1"},
    "4.29": {"2018-12-31": "4,1", "2022-12-31": "5,8"},
}
REGIONS = Path(models.__file__).parent / "regions"


def seed_folder(name: str) -> Path:
    """Return the folder of a region that comes with the program; a Refusal for an unknown one."""
    known = sorted(entry.name for entry in REGIONS.iterdir() if entry.is_dir() and entry.name[0] not in "_.")
    if name not in known:
        raise Refusal(f"There is no region “{name}” to start from. There is: {', '.join(known)}.")
    return REGIONS / name


def furnish(home: Home, seed: str) -> None:
    """Bring the demo's database up to date, fill an empty one, and open its accounts."""
    folder = seed_folder(seed)
    db = open_database(home.settings)
    try:
        migrate.upgrade(db)
        with db.reading() as session:
            is_empty = not groups.directory(session).cards
        if is_empty:
            import_region(db, folder, dry_run=False)
        _open_accounts(db, home.accounts)
        if is_empty:
            _enter_examples(db, home.accounts[0].email)
            with db.transaction() as session:
                enter_conference(session)
    finally:
        db.close()


def _enter_examples(db: Database, email: str) -> None:
    """Enter invented figures, marked so, for the goals of the example that are measured in percent."""
    with db.transaction() as session:
        officer = staff.by_email(session, email)
        for number, figures in _EXAMPLES.items():
            card = groups.directory(session).find(number)
            if officer is None or card is None:
                continue
            for day, value in figures.items():
                readings.take(session, officer, card.goal_id, value, day, "Erfunden, nur für die Vorführung")


def _open_accounts(db: Database, accounts: tuple[Account, ...]) -> None:
    with db.transaction() as session:
        for account in accounts:
            known = staff.by_email(session, account.email)
            if known is None:
                hashed = staff.hash_password(account.password)
                known = staff.add(
                    session, account.email, name=account.name, role=account.role, password_hash=hashed,
                    languages=account.languages,
                )  # fmt: skip
            elif not staff.fits(account.password, known.password_hash):
                known.password_hash = staff.hash_password(account.password)  # its settings file was lost
            if account.totp_secret:
                factors.keep(session, known, account.totp_secret)
